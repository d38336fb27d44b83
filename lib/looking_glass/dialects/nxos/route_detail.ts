/**
 * `show bgp ipv4 unicast X` of NX-OS as a route answer.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import type { PathFlag, RoutePath } from "../../../route/route.ts";
import type { Parsed, RouteAnswer } from "../../answer.ts";
import { routeMatch, type RouteTarget } from "../route_match.ts";
import { PathAttributes } from "../text/path_attributes.ts";
import {
  addFlag,
  draftPath,
  nearestAs,
  type PathDraft,
  readAddress,
  readAsn,
  readPrefix,
  readUint32,
} from "../text/path_draft.ts";
import { NO_ROUTE } from "../text/path_detail.ts";
import { addUnknown, readNextHopLine, readPathLine } from "../text/path_lines.ts";
import { clip, ProblemList } from "../text/problem_list.ts";
import { saysNotInTable } from "../text/refusal.ts";
import { wholeLines } from "../text/whole_lines.ts";
import { unwrap } from "./unwrap.ts";

const HEADING = /^BGP routing table entry for ([^\s,]+)/;
const COUNT = /^Paths: \((\d{1,6}) available, best #(\d{1,6})/;
const ASIDE = /^(?:BGP routing table information|Flags|Multipath)\b/;
/** Comes behind the last path of an entry that has a best one. */
const ADVERTISED = /^Path-id \d+ (?:not )?advertised to/;
const REASON_MAX = 200;

const ORIGINS: ReadonlyMap<string, RoutePath["origin"]> = new Map([
  ["IGP", "igp"],
  ["EGP", "egp"],
  ["incomplete", "incomplete"],
]);

/** Words of the line `Path type`; the others say nothing that a flag is for. */
const TYPES: ReadonlyMap<string, PathFlag> = new Map([
  ["external", "external"],
  ["internal", "internal"],
  ["confed", "confed_external"],
  ["local", "local"],
  ["redist", "sourced"],
  ["aggregate", "aggregated"],
  ["path is valid", "valid"],
  ["is best path", "best"],
  ["multipath", "multipath"],
  ["backup", "backup"],
  ["backup path", "backup"],
  ["is deleted", "removed"],
  ["is suppressed", "suppressed"],
  ["is dampened", "dampened"],
  ["is history", "history"],
  ["is stale", "stale"],
  ["received only", "received_only"],
  ["received-only", "received_only"],
]);

/** A path and how much of it has come. */
interface OpenPath {
  readonly draft: PathDraft;
  readonly attributes: PathAttributes;
  has: "type" | "as_path" | "next_hop" | "origin";
}

/** Reads the answer to a question about one prefix or address. */
export function readNxosDetail(target: RouteTarget, output: string): Parsed {
  if (saysNotInTable(output)) return { answer: NO_ROUTE, complete: true, problems: [] };
  const problems = new ProblemList();
  // Without a route, these systems print at least the heading of the table.
  if (output.trim() === "") problems.add("The router printed nothing");
  const reader = new DetailReader(target, problems);
  for (const line of wholeLines(unwrap(output), problems)) reader.read(line.trimEnd());
  return reader.end();
}

class DetailReader {
  readonly #paths: OpenPath[] = [];
  #prefix: Prefix | null = null;
  #match: RouteAnswer["match"] = "none";
  #announced: number | null = null;
  #bestIndex = 0;
  #advertisedTo: string[] | null = null;

  constructor(private readonly target: RouteTarget, private readonly problems: ProblemList) {}

