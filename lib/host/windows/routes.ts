/**
 * The routes of Windows, from `netstat -rn`. Its words follow the language of the system, so rows are
 * known by their shape.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import type { HostDoors } from "../ip_program.ts";
import type { Family, RouteRow, Routes } from "../routes.ts";
import { askText } from "../text_program.ts";

/** Reads the routes of one family. @throws {Unavailable} as `askText` */
export async function readWindowsRoutes(doors: HostDoors, family: Family): Promise<Routes> {
  const { lines, problems } = await askText(doors, "netstat", ["-rn"]);
  return { routes: windowsRoutesOf(lines, family), problems };
}

/** The active routes of a printout, in its order. */
export function windowsRoutesOf(lines: readonly string[], family: Family): readonly RouteRow[] {
  return family === "ipv4" ? lines.flatMap(ipv4RouteOf) : ipv6RoutesOf(lines);
}

/** Destination, mask, gateway (or words for "on the link"), address of the interface, metric. */
const IPV4 = /^\s*([0-9.]+)\s+([0-9.]+)\s+(\S.*?)\s+([0-9.]+)\s+(\d+)\s*$/;

function ipv4RouteOf(line: string): readonly RouteRow[] {
  const [, destination = "", mask = "", gateway = "", source = "", metric] = IPV4.exec(line) ?? [];
  const length = lengthOfMask(mask);
  if (length === null || parseAddressOrNull(destination) === null) return [];
  if (parseAddressOrNull(source) === null) return [];
  const text = length === 32 ? destination : `${destination}/${length}`;
  return [{
    ...routeOf(text === "0.0.0.0/0" ? "default" : text, gateway, Number(metric), "ipv4"),
    netmask: mask,
    source,
  }];
}

/** Index of the interface, metric, prefix, and the gateway, which may stand on a line of its own. */
const IPV6 = /^\s*(\d+)\s+(\d+)\s+([0-9a-f:]+)\/(\d{1,3})(?:\s+(\S.*?))?\s*$/i;

function ipv6RoutesOf(lines: readonly string[]): readonly RouteRow[] {
  return lines.flatMap((line, at): RouteRow[] => {
    const [, index, metric, address = "", length, onLine] = IPV6.exec(line) ?? [];
    const parsed = parseAddressOrNull(address);
    if (parsed?.family !== 6 || Number(length) > 128) return [];
    const gateway = onLine ?? lines[at + 1]?.trim() ?? "";
    const plain = renderAddress(parsed);
    const text = Number(length) === 128 ? plain : `${plain}/${length}`;
    return [{
      ...routeOf(text === "::/0" ? "default" : text, gateway, Number(metric), "ipv6"),
      interface: `index ${index}`,
    }];
  });
}

function routeOf(destination: string, gateway: string, metric: number, family: Family): RouteRow {
  const via = parseAddressOrNull(gateway, { zone: true });
  return {
    destination,
    gateway: via === null ? null : renderAddress({ ...via, zone: null }),
    netmask: null,
    interface: null,
    metric,
    flags: null,
    family,
    type: "unicast",
    table: "main",
    protocol: "unspec",
    scope: via === null ? "link" : "global",
  };
}

/** Ones of a mask such as 255.255.255.0; null: it is none. */
function lengthOfMask(text: string): number | null {
  const mask = parseAddressOrNull(text);
  if (mask?.family !== 4) return null;
  const bits = Number(mask.value);
  const length = Math.clz32(~bits >>> 0);
  return bits === (length === 0 ? 0 : (0xffff_ffff << 32 - length) >>> 0) ? length : null;
}
