/**
 * The detail of one prefix, all its paths with every attribute, as FRR, Quagga and IOS print it:
 * AS path indented by two, next hop by four, attributes by six.
 *
 * @module
 */
import type { Prefix } from "../../../ip/prefix.ts";
import type { Parsed, RouteAnswer } from "../../answer.ts";
import { routeMatch, type RouteTarget } from "../route_match.ts";
import { PathAttributes } from "./path_attributes.ts";
import { draftPath, type PathDraft, readAddress, readPrefix, readUint32 } from "./path_draft.ts";
import { readNextHopLine, readOriginLine, readPathLine } from "./path_lines.ts";
import { clip, ProblemList } from "./problem_list.ts";
import { readRefusal, saysNotInTable } from "./refusal.ts";
import { wholeLines } from "./whole_lines.ts";

/** How a dialect ends a path, so that a cut one can be told. */
export interface PathEnding {
  /** The line that a path ends with. */
  readonly line: RegExp;
  /** Paths end so if this is among the lines before; null: always. Also if one path does. */
  readonly promisedBy: RegExp | null;
}

/** The answer of a table that has no such prefix. */
export const NO_ROUTE: RouteAnswer = {
  kind: "route",
  prefix: null,
  match: "none",
  paths: [],
  announcedPaths: null,
  advertisedTo: null,
};

