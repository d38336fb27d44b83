/**
 * `gre_tunnel_create`: a tunnel interface of this host, planned and confirmed.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../../lib/errors/mod.ts";
import { requireLinux } from "../../lib/host/ip_program.ts";
import { HOST_BUDGET_MS } from "../../lib/host/tool_fields.ts";
import { peersWithin } from "../../lib/host/tunnels/peers_within.ts";
import { readTunnels, tunnelRow } from "../../lib/host/tunnels/tunnel.ts";
import {
  CREATED_KINDS,
  planCreate,
  requireSame,
  runCommands,
  type TunnelCommands,
  type WantedTunnel,
} from "../../lib/host/tunnels/tunnel_change.ts";
import { parseAddress } from "../../lib/ip/address.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { IpSyntaxError } from "../../lib/ip/syntax_error.ts";
import { defineChange } from "../../lib/mcp/change_tool.ts";
import { run } from "../../lib/mcp/define_tool.ts";
import { mayManageTunnels } from "../../lib/mcp/offered.ts";

const Input = () =>
  z.strictObject({
    name: z.string().max(15).regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/).describe(
      "Interface, at most 15 characters, for example gre-rr1",
    ),
    local: z.string().min(2).max(45).describe("Outer address of this host"),
    remote: z.string().min(2).max(45).describe("Outer address of the far end"),
    address: z.string().min(4).max(49).optional().describe(
      "Inner address with length, for example 10.255.255.1/30",
    ),
    kind: z.enum(CREATED_KINDS).default("gre").describe("gretap and vxlan carry Ethernet"),
    key: z.int().min(0).max(4_294_967_295).optional().describe(
      "GRE key, the same at both ends; of vxlan its network identifier",
    ),
    ttl: z.int().min(1).max(255).default(64).describe("Of the outer header"),
    mtu: z.int().min(576).max(65_535).optional().describe("Default: what fits the way"),
  });

const Output = () =>
  z.object({
    success: z.boolean(),
    summary: z.string(),
    tunnel: tunnelRow(),
    rollback: z.array(z.array(z.string())).describe("argv that takes it back"),
  });

interface Payload {
  readonly wanted: WantedTunnel;
  readonly commands: TunnelCommands;
}

/** Creates a tunnel. */
export const greTunnelCreate = defineChange<
  ReturnType<typeof Input>,
  ReturnType<typeof Output>,
  Payload
>({
  name: "gre_tunnel_create",
  title: "Create a tunnel",
  toolset: "tunnel",
  effect: "change",
  reach: "local",
  description:
    "Makes a GRE, GRETAP or VXLAN interface on this host by ip, within tunnels.allowed_names and " +
    "tunnels.allowed_remotes: plans first, with the exact commands, the way to the far end, the " +
    "MTU that fits and the way back. The other end must be made too: bgp_peer_config writes it. " +
    "It lasts until gre_tunnel_delete or a restart of the host.",
  input: Input,
  output: Output,
  offered: mayManageTunnels,
  needs: () => [run("ip")],
  budget: { ms: HOST_BUDGET_MS },
  plan: async (given, cx) => {
    const doors = { programs: cx.io.programs, signal: cx.signal };
    requireLinux(doors.programs, "create a tunnel");
    const inner = given.address;
    const wanted = {
      name: given.name,
      kind: given.kind,
      local: read("local", () => parseAddress(given.local)),
      remote: read("remote", () => parseAddress(given.remote)),
      key: given.key ?? null,
      ttl: given.ttl,
      mtu: given.mtu ?? null,
      inner: inner === undefined ? null : read("address", () => parsePrefix(inner)),
    };
    const commands = await planCreate(doors, wanted, cx.config.tunnels);
    const peers = wanted.inner === null ? [] : peersWithin([wanted.inner.prefix], cx.config);
    return {
      summary: `Create ${given.kind} ${given.name} from ${given.local} to ${given.remote}`,
      decoded: { ...given, mtu: commands.mtu, rollback: commands.rollback.map(argv) },
      exact: commands.commands.map((words) => ({ argv: argv(words) })),
      blastRadius: {
        new_interface: given.name,
        leaves_by: commands.underlay,
        ...inner === undefined ? {} : { new_connected_network: inner },
        bgp_peers_through_it: peers,
      },
      warnings: [
        ...peers.map((peer) => `The session with ${peer} would go through it`),
        ...commands.warnings,
      ],
      payload: { wanted, commands },
    };
  },
  apply: async ({ payload }, cx) => {
    const doors = { programs: cx.io.programs, signal: cx.signal };
    const { wanted, commands } = payload;
    const now = await planCreate(doors, wanted, cx.config.tunnels);
    requireSame(commands.commands, now.commands);
    cx.signal.throwIfAborted();
    await runCommands(doors, commands);
    const { tunnels } = await readTunnels(doors);
    const tunnel = tunnels.find(({ name }) => name === wanted.name);
    if (tunnel === undefined) throw new Error(`ip said that it made "${wanted.name}"`);
    cx.evidence({ argv: commands.commands.map(argv), status: tunnel.status });
    const finding = tunnel.findings[0];
    return {
      success: true,
      summary: `${tunnel.name} is there, ${tunnel.status}, MTU ${tunnel.mtu}${
        finding === undefined ? "" : `; ${finding}`
      }`,
      tunnel,
      rollback: commands.rollback.map(argv),
    };
  },
});

function argv(words: readonly string[]): string[] {
  return ["ip", ...words];
}

function read<T>(field: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError("tunnel", `Cannot create the tunnel: ${field}: ${error.message}`, {
      hint: `Give ${error.expected}.`,
    });
  }
}
