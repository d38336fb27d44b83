/**
 * The interfaces of macOS, from `ifconfig -a`, and their counters, from `netstat -ibn`.
 *
 * @module
 */
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import { type InterfaceRow, type Interfaces, netmaskOf } from "../interfaces.ts";
import type { HostDoors } from "../ip_program.ts";
import { askText, wordsIn } from "../text_program.ts";

type AddressRow = InterfaceRow["addresses"][number];

/** Reads them. @throws {Unavailable} as `askText` */
export async function readDarwinInterfaces(doors: HostDoors): Promise<Interfaces> {
  const [links, counters] = await Promise.all([
    askText(doors, "ifconfig", ["-a"]),
    askText(doors, "netstat", ["-ibn"]),
  ]);
  return {
    interfaces: darwinInterfacesOf(links.lines, counters.lines),
    problems: [...links.problems, ...counters.problems],
  };
}

/** The interfaces of both printouts. */
export function darwinInterfacesOf(
  links: readonly string[],
  counters: readonly string[],
): readonly InterfaceRow[] {
  const counted = countersOf(counters);
  const blocks: { readonly head: RegExpExecArray; readonly lines: string[] }[] = [];
  for (const line of links) {
    const head = HEAD.exec(line);
    if (head !== null) blocks.push({ head, lines: [] });
    else blocks.at(-1)?.lines.push(line);
  }
  return blocks.map(({ head, lines }, index) => rowOf(head, lines, index, counted));
}

/** `en0: flags=8863<UP,BROADCAST,RUNNING> mtu 1500 index 11` (the index with `-v` only). */
const HEAD = /^([^\s:]+): flags=[0-9a-f]+<([^>]*)>(?: metric \d+)?(?: mtu (\d+))?/;

function rowOf(
  [, name = "", flagText = "", mtu]: RegExpExecArray,
  lines: readonly string[],
  place: number,
  counted: ReadonlyMap<string, LinkCounters>,
): InterfaceRow {
  const flags = flagText === "" ? [] : flagText.split(",");
  const addresses: AddressRow[] = [];
  let mac: string | null = null;
  let status: string | null = null;
  const members: string[] = [];
  let parent: string | null = null;
  for (const line of lines) {
    const [keyword, ...words] = wordsIn(line);
    if (keyword === "inet" || keyword === "inet6") addresses.push(...addressOf(keyword, words));
    else if (keyword === "ether") mac = words[0] ?? null;
    else if (keyword === "status:") status = words.join(" ");
    else if (keyword === "member:") members.push(words[0] ?? "");
    else if (keyword === "vlan:") parent = /parent interface: (\S+)/.exec(line)?.[1] ?? null;
  }
  const v4 = addresses.filter(({ family }) => family === "ipv4");
  const adminUp = flags.includes("UP");
  const carrier = status === null ? null : status === "active";
  const whyDown = !adminUp
    ? "administratively down"
    : carrier === false
    ? "no carrier"
    : flags.includes("RUNNING")
    ? null
    : "it is not running";
  const counters = counted.get(name);
  return {
    name,
    status: whyDown === null ? "up" : "down",
    ...(whyDown === null ? {} : { why_down: whyDown }),
    mac_address: mac,
    ipv4_addresses: v4.map(({ address }) => address),
    ipv6_addresses: addresses.filter(({ family }) => family === "ipv6").map((one) => one.address),
    netmask: v4[0]?.netmask ?? null,
    broadcast: v4.find(({ broadcast }) => broadcast !== undefined)?.broadcast ?? null,
    mtu: mtu === undefined ? null : Number(mtu),
    index: counters?.index ?? place + 1,
    kind: name.replace(/\d+$/, ""),
    admin_up: adminUp,
    carrier,
    oper_state: status ?? (flags.includes("RUNNING") ? "running" : "unknown"),
    flags,
    ...(parent === null ? {} : { parent }),
    ...(members.length === 0 ? {} : { details: { members: members.join(" ") } }),
    addresses,
    received: counters?.received ?? null,
    sent: counters?.sent ?? null,
  };
}

/** What may stand behind an inet6 address of macOS. */
const ADDRESS_FLAGS = new Set([
  ...["autoconf", "secured", "temporary", "deprecated", "tentative", "duplicated", "dynamic"],
  ...["anycast", "detached", "clat46"],
]);

function addressOf(keyword: "inet" | "inet6", words: readonly string[]): readonly AddressRow[] {
  const parsed = parseAddressOrNull(words[0] ?? "", { zone: true });
  if (parsed === null) return [];
  const after = (word: string): string | null => {
    const at = words.indexOf(word);
    return at === -1 ? null : words[at + 1] ?? null;
  };
  const address = renderAddress({ ...parsed, zone: null });
  const isLinkLocal = parsed.zone !== null || after("scopeid") !== null;
  const flags = words.filter((word) => ADDRESS_FLAGS.has(word));
  const length = keyword === "inet" ? lengthOfMask(after("netmask")) : Number(after("prefixlen"));
  const peer = after("-->");
  const broadcast = after("broadcast");
  return [{
    address,
    family: keyword === "inet" ? "ipv4" : "ipv6",
    prefix_length: Number.isInteger(length) ? length : 128,
    ...(keyword === "inet" ? { netmask: netmaskOf(length) } : {}),
    ...(peer === null ? {} : { peer }),
    ...(broadcast === null ? {} : { broadcast }),
    scope: isLinkLocal
      ? "link"
      : address.startsWith("127.") || address === "::1"
      ? "host"
      : "global",
    ...(flags.length === 0 ? {} : { flags }),
  }];
}

/** Ones of a mask such as `0xffffff00`. */
function lengthOfMask(text: string | null): number {
  const bits = Number(text ?? "0xffffffff");
  return Math.clz32(~bits >>> 0);
}

interface LinkCounters {
  readonly index: number;
  readonly received: InterfaceRow["received"];
  readonly sent: InterfaceRow["sent"];
}

/** Rows of links: name, MTU, `<Link#n>`, perhaps an address, and seven counters. */
function countersOf(lines: readonly string[]): ReadonlyMap<string, LinkCounters> {
  const counted = new Map<string, LinkCounters>();
  for (const line of lines) {
    const words = wordsIn(line);
    const index = /^<Link#(\d+)>$/.exec(words[2] ?? "")?.[1];
    const numbers = words.slice(-7).map(Number);
    if (index === undefined || words.length < 10 || numbers.some(Number.isNaN)) continue;
    const [inPackets = 0, inErrors = 0, inBytes = 0, outPackets = 0, outErrors = 0, outBytes = 0] =
      numbers;
    // A star marks a link that is down.
    counted.set((words[0] ?? "").replace(/\*$/, ""), {
      index: Number(index),
      received: { bytes: inBytes, packets: inPackets, errors: inErrors, dropped: 0 },
      sent: { bytes: outBytes, packets: outPackets, errors: outErrors, dropped: 0 },
    });
  }
  return counted;
}
