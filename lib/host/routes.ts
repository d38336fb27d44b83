/**
 * The routing tables of this host, every one and both families, from `ip -j route`.
 *
 * @module
 */
import { z } from "zod";
import { type IpAddress, parseAddress } from "../ip/address.ts";
import { contains, parsePrefix } from "../ip/prefix.ts";
import { entriesOf, type Entry, numberOf, partOf, textOf, wordsOf } from "./entry.ts";
import { netmaskOf } from "./interfaces.ts";
import { askIp, type HostDoors } from "./ip_program.ts";

const nextHopRow = () =>
  z.object({
    gateway: z.string().nullable(),
    interface: z.string().nullable(),
    weight: z.number(),
    flags: z.string().optional(),
  });

/** The schema of one route. */
export const routeRow = () =>
  z.object({
    destination: z.string().describe("Prefix, address or default"),
    gateway: z.string().nullable().describe("null: on the link, or see next_hops"),
    netmask: z.string().nullable().describe("IPv4"),
    interface: z.string().nullable(),
    metric: z.number().nullable(),
    flags: z.string().nullable().describe("linkdown, onlink, dead …"),
    family: z.enum(["ipv4", "ipv6"]),
    type: z.string().describe("unicast, blackhole, unreachable, prohibit, throw, local …"),
    table: z.string(),
    protocol: z.string(),
    scope: z.string(),
    from: z.string().optional().describe("Only packets from this prefix (IPv6)"),
    source: z.string().optional().describe("Source address that it prefers"),
    tos: z.string().optional(),
    next_hops: z.array(nextHopRow()).optional().describe("Multipath"),
    next_hop_id: z.number().optional(),
    mtu: z.number().optional(),
    expires_sec: z.number().optional(),
    preference: z.string().optional().describe("RFC 4191: low or high"),
    encapsulation: z.string().optional(),
  });

/** One route. */
export type RouteRow = z.output<ReturnType<typeof routeRow>>;

/** Address family of a question. */
export type Family = "ipv4" | "ipv6";

/** The routes of some tables. */
export interface Routes {
  readonly routes: readonly RouteRow[];
  readonly problems: readonly string[];
}

/**
 * Reads the routes of every table; with `covering`, those that contain this canonical address.
 *
 * @throws {Unavailable} as `askIp`, `askText`
 */
export async function readRoutes(
  doors: HostDoors,
  family: Family,
  covering: string | null = null,
): Promise<Routes> {
  const { platform } = doors.programs;
  if (platform === "linux") return await readLinuxRoutes(doors, family, covering);
  const { routes, problems } = platform === "darwin"
    ? await (await import("./darwin/routes.ts")).readDarwinRoutes(doors, family)
    : await (await import("./windows/routes.ts")).readWindowsRoutes(doors, family);
  if (covering === null) return { routes, problems };
  const address = parseAddress(covering);
  return { routes: routes.filter((route) => isCovering(route, address)), problems };
}

function isCovering({ destination, family }: RouteRow, address: IpAddress): boolean {
  if (destination === "default") return true;
  const bits = family === "ipv4" ? 32 : 128;
  const text = destination.includes("/") ? destination : `${destination}/${bits}`;
  return contains(parsePrefix(text).prefix, address);
}

async function readLinuxRoutes(
  doors: HostDoors,
  family: Family,
  covering: string | null,
): Promise<Routes> {
  const { entries, problems } = await askIp(doors, [
    ...[family === "ipv4" ? "-4" : "-6", "-d", "route", "show", "table", "all"],
    ...(covering === null ? [] : ["match", covering]),
  ]);
  return { routes: routesOf(entries, family), problems };
}

/** The routes of a printout, in its order. */
export function routesOf(entries: readonly Entry[], family: Family): readonly RouteRow[] {
  return entries.flatMap((entry) => {
    const destination = textOf(entry, "dst");
    return destination === null ? [] : [routeOf(entry, destination, family)];
  });
}

