/**
 * The neighbours of this host, ARP and IPv6 neighbour discovery alike, from `ip -j neigh`.
 *
 * @module
 */
import { z } from "zod";
import {
  compareAddresses,
  type IpAddress,
  parseAddressOrNull,
  renderAddress,
} from "../ip/address.ts";
import { type Entry, isSet, numberOf, textOf, wordsOf } from "./entry.ts";
import { askIp, type HostDoors } from "./ip_program.ts";

/** The schema of one neighbour. */
export const neighborRow = () =>
  z.object({
    ip_address: z.string(),
    mac_address: z.string().nullable(),
    interface: z.string().nullable(),
    state: z.string().describe("REACHABLE, STALE, DELAY, PROBE, INCOMPLETE, FAILED, PERMANENT …"),
    family: z.enum(["ipv4", "ipv6"]),
    is_router: z.boolean().optional().describe("It says so itself (IPv6)"),
    used_sec_ago: z.number().optional(),
    confirmed_sec_ago: z.number().optional(),
    probes: z.number().optional().describe("Unanswered questions so far"),
  });

/** One neighbour. */
export type NeighborRow = z.output<ReturnType<typeof neighborRow>>;

/** What is known of the neighbours. */
export interface Neighbors {
  /** IPv4 before IPv6, by address. */
  readonly entries: readonly NeighborRow[];
  /** Entries of multicast groups and the like, which the kernel makes up and nobody looks for. */
  readonly leftOut: number;
  readonly problems: readonly string[];
}

/** Reads the neighbours of both families. @throws {Unavailable} as `askIp`, `askText` */
export async function readNeighbors(doors: HostDoors): Promise<Neighbors> {
  const { platform } = doors.programs;
  if (platform === "darwin") {
    return await (await import("./darwin/neighbors.ts")).readDarwinNeighbors(doors);
  }
  if (platform === "windows") {
    return await (await import("./windows/neighbors.ts")).readWindowsNeighbors(doors);
  }
  const { entries, problems } = await askIp(doors, ["-s", "neigh", "show", "nud", "all"]);
  return { ...neighborsOf(entries), problems };
}

/** The neighbours of a printout. */
export function neighborsOf(entries: readonly Entry[]): Omit<Neighbors, "problems"> {
  const kept: { readonly row: NeighborRow; readonly address: IpAddress }[] = [];
  let leftOut = 0;
  for (const entry of entries) {
    const address = parseAddressOrNull(textOf(entry, "dst") ?? "", { zone: true });
    if (address === null) continue;
    const row = rowOf(entry, address);
    if (row.state === "NOARP" && isMadeUp(address)) leftOut++;
    else kept.push({ row, address });
  }
  kept.sort((a, b) => compareAddresses(a.address, b.address));
  return { entries: kept.map(({ row }) => row), leftOut };
}

/** Multicast groups and the unspecified address: their MAC address follows from a rule. */
function isMadeUp({ family, value }: IpAddress): boolean {
  return value === 0n || (family === 4 ? value >> 28n === 0xen : value >> 120n === 0xffn);
}

function rowOf(entry: Entry, address: IpAddress): NeighborRow {
  const states = wordsOf(entry, "state");
  const row: NeighborRow = {
    ip_address: renderAddress(address),
    mac_address: textOf(entry, "lladdr"),
    interface: textOf(entry, "dev"),
    state: states.length === 0 ? "NONE" : states.join(" "),
    family: address.family === 4 ? "ipv4" : "ipv6",
  };
  // Set one by one: a table may hold many thousands.
  if (isSet(entry, "router")) row.is_router = true;
  const used = numberOf(entry, "used");
  if (used !== null) row.used_sec_ago = used;
  const confirmed = numberOf(entry, "confirmed");
  if (confirmed !== null) row.confirmed_sec_ago = confirmed;
  const probes = numberOf(entry, "probes");
  if (probes !== null && probes !== 0) row.probes = probes;
  return row;
}
