/**
 * Tables of neighbours, as `show bgp summary` of FRR, Quagga, IOS, IOS XR and NX-OS prints them.
 *
 * @module
 */
import type { NeighborRow, Parsed } from "../../answer.ts";
import { parseDuration } from "./duration.ts";
import { readAddress, readAsn, readUint32 } from "./path_draft.ts";
import { clip, ProblemList } from "./problem_list.ts";
import { readRefusal } from "./refusal.ts";
import { wholeLines } from "./whole_lines.ts";

/** What a dialect's summaries have of their own. */
export interface SummaryHabits {
  /** A line behind the rows counts them, always. */
  readonly hasTotal: boolean;
}

/** Said instead of a table without rows. */
const NO_NEIGHBORS = /^% ?No (?:BGP neighbors found|IPv[46] Unicast neighbor is configured)/i;
/** `IPv4 Unicast Summary (VRF default):` (FRR), `For address family: IPv6 Unicast` (IOS). */
const SECTION = /^For address family: (.+)$|^(\S.*) Summary(?: \([^()]*\))?:$/;
const ROUTER = /^BGP router identifier ([0-9.]+), local AS number ([0-9.]+)/;
const RIB_ENTRIES = /^RIB entries (\d{1,10})\b|^(\d{1,10}) network entries (?:using|and)\b/;
/** `IPv4 Unicast config peers 6, capable peers 4` (NX-OS): at least so many rows follow. */
const CONFIGURED = /\bconfig peers (\d{1,10})\b/;
const HEADING =
  /^ *Neighbor +(?:V|Spk) +AS +MsgRcvd +MsgSent +TblVer +InQ +OutQ +Up\/Down +St(?:ate)?\/PfxRcd\b/;
const TOTAL = /^Total number of neighbors (\d{1,10})$/;
/** The start of a row whose rest comes below: a long neighbour, or one with a long AS (NX-OS). */
const WRAPPED = /^\*?\S+(?: +[0-9] +[0-9.]+)?$/;
/** Neighbour, version (IOS XR: speaker), AS, messages received and sent, three more numbers, time, what follows. */
const ROW = /^\*?(\S+) +[0-9] +([0-9.]+) +(\d+) +(\d+) +\d+ +\d+ +\d+ +(\S+) +(\S.*)$/;
/** `306`, `0!` (without a policy, IOS XR), `Idle (Admin)`, `(Policy)`. */
const STATE = /^(?:(\d{1,10})!?|([A-Za-z]+)(?: \(([^()]{1,40})\))?|\(([^()]{1,40})\))(?= |$)/;

const WORDS_MAX = 200;

/** Reads the neighbours of one family; sections of others are passed over. */
export function readSummaryTable(output: string, family: 4 | 6, habits: SummaryHabits): Parsed {
  const problems = new ProblemList();
  const reader = new SummaryReader(family, habits, problems);
  if (NO_NEIGHBORS.test(output.trimStart())) return reader.end(true);
  const refusal = readRefusal(output);
  if (refusal !== null) return { answer: refusal, complete: true, problems: [] };
  for (const line of wholeLines(output, problems)) reader.read(line.trimEnd());
  return reader.end(false);
}

/** What a heading says of the rows below. */
interface Columns {
  /** Where numbers end, for those that touch the next. */
  readonly ends: readonly number[];
  readonly hasSent: boolean;
  readonly hasDescription: boolean;
}

class SummaryReader {
  readonly #neighbors: NeighborRow[] = [];
  #isInSection = true;
  #columns: Columns | null = null;
  /** A neighbour that is too long for its column: the rest comes below. */
  #wrapped: string | null = null;
  #routerId: string | null = null;
  #localAs: number | null = null;
  #ribEntries: number | null = null;
  #announced: number | null = null;
  #configured: number | null = null;

  constructor(
    private readonly family: 4 | 6,
    private readonly habits: SummaryHabits,
    private readonly problems: ProblemList,
  ) {}

