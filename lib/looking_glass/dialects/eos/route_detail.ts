/**
 * `show ip bgp … detail` of EOS as a route answer.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import type { PathFlag, RoutePath } from "../../../route/route.ts";
import { NO_PATH, type Parsed, type RouteAnswer } from "../../answer.ts";
import { routeMatch, type RouteTarget } from "../route_match.ts";
import { parseDuration } from "../text/duration.ts";
import { PathAttributes } from "../text/path_attributes.ts";
import {
  draftPath,
  nearestAs,
  type PathDraft,
  readAddress,
  readPrefix,
  readUint32,
} from "../text/path_draft.ts";
import { NO_ROUTE } from "../text/path_detail.ts";
import { addUnknown, readNextHopLine, readPathLine } from "../text/path_lines.ts";
import { clip, ProblemList } from "../text/problem_list.ts";
import { saysNotInTable } from "../text/refusal.ts";
import { wholeLines } from "../text/whole_lines.ts";

const HEADING = /^BGP routing table entry for (\S+)/;
const COUNT = /^Paths: (\d{1,6}) available/;
/** The list of neighbours follows. */
const ADVERTISED = /^(?:Not a|A)dvertised to(?: (\d{1,6}) peers?)?/;
const ASIDE = /^(?:BGP routing table information|Router identifier|Route status)\b/;
const REASON_MAX = 200;

const ORIGINS: ReadonlyMap<string, RoutePath["origin"]> = new Map([
  ["IGP", "igp"],
  ["EGP", "egp"],
  ["INCOMPLETE", "incomplete"],
]);

/** Words that stand for themselves; null: nothing that a flag is for. */
const FLAGS: ReadonlyMap<string, PathFlag | null> = new Map([
  ["valid", "valid"],
  ["best", "best"],
  ["external", "external"],
  ["internal", "internal"],
  ["confed-external", "confed_external"],
  ["confed-internal", "internal"],
  ["local", "local"],
  ["aggregate", "aggregated"],
  ["ECMP", "multipath"],
  ["ECMP head", "multipath"],
  ["ECMP contributor", "multipath"],
  ["UCMP", "multipath"],
  ["backup", "backup"],
  ["stale", "stale"],
  ["atomic-aggregate", "atomic_aggregate"],
]);

/** EOS' names of extended communities, and the common ones. */
const EXTENDED: readonly (readonly [RegExp, string])[] = [
  [/\bRoute-Target-(?:AS4?|IP):/g, "RT:"],
  [/\b(?:Route-Origin|Site-of-Origin)-(?:AS4?|IP):/g, "SoO:"],
  [/ ([kMG]?[Bb]ps)\b/g, "$1"],
];

/** A path and how much of it has come. */
interface OpenPath {
  readonly draft: PathDraft;
  readonly attributes: PathAttributes;
  hasNextHop: boolean;
  hasOrigin: boolean;
  /** The line that every path has, at or near its end (`Rx SAFI`). */
  hasEnd: boolean;
  /** The routes that an aggregate is made of come, indented deeper. */
  isContributing: boolean;
}

/** Reads the answer to a question about one prefix or address. */
export function readEosDetail(target: RouteTarget, output: string): Parsed {
  if (saysNotInTable(output)) return { answer: NO_ROUTE, complete: true, problems: [] };
  const problems = new ProblemList();
  // Without a route, these systems print at least the heading of the table.
  if (output.trim() === "") problems.add("The router printed nothing");
  const reader = new DetailReader(target, problems);
  for (const line of wholeLines(output, problems)) reader.read(line.trimEnd());
  return reader.end();
}

class DetailReader {
  readonly #paths: OpenPath[] = [];
  #prefix: Prefix | null = null;
  #match: RouteAnswer["match"] = "none";
  #announced: number | null = null;
  #advertisedTo: string[] | null = null;
  #advertisedCount = 0;

  constructor(private readonly target: RouteTarget, private readonly problems: ProblemList) {}

