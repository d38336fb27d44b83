/**
 * Neighbors as `show protocols all` prints them: a line a protocol, what it is and its channels
 * below it, indented by two.
 *
 * @module
 */
import { parseAddressOrNull } from "../../../ip/address.ts";
import type { NeighborRow, Parsed } from "../../answer.ts";
import { readAddress, readUint32 } from "../text/path_draft.ts";
import { clip, ProblemList } from "../text/problem_list.ts";
import { wholeLines } from "../text/whole_lines.ts";

const HEADER = /^Name +Proto +Table +State +Since +Info\s*$/i;
/** Name, kind, table, state, and since when: a date, a time, or both. */
const PROTOCOL =
  /^(\S{1,100}) +(\S{1,30}) +(\S{1,100}) +(up|start|down|stop|flush) +(\S{1,20}(?: \d\d:\d\d(?::\d\d\S{0,10})?)?)(?: +(.*))?$/;
const FIELD = /^ +([A-Za-z][A-Za-z0-9 ]{0,40}): *(.*)$/;
const CHANNEL = /^ {2}Channel (\S{1,30})$/;
const ROUTES = /^(\d{1,10}) imported(?:, \d{1,10} filtered)?, (\d{1,10}) exported/;
/** Most characters that are kept of remote words. */
const WORDS_MAX = 200;

/** BIRD's name of a state, as RFC 4271 §8.2.2 names it. */
const STATES: ReadonlyMap<string, NeighborRow["state"]> = new Map([
  ["Idle", "Idle"],
  ["Connect", "Connect"],
  ["Active", "Active"],
  ["OpenSent", "OpenSent"],
  ["OpenConfirm", "OpenConfirm"],
  ["Established", "Established"],
  // Waits for the neighbor to dial, and switched off.
  ["Passive", "Active"],
  ["Down", "Idle"],
]);

/** One address family of a neighbor. */
interface Channel {
  readonly name: string;
  imported: number | null;
  exported: number | null;
}

/** A protocol while its lines are read. */
interface Draft {
  readonly name: string;
  readonly since: string;
  readonly channels: Channel[];
  readonly fields: Map<string, string>;
}

/** Reads the answer to `summary`: a row for each BGP protocol that has a channel of the family. */
export function readBirdProtocols(family: 4 | 6, output: string): Parsed {
  const problems = new ProblemList();
  const drafts: Draft[] = [];
  let draft: Draft | null = null;
  let hasHeader = false;
  for (const line of wholeLines(output, problems)) {
    if (line === "" || HEADER.test(line)) {
      hasHeader ||= line !== "";
      draft = null;
    } else if (line.startsWith(" ")) {
      if (draft !== null) readField(line, draft);
    } else {
      const [, name, kind, , , since] = PROTOCOL.exec(line) ?? [];
      draft = null;
      if (name === undefined || since === undefined) problems.add("Cannot read the line", line);
      else if (kind === "BGP") {
        draft = { name, since, channels: [], fields: new Map() };
        drafts.push(draft);
      }
    }
  }
  if (!hasHeader) problems.add("The router printed no heading");
  const neighbors = drafts.flatMap((one) => rowsOf(one, family, problems));
  const localAses = new Set(neighbors.map(({ localAs }) => localAs));
  return {
    answer: {
      kind: "summary",
      routerId: null,
      localAs: localAses.size === 1 ? neighbors[0]?.localAs ?? null : null,
      ribEntries: null,
      neighbors,
      announcedNeighbors: null,
    },
    complete: problems.count === 0,
    problems: problems.list(),
  };
}

/** Fields of the protocol count once, in case a name comes again in a channel. */
function readField(line: string, draft: Draft): void {
  const channel = CHANNEL.exec(line)?.[1];
  if (channel !== undefined) {
    draft.channels.push({ name: channel, imported: null, exported: null });
    return;
  }
  const [, name, value = ""] = FIELD.exec(line) ?? [];
  const last = draft.channels.at(-1);
  if (name === "Routes" && last !== undefined) {
    const [, imported, exported] = ROUTES.exec(value) ?? [];
    last.imported ??= readUint32(imported);
    last.exported ??= readUint32(exported);
  } else if (name !== undefined && !draft.fields.has(name)) draft.fields.set(name, value);
}

function rowsOf({ name, since, channels, fields }: Draft, family: 4 | 6, problems: ProblemList) {
  const shown = fields.get("Neighbor address") ?? fields.get("Neighbor range");
  const bgpState = fields.get("BGP state");
  if (shown === undefined || bgpState === undefined || !fields.has("Neighbor AS")) {
    problems.add(`The neighbor of protocol "${clip(name, WORDS_MAX)}" is cut`);
    return [];
  }
  const own = channels.filter((channel) => channel.name === `ipv${family}`);
  // BIRD 1 is one daemon a family and has no channels.
  const isBird1 = channels.length === 0 && familyOf(shown) === family;
  if (own.length === 0 && !isBird1) return [];
  const [, imported, exported] = ROUTES.exec(fields.get("Routes") ?? "") ?? [];
  const state = STATES.get(bgpState) ?? null;
  const description = fields.get("Description");
  const row: NeighborRow = {
    address: readAddress(shown) ?? clip(shown, WORDS_MAX),
    name: clip(name, WORDS_MAX),
    // A range of neighbors without a number of their own has 0.
    asn: readUint32(fields.get("Neighbor AS")) || null,
    localAs: readUint32(fields.get("Local AS")),
    family,
    state,
    stateDetail: stateDetail(bgpState, state, since, fields.get("Last error")),
    // The router tells the time of day, not how long ago.
    uptimeSec: null,
    prefixesReceived: own[0]?.imported ?? readUint32(imported),
    prefixesSent: own[0]?.exported ?? readUint32(exported),
    messagesReceived: null,
    messagesSent: null,
    description: description === undefined ? null : clip(description, WORDS_MAX),
  };
  return [row];
}

function stateDetail(
  shown: string,
  state: NeighborRow["state"],
  since: string,
  lastError: string | undefined,
): string {
  if (state === "Established") return `since ${since}`;
  const parts = [shown === state ? [] : shown, `since ${since}`, lastError ?? []].flat();
  return clip(parts.join(", "), WORDS_MAX);
}

function familyOf(text: string): 4 | 6 | null {
  const [address = ""] = text.split("/", 1);
  return parseAddressOrNull(address, { zone: true })?.family ?? null;
}
