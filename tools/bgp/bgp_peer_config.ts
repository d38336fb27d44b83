/**
 * `bgp_peer_config`: the other side of a session for five platforms, the design as data, and our
 * entry from a router's configuration.
 *
 * @module
 */
import { z } from "zod";
import type { BgpConfig, BgpPeerEntry } from "../../lib/config/bgp_config.ts";
import {
  BGP_PORT,
  designOf,
  type PeerDesign,
  type TunnelDesign,
} from "../../lib/bgp/peer_config/peer_design.ts";
import { orInputError } from "../../lib/bgp/or_input_error.ts";
import { proposePeer, readStanza } from "../../lib/bgp/peer_config/read_stanza.ts";
import { renderBird } from "../../lib/bgp/peer_config/render_bird.ts";
import { designJson } from "../../lib/bgp/peer_config/render_design_json.ts";
import { renderJunos } from "../../lib/bgp/peer_config/render_junos.ts";
import { renderRouterBgp } from "../../lib/bgp/peer_config/render_router_bgp.ts";
import type { Rendered } from "../../lib/bgp/peer_config/rendered.ts";
import { InputError } from "../../lib/errors/mod.ts";
import { parseAddress, renderAddress } from "../../lib/ip/address.ts";
import { defineTool } from "../../lib/mcp/define_tool.ts";

const PLATFORMS = ["ios", "eos", "frr", "bird", "junos", "design"] as const;
type Platform = typeof PLATFORMS[number];

/** Name of the tunnel interface, by platform, where the caller gives none. */
const TUNNEL_NAMES: Readonly<Record<Platform, string>> = {
  ios: "Tunnel0",
  eos: "Tunnel0",
  frr: "gre-netglass",
  bird: "gre-netglass",
  junos: "gr-0/0/0.0",
  design: "gre-netglass",
};

/** Outer headers of GRE over IPv4 and over IPv6, octets, and of its key (RFC 2784, RFC 2890). */
const GRE_MTU = { 4: 1476, 6: 1448 } as const;
const KEY_BYTES = 4;

const tunnelInput = () =>
  z.strictObject({
    router_address: z.string().min(2).max(45).describe("Outer address of the router"),
    our_address: z.string().min(2).max(45).describe("Outer address of this host"),
    interface: z.string().max(32).regex(/^[A-Za-z][A-Za-z0-9/.:-]*$/).optional().describe(
      "On the router, for example Tunnel0",
    ),
    prefix_length: z.int().min(8).max(127).optional().describe("Of the inner network; 30 or 126"),
    key: z.int().min(0).max(4_294_967_295).optional().describe("GRE key"),
    mtu: z.int().min(576).max(65_535).optional().describe("Default: what 1500 octets leave"),
  });

const proposedRow = () =>
  z.object({
    local_as: z.number().nullable().describe("What the router takes our AS for"),
    entry: z.record(z.string(), z.unknown()).describe("For bgp.peers of config.yaml"),
    missing: z.array(z.string()).describe("Fields that the text does not say"),
    differs_from_ours: z.array(z.string()).describe("Where config.yaml says otherwise"),
  });

