/**
 * What this host would do with a packet: asked of the kernel (`ip route get`), and explained from
 * its rules, routes, neighbours and links. Nothing is sent.
 *
 * @module
 */
import { InputError, Unavailable } from "../errors/mod.ts";
import { type IpAddress, parseAddressOrNull, renderAddress } from "../ip/address.ts";
import { entriesOf, type Entry, numberOf, partOf, textOf } from "./entry.ts";
import { type InterfaceRow, readInterfaces } from "./interfaces.ts";
import { type HostDoors, tryIp } from "./ip_program.ts";
import { type NeighborRow, readNeighbors } from "./neighbors.ts";
import { type Family, readRoutes, type RouteRow, routesOf } from "./routes.ts";
import { type PolicyRule, readRules, type RuleRow } from "./rules.ts";
import { type Walk, walkRules } from "./rule_walk.ts";

/** The packet in question. */
export interface PathQuestion {
  /** Without zone; `outputInterface` says where a link-local address is. */
  readonly destination: IpAddress;
  readonly source: IpAddress | null;
  /** Firewall mark, 0 to 2^32 - 1. */
  readonly mark: number;
  readonly outputInterface: string | null;
}

/** What happens to the packet. */
export const VERDICTS = [
  ...["send", "local", "broadcast", "multicast"] as const,
  ...["blackhole", "unreachable", "prohibit", "no_route"] as const,
];

/** One of {@link VERDICTS}. */
export type Verdict = typeof VERDICTS[number];

/** The largest packet of one link on the way out. */
export interface LinkMtu {
  readonly interface: string;
  readonly kind: string;
  readonly mtu: number | null;
}

/** The answer. */
export interface Path {
  readonly verdict: Verdict;
  readonly sourceAddress: string | null;
  readonly interface: InterfaceRow | null;
  /** Gateway, or the destination itself on the link; null if the packet does not leave. */
  readonly nextHop: string | null;
  readonly onLink: boolean;
  readonly table: string | null;
  readonly rule: RuleRow | null;
  readonly route: RouteRow | null;
  /** False: the link needs no neighbour (tunnels, loopback). */
  readonly needsNeighbor: boolean;
  readonly neighbor: NeighborRow | null;
  /** Largest packet in octets, IP header included: the least of link, route and path MTU cache. */
  readonly mtu: number | null;
  /** From the interface down to the lowest link. */
  readonly links: readonly LinkMtu[];
  /** What stands in the way or is worth knowing, one sentence each, worst first. */
  readonly findings: readonly string[];
}

/**
 * Finds out.
 *
 * @throws {InputError} `input.source`, `input.interface` if this host has no such address or interface
 * @throws {Unavailable} as `askIp`
 */
export async function findPath(doors: HostDoors, question: PathQuestion): Promise<Path> {
  const family: Family = question.destination.family === 4 ? "ipv4" : "ipv6";
  const destination = renderAddress(question.destination);
  const [{ interfaces }, { entries: neighbors }, rules, covering] = await Promise.all([
    readInterfaces(doors),
    readNeighbors(doors),
    readRules(doors, family),
    readRoutes(doors, family, destination),
  ]);
  checkQuestion(question, interfaces);
  const { entry, source, failure } = await askKernel(doors, question, rules);
  const walk = walkRules(rules, covering.routes, {
    destination: question.destination,
    source,
    mark: question.mark,
    outputInterface: question.outputInterface,
    userId: numberOf(entry ?? {}, "uid") ?? await ownUserId(doors, rules),
  }, vrfTableOf(question.outputInterface, interfaces));
  if (entry === null) {
    const verdict = verdictOfFailure(failure, walk);
    return stopped(verdict, walk);
  }
  return describe({ entry, walk, rules, interfaces, neighbors, family, destination });
}

function checkQuestion(
  { source, outputInterface }: PathQuestion,
  interfaces: readonly InterfaceRow[],
): void {
  if (outputInterface !== null && !interfaces.some(({ name }) => name === outputInterface)) {
    throw new InputError(
      "interface",
      `Cannot send through "${outputInterface.slice(0, 40)}": this host has no such interface`,
      { hint: `It has: ${interfaces.slice(0, 20).map(({ name }) => name).join(", ")}.` },
    );
  }
  if (source === null) return;
  const text = renderAddress(source);
  const isOurs = interfaces.some(({ addresses }) =>
    addresses.some(({ address, prefix_length }) =>
      address === text ||
      (address === "127.0.0.1" && prefix_length === 8 && text.startsWith("127."))
    )
  );
  if (!isOurs) {
    throw new InputError("source", `Cannot send from "${text}": this host does not have it`, {
      hint: "get_interfaces shows the addresses of this host.",
    });
  }
}

