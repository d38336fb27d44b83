/**
 * `show bgp summary` of Junos: all families at once, the counts of each table on its own line.
 *
 * @module
 */
import { parseAddressOrNull } from "../../../ip/address.ts";
import type { NeighborRow, Parsed } from "../../answer.ts";
import { readAsn, readUint32 } from "../text/path_draft.ts";
import { ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";
import { firstAddress, readAge } from "./path_lines.ts";

const PEERS = /^Groups: \d+ Peers: (\d{1,6})\b/;
/** Address, AS, messages in and out, queue, flaps, then the time in the state and the state. */
const PEER = /^(\S+)\s+(\d[\d.]{0,10})\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(.+)$/;
/** `3w5d 18:30:36`, `25:46`, or seconds. */
const TIME_AND_STATE = /^((?:(?:\d+[wd])+ )?\d+(?::\d+){0,2})\s+(\S.*)$/;
/** `inet.0: 23/224/224/0`, active, received, accepted (not in old releases) and damped. */
const TABLE_COUNTS = /^(\S+): (\d+)\/(\d+)(?:\/\d+){1,2}$/;
const COUNTS = /^\d+\/(\d+)(?:\/\d+){1,2}(?:\s|$)/;
const STATE = /^([A-Z]\w{1,20})(?:\s+\(?([^()]{1,40})\)?)?$/;

const FAMILIES: readonly (readonly [RegExp, 4 | 6])[] = [
  [/(?:^|\.)inet\.0$/, 4],
  [/(?:^|\.)inet6\.0$/, 6],
];

interface Peer {
  readonly row: Omit<NeighborRow, "family" | "prefixesReceived">;
  /** Of the address. */
  readonly family: 4 | 6;
  /** Prefixes received, by family. */
  readonly received: Map<4 | 6, number>;
  /** The counts of its tables are to follow. */
  readonly hasTables: boolean;
  tables: number;
}

/** Reads the neighbours of one family. Junos counts the neighbours of all. */
export function readSummary(family: 4 | 6, output: string): Parsed {
  const problems = new ProblemList();
  const peers: Peer[] = [];
  let announced: number | null = null;
  let isBelowHeading = false;
  for (const raw of wholeLines(output, problems)) {
    const line = raw.trim();
    announced ??= readUint32(PEERS.exec(line)?.[1]);
    if (/^Peer\s+AS\s+InPkt/.test(line)) isBelowHeading = true;
    else if (isBelowHeading && line !== "") readLine(line, peers, problems);
  }
  if (announced === null) problems.add("The router does not say how many neighbors it has");
  else if (peers.length !== announced) {
    problems.add(`The router has ${announced} neighbors and shows ${peers.length}`);
  }
  for (const { hasTables, tables, row } of peers) {
    if (hasTables && tables === 0) problems.add(`The tables of ${row.address} are not shown`);
  }
  const neighbors = peers.flatMap((peer) => rowOf(peer, family));
  return {
    answer: {
      kind: "summary",
      routerId: null,
      localAs: null,
      ribEntries: null,
      neighbors,
      announcedNeighbors: neighbors.length === peers.length ? announced : null,
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

function readLine(line: string, peers: Peer[], problems: ProblemList): void {
  const counts = TABLE_COUNTS.exec(line);
  const last = peers.at(-1);
  if (counts !== null && last?.hasTables === true) {
    last.tables++;
    const family = FAMILIES.find(([table]) => table.test(counts[1] ?? ""))?.[1];
    if (family !== undefined) {
      last.received.set(family, (last.received.get(family) ?? 0) + Number(counts[3]));
    }
    return;
  }
  const peer = readPeer(line);
  if (peer === null) problems.add("Cannot read the line", line);
  else peers.push(peer);
}

function readPeer(line: string): Peer | null {
  const [, who = "", asn = "", received, sent, , , rest = ""] = PEER.exec(line) ?? [];
  const [, time = "", stateText = ""] = TIME_AND_STATE.exec(rest) ?? [];
  const address = firstAddress(who);
  if (address === null || stateText === "") return null;
  const isV4 = parseAddressOrNull(address, { zone: true })?.family === 4;
  // A neighbour with nothing but inet.0 shows its counts in place of the state.
  const inPlace = COUNTS.exec(stateText)?.[1];
  const [, word, detail] = STATE.exec(stateText) ?? [];
  if (inPlace === undefined && word === undefined) return null;
  const isUp = inPlace !== undefined || word === "Establ";
  return {
    row: {
      address,
      name: null,
      asn: readAsn(asn),
      localAs: null,
      state: isUp ? "Established" : word ?? null,
      stateDetail: detail ?? null,
      uptimeSec: readAge(time),
      prefixesSent: null,
      messagesReceived: readUint32(received),
      messagesSent: readUint32(sent),
      description: null,
    },
    family: isV4 ? 4 : 6,
    received: new Map(inPlace === undefined ? [] : [[4, Number(inPlace)]]),
    hasTables: isUp && inPlace === undefined,
    tables: 0,
  };
}

/** A neighbour that is up belongs to the families of its tables, another to that of its address. */
function rowOf({ row, family: own, received, tables }: Peer, family: 4 | 6): NeighborRow[] {
  const prefixesReceived = received.get(family) ?? null;
  if (prefixesReceived === null && (received.size > 0 || tables > 0 || own !== family)) return [];
  return [{ ...row, family, prefixesReceived }];
}
