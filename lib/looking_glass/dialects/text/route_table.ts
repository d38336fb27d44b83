/**
 * Tables of paths, one path a row, as routers with a Cisco-like command line print them.
 *
 * The heading says where columns stand, with three exceptions: FRR's RPKI code moves a row by one;
 * a long prefix or next hop moves what follows to a line of its own, indented by habit; a number
 * wider than its column moves what stands behind it.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import { type AsPath, parseAsPath } from "../../../route/as_path.ts";
import type { OriginValidation, PathFlag, RoutePath } from "../../../route/route.ts";
import { NO_PATH, type Parsed } from "../../answer.ts";
import { readAddress, readAsn, readUint32 } from "./path_draft.ts";
import { ProblemList } from "./problem_list.ts";
import { readRefusal } from "./refusal.ts";
import { readTableColumns, readTableNumbers, type TableColumns } from "./table_columns.ts";
import { readTablePrefix } from "./table_prefix.ts";
import { wholeLines } from "./whole_lines.ts";

/** What a dialect's tables have of their own. */
export interface TableHabits {
  /** Status characters and what they mean; null: nothing that a flag is for. */
  readonly status: ReadonlyMap<string, PathFlag | null>;
  /** A line behind the rows counts them, always. */
  readonly hasTotal: boolean;
}

/** Status characters of FRR, Quagga and IOS. */
export const CISCO_STATUS: ReadonlyMap<string, PathFlag | null> = new Map([
  [" ", null],
  ["*", "valid"],
  [">", "best"],
  ["=", "multipath"],
  ["m", "multipath"],
  ["i", "internal"],
  ["s", "suppressed"],
  ["d", "dampened"],
  ["h", "history"],
  ["S", "stale"],
  ["L", "stale"],
  ["R", "removed"],
  ["b", "backup"],
  // RIB failure, RT filter, best external, additional, compressed, secondary, unsorted.
  ...[..."rfxactu"].map((letter) => [letter, null] as const),
]);

/** FRR and IOS put it first where they validate origins. */
const VALIDATIONS: ReadonlyMap<string, OriginValidation> = new Map([
  ["V", "valid"],
  ["I", "invalid"],
  ["N", "not_found"],
]);

const ORIGINS: ReadonlyMap<string, RoutePath["origin"]> = new Map([
  ["i", "igp"],
  ["e", "egp"],
  ["?", "incomplete"],
]);

/** `local router ID is` (NX-OS: `Local Router ID is`), `router identifier` (IOS XR). */
const ROUTER_ID = /\b(?:local router ID is|router identifier) ([0-9.]+)/i;
/** `Displayed  4 routes and 618 total paths`. */
const DISPLAYED = /^Displayed\s+(\d{1,10}) routes and (\d{1,10}) total paths/;
/** `Total number of prefixes 306`. */
const TOTAL = /^Total number of prefixes (\d{1,10})\b/;
/** `Processed 4 prefixes, 6 paths` (IOS XR). */
const PROCESSED = /^Processed (\d{1,10}) prefixes, (\d{1,10}) paths/;

/** Reads a table. No output at all is a table without rows. */
export function readRouteTable(output: string, habits: TableHabits): Parsed {
  const refusal = readRefusal(output);
  if (refusal !== null) return { answer: refusal, complete: true, problems: [] };
  const problems = new ProblemList();
  const reader = new TableReader(habits, problems);
  for (const line of wholeLines(output, problems)) reader.read(line);
  return reader.end();
}

interface Status {
  readonly flags: readonly PathFlag[];
  readonly rpki: OriginValidation | null;
}

/** A row that goes on in the next line. */
interface OpenRow {
  readonly status: Status;
  readonly prefix: Prefix;
  /** Undefined: still to come. */
  readonly nextHop: string | null | undefined;
}

class TableReader {
  readonly #paths: RoutePath[] = [];
  readonly #statuses = new Map<string, Status | null>();
  readonly #addresses = new Map<string, string | null>();
  readonly #asPaths = new Map<string, AsPath | null>();
  #columns: TableColumns | null = null;
  #prefix: Prefix | null = null;
  #prefixes = 0;
  #open: OpenRow | null = null;
  #announcedPrefixes: number | null = null;
  #announcedPaths: number | null = null;
  #routerId: string | null = null;
  #localAs: number | null = null;

  constructor(private readonly habits: TableHabits, private readonly problems: ProblemList) {}

  read(line: string): void {
    if (this.#columns === null) this.#readPreamble(line);
    else if (this.#open !== null) this.#continueRow(line, this.#open, this.#columns);
    else if (line.length > 0 && !this.#readTotal(line) && line.trim() !== "") {
      this.#startRow(line, this.#columns);
    }
  }

  #readPreamble(line: string): void {
    this.#columns = readTableColumns(line);
    this.#routerId ??= readAddress(ROUTER_ID.exec(line)?.[1]);
    this.#localAs ??= readAsn(/\blocal AS (?:number )?([0-9.]+)/.exec(line)?.[1]);
  }

  #readTotal(line: string): boolean {
    if (!/^[DTP]/.test(line)) return false;
    const displayed = DISPLAYED.exec(line) ?? PROCESSED.exec(line);
    const total = displayed ?? TOTAL.exec(line);
    if (total === null) return false;
    this.#announcedPrefixes = readUint32(total[1]);
    this.#announcedPaths = readUint32(displayed?.[2]);
    return true;
  }

