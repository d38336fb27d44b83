/**
 * The other side for IOS, EOS and FRR, whose `router bgp` is nearly one language.
 *
 * @module
 */
import { netmaskOfLength } from "../../ip/netmask.ts";
import { linuxTunnel } from "./linux_tunnel.ts";
import {
  BGP_PORT,
  type DesignPrefix,
  isInternal,
  type PeerDesign,
  prefixesOf,
  sessionFamily,
  versionsOf,
} from "./peer_design.ts";
import { linesText, type Rendered } from "./rendered.ts";

/** What tells the three apart. */
interface Dialect {
  /** After `neighbor A`: wait for a connection. */
  readonly passive: string;
  /** Knows `neighbor A local-role` (RFC 9234). */
  readonly role: boolean;
  /** Knows `neighbor A port`, for a port that is not 179. */
  readonly port: boolean;
  /** Interfaces, tunnels among them, are configured in the same place. */
  readonly hasInterfaces: boolean;
  /** Addresses of interfaces have a mask instead of a length. */
  readonly hasMasks: boolean;
  /** An address family is `ipv4 unicast`, ends with a word and has a limit of its own. */
  readonly endsFamily: boolean;
}

/** One row per platform. */
const DIALECTS = {
  ios: {
    passive: "transport connection-mode passive",
    role: false,
    port: false,
    hasInterfaces: true,
    hasMasks: true,
    endsFamily: true,
  },
  eos: {
    passive: "transport connection-mode passive",
    role: false,
    port: false,
    hasInterfaces: true,
    hasMasks: false,
    endsFamily: false,
  },
  frr: {
    passive: "passive",
    role: true,
    port: true,
    hasInterfaces: false,
    hasMasks: false,
    endsFamily: true,
  },
} satisfies Readonly<Record<string, Dialect>>;

/** Renders the other side. */
export function renderRouterBgp(design: PeerDesign, platform: keyof typeof DIALECTS): Rendered {
  const dialect: Dialect = DIALECTS[platform];
  const policies = versionsOf(design).flatMap((version) => policyLines(design, version));
  const tunnel = dialect.hasInterfaces ? interfaceLines(design, dialect) : [];
  const lines = [
    ...tunnel,
    ...policies,
    "route-map NETGLASS-OUT permit 10",
    "!",
    `router bgp ${design.theirAs}`,
    ...neighborLines(design, dialect),
    ...versionsOf(design).includes(4) ? [] : withoutIpv4(design, dialect),
    ...versionsOf(design).flatMap((version) => familyLines(design, version, dialect)),
    "!",
  ];
  return {
    config: linesText(lines),
    rollback: linesText(rollbackLines(design, dialect)),
    ...dialect.hasInterfaces ? { shell: [], shellRollback: [] } : linuxTunnel(design),
    verify: versionsOf(design).map((version) =>
      platform === "ios" && version === 4
        ? "show ip bgp summary"
        : `show bgp ipv${version} unicast summary`
    ),
    notes: notesOf(design, dialect, platform),
  };
}

/** `permit 10.0.0.0/8 ge 16 le 24`; a bound that is the length itself is not written. */
function boundsText({ prefix, length, ge, le }: DesignPrefix): string {
  const from = ge > length ? ` ge ${ge}` : "";
  return `${prefix}${from}${le > length ? ` le ${le}` : ""}`;
}

function policyLines(design: PeerDesign, version: 4 | 6): readonly string[] {
  const ip = version === 4 ? "ip" : "ipv6";
  const prefixes = prefixesOf(design, version);
  const map = `route-map NETGLASS-IN-V${version}`;
  // Without a list there is nothing that we may announce.
  if (prefixes.length === 0) return [`${map} deny 10`, "!"];
  return [
    ...prefixes.map((one, at) =>
      `${ip} prefix-list NETGLASS-V${version} seq ${(at + 1) * 10} permit ${boundsText(one)}`
    ),
    `${map} permit 10`,
    ` match ${ip} address prefix-list NETGLASS-V${version}`,
    ` set local-preference ${design.localPref}`,
    "!",
  ];
}