/** Writes or reads the other side. */
export const bgpPeerConfig = defineTool({
  name: "bgp_peer_config",
  title: "Write the other side of a BGP session",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "For a peer of bgp.peers: the configuration of the router at the other end (tunnel interface, " +
    "neighbor, policies that take only bgp.originate.allowed_prefixes and set LOCAL_PREF, prefix " +
    "limit) for ios, eos, frr, bird or junos, with its rollback; or the design as data for Nautobot " +
    "or NetBox. With stanza, the reverse: reads a router's pasted configuration and proposes our " +
    "entry, naming what it did not understand. Nothing is sent to any router.",
  input: () =>
    z.strictObject({
      peer: z.string().min(1).max(64).optional().describe("Name or address of bgp.peers"),
      platform: z.enum(PLATFORMS).default("ios").describe("design: as data"),
      our_address: z.string().min(2).max(45).optional().describe(
        "Ours as the router sees it; default: local_address of the peer",
      ),
      local_pref: z.int().min(0).max(4_294_967_295).default(50).describe(
        "LOCAL_PREF that the router gives to our routes",
      ),
      ebgp_multihop: z.int().min(2).max(255).optional().describe(
        "Hops, where the two are not on one link",
      ),
      tunnel: tunnelInput().optional().describe("GRE tunnel that the session runs through"),
      stanza: z.string().min(1).max(65_536).optional().describe(
        "Configuration of a router to read instead; peer and our_address are then optional",
      ),
      peer_address: z.string().min(2).max(45).optional().describe(
        "With stanza: address of the router, where the text does not say it",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      config: z.array(z.string()).optional().describe("Line by line, to paste"),
      rollback: z.array(z.string()).optional().describe("Takes exactly that back"),
      shell: z.array(z.string()).optional().describe("To run on a Linux router before"),
      shell_rollback: z.array(z.string()).optional(),
      verify: z.array(z.string()).optional(),
      design: z.record(z.string(), z.unknown()).optional(),
      peers: z.array(proposedRow()).optional(),
      not_understood: z.array(z.string()).optional().describe("Statements as pasted"),
      notes: z.array(z.string()),
    }),
  needs: () => [],
  budget: { ms: 5_000 },
  run: (given, { config: { bgp } }) => {
    if (given.stanza !== undefined) {
      return propose(given.stanza, bgp, given.peer, given.our_address, given.peer_address);
    }
    const peer = findPeer(bgp, given.peer);
    const design = designOf(bgp, peer, {
      ourAddress: given.our_address === undefined
        ? null
        : canonical("our_address", given.our_address),
      localPref: given.local_pref,
      multihop: given.ebgp_multihop ?? null,
      tunnel: given.tunnel === undefined ? null : tunnelOf(given.tunnel, peer, given.platform),
    });
    return given.platform === "design"
      ? {
        success: true,
        summary: `The session with ${peer.name} as data`,
        design: designJson(design),
        notes: [],
      }
      : written(design, given.platform);
  },
});

function written(design: PeerDesign, platform: Exclude<Platform, "design">) {
  const rendered: Rendered = platform === "bird"
    ? renderBird(design)
    : platform === "junos"
    ? renderJunos(design)
    : renderRouterBgp(design, platform);
  return {
    success: true,
    summary:
      `Configuration of ${design.peerName} (AS ${design.theirAs}) for ${platform}: neighbor ${design.ourAddress} AS ${design.ourAs}`,
    config: linesOf(rendered.config),
    rollback: linesOf(rendered.rollback),
    shell: [...rendered.shell],
    shell_rollback: [...rendered.shellRollback],
    verify: [...rendered.verify],
    notes: [...rendered.notes],
  };
}

/** Lines, not one text: an answer shows the ends of lines within a text as escapes. */
function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}

function findPeer(bgp: BgpConfig, wanted: string | undefined): BgpPeerEntry {
  const found = wanted === undefined && bgp.peers.length === 1
    ? bgp.peers[0]
    : bgp.peers.find(({ name, address }) =>
      address === wanted || name.toLowerCase() === wanted?.toLowerCase()
    );
  if (found !== undefined) return found;
  const names = bgp.peers.map(({ name }) => name).slice(0, 20).join(", ");
  throw new InputError(
    "peer",
    wanted === undefined
      ? "Cannot write the other side: which peer is not said"
      : `Cannot write the other side: there is no peer ${JSON.stringify(wanted)}`,
    {
      hint: names === ""
        ? "bgp.peers is empty: add the peer, or give stanza to read a router's configuration."
        : `Give peer as one of: ${names}.`,
    },
  );
}

