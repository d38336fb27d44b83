/**
 * The tunnel interfaces of this host, typed, from `ip -j -d -s link`, `ip -j addr` and the route to
 * each far end.
 *
 * @module
 */
import { z } from "zod";
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import { entriesOf, type Entry, numberOf, partOf, textOf } from "../entry.ts";
import { type InterfaceRow, interfaceRow, interfacesOf } from "../interfaces.ts";
import { askIp, type HostDoors, tryIp } from "../ip_program.ts";
import { findingsOf, UNDERLAY_OVERHEAD } from "./tunnel_findings.ts";

/** Kinds of links that are tunnels (ip-link(8)). */
const TUNNEL_KINDS = [
  ...["gre", "gretap", "ip6gre", "ip6gretap"] as const,
  ...["ipip", "ip6tnl", "sit", "vti", "vti6", "vxlan"] as const,
];

/** One of {@link TUNNEL_KINDS}. */
export type TunnelKind = typeof TUNNEL_KINDS[number];

/** Far ends whose route is looked up; a host with more tunnels has them made by a program. */
const MAX_LOOKUPS = 64;

const underlayRow = () =>
  z.object({
    interface: z.string().nullable().describe("Where packets to the far end leave"),
    gateway: z.string().nullable(),
    source_address: z.string().nullable(),
    mtu: z.number().nullable().describe("Of that route, else of that interface"),
    recursive: z.boolean().describe("The way to the far end leads through the tunnel itself"),
  });

/** The schema of one tunnel. */
export const tunnelRow = () =>
  z.object({
    name: z.string(),
    kind: z.enum(TUNNEL_KINDS),
    status: z.enum(["up", "down"]).describe(
      "up: it can carry traffic now, as far as this end knows",
    ),
    why_down: z.string().optional(),
    local: z.string().nullable().describe("Outer address of this end; null: any"),
    remote: z.string().nullable().describe("Outer address of the far end; null: any"),
    key: z.number().nullable().describe("Of packets sent; of VXLAN the network identifier"),
    key_received: z.number().optional().describe("Where it differs from key"),
    ttl: z.number().nullable().describe("null: that of the packet inside"),
    port: z.number().optional().describe("UDP port of VXLAN"),
    mtu: z.number().nullable(),
    overhead_bytes: z.number().nullable().describe("Outer headers; null: not fixed"),
    is_fallback: z.boolean().describe("Made by the kernel module itself, such as gre0"),
    addresses: z.array(z.string()),
    received: interfaceRow().shape.received,
    sent: interfaceRow().shape.sent,
    underlay: underlayRow().nullable().describe("null: there is no far end, or no way to it"),
    findings: z.array(z.string()).describe("What is wrong or worth knowing, worst first"),
  });

/** One tunnel. */
export type TunnelRow = z.output<ReturnType<typeof tunnelRow>>;

/** All tunnels of the namespace that this process is in. */
export interface Tunnels {
  readonly tunnels: readonly TunnelRow[];
  readonly interfaces: readonly InterfaceRow[];
  readonly problems: readonly string[];
}

/** Reads the tunnels. @throws {Unavailable} as `askIp` */
export async function readTunnels(doors: HostDoors): Promise<Tunnels> {
  const [links, addressed] = await Promise.all([
    askIp(doors, ["-d", "-s", "link", "show"]),
    askIp(doors, ["addr", "show"]),
  ]);
  const interfaces = interfacesOf(links.entries, addressed.entries);
  const problems = [...links.problems, ...addressed.problems];
  const found = links.entries.flatMap((link) => {
    const row = interfaces.find(({ index }) => index === numberOf(link, "ifindex"));
    const kind = TUNNEL_KINDS.find((one) => one === row?.kind);
    return row === undefined || kind === undefined ? [] : [tunnelOf(row, kind, link)];
  });
  const underlays = new Map<string, TunnelRow["underlay"]>();
  for (const { name, remote } of found.slice(0, MAX_LOOKUPS)) {
    if (remote !== null) underlays.set(name, await readUnderlay(doors, remote, interfaces));
  }
  if (found.length > MAX_LOOKUPS) {
    problems.push(`The way to the far end was looked up for the first ${MAX_LOOKUPS} tunnels only`);
  }
  const tunnels = found.map((tunnel) => {
    const underlay = underlays.get(tunnel.name) ?? null;
    const recursive = underlay !== null && isRecursive(tunnel.name, underlays);
    const whole = { ...tunnel, underlay: underlay === null ? null : { ...underlay, recursive } };
    return { ...whole, findings: [...findingsOf(whole, underlays.has(tunnel.name))] };
  });
  return { tunnels, interfaces, problems };
}