function interfaceLines(design: PeerDesign, { hasMasks }: Dialect): readonly string[] {
  const { tunnel, theirAddress } = design;
  if (tunnel === null) return [];
  const isV6 = sessionFamily(design) === 6;
  const address = isV6
    ? ` ipv6 address ${theirAddress}/${tunnel.length}`
    : hasMasks
    ? ` ip address ${theirAddress} ${netmaskOfLength(tunnel.length)}`
    : ` ip address ${theirAddress}/${tunnel.length}`;
  const mode = tunnel.source.includes(":") ? "gre ipv6" : "gre ip";
  return [
    `interface ${tunnel.name}`,
    " description netglass",
    address,
    hasMasks ? ` ${isV6 ? "ipv6" : "ip"} mtu ${tunnel.mtu}` : ` mtu ${tunnel.mtu}`,
    ` tunnel mode ${hasMasks ? mode : "gre"}`,
    ` tunnel source ${tunnel.source}`,
    ` tunnel destination ${tunnel.destination}`,
    ...tunnel.key === null ? [] : [` tunnel key ${tunnel.key}`],
    "!",
  ];
}

function neighborLines(design: PeerDesign, dialect: Dialect): readonly string[] {
  const { ourAddress, ourAs, theirAddress, holdTimeSec, tunnel, multihop, theirRole } = design;
  const neighbor = ` neighbor ${ourAddress}`;
  return [
    `${neighbor} remote-as ${ourAs}`,
    `${neighbor} description netglass`,
    `${neighbor} timers ${Math.floor(holdTimeSec / 3)} ${holdTimeSec}`,
    dialect.hasInterfaces && tunnel !== null
      ? `${neighbor} update-source ${tunnel.name}`
      : dialect.hasInterfaces
      ? ""
      : `${neighbor} update-source ${theirAddress}`,
    dialect.endsFamily ? "" : `${neighbor} maximum-routes ${design.maxPrefixes}`,
    multihop === null ? "" : `${neighbor} ebgp-multihop ${multihop}`,
    design.isPassive ? `${neighbor} ${dialect.passive}` : "",
    dialect.port && !design.isPassive && design.ourPort !== BGP_PORT
      ? `${neighbor} port ${design.ourPort}`
      : "",
    dialect.role && theirRole !== null ? `${neighbor} local-role ${roleWord(theirRole)}` : "",
  ].filter((line) => line !== "");
}

/** FRR writes rs-server for what RFC 9234 calls RS. */
function roleWord(role: NonNullable<PeerDesign["theirRole"]>): string {
  return role === "rs" ? "rs-server" : role;
}

function familyLines(
  design: PeerDesign,
  version: 4 | 6,
  { endsFamily }: Dialect,
): readonly string[] {
  const neighbor = `  neighbor ${design.ourAddress}`;
  return [
    ` address-family ipv${version}${endsFamily ? " unicast" : ""}`,
    `${neighbor} activate`,
    `${neighbor} route-map NETGLASS-IN-V${version} in`,
    `${neighbor} route-map NETGLASS-OUT out`,
    ...endsFamily
      ? [`${neighbor} maximum-prefix ${design.maxPrefixes}`, " exit-address-family"]
      : [],
  ];
}

/** All three activate IPv4 unicast by themselves, and without a policy of ours. */
function withoutIpv4({ ourAddress }: PeerDesign, { endsFamily }: Dialect): readonly string[] {
  return [
    ` address-family ipv4${endsFamily ? " unicast" : ""}`,
    `  no neighbor ${ourAddress} activate`,
    ...endsFamily ? [" exit-address-family"] : [],
  ];
}

function rollbackLines(design: PeerDesign, dialect: Dialect): readonly string[] {
  return [
    `router bgp ${design.theirAs}`,
    ` no neighbor ${design.ourAddress}`,
    "!",
    ...versionsOf(design).flatMap((version) => [
      `no route-map NETGLASS-IN-V${version}`,
      ...prefixesOf(design, version).length === 0
        ? []
        : [`no ${version === 4 ? "ip" : "ipv6"} prefix-list NETGLASS-V${version}`],
    ]),
    "no route-map NETGLASS-OUT",
    ...dialect.hasInterfaces && design.tunnel !== null
      ? [`no interface ${design.tunnel.name}`]
      : [],
  ];
}

function notesOf(
  design: PeerDesign,
  dialect: Dialect,
  platform: string,
): readonly string[] {
  const notes: string[] = [];
  if (!dialect.role && design.theirRole !== null) {
    notes.push(
      `${platform} is not told the role ${design.theirRole}: set it by hand if it knows RFC 9234`,
    );
  }
  if (!dialect.port && !design.isPassive && design.ourPort !== BGP_PORT) {
    notes.push(
      `${platform} dials port 179 only: we listen at ${design.ourPort}, so let connect be active`,
    );
  }
  if (isInternal(design)) {
    notes.push(
      "A route reflector passes our routes on only if it takes us as a client, which is not written here",
    );
  }
  if (design.prefixes.length === 0) {
    notes.push(
      "bgp.originate.allowed_prefixes holds nothing for this peer: it takes no route of ours",
    );
  }
  return notes;
}
