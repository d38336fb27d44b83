/**
 * The IPv4 neighbours of Windows, from `arp -a`. Its words follow the language of the system, so rows
 * are known by their shape.
 *
 * @module
 */
import { parseAddressOrNull } from "../../ip/address.ts";
import type { HostDoors } from "../ip_program.ts";
import type { NeighborRow, Neighbors } from "../neighbors.ts";
import { askText } from "../text_program.ts";

/** Reads them. @throws {Unavailable} as `askText` */
export async function readWindowsNeighbors(doors: HostDoors): Promise<Neighbors> {
  const { lines, problems } = await askText(doors, "arp", ["-a"]);
  return {
    ...windowsNeighborsOf(lines),
    problems: [
      ...problems,
      "IPv6 neighbours are not listed: only programs that can change Windows show them",
    ],
  };
}

/** `Interface: 192.0.2.20 --- 0xc`: the address of the interface and its index. */
const HEAD = /^\S.*?:\s+([0-9.]+)\s+---\s+0x([0-9a-f]+)\s*$/i;
/** Address, MAC address, and the word for how it is known. */
const ROW = /^\s+([0-9.]+)\s+([0-9a-f]{2}(?:-[0-9a-f]{2}){5})\s+(\S+)\s*$/i;
/** Multicast groups (RFC 1112 §6.4) and broadcast, which no host answers for. */
const GROUP_MAC = /^(?:01-00-5e|ff-ff-ff)/i;

/** The entries of a printout. */
export function windowsNeighborsOf(lines: readonly string[]): Omit<Neighbors, "problems"> {
  const entries: NeighborRow[] = [];
  let leftOut = 0;
  let device: string | null = null;
  for (const line of lines) {
    const head = HEAD.exec(line);
    if (head !== null) device = `index ${parseInt(head[2] ?? "0", 16)}`;
    const [, address = "", mac = "", word = ""] = ROW.exec(line) ?? [];
    if (parseAddressOrNull(address) === null) continue;
    if (GROUP_MAC.test(mac)) {
      leftOut++;
      continue;
    }
    entries.push({
      ip_address: address,
      mac_address: mac.toLowerCase().replaceAll("-", ":"),
      interface: device,
      state: word.toUpperCase(),
      family: "ipv4",
    });
  }
  return { entries, leftOut };
}