function tunnelOf(row: InterfaceRow, kind: TunnelKind, link: Entry): TunnelRow {
  const data = partOf(partOf(link, "linkinfo"), "info_data");
  const [sent, received] = kind === "vxlan"
    ? [numberOf(data, "id"), null]
    : [keyOf(data, "okey"), keyOf(data, "ikey")];
  const port = kind === "vxlan" ? numberOf(data, "port") : null;
  const ttl = numberOf(data, "ttl") ?? numberOf(data, "hoplimit");
  const local = endOf(data, "local");
  const remote = endOf(data, "remote");
  const overhead = UNDERLAY_OVERHEAD[kind];
  const outer = kind === "vxlan" && (remote ?? local)?.includes(":") === true ? 20 : 0;
  return {
    name: row.name,
    kind,
    status: row.status,
    ...(row.why_down === undefined ? {} : { why_down: row.why_down }),
    local,
    remote,
    key: sent,
    ...(received === null || received === sent ? {} : { key_received: received }),
    ttl: ttl === 0 ? null : ttl,
    ...(port === null ? {} : { port }),
    mtu: row.mtu,
    overhead_bytes: overhead === null
      ? null
      : overhead + outer + (sent !== null && kind.includes("gre") ? 4 : 0),
    is_fallback: /^(?:gre|gretap|ip6gre|ip6gretap|erspan|tunl|ip6tnl|sit|ip_vti|ip6_vti)0$/
      .test(row.name),
    addresses: row.addresses.map(({ address, prefix_length }) => `${address}/${prefix_length}`),
    received: row.received,
    sent: row.sent,
    underlay: null,
    findings: [],
  };
}

/** An end of the tunnel; `ip` writes `any` or all zeros where it is open. */
function endOf(data: Entry, name: "local" | "remote"): string | null {
  const text = textOf(data, name) ?? textOf(data, `${name}6`);
  const address = text === null ? null : parseAddressOrNull(text);
  return address === null || address.value === 0n ? null : renderAddress(address);
}

/** A GRE key: iproute2 writes its four octets like an address (ip/link_gre.c). */
function keyOf(data: Entry, name: "ikey" | "okey"): number | null {
  const text = textOf(data, name);
  const dotted = text === null ? null : parseAddressOrNull(text);
  const key = dotted?.family === 4 ? Number(dotted.value) : numberOf(data, name);
  return key === 0 ? null : key;
}

/** The way to an outer address, or null where the kernel has none. */
export async function readUnderlay(
  doors: HostDoors,
  remote: string,
  interfaces: readonly InterfaceRow[],
): Promise<TunnelRow["underlay"]> {
  const { answer } = await tryIp(doors, ["route", "get", remote]);
  const entry = answer?.entries[0];
  if (entry === undefined || textOf(entry, "dev") === null) return null;
  const name = textOf(entry, "dev");
  return {
    interface: name,
    gateway: textOf(entry, "gateway"),
    source_address: textOf(entry, "prefsrc"),
    mtu: numberOf(entriesOf(entry, "metrics")[0] ?? {}, "mtu") ??
      interfaces.find((one) => one.name === name)?.mtu ?? null,
    recursive: false,
  };
}

/** True if the way to a tunnel's far end leads through it, also through tunnels between. */
function isRecursive(name: string, underlays: ReadonlyMap<string, TunnelRow["underlay"]>): boolean {
  const seen = new Set<string>();
  for (let at = underlays.get(name)?.interface ?? null; at !== null;) {
    if (at === name) return true;
    if (seen.has(at)) return false;
    seen.add(at);
    at = underlays.get(at)?.interface ?? null;
  }
  return false;
}