  #startRow(line: string, columns: TableColumns): void {
    // Without room for the RPKI code, FRR moves the row, not the heading.
    const shift = columns.network === 3 && VALIDATIONS.has(line.charAt(0)) ? 1 : 0;
    const start = columns.network + shift;
    const status = this.#status(line.slice(0, start));
    if (status === null || line.length <= start) return this.#fail(line);
    let at = start;
    if (line[start] !== " ") {
      at = wordEnd(line, start);
      this.#prefix = readTablePrefix(line.slice(start, at));
      this.#prefixes++;
    }
    if (this.#prefix === null) return this.#fail(line);
    this.#readNextHop(line, at, { status, prefix: this.#prefix, nextHop: undefined }, columns);
  }

  #continueRow(line: string, row: OpenRow, columns: TableColumns): void {
    this.#open = null;
    if (row.nextHop === undefined) return this.#readNextHop(line, 0, row, columns);
    // Indented as below a heading that begins in the fourth column, whatever this one does.
    for (const shift of [0, 3 - columns.network]) {
      if (this.#readRest(line, 0, row, columns, shift)) return;
    }
    this.#fail(line);
  }

  #readNextHop(line: string, from: number, row: OpenRow, columns: TableColumns): void {
    const start = wordStart(line, from);
    if (start >= line.length) {
      if (from === 0) this.#fail(line);
      else this.#open = row;
      return;
    }
    const end = wordEnd(line, start);
    const withHop = { ...row, nextHop: this.#address(line.slice(start, end)) };
    if (wordStart(line, end) >= line.length) this.#open = withHop;
    else if (!this.#readRest(line, end, withHop, columns, start - columns.nextHop)) {
      this.#fail(line);
    }
  }

  /** Numbers, path and origin. False if they cannot be read. */
  #readRest(
    line: string,
    from: number,
    { status, prefix, nextHop = null }: OpenRow,
    columns: TableColumns,
    shift: number,
  ): boolean {
    const numbers = readTableNumbers(line, from, columns, shift);
    if (numbers === null) return false;
    const rest = line.slice(numbers.restAt).trimEnd();
    const origin = ORIGINS.get(rest.charAt(rest.length - 1));
    if (origin === undefined || rest.length > 1 && rest.at(-2) !== " ") return false;
    const asPath = this.#asPath(rest.slice(0, -1));
    if (asPath === null) return false;
    const { med, localPref, weight } = numbers;
    const { flags, rpki } = status;
    this.#paths.push({
      ...NO_PATH,
      prefix,
      asPath,
      origin,
      nextHop,
      med,
      localPref,
      weight,
      flags,
      rpki,
    });
    return true;
  }

  #fail(line: string): void {
    this.problems.add("Cannot read the row", line);
  }

  #status(text: string): Status | null {
    const known = this.#statuses.get(text);
    if (known !== undefined) return known;
    const rpki = VALIDATIONS.get(text.charAt(0)) ?? null;
    const letters = rpki === null ? [...text] : [...text.slice(1)];
    const flags = new Set(letters.map((letter) => this.habits.status.get(letter)));
    const status = flags.has(undefined)
      ? null
      : { rpki, flags: [...flags].filter((flag) => flag !== null && flag !== undefined) };
    if (this.#statuses.size < CACHE_MAX) this.#statuses.set(text, status);
    return status;
  }

  #asPath(text: string): AsPath | null {
    const known = this.#asPaths.get(text);
    if (known !== undefined) return known;
    const path = parseAsPath(text);
    if (this.#asPaths.size >= CACHE_MAX) this.#asPaths.clear();
    this.#asPaths.set(text, path);
    return path;
  }

  /** `192.0.2.12`, `192.0.2.12(vm)`, `192.0.2.12@4<`; null for the name of a link. */
  #address(text: string): string | null {
    const known = this.#addresses.get(text);
    if (known !== undefined) return known;
    const address = readAddress(/^[^(@<]*/.exec(text)?.[0]);
    if (this.#addresses.size < CACHE_MAX) this.#addresses.set(text, address);
    return address;
  }

  /** What could be read, and whether it adds up. */
  end(): Parsed {
    const { problems } = this;
    if (this.#open !== null) problems.add("The last row ends early");
    if (this.#columns === null && (this.#routerId !== null || problems.count > 0)) {
      problems.add("There is no heading above the rows");
    }
    if (this.#announcedPrefixes === null) {
      if (this.habits.hasTotal && this.#columns !== null) {
        problems.add("The closing line is missing");
      }
    } else if (this.#announcedPrefixes !== this.#prefixes) {
      problems.add(
        `The router counts ${this.#announcedPrefixes} prefixes, ${this.#prefixes} can be read`,
      );
    }
    return {
      answer: {
        kind: "table",
        paths: this.#paths,
        announcedPrefixes: this.#announcedPrefixes,
        announcedPaths: this.#announcedPaths,
        routerId: this.#routerId,
        localAs: this.#localAs,
      },
      complete: problems.count === 0,
      problems: problems.list(),
    };
  }
}

/** Most texts of one kind that are remembered: neighbours and statuses are few, paths come again. */
const CACHE_MAX = 1_024;

function wordStart(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === 0x20) at++;
  return at;
}

function wordEnd(line: string, from: number): number {
  const end = line.indexOf(" ", from);
  return end === -1 ? line.length : end;
}
