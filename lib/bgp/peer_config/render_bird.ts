/**
 * The other side for BIRD 2.
 *
 * @module
 */
import { linuxTunnel } from "./linux_tunnel.ts";
import {
  BGP_PORT,
  type DesignPrefix,
  isInternal,
  type PeerDesign,
  prefixesOf,
  versionsOf,
} from "./peer_design.ts";
import { linesText, type Rendered } from "./rendered.ts";

/** Renders the other side: a part of `bird.conf`. */
export function renderBird(design: PeerDesign): Rendered {
  const { theirAddress, theirAs, ourAddress, ourAs, theirPort, ourPort, theirRole } = design;
  const port = design.isPassive || ourPort === BGP_PORT ? "" : ` port ${ourPort}`;
  const lines = [
    ...versionsOf(design).flatMap((version) => filterLines(design, version)),
    "protocol bgp netglass {",
    '  description "netglass";',
    `  local ${theirAddress}${theirPort === BGP_PORT ? "" : ` port ${theirPort}`} as ${theirAs};`,
    `  neighbor ${ourAddress}${port} as ${ourAs};`,
    ...design.multihop === null ? [] : [`  multihop ${design.multihop};`],
    ...theirPort === BGP_PORT ? [] : ["  strict bind yes;"],
    ...design.isPassive ? ["  passive yes;"] : [],
    ...theirRole === null ? [] : [`  local role ${roleWord(theirRole)};`],
    `  hold time ${design.holdTimeSec};`,
    ...versionsOf(design).flatMap((version) => [
      `  ipv${version} {`,
      `    import filter netglass_in_v${version};`,
      "    export all;",
      `    import limit ${design.maxPrefixes} action restart;`,
      "  };",
    ]),
    "}",
  ];
  return {
    config: linesText(lines),
    rollback: linesText([
      "# Take the filters netglass_in_v4 and netglass_in_v6 and the protocol netglass out of the file, then:",
      "# birdc configure",
    ]),
    ...linuxTunnel(design),
    verify: ["birdc show protocols all netglass", "birdc show route protocol netglass"],
    notes: [
      ...isInternal(design)
        ? ["A route reflector passes our routes on only with rr client, which is not written here"]
        : [],
      ...design.prefixes.length === 0
        ? ["bgp.originate.allowed_prefixes holds nothing for this peer: it takes no route of ours"]
        : [],
    ],
  };
}

function filterLines(design: PeerDesign, version: 4 | 6): readonly string[] {
  const prefixes = prefixesOf(design, version);
  const accept = prefixes.length === 0 ? [] : [
    `  if net ~ [ ${prefixes.map(pattern).join(", ")} ] then {`,
    `    bgp_local_pref = ${design.localPref};`,
    "    accept;",
    "  }",
  ];
  return [`filter netglass_in_v${version} {`, ...accept, "  reject;", "}"];
}

/** `10.0.0.0/8{16,24}`, or the prefix alone. */
function pattern({ prefix, length, ge, le }: DesignPrefix): string {
  return ge === length && le === length ? prefix : `${prefix}{${ge},${le}}`;
}

/** BIRD's words for the roles of RFC 9234. */
function roleWord(role: NonNullable<PeerDesign["theirRole"]>): string {
  return role === "rs" ? "rs_server" : role === "rs-client" ? "rs_client" : role;
}