interface KernelAnswer {
  /** null: the packet goes nowhere. */
  readonly entry: Entry | null;
  /** The source that the answer is for. */
  readonly source: IpAddress | null;
  readonly failure: string;
}

async function askKernel(
  doors: HostDoors,
  { destination, source, mark, outputInterface }: PathQuestion,
  rules: readonly PolicyRule[],
): Promise<KernelAnswer> {
  const ask = async (from: IpAddress | null): Promise<KernelAnswer> => {
    const { result, answer } = await tryIp(doors, [
      ...[destination.family === 4 ? "-4" : "-6", "-d", "route", "get", renderAddress(destination)],
      ...(from === null ? [] : ["from", renderAddress(from)]),
      ...(outputInterface === null ? [] : ["oif", outputInterface]),
      ...(mark === 0 ? [] : ["mark", String(mark)]),
    ]);
    const failure = result.stderr.slice(0, 500);
    const entry = answer?.entries[0] ?? null;
    if (entry === null && !/RTNETLINK answers|Network is unreachable/.test(failure)) {
      throw new Unavailable("program_failed", "Cannot ask the kernel for a route: ip failed", {
        hint: "detail.program_said holds its own words.",
        detail: { program: "ip", exit_code: result.code, program_said: failure.slice(0, 200) },
      });
    }
    return { entry, source: from, failure };
  };
  const first = await ask(source);
  const chosen = parseAddressOrNull(textOf(first.entry ?? {}, "prefsrc") ?? "");
  // Linux looks up an IPv4 route again once the source is chosen (ip_route_connect), so that rules
  // about sources hold for sockets that were not bound.
  const looksAgain = source === null && chosen?.family === 4 &&
    rules.some((rule) => rule.source !== null);
  return looksAgain ? await ask(chosen) : first;
}

/** The user of this process as the kernel names it; null if no rule asks, or it does not tell. */
async function ownUserId(
  doors: HostDoors,
  rules: readonly PolicyRule[],
): Promise<number | null> {
  if (rules.every(({ userIds }) => userIds === null)) return null;
  const { answer } = await tryIp(doors, ["-4", "-d", "route", "get", "127.0.0.1"]);
  return numberOf(answer?.entries[0] ?? {}, "uid");
}

function verdictOfFailure(failure: string, walk: Walk): Verdict {
  const end = VERDICTS.find((verdict) => verdict === walk.end);
  if (end !== undefined) return end;
  if (/Permission denied/.test(failure)) return "prohibit";
  if (/No route to host/.test(failure)) return "unreachable";
  return /Invalid argument/.test(failure) && walk.rule !== null ? "blackhole" : "no_route";
}

function stopped(verdict: Verdict, walk: Walk): Path {
  return {
    verdict,
    sourceAddress: null,
    interface: null,
    nextHop: null,
    onLink: false,
    table: walk.route?.table ?? null,
    rule: walk.rule,
    route: walk.route,
    needsNeighbor: false,
    neighbor: null,
    mtu: null,
    links: [],
    findings: trafficFindings(walk),
  };
}

/** Facts of one packet that leaves or stays. */
interface Facts {
  readonly entry: Entry;
  readonly walk: Walk;
  readonly rules: readonly PolicyRule[];
  readonly interfaces: readonly InterfaceRow[];
  readonly neighbors: readonly NeighborRow[];
  readonly family: Family;
  readonly destination: string;
}