const HEADING = /^BGP routing table entry for ([^\s,]+)/;
const COUNT = /^Paths: \((\d{1,9}) available(?:, best #(\d{1,9}))?/;
/** Lines for which there is no field. */
const ASIDE = /^(?:Flag|BGP Bestpath|Multipath|Refresh Epoch)\b/;
/** `Advertised to non peer-group peers:`, `Advertised to update-groups:`; the list comes below. */
const ADVERTISED = /^Advertised to (update-groups)?/;
/** Most neighbours that are kept. */
const ADVERTISED_MAX = 4_096;

/** Reads the answer to a question about one prefix or address. */
export function readPathDetail(output: string, target: RouteTarget, ending: PathEnding): Parsed {
  if (saysNotInTable(output)) return { answer: NO_ROUTE, complete: true, problems: [] };
  const refusal = readRefusal(output);
  if (refusal !== null) return { answer: refusal, complete: true, problems: [] };
  const problems = new ProblemList();
  const reader = new DetailReader(target, ending, problems);
  for (const line of wholeLines(output, problems)) reader.read(line);
  return reader.end();
}

/** A path and how much of it has come. */
interface OpenPath {
  readonly draft: PathDraft;
  readonly attributes: PathAttributes;
  /** What came last. */
  has: "as_path" | "next_hop" | "origin" | "ending";
}

class DetailReader {
  readonly #paths: OpenPath[] = [];
  #prefix: Prefix | null = null;
  #match: RouteAnswer["match"] = "none";
  #announcedPaths: number | null = null;
  #bestIndex: number | null = null;
  #advertisedTo: string[] | null = null;
  /** What the names of the list below are put behind; null: no list comes. */
  #listOf: { readonly before: string; isFirstLine: boolean } | null = null;
  #isPromised: boolean;

  constructor(
    private readonly target: RouteTarget,
    private readonly ending: PathEnding,
    private readonly problems: ProblemList,
  ) {
    this.#isPromised = ending.promisedBy === null;
  }

  read(raw: string): void {
    const line = raw.trimEnd();
    const text = line.trimStart();
    if (text === "") return;
    const indent = line.length - text.length;
    if (indent === 0) this.#readOutside(text);
    else if (this.#prefix === null) this.problems.add("Cannot read the line", text);
    else if (this.#listOf !== null && (this.#listOf.isFirstLine || indent > 3)) {
      this.#readAdvertised(text, this.#listOf);
    } else if (indent < 4) this.#readInside(text, this.#prefix);
    else this.#readPath(text, indent);
  }

  #readOutside(text: string): void {
    const heading = HEADING.exec(text);
    const count = COUNT.exec(text);
    if (heading !== null) this.#begin(heading[1] ?? "", text);
    else if (count !== null && this.#announcedPaths === null) {
      this.#announcedPaths = readUint32(count[1]);
      this.#bestIndex = readUint32(count[2]);
    } else if (!ASIDE.test(text)) this.problems.add("Cannot read the line", text);
  }

  #begin(prefixText: string, line: string): void {
    const prefix = readPrefix(prefixText);
    const match = prefix === null ? null : routeMatch(this.target, prefix);
    if (this.#prefix !== null) this.problems.add("A second entry begins", line);
    else if (match === null) this.problems.add("The entry is not what was asked for", line);
    else [this.#prefix, this.#match] = [prefix, match];
  }

  #readInside(text: string, prefix: Prefix): void {
    this.#listOf = null;
    const advertised = ADVERTISED.exec(text);
    if (advertised !== null) {
      this.#advertisedTo ??= [];
      this.#listOf = {
        before: advertised[1] === undefined ? "" : "update-group ",
        isFirstLine: true,
      };
    } else if (/^Not advertised to any/.test(text)) this.#advertisedTo ??= [];
    else if (ASIDE.test(text)) this.#promise(text);
    else {
      const draft = draftPath(prefix);
      this.#paths.at(-1)?.attributes.end();
      if (!readPathLine(text, draft)) this.problems.add("Cannot read the AS path", text);
      const attributes = new PathAttributes(draft, this.problems);
      this.#paths.push({ draft, attributes, has: "as_path" });
    }
  }

  /** A list of neighbours is indented like an AS path (FRR) or deeper (IOS, over several lines). */
  #readAdvertised(text: string, list: { readonly before: string; isFirstLine: boolean }): void {
    list.isFirstLine = false;
    for (const word of text.split(/\s+/)) {
      if (this.#advertisedTo === null || this.#advertisedTo.length >= ADVERTISED_MAX) return;
      const [, address] = /^[^()]*\(([^()]+)\)$/.exec(word) ?? [];
      this.#advertisedTo.push(
        list.before + (readAddress(address) ?? readAddress(word) ?? clip(word, 80)),
      );
    }
  }

  #readPath(text: string, indent: number): void {
    const open = this.#paths.at(-1);
    if (open === undefined) this.problems.add("Cannot read the line", text);
    else if (open.has === "as_path") {
      this.#expect(open, "next_hop", readNextHopLine(text, open.draft), text);
    } else if (open.has === "next_hop" && indent > 5) {
      this.#expect(open, "origin", readOriginLine(text, open.draft), text);
    } else {
      if (this.ending.line.test(text)) {
        open.has = "ending";
        this.#isPromised = true;
      }
      open.attributes.read(text, indent);
    }
  }

  #expect(open: OpenPath, part: OpenPath["has"], came: boolean, text: string): void {
    if (came) open.has = part;
    else this.problems.add(`Cannot read the line of the ${part.replace("_", " ")}`, text);
  }

  #promise(text: string): void {
    if (this.ending.promisedBy?.test(text)) this.#isPromised = true;
  }

  /** What could be read, and whether it adds up. */
  end(): Parsed {
    const problems = this.problems;
    this.#paths.at(-1)?.attributes.end();
    const whole = this.#paths.filter(({ has }) => has === "origin" || has === "ending");
    if (this.#prefix === null) {
      if (problems.count === 0) problems.add("The router printed nothing");
    } else if (this.#announcedPaths === null) problems.add("The router did not count the paths");
    else if (this.#announcedPaths !== whole.length) {
      problems.add(`The router counts ${this.#announcedPaths} paths, ${whole.length} can be read`);
    } else if (whole.some(({ has }) => this.#isPromised && has !== "ending")) {
      problems.add("A path ends early");
    } else this.#checkBest(whole);
    return {
      answer: {
        kind: "route",
        prefix: this.#prefix,
        match: this.#match,
        paths: whole.map(({ draft }) => draft),
        announcedPaths: this.#announcedPaths,
        advertisedTo: this.#advertisedTo,
      },
      complete: problems.count === 0,
      problems: problems.list(),
    };
  }

  #checkBest(whole: readonly OpenPath[]): void {
    if (this.#bestIndex === null) return;
    const best = whole[this.#bestIndex - 1];
    if (best?.draft.flags.includes("best") !== true) {
      this.problems.add(`Path ${this.#bestIndex} is the best one, but does not say so`);
    }
  }
}