  read(line: string): void {
    const text = line.trimStart();
    const indent = line.length - text.length;
    const open = this.#paths.at(-1);
    if (text === "") return;
    if (indent < 2) this.#readOutside(text);
    else if (this.#prefix === null) this.problems.add("Cannot read the line", text);
    else if (this.#advertisedTo !== null) this.#readAdvertised(text, this.#advertisedTo);
    else if (indent < 4) this.#openPath(text, this.#prefix);
    else if (open === undefined) this.problems.add("Cannot read the line", text);
    else if (!open.hasNextHop) {
      open.hasNextHop = readNextHopLine(text, open.draft);
      if (!open.hasNextHop) this.problems.add("Cannot read the line of the next hop", text);
      // A route of the switch's own: "- from - (0.0.0.0)".
      if (open.draft.peer.name === "-") open.draft.peer = { ...NO_PATH.peer };
    } else readAttribute(open, text, indent);
  }

  #readOutside(text: string): void {
    const heading = HEADING.exec(text)?.[1];
    const count = COUNT.exec(text)?.[1];
    const advertised = ADVERTISED.exec(text);
    if (heading !== undefined) this.#begin(readPrefix(heading), text);
    else if (count !== undefined) this.#announced = Number(count);
    else if (advertised !== null) {
      this.#advertisedTo = [];
      this.#advertisedCount = Number(advertised[1] ?? 0);
    } else if (!ASIDE.test(text)) this.problems.add("Cannot read the line", text);
  }

  #begin(prefix: Prefix | null, line: string): void {
    const match = prefix === null ? null : routeMatch(this.target, prefix);
    if (this.#prefix !== null) this.problems.add("A second entry begins", line);
    else if (match === null) this.problems.add("The entry is not what was asked for", line);
    else [this.#prefix, this.#match] = [prefix, match];
  }

  #openPath(text: string, prefix: Prefix): void {
    this.#paths.at(-1)?.attributes.end();
    const draft = draftPath(prefix);
    // Notes stand behind the path without a comma: "64496 (aggregated by 64496 192.0.2.1)".
    if (!readPathLine(text.replace(/ (?=\([A-Za-z])/, ", "), draft)) {
      this.problems.add("Cannot read the AS path", text);
    }
    this.#paths.push({
      draft,
      attributes: new PathAttributes(draft, this.problems),
      hasNextHop: false,
      hasOrigin: false,
      hasEnd: false,
      isContributing: false,
    });
  }

  /** Addresses, and peer groups above theirs. */
  #readAdvertised(text: string, to: string[]): void {
    for (const word of text.startsWith("peer-group ") ? [] : text.split(/\s+/)) {
      const address = readAddress(word);
      if (address !== null) to.push(address);
    }
  }

  end(): Parsed {
    this.#paths.at(-1)?.attributes.end();
    const whole = this.#paths.filter(({ hasOrigin, hasEnd }) => hasOrigin && hasEnd);
    if (this.#prefix !== null && this.#announced !== whole.length) {
      const count = this.#announced ?? "no";
      this.problems.add(`The router counts ${count} paths, ${whole.length} can be read whole`);
    }
    if ((this.#advertisedTo?.length ?? 0) < this.#advertisedCount) {
      this.problems.add(`The list of ${this.#advertisedCount} neighbors is cut`);
    }
    return {
      answer: {
        kind: "route",
        prefix: this.#prefix,
        match: this.#match,
        paths: this.#paths.map(({ draft }) => draft),
        announcedPaths: this.#announced,
        advertisedTo: this.#advertisedTo,
      },
      complete: this.problems.count === 0,
      problems: this.problems.list(),
    };
  }
}

function readAttribute(open: OpenPath, text: string, indent: number): void {
  const { draft } = open;
  if (open.isContributing && indent > 6) return;
  open.isContributing = /^\d+ Contributing routes?:/.test(text);
  if (open.isContributing) return;
  const [, key, value = ""] = /^(Not best|Rx path id|Rx SAFI): (.*)$/.exec(text) ?? [];
  if (text.startsWith("Origin ")) {
    open.hasOrigin = true;
    for (const word of text.slice("Origin ".length).split(", ")) readWord(draft, word.trim());
  } else if (/^Received .* ago\b/.test(text)) {
    for (const word of text.split(", ")) readWord(draft, word.trim());
  } else if (key === "Not best") draft.notBestReason = clip(value, REASON_MAX);
  else if (key === "Rx path id") draft.pathId = Number(value) || null;
  else if (key === "Rx SAFI") open.hasEnd = true;
  else {
    const line = EXTENDED.reduce((words, [form, name]) => words.replace(form, name), text);
    open.attributes.read(text.startsWith("Extended Community:") ? line : text, indent);
  }
  if (draft.flags.includes("external")) draft.peer.asn = nearestAs(draft.asPath);
}

function readWord(draft: PathDraft, word: string): void {
  const origin = ORIGINS.get(word);
  const flag = FLAGS.get(word);
  const [, key, value] = /^(metric|localpref|IGP metric|weight|tag) (\d{1,10}|-)$/.exec(word) ?? [];
  const age = /^[Rr]eceived (.{1,30}) ago$/.exec(word)?.[1];
  if (origin !== undefined) draft.origin = origin;
  else if (key === "metric") draft.med = readUint32(value);
  else if (key === "localpref") draft.localPref = readUint32(value);
  else if (key === "IGP metric") draft.nextHopMetric = readUint32(value);
  else if (key === "weight") draft.weight = readUint32(value);
  else if (age !== undefined) draft.ageSec = parseDuration(age);
  else if (flag === undefined && key === undefined) addUnknown(draft, word);
  else if (flag !== undefined && flag !== null && !draft.flags.includes(flag)) {
    draft.flags.push(flag);
  }
}
