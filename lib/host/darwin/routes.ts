/**
 * The routes of macOS, from `netstat -rn`.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import { netmaskOf } from "../interfaces.ts";
import type { HostDoors } from "../ip_program.ts";
import type { Family, RouteRow, Routes } from "../routes.ts";
import { askText, wordsIn } from "../text_program.ts";

/** Reads the routes of one family. @throws {Unavailable} as `askText` */
export async function readDarwinRoutes(doors: HostDoors, family: Family): Promise<Routes> {
  const { lines, problems } = await askText(doors, "netstat", [
    ...["-rn", "-f", family === "ipv4" ? "inet" : "inet6"],
  ]);
  return { routes: darwinRoutesOf(lines, family), problems };
}

/** The routes of a printout, in its order. */
export function darwinRoutesOf(lines: readonly string[], family: Family): readonly RouteRow[] {
  return lines.flatMap((line) => {
    const [destination = "", gateway = "", flags = "", netif, expire] = wordsIn(line);
    const prefix = family === "ipv4" ? ipv4Prefix(destination) : ipv6Prefix(destination);
    if (prefix === null || netif === undefined || !/^[A-Za-z0-9]+$/.test(flags)) return [];
    return [routeOf({ prefix, gateway, flags, netif, expire, family })];
  });
}

/** A destination and how many bits of it count. */
interface Destination {
  readonly text: string;
  readonly length: number;
}

function routeOf(
  { prefix, gateway, flags, netif, expire, family }: {
    readonly prefix: Destination;
    readonly gateway: string;
    readonly flags: string;
    readonly netif: string;
    readonly expire: string | undefined;
    readonly family: Family;
  },
): RouteRow {
  const via = flags.includes("G") ? parseAddressOrNull(gateway, { zone: true }) : null;
  const type = flags.includes("B") ? "blackhole" : flags.includes("R") ? "unreachable" : "unicast";
  const row: RouteRow = {
    destination: prefix.text,
    gateway: via === null ? null : renderAddress({ ...via, zone: null }),
    netmask: family === "ipv4" ? netmaskOf(prefix.length) : null,
    interface: type === "unicast" ? netif : null,
    metric: null,
    flags,
    family,
    type,
    table: "main",
    // route(8): S is set by hand, D by a redirect.
    protocol: flags.includes("S") ? "static" : flags.includes("D") ? "redirect" : "kernel",
    scope: via === null ? "link" : "global",
  };
  if (expire !== undefined && /^\d+$/.test(expire)) row.expires_sec = Number(expire);
  return row;
}

/** `default`, `10.0.0/22`, `192.168.1` (as many octets as count), `192.168.1.1` (a host), `127`. */
function ipv4Prefix(text: string): Destination | null {
  if (text === "default") return { text, length: 0 };
  const [, short = "", lengthText] = /^(\d{1,3}(?:\.\d{1,3}){0,3})(?:\/(\d{1,2}))?$/.exec(text) ??
    [];
  if (short === "") return null;
  const octets = short.split(".");
  const length = lengthText === undefined ? octets.length * 8 : Number(lengthText);
  const whole = [...octets, "0", "0", "0"].slice(0, 4).join(".");
  if (parseAddressOrNull(whole) === null || length > 32) return null;
  return { text: length === 32 ? whole : `${whole}/${length}`, length };
}

/** `default`, `fe80::%lo0/64`, `fe80::1%lo0`, `2001:db8::/32`. */
function ipv6Prefix(text: string): Destination | null {
  if (text === "default") return { text, length: 0 };
  const slash = text.indexOf("/");
  const address = parseAddressOrNull(slash === -1 ? text : text.slice(0, slash), { zone: true });
  const length = slash === -1 ? 128 : Number(text.slice(slash + 1));
  if (address?.family !== 6 || !Number.isInteger(length) || length > 128) return null;
  const plain = renderAddress({ ...address, zone: null });
  return { text: length === 128 ? plain : `${plain}/${length}`, length };
}