  read(line: string): void {
    const text = line.trimStart();
    const indent = line.length - text.length;
    if (text === "") return;
    if (indent === 0) this.#readOutside(text);
    else if (this.#prefix === null) this.problems.add("Cannot read the line", text);
    else if (ADVERTISED.test(text)) this.#advertisedTo ??= [];
    else if (this.#advertisedTo !== null) this.#readAdvertised(text);
    else if (text.startsWith("Path type: ")) this.#openPath(text, this.#prefix);
    else if (!text.startsWith("Advertised path-id ")) this.#readPath(text, indent);
  }

  #readOutside(text: string): void {
    const heading = HEADING.exec(text)?.[1];
    const count = COUNT.exec(text);
    if (heading !== undefined) this.#begin(readPrefix(heading), text);
    else if (count !== null) {
      this.#announced = Number(count[1]);
      this.#bestIndex = Number(count[2]);
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
    for (const word of text.slice("Path type: ".length).split(/, ?/)) {
      const flag = TYPES.get(word);
      const reason = /^not best reason: (.*)$/.exec(word)?.[1];
      if (flag !== undefined) addFlag(draft, flag);
      else if (reason !== undefined) draft.notBestReason = clip(reason, REASON_MAX);
    }
    this.#paths.push({ draft, attributes: new PathAttributes(draft, this.problems), has: "type" });
  }

  #readAdvertised(text: string): void {
    for (const word of text.split(/\s+/)) {
      const address = readAddress(word);
      if (address !== null) this.#advertisedTo?.push(address);
    }
  }

  #readPath(text: string, indent: number): void {
    const open = this.#paths.at(-1);
    if (open === undefined) this.problems.add("Cannot read the line", text);
    else if (text.startsWith("AS-Path: ")) this.#readAsPath(open, text.slice("AS-Path: ".length));
    else if (/^Aggregator\b/.test(text)) readAggregator(open.draft, text);
    else if (indent < 6) {
      if (!readNextHopLine(text, open.draft)) this.problems.add("Cannot read the line", text);
      else open.has = "next_hop";
    } else if (text.startsWith("Origin ")) {
      open.has = "origin";
      for (const word of text.slice("Origin ".length).split(", ")) readWord(open.draft, word);
    } else if (open.has === "origin") open.attributes.read(inWordsOfIos(text), indent);
  }

  /** `64496 {64510 64511} , path sourced external to AS`; `NONE` for an empty path. */
  #readAsPath(open: OpenPath, text: string): void {
    const [path = ""] = text.split(",", 1);
    const trimmed = path.trim();
    if (readPathLine(trimmed === "NONE" ? "Local" : trimmed, open.draft)) open.has = "as_path";
    else this.problems.add("Cannot read the AS path", text);
    if (open.draft.flags.includes("external")) open.draft.peer.asn = nearestAs(open.draft.asPath);
    if (/\baggregated by\b/.test(text)) readAggregator(open.draft, text);
  }

  end(): Parsed {
    this.#paths.at(-1)?.attributes.end();
    const whole = this.#paths.filter(({ has }) => has === "origin");
    if (this.#prefix !== null) {
      if (this.#announced !== whole.length) {
        const count = this.#announced ?? "no";
        this.problems.add(`The router counts ${count} paths, ${whole.length} can be read whole`);
      } else if (this.#bestIndex > 0 && this.#advertisedTo === null) {
        this.problems.add("The line behind the last path is missing");
      }
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

/** `Aggregator: 64496 192.0.2.1`, `…, aggregated by 64496 192.0.2.1`. */
function readAggregator(draft: PathDraft, text: string): void {
  const [, asnText, addressText] =
    /\b(?:Aggregator:?|aggregated by) (?:AS ?)?(\d[\d.]{0,10})[ ,]+([\d.]{7,15})/.exec(text) ?? [];
  const asn = readAsn(asnText);
  const address = readAddress(addressText);
  if (asn !== null && address !== null) draft.aggregator = { asn, address };
}

function readWord(draft: PathDraft, word: string): void {
  const origin = ORIGINS.get(word);
  const [, key, value] = /^(MED|localpref|weight) (\d{1,10}|not set)$/.exec(word) ?? [];
  if (origin !== undefined) draft.origin = origin;
  else if (key === "MED") draft.med = readUint32(value);
  else if (key === "localpref") draft.localPref = readUint32(value);
  else if (key === "weight") draft.weight = readUint32(value);
  else if (word === "atomic-aggregate") addFlag(draft, "atomic_aggregate");
  else addUnknown(draft, word);
}

/** Lines that NX-OS words otherwise than IOS does. */
function inWordsOfIos(text: string): string {
  return text.replace(/^Extcommunity:/, "Extended Community:")
    .replace(/^(Originator: \S+) Cluster list:/, "$1, Cluster list:");
}
