/**
 * The neighbours of macOS, from `arp -an` and `ndp -an`.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import type { HostDoors } from "../ip_program.ts";
import type { NeighborRow, Neighbors } from "../neighbors.ts";
import { askText, wordsIn } from "../text_program.ts";

/** Reads those of both families. @throws {Unavailable} as `askText` */
export async function readDarwinNeighbors(doors: HostDoors): Promise<Neighbors> {
  const [arp, ndp] = await Promise.all([
    askText(doors, "arp", ["-an"]),
    askText(doors, "ndp", ["-an"]),
  ]);
  return {
    entries: [...arpEntriesOf(arp.lines), ...ndpEntriesOf(ndp.lines)],
    leftOut: 0,
    problems: [...arp.problems, ...ndp.problems],
  };
}

/** `? (192.0.2.1) at 0:1c:42:0:0:8 on en0 ifscope [ethernet]`, `… at (incomplete) on …`. */
const ARP = /\(([0-9.]+)\) at (\S+) on (\S+)(.*)$/;

/** The entries of `arp -an`. */
export function arpEntriesOf(lines: readonly string[]): readonly NeighborRow[] {
  return lines.flatMap((line): NeighborRow[] => {
    const [, text = "", mac = "", device = "", rest = ""] = ARP.exec(line) ?? [];
    if (parseAddressOrNull(text) === null) return [];
    const known = macOf(mac);
    const state = known === null
      ? "INCOMPLETE"
      : /\bpermanent\b/.test(rest)
      ? "PERMANENT"
      : "REACHABLE";
    return [{ ip_address: text, mac_address: known, interface: device, state, family: "ipv4" }];
  });
}

/** The letters of the column St (ndp(8)). */
const NDP_STATES: Readonly<Record<string, string>> = {
  N: "NONE",
  W: "NONE",
  I: "INCOMPLETE",
  R: "REACHABLE",
  S: "STALE",
  D: "DELAY",
  P: "PROBE",
};

/** The entries of `ndp -an`: neighbour, MAC address, interface, expiry, state, flags. */
export function ndpEntriesOf(lines: readonly string[]): readonly NeighborRow[] {
  return lines.flatMap((line): NeighborRow[] => {
    const [text = "", mac = "", device = "", expiry = "", letter = "", flags = ""] = wordsIn(line);
    const address = parseAddressOrNull(text, { zone: true });
    if (address?.family !== 6 || device === "") return [];
    return [{
      ip_address: renderAddress({ ...address, zone: null }),
      mac_address: macOf(mac),
      interface: device,
      state: expiry === "permanent" ? "PERMANENT" : NDP_STATES[letter] ?? "NONE",
      family: "ipv6",
      ...(flags.includes("R") ? { is_router: true } : {}),
    }];
  });
}

/** With two digits for each octet, which macOS leaves out where the first is 0; null: none. */
function macOf(text: string): string | null {
  const octets = text.split(":");
  const isMac = octets.length === 6 && octets.every((octet) => /^[0-9a-f]{1,2}$/i.test(octet));
  return isMac ? octets.map((octet) => octet.toLowerCase().padStart(2, "0")).join(":") : null;
}
