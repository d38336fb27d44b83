/**
 * The interfaces of this host with all their addresses, from `ip -j link` and `ip -j addr`.
 *
 * @module
 */
import { z } from "zod";
import { netmaskOfLength } from "../ip/netmask.ts";
import { listRuntimeInterfaces } from "../io/runtime_interfaces.ts";
import { entriesOf, type Entry, isSet, numberOf, partOf, textOf, wordsOf } from "./entry.ts";
import { askIp, type HostDoors } from "./ip_program.ts";

const addressRow = () =>
  z.object({
    address: z.string(),
    family: z.enum(["ipv4", "ipv6"]),
    prefix_length: z.number(),
    netmask: z.string().optional().describe("IPv4"),
    peer: z.string().optional().describe("Far end of a point-to-point link"),
    broadcast: z.string().optional(),
    scope: z.string().describe("global, link or host"),
    flags: z.array(z.string()).optional().describe("deprecated, tentative, dadfailed, temporary …"),
    valid_sec: z.number().optional().describe("Absent: for ever"),
  });

const counterRow = () =>
  z.object({
    bytes: z.number(),
    packets: z.number(),
    errors: z.number(),
    dropped: z.number(),
    other: z.record(z.string(), z.number()).optional().describe("Further counters above 0"),
  });

/** The schema of one interface. */
export const interfaceRow = () =>
  z.object({
    name: z.string(),
    status: z.enum(["up", "down"]).describe("up: it can carry traffic now"),
    why_down: z.string().optional(),
    mac_address: z.string().nullable(),
    ipv4_addresses: z.array(z.string()),
    ipv6_addresses: z.array(z.string()),
    netmask: z.string().nullable().describe("Of the first IPv4 address; each has its own below"),
    broadcast: z.string().nullable(),
    mtu: z.number().nullable(),
    index: z.number(),
    kind: z.string().describe("veth, bridge, vlan, vrf, tun … or the link type"),
    admin_up: z.boolean(),
    carrier: z.boolean().nullable().describe("null: not known while it is down"),
    oper_state: z.string(),
    flags: z.array(z.string()),
    master: z.string().optional().describe("Bridge, bond or VRF that it belongs to"),
    vrf: z.string().optional(),
    parent: z.string().optional().describe("Link below, or the peer of a veth"),
    parent_namespace: z.number().optional().describe("Set if the parent is in another namespace"),
    details: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    alias: z.string().optional(),
    addresses: z.array(addressRow()),
    received: counterRow().nullable(),
    sent: counterRow().nullable(),
  });

/** One interface. */
export type InterfaceRow = z.output<ReturnType<typeof interfaceRow>>;

/** All interfaces of the namespace that this process is in. */
export interface Interfaces {
  readonly interfaces: readonly InterfaceRow[];
  readonly problems: readonly string[];
}

/** Reads the interfaces. @throws {Unavailable} as `askIp`, `askText` */
export async function readInterfaces(doors: HostDoors): Promise<Interfaces> {
  switch (doors.programs.platform) {
    case "darwin":
      return await (await import("./darwin/interfaces.ts")).readDarwinInterfaces(doors);
    case "windows":
      return (await import("./windows/interfaces.ts")).windowsInterfacesOf(listRuntimeInterfaces());
    case "linux":
      return await readLinuxInterfaces(doors);
  }
}

async function readLinuxInterfaces(doors: HostDoors): Promise<Interfaces> {
  const [links, addresses] = await Promise.all([
    askIp(doors, ["-d", "-s", "link", "show"]),
    askIp(doors, ["addr", "show"]),
  ]);
  return {
    interfaces: interfacesOf(links.entries, addresses.entries),
    problems: [...links.problems, ...addresses.problems],
  };
}

/** The interfaces of both printouts; one that came or went between them is of the first. */
export function interfacesOf(
  links: readonly Entry[],
  addressed: readonly Entry[],
): readonly InterfaceRow[] {
  const addresses = new Map(
    addressed.map((entry) => [numberOf(entry, "ifindex"), entriesOf(entry, "addr_info")]),
  );
  const byName = new Map(links.map((link) => [textOf(link, "ifname"), link]));
  return links.flatMap((link) => {
    const name = textOf(link, "ifname");
    const index = numberOf(link, "ifindex");
    if (name === null || index === null) return [];
    return [rowOf(name, index, link, addresses.get(index) ?? [], byName)];
  });
}

function rowOf(
  name: string,
  index: number,
  link: Entry,
  addressInfo: readonly Entry[],
  byName: ReadonlyMap<string | null, Entry>,
): InterfaceRow {
  const addresses = addressInfo.flatMap(addressOf);
  const v4 = addresses.filter(({ family }) => family === "ipv4");
  const flags = [...wordsOf(link, "flags")];
  const info = partOf(link, "linkinfo");
  const stats = partOf(link, "stats64");
  const parent = textOf(link, "link") ?? parentIndex(link);
  const parentNamespace = numberOf(link, "link_netnsid");
  const details = detailsOf(partOf(info, "info_data"));
  const state = stateOf(link, flags);
  const master = textOf(link, "master");
  const vrf = vrfOf(name, byName);
  const alias = textOf(link, "ifalias");
  const mac = textOf(link, "link_type") === "ether" ? textOf(link, "address") : null;
  return {
    name,
    status: state.whyDown === null ? "up" : "down",
    ...(state.whyDown === null ? {} : { why_down: state.whyDown }),
    mac_address: mac,
    ipv4_addresses: v4.map(({ address }) => address),
    ipv6_addresses: addresses.filter(({ family }) => family === "ipv6").map((a) => a.address),
    netmask: v4[0]?.netmask ?? null,
    broadcast: v4.find((address) => address.broadcast !== undefined)?.broadcast ?? null,
    mtu: numberOf(link, "mtu"),
    index,
    kind: textOf(info, "info_kind") ?? textOf(link, "link_type") ?? "unknown",
    admin_up: state.adminUp,
    carrier: state.carrier,
    oper_state: textOf(link, "operstate") ?? "UNKNOWN",
    flags,
    ...(master === null ? {} : { master }),
    ...(vrf === null ? {} : { vrf }),
    ...(parent === null ? {} : { parent }),
    ...(parentNamespace === null ? {} : { parent_namespace: parentNamespace }),
    ...(details === null ? {} : { details }),
    ...(alias === null ? {} : { alias }),
    addresses,
    received: countersOf(partOf(stats, "rx")),
    sent: countersOf(partOf(stats, "tx")),
  };
}

