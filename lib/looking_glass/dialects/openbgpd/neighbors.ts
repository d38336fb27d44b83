/**
 * Neighbors as `show neighbor` prints them: a block each, statistics in it.
 *
 * @module
 */
import { parseAddressOrNull } from "../../../ip/address.ts";
import type { NeighborRow, Parsed } from "../../answer.ts";
import { parseDuration } from "../text/duration.ts";
import { readAddress, readUint32 } from "../text/path_draft.ts";
import { clip, ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";

const NEIGHBOR =
  /^BGP neighbor is (\S{1,60}), remote AS(?:: accept any|:? (\S{1,20}?))((?:, [A-Z][a-z]+(?: \(\d+\))?)*)$/;
const DESCRIPTION = /^ Description: (.*)$/;
const STATE = /^ {2}BGP state = ([A-Za-z]{1,20})(?:, (.*))?$/;
const SINCE = /^(?:up|down) for (\S{1,20})(?:, )?/;
const FAMILIES = /^ {4}Multiprotocol extensions: (.*)$/;
const COUNTS = /^ {2}(Total|Prefixes) +(\d{1,20}) +(\d{1,20})\s*$/;
const LAST_ERROR =
  /^ {2}Last (?:error (?:sent|received)|received (?:error|shutdown reason)|sent error): (.*)$/;
const WORDS_MAX = 200;

const STATES: ReadonlySet<string> = new Set([
  "Idle",
  "Connect",
  "Active",
  "OpenSent",
  "OpenConfirm",
  "Established",
]);

/** A neighbor while its lines are read. */
interface Draft {
  readonly address: string;
  readonly asn: number | null;
  /** `Template`, `Cloned`, `Passive`, `Multihop (2)`. */
  readonly marks: readonly string[];
  description: string | null;
  state: string | null;
  stateDetail: string | null;
  since: string | null;
  /** Lists of families: the neighbor's, then what both know. */
  readonly families: string[];
  messages: readonly [number | null, number | null] | null;
  prefixes: readonly [number | null, number | null] | null;
  lastError: string | null;
}

/** Reads the answer to `summary`: a row for each neighbor that the family is spoken with. */
export function readOpenbgpdNeighbors(family: 4 | 6, output: string): Parsed {
  const problems = new ProblemList();
  const drafts: Draft[] = [];
  for (const line of wholeLines(output, problems)) {
    const neighbor = line.length > 1_000 ? null : NEIGHBOR.exec(line);
    const last = drafts.at(-1);
    if (neighbor !== null) drafts.push(begin(neighbor));
    else if (line !== "" && (last === undefined || !line.startsWith(" "))) {
      problems.add("Cannot read the line", line);
    } else if (last !== undefined) readLine(line, last);
  }
  for (const { address, state, messages, prefixes } of drafts) {
    if (state === null || messages === null || prefixes === null) {
      problems.add(`The neighbor ${address} is cut`);
    }
  }
  return {
    answer: {
      kind: "summary",
      routerId: null,
      localAs: null,
      ribEntries: null,
      neighbors: drafts.flatMap((draft) => rowsOf(draft, family)),
      announcedNeighbors: null,
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

function begin([, address = "", asn, marks = ""]: RegExpExecArray): Draft {
  return {
    address: readAddress(address) ?? address,
    asn: readUint32(asn),
    marks: marks.split(", ").slice(1),
    description: null,
    state: null,
    stateDetail: null,
    since: null,
    families: [],
    messages: null,
    prefixes: null,
    lastError: null,
  };
}

function readLine(line: string, draft: Draft): void {
  const description = DESCRIPTION.exec(line)?.[1];
  if (description !== undefined) {
    draft.description ??= clip(description, WORDS_MAX);
    return;
  }
  const [, state, detail = ""] = STATE.exec(line) ?? [];
  if (state !== undefined && draft.state === null) {
    draft.state = state;
    draft.since = SINCE.exec(detail)?.[1] ?? null;
    const more = detail.replace(SINCE, "");
    draft.stateDetail = more === "" ? null : clip(more, WORDS_MAX);
  }
  const families = FAMILIES.exec(line)?.[1];
  if (families !== undefined) draft.families.push(families);
  const [, what, sent, received] = COUNTS.exec(line) ?? [];
  if (what === "Total") draft.messages ??= [readUint32(sent), readUint32(received)];
  if (what === "Prefixes") draft.prefixes ??= [readUint32(sent), readUint32(received)];
  const error = LAST_ERROR.exec(line)?.[1];
  if (error !== undefined) draft.lastError = clip(error, WORDS_MAX);
}

function rowsOf(draft: Draft, family: 4 | 6): NeighborRow[] {
  const isUp = draft.state === "Established";
  // Neither side announced the extension: IPv4 unicast (RFC 4760 §8). Before that, the address.
  const negotiated = isUp ? draft.families.at(-1) ?? "IPv4 unicast" : null;
  const own = familyOf(draft.address);
  const spoken = negotiated === null
    ? [own]
    : ([4, 6] as const).filter((one) => negotiated.includes(`IPv${one} unicast`));
  if (!spoken.includes(family)) return [];
  // The counts are of all families together.
  const [prefixesSent, prefixesReceived] = spoken.length === 1 ? draft.prefixes ?? [] : [];
  const [messagesSent, messagesReceived] = draft.messages ?? [];
  const details = [draft.stateDetail, ...draft.marks, isUp ? null : draft.lastError];
  const stateDetail = details.filter((one) => one !== null).join(", ");
  return [{
    address: draft.address,
    name: null,
    asn: draft.asn,
    localAs: null,
    family,
    state: draft.state !== null && STATES.has(draft.state) ? draft.state : null,
    stateDetail: stateDetail === "" ? null : clip(stateDetail, WORDS_MAX),
    uptimeSec: draft.since === null ? null : parseDuration(draft.since),
    prefixesReceived: prefixesReceived ?? null,
    prefixesSent: prefixesSent ?? null,
    messagesReceived: messagesReceived ?? null,
    messagesSent: messagesSent ?? null,
    description: draft.description,
  }];
}

function familyOf(text: string): 4 | 6 | null {
  const [address = ""] = text.split("/", 1);
  return parseAddressOrNull(address, { zone: true })?.family ?? null;
}
