/**
 * The interfaces of Windows as the runtime lists them: the programs that show more can also change
 * them, and speak the language of the system.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import type { RuntimeInterface } from "../../io/runtime_interfaces.ts";
import { type InterfaceRow, type Interfaces, netmaskOf } from "../interfaces.ts";

const PROBLEM =
  "Adapters without an address, MTU and counters are not listed: only programs that can change Windows show them";

/** The interfaces among these addresses, in their order. */
export function windowsInterfacesOf(listed: readonly RuntimeInterface[]): Interfaces {
  const byName = Map.groupBy(listed, ({ name }) => name);
  return {
    interfaces: [...byName].map(([name, addresses], place) => rowOf(name, addresses, place)),
    problems: [PROBLEM],
  };
}

function rowOf(name: string, listed: readonly RuntimeInterface[], place: number): InterfaceRow {
  const addresses = listed.flatMap(addressOf);
  const v4 = addresses.filter(({ family }) => family === "ipv4");
  const mac = listed[0]?.mac ?? "";
  return {
    name,
    status: "up",
    mac_address: /^(?:00:){5}00$|^$/.test(mac) ? null : mac.toLowerCase(),
    ipv4_addresses: v4.map(({ address }) => address),
    ipv6_addresses: addresses.filter(({ family }) => family === "ipv6").map((one) => one.address),
    netmask: v4[0]?.netmask ?? null,
    broadcast: null,
    mtu: null,
    index: listed.find(({ scopeId }) => scopeId !== null && scopeId > 0)?.scopeId ?? place + 1,
    kind: "unknown",
    admin_up: true,
    carrier: null,
    oper_state: "unknown",
    flags: [],
    addresses,
    received: null,
    sent: null,
  };
}

function addressOf({ address, cidr }: RuntimeInterface): InterfaceRow["addresses"] {
  const parsed = parseAddressOrNull(address, { zone: true });
  const length = Number(cidr.slice(cidr.indexOf("/") + 1));
  if (parsed === null || !Number.isInteger(length)) return [];
  const text = renderAddress({ ...parsed, zone: null });
  const isLinkLocal = parsed.family === 6
    ? parsed.value >> 118n === 0x3fan
    : parsed.value >> 16n === 0xa9fen;
  const isLoopback = parsed.family === 6 ? parsed.value === 1n : parsed.value >> 24n === 127n;
  return [{
    address: text,
    family: parsed.family === 4 ? "ipv4" : "ipv6",
    prefix_length: length,
    ...(parsed.family === 4 ? { netmask: netmaskOf(length) } : {}),
    scope: isLoopback ? "host" : isLinkLocal ? "link" : "global",
  }];
}