function describe(facts: Facts): Path {
  const { entry, walk, rules, interfaces, neighbors, family, destination } = facts;
  const type = textOf(entry, "type") ?? "unicast";
  const verdict = type === "unicast" ? "send" : VERDICTS.find((known) => known === type) ?? "send";
  const name = textOf(entry, "dev");
  const device = interfaces.find((row) => row.name === name) ?? null;
  const table = textOf(entry, "table") ?? (type === "local" ? "local" : "main");
  const gateway = textOf(entry, "gateway") ?? textOf(partOf(entry, "via"), "host");
  const leaves = verdict === "send";
  const nextHop = leaves ? gateway ?? destination : null;
  const isExplained = walk.route?.table === table;
  const needsNeighbor = leaves && device !== null && !device.flags.includes("NOARP") &&
    !device.flags.includes("LOOPBACK");
  const neighbor = needsNeighbor
    ? neighbors.find((row) => row.ip_address === nextHop && row.interface === name) ?? null
    : null;
  const routeMtu = numberOf(entriesOf(entry, "metrics")[0] ?? {}, "mtu");
  const mtus = [routeMtu, device?.mtu ?? null].filter((mtu) => mtu !== null);
  const links = device === null ? [] : linksBelow(device, interfaces);
  return {
    verdict,
    sourceAddress: textOf(entry, "prefsrc") ?? textOf(entry, "from"),
    interface: device,
    nextHop,
    onLink: leaves && gateway === null,
    table,
    rule: isExplained ? walk.rule : ruleOfTable(rules, table),
    route: isExplained ? walk.route : routesOf([entry], family)[0] ?? null,
    needsNeighbor,
    neighbor,
    mtu: mtus.length === 0 ? null : Math.min(...mtus),
    links,
    findings: [
      ...device === null ? [] : deviceFindings(device),
      ...neighborFindings(needsNeighbor, nextHop, neighbor),
      ...mtuFindings(routeMtu, device, links),
      ...multipathFindings(walk.route),
      ...isExplained || walk.rule === null ? [] : [
        "The kernel decided by another table than its printed rules say: the rule shown is a guess",
      ],
      ...trafficFindings(walk),
    ],
  };
}

/** The first rule that sends packets to a table. */
function ruleOfTable(rules: readonly PolicyRule[], table: string): RuleRow | null {
  return rules.find(({ action }) => action.kind === "lookup" && action.table === table)?.row ??
    null;
}

function vrfTableOf(name: string | null, interfaces: readonly InterfaceRow[]): string | null {
  const row = interfaces.find((candidate) => candidate.name === name);
  const vrf = row?.kind === "vrf" ? row : interfaces.find(({ name }) => name === row?.vrf);
  const table = vrf?.details?.table;
  return table === undefined ? null : String(table);
}

/** Kinds whose packets go out through the link that they name as theirs; a veth's is its far end. */
const STACKED = new Set([
  "vlan",
  "macvlan",
  "macvtap",
  "ipvlan",
  "ipvtap",
  "vxlan",
  "gre",
  "gretap",
]);

function linksBelow(
  device: InterfaceRow,
  interfaces: readonly InterfaceRow[],
): readonly LinkMtu[] {
  const links: LinkMtu[] = [];
  let row: InterfaceRow | undefined = device;
  while (row !== undefined && links.length < 8) {
    const { name, kind, mtu, parent }: InterfaceRow = row;
    links.push({ interface: name, kind, mtu });
    row = STACKED.has(kind) ? interfaces.find((candidate) => candidate.name === parent) : undefined;
  }
  return links;
}

function deviceFindings({ name, status, why_down }: InterfaceRow): readonly string[] {
  return status === "up" ? [] : [`${name} is down (${why_down}): the packet is lost there`];
}

function neighborFindings(
  isNeeded: boolean,
  nextHop: string | null,
  neighbor: NeighborRow | null,
): readonly string[] {
  if (!isNeeded) return [];
  if (neighbor === null) {
    return [`The MAC address of ${nextHop} is not known yet: it would be asked for first`];
  }
  return neighbor.state === "FAILED" || neighbor.state === "INCOMPLETE"
    ? [
      `${nextHop} does not answer on ${neighbor.interface} (${neighbor.state}): the packet is lost`,
    ]
    : [];
}

function mtuFindings(
  routeMtu: number | null,
  device: InterfaceRow | null,
  links: readonly LinkMtu[],
): readonly string[] {
  const findings: string[] = [];
  if (routeMtu !== null && device?.mtu !== null && device !== null && routeMtu < device.mtu) {
    findings.push(`The route or a learned path MTU allows ${routeMtu} octets, less than the link`);
  }
  for (const [index, link] of links.entries()) {
    const below = links[index + 1];
    if (below !== undefined && link.mtu !== null && below.mtu !== null && link.mtu > below.mtu) {
      findings.push(
        `${link.interface} takes ${link.mtu} octets, ${below.interface} below it ${below.mtu}`,
      );
    }
  }
  return findings;
}

function multipathFindings(route: RouteRow | null): readonly string[] {
  const count = route?.next_hops?.length ?? 0;
  return count < 2
    ? []
    : [`${count} next hops share this route: a packet with other ports may take another one`];
}

function trafficFindings({ passedOver }: Walk): readonly string[] {
  return passedOver.length === 0 ? [] : [
    `Packets of some services or classes meet other rules first (priority ${
      passedOver.slice(0, 5).join(", ")
    })`,
  ];
}