  read(line: string): void {
    const section = SECTION.exec(line);
    if (section !== null) {
      this.#isInSection = (section[1] ?? section[2]) === `IPv${this.family} Unicast`;
      if (this.#isInSection) this.#columns = null;
    } else if (!this.#isInSection || line === "") return;
    else if (HEADING.test(line)) this.#columns = readHeading(line);
    else if (this.#columns === null) this.#readPreamble(line);
    else if (!this.#readTotal(line)) this.#readRow(line, this.#columns);
  }

  #readPreamble(line: string): void {
    const [, routerId, localAs] = ROUTER.exec(line) ?? [];
    const entries = RIB_ENTRIES.exec(line);
    this.#configured ??= readUint32(CONFIGURED.exec(line)?.[1]);
    this.#routerId ??= readAddress(routerId);
    this.#localAs ??= readAsn(localAs);
    this.#ribEntries ??= readUint32(entries?.[1] ?? entries?.[2]);
  }

  #readTotal(line: string): boolean {
    const total = TOTAL.exec(line)?.[1];
    if (total !== undefined) this.#announced = readUint32(total);
    return total !== undefined || /^Displayed neighbors \d+$/.test(line);
  }

  #readRow(line: string, columns: Columns): void {
    if (this.#wrapped === null && WRAPPED.test(line)) {
      this.#wrapped = line;
      return;
    }
    const whole = this.#wrapped === null ? spaced(line, columns.ends) : `${this.#wrapped} ${line}`;
    this.#wrapped = null;
    const row = readRow(whole, this.family, columns);
    if (row === null) this.problems.add("Cannot read the row", line);
    else this.#neighbors.push(row);
  }

  /** What could be read, and whether it adds up. */
  end(isEmpty: boolean): Parsed {
    const { problems } = this;
    if (this.#wrapped !== null) problems.add("The last row ends early");
    if (this.#columns === null) {
      if (!isEmpty) problems.add("There is no table of neighbors");
    } else if (this.#announced === null) {
      if (this.habits.hasTotal) problems.add("The closing line is missing");
    } else if (this.#announced !== this.#neighbors.length) {
      problems.add(
        `The router counts ${this.#announced} neighbors, ${this.#neighbors.length} can be read`,
      );
    }
    if (this.#configured !== null && this.#configured > this.#neighbors.length) {
      problems.add(
        `The router has ${this.#configured} neighbors, ${this.#neighbors.length} can be read`,
      );
    }
    return {
      answer: {
        kind: "summary",
        routerId: this.#routerId,
        localAs: this.#localAs,
        ribEntries: this.#ribEntries,
        neighbors: this.#neighbors,
        announcedNeighbors: this.#announced ?? this.#configured,
      },
      complete: problems.count === 0,
      problems: problems.list(),
    };
  }
}

function readHeading(line: string): Columns {
  return {
    ends: [" AS ", "MsgRcvd", "MsgSent", "TblVer", "InQ", "OutQ"].map((name) =>
      line.indexOf(name) + name.trimEnd().length
    ),
    hasSent: / PfxSnt\b/.test(line),
    hasDescription: / Desc$/.test(line),
  };
}

/** The row with a blank between numbers that fill their columns and touch. */
function spaced(line: string, ends: readonly number[]): string {
  if (!ends.some((end) => /^\d\d$/.test(line.slice(end - 1, end + 1)))) return line;
  if (ROW.test(line)) return line;
  return [0, ...ends].map((from, i) => line.slice(from, ends[i])).join(" ");
}

function readRow(line: string, family: 4 | 6, columns: Columns): NeighborRow | null {
  const found = ROW.exec(line);
  const state = STATE.exec(found?.[6] ?? "");
  if (found === null || state === null) return null;
  const [, neighbor = "", asn, received, sent, time = "", rest = ""] = found;
  const [, prefixes, name, detail, note] = state;
  const [, inBrackets] = /^[^()]*\(([^()]+)\)$/.exec(neighbor) ?? [];
  const after = rest.slice(state[0].length).trimStart();
  const prefixesSent = columns.hasSent ? /^\S+/.exec(after)?.[0] : undefined;
  const words = after.slice(prefixesSent?.length ?? 0).trim();
  return {
    address: clip(readAddress(inBrackets ?? neighbor) ?? inBrackets ?? neighbor, WORDS_MAX),
    name: inBrackets === undefined
      ? null
      : clip(neighbor.slice(0, neighbor.indexOf("(")), WORDS_MAX),
    asn: readAsn(asn),
    localAs: null,
    family,
    state: name ?? "Established",
    stateDetail: detail ?? note ?? null,
    uptimeSec: parseDuration(time),
    prefixesReceived: readUint32(prefixes),
    prefixesSent: readUint32(prefixesSent),
    messagesReceived: readUint32(received),
    messagesSent: readUint32(sent),
    description: !columns.hasDescription || words === "" || words === "N/A"
      ? null
      : clip(words, WORDS_MAX),
  };
}