function tunnelOf(
  given: z.output<ReturnType<typeof tunnelInput>>,
  peer: BgpPeerEntry,
  platform: Platform,
): TunnelDesign {
  const source = canonical("router_address", given.router_address);
  const destination = canonical("our_address", given.our_address);
  const family = parseAddress(source).family;
  if (parseAddress(destination).family !== family) {
    throw new InputError("tunnel", "Cannot write the tunnel: its ends are of different families", {
      hint: "Give router_address and our_address both as IPv4 or both as IPv6.",
    });
  }
  const inner = parseAddress(peer.address).family;
  const name = given.interface ?? TUNNEL_NAMES[platform];
  const isLinux = platform === "frr" || platform === "bird";
  if (isLinux && !/^[A-Za-z0-9.-]{1,15}$/.test(name)) {
    throw new InputError("tunnel", `Cannot write the tunnel: Linux has no interface "${name}"`, {
      hint: "Give at most 15 letters, digits, dots and hyphens, for example gre-netglass.",
    });
  }
  const length = given.prefix_length ?? (inner === 4 ? 30 : 126);
  if (inner === 4 && length > 31) {
    throw new InputError("tunnel", "Cannot write the tunnel: prefix_length is for IPv4 here", {
      hint: "Give 8 to 31; 30 is usual.",
    });
  }
  const key = given.key ?? null;
  return {
    name,
    source,
    destination,
    length,
    key,
    mtu: given.mtu ?? GRE_MTU[family] - (key === null ? 0 : KEY_BYTES),
  };
}

function propose(
  text: string,
  bgp: BgpConfig,
  name: string | undefined,
  ourAddress: string | undefined,
  peerAddress: string | undefined,
) {
  const stanza = readStanza(text);
  const wanted = ourAddress === undefined ? null : canonical("our_address", ourAddress);
  const neighbors = stanza.neighbors.filter((one) => wanted === null || one.ourAddress === wanted);
  const theirs = peerAddress === undefined ? null : canonical("peer_address", peerAddress);
  const peers = neighbors.map((neighbor, index) => {
    const proposed = proposePeer(
      neighbor,
      index === 0 && name !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(name)
        ? name
        : `peer${index + 1}`,
      theirs,
    );
    return {
      local_as: proposed.localAs,
      entry: { ...proposed.entry },
      missing: [...proposed.missing],
      differs_from_ours: differences(proposed.localAs, neighbor.ourPort, bgp),
    };
  });
  const missing = peers[0]?.missing ?? [];
  return {
    success: true,
    summary: peers.length === 0
      ? `No neighbor ${wanted} in it; there are: ${
        stanza.neighbors.map((one) => one.ourAddress).slice(0, 10).join(", ")
      }`
      : `${peers.length} ${peers.length === 1 ? "session" : "sessions"} read${
        missing.length === 0 ? "" : `; still to be said: ${missing.join(", ")}`
      }${
        stanza.notUnderstood.length === 0
          ? ""
          : `; ${stanza.notUnderstood.length} statements not understood`
      }`,
    peers,
    not_understood: stanza.notUnderstood.slice(0, 100),
    notes: [
      ...stanza.notes,
      "Policies, prefix lists and limits of the router are not turned into keys: they are its own",
    ],
  };
}

/** Where the router expects something else than our configuration says. */
function differences(localAs: number | null, port: number | null, bgp: BgpConfig): string[] {
  const ours = /:(\d+)$/.exec(bgp.listen ?? "")?.[1];
  return [
    ...localAs !== null && bgp.local_as !== null && localAs !== bgp.local_as
      ? [`The router expects AS ${localAs}, bgp.local_as is ${bgp.local_as}`]
      : [],
    ...port !== null && Number(ours ?? BGP_PORT) !== port
      ? [`The router dials port ${port}, bgp.listen is ${bgp.listen ?? "null"}`]
      : [],
  ];
}

/** The address of the argument `field`. */
function canonical(field: string, text: string): string {
  return renderAddress(orInputError(field, () => parseAddress(text)));
}