/** RFC 2863 §3.1.14 operStatus, and the flags of netdevice(7). */
function stateOf(
  link: Entry,
  flags: readonly string[],
): { adminUp: boolean; carrier: boolean | null; whyDown: string | null } {
  const adminUp = flags.includes("UP");
  const carrier = flags.includes("NO-CARRIER") ? false : flags.includes("LOWER_UP") ? true : null;
  const oper = textOf(link, "operstate") ?? "UNKNOWN";
  const whyDown = !adminUp
    ? "administratively down"
    : carrier === false
    ? "no carrier"
    : oper === "LOWERLAYERDOWN" || flags.includes("M-DOWN")
    ? "the link below it is down"
    : oper === "DORMANT"
    ? "dormant: it waits for an external event such as authentication"
    : oper === "DOWN" || oper === "NOTPRESENT"
    ? `operational state ${oper}`
    : null;
  return { adminUp, carrier, whyDown };
}

function parentIndex(link: Entry): string | null {
  const index = numberOf(link, "link_index");
  return index === null || index === 0 ? null : `index ${index}`;
}

/** The VRF above an interface, if need be through a bridge or bond. */
function vrfOf(name: string, byName: ReadonlyMap<string | null, Entry>): string | null {
  let above = textOf(byName.get(name) ?? {}, "master");
  for (let steps = 0; above !== null && steps < 8; steps++) {
    const link = byName.get(above) ?? {};
    if (textOf(partOf(link, "linkinfo"), "info_kind") === "vrf") return above;
    above = textOf(link, "master");
  }
  return null;
}

/** What tells links of one kind apart; timers and defaults of bridges and the like are left out. */
const DETAILS = [
  ...["id", "protocol", "local", "remote", "local6", "remote6", "group", "port", "link", "table"],
  ...["mode", "type", "ttl", "ikey", "okey", "if_id", "vlan_filtering", "stp_state"],
];

function detailsOf(data: Entry): Record<string, string | number> | null {
  const details: Record<string, string | number> = {};
  for (const key of DETAILS) {
    const value = data[key];
    if (typeof value === "string" || typeof value === "number") details[key] = value;
  }
  return Object.keys(details).length === 0 ? null : details;
}

const ADDRESS_FLAGS = [
  ...["secondary", "temporary", "dynamic", "deprecated", "tentative", "optimistic", "dadfailed"],
  ...["mngtmpaddr", "nodad", "home", "noprefixroute", "autojoin"],
];

/** How `ip` writes a lifetime without an end. */
const FOREVER = 0xffff_ffff;

function addressOf(info: Entry): InterfaceRow["addresses"] {
  const local = textOf(info, "local");
  const length = numberOf(info, "prefixlen");
  const family = textOf(info, "family");
  if (local === null || length === null || (family !== "inet" && family !== "inet6")) return [];
  const peer = textOf(info, "address");
  const broadcast = textOf(info, "broadcast");
  const flags = ADDRESS_FLAGS.filter((flag) => isSet(info, flag));
  const valid = numberOf(info, "valid_life_time");
  return [{
    address: local,
    family: family === "inet" ? "ipv4" : "ipv6",
    prefix_length: length,
    ...(family === "inet" ? { netmask: netmaskOf(length) } : {}),
    ...(peer === null ? {} : { peer }),
    ...(broadcast === null ? {} : { broadcast }),
    scope: textOf(info, "scope") ?? "global",
    ...(flags.length === 0 ? {} : { flags }),
    ...(valid === null || valid === FOREVER ? {} : { valid_sec: valid }),
  }];
}

/** The masks of all IPv4 prefix lengths. */
const NETMASKS = Array.from({ length: 33 }, (_, length) => netmaskOfLength(length));

/** The mask of an IPv4 prefix length of 0 to 32. */
export function netmaskOf(length: number): string {
  return NETMASKS[Math.min(32, Math.max(0, length))] ?? "";
}

const MAIN_COUNTERS = ["bytes", "packets", "errors", "dropped"];

function countersOf(stats: Entry): InterfaceRow["received"] {
  if (numberOf(stats, "packets") === null) return null;
  const other: Record<string, number> = {};
  for (const [key, value] of Object.entries(stats)) {
    if (typeof value === "number" && value > 0 && !MAIN_COUNTERS.includes(key)) other[key] = value;
  }
  return {
    bytes: numberOf(stats, "bytes") ?? 0,
    packets: numberOf(stats, "packets") ?? 0,
    errors: numberOf(stats, "errors") ?? 0,
    dropped: numberOf(stats, "dropped") ?? 0,
    ...(Object.keys(other).length === 0 ? {} : { other }),
  };
}