function routeOf(entry: Entry, destination: string, family: Family): RouteRow {
  const flags = wordsOf(entry, "flags");
  const type = textOf(entry, "type") ?? "unicast";
  const row: RouteRow = {
    destination,
    gateway: gatewayOf(entry),
    netmask: family === "ipv4" ? netmaskOf(lengthOf(destination, 32)) : null,
    // The kernel hangs IPv6 routes that lead nowhere on the loopback interface.
    interface: isDeadEnd(type) ? null : textOf(entry, "dev"),
    metric: numberOf(entry, "metric"),
    flags: flags.length === 0 ? null : flags.join(" "),
    family,
    type,
    table: textOf(entry, "table") ?? "main",
    protocol: textOf(entry, "protocol") ?? "unspec",
    scope: textOf(entry, "scope") ?? "global",
  };
  // Set one by one: tables of a million routes have hardly any of these.
  const from = textOf(entry, "from");
  if (from !== null) row.from = from;
  const source = textOf(entry, "prefsrc");
  if (source !== null) row.source = source;
  const tos = textOf(entry, "tos");
  if (tos !== null) row.tos = tos;
  const nextHopId = numberOf(entry, "nhid");
  if (nextHopId !== null) row.next_hop_id = nextHopId;
  const mtu = numberOf(entriesOf(entry, "metrics")[0] ?? {}, "mtu");
  if (mtu !== null) row.mtu = mtu;
  const expires = numberOf(entry, "expires");
  if (expires !== null) row.expires_sec = expires;
  const preference = textOf(entry, "pref");
  if (preference !== null && preference !== "medium") row.preference = preference;
  const encapsulation = textOf(entry, "encap");
  if (encapsulation !== null) row.encapsulation = encapsulation;
  const hops = entriesOf(entry, "nexthops");
  if (hops.length > 0) row.next_hops = hops.map(nextHopOf);
  return row;
}

/** Types of routes that end a packet's way here. */
export function isDeadEnd(type: string): boolean {
  return type === "blackhole" || type === "unreachable" || type === "prohibit" || type === "throw";
}

/** A gateway of the other family is written as `via` (RFC 5549). */
function gatewayOf(entry: Entry): string | null {
  return textOf(entry, "gateway") ?? textOf(partOf(entry, "via"), "host");
}

function nextHopOf(hop: Entry): NonNullable<RouteRow["next_hops"]>[number] {
  const flags = wordsOf(hop, "flags");
  return {
    gateway: gatewayOf(hop),
    interface: textOf(hop, "dev"),
    weight: numberOf(hop, "weight") ?? 1,
    ...(flags.length === 0 ? {} : { flags: flags.join(" ") }),
  };
}

/** Prefix length of a destination as `ip` writes it: none for a single address. */
export function lengthOf(destination: string, bits: 32 | 128): number {
  if (destination === "default") return 0;
  const slash = destination.indexOf("/");
  return slash === -1 ? bits : Number(destination.slice(slash + 1));
}

/** Router preference (RFC 4191 §2.1): high before medium before low, where metrics are equal. */
const PREFERENCE: Readonly<Record<string, number>> = { high: 0, low: 2 };

/** The default route of the main table that the kernel takes first, or null. */
export function defaultRoute(routes: readonly RouteRow[]): RouteRow | null {
  const rank = ({ metric, preference, flags }: RouteRow): readonly number[] => [
    flags?.includes("dead") === true ? 1 : 0,
    metric ?? 0,
    PREFERENCE[preference ?? ""] ?? 1,
  ];
  const candidates = routes.filter(({ destination, table, type, from }) =>
    destination === "default" && table === "main" && type === "unicast" && from === undefined
  );
  return candidates.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const index = left.findIndex((value, at) => value !== right[at]);
    return index === -1 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
  })[0] ?? null;
}
