/**
 * Answers questions about the tables: a few prefixes at once, a part in its order, or all by their
 * columns.
 *
 * @module
 */
import type { Clock } from "../../io/io.ts";
import { comparePrefixes, type Prefix } from "../../ip/prefix.ts";
import type { FamilyIndex } from "../family.ts";
import type { RibReader, ScanFindings } from "../rib/rib_reader.ts";
import { AttributeSelection } from "./attribute_filter.ts";
import { RouteCollector } from "./route_collector.ts";
import type { FoundRoutes, RoutePage, RouteQuestion } from "./route_question.ts";
import { Turns } from "./turns.ts";

/** Matching prefixes that a scan keeps; with more of them, a page is soon found by walking. */
const KEPT_PREFIXES = 4_096;

/** What a question is answered from. */
export interface RouteSource {
  readonly rib: RibReader;
  /** Origin of what comes with an empty path. */
  readonly localAs: number;
  readonly clock: Pick<Clock, "monotonicMs" | "sleep">;
  readonly signal: AbortSignal;
}

/**
 * Finds routes in turns of a few milliseconds. Routes that do not change meanwhile are counted and
 * shown exactly once over all pages.
 *
 * @throws the signal's reason
 */
export async function findRoutes<T>(
  source: RouteSource,
  question: RouteQuestion,
  page: RoutePage<T>,
): Promise<FoundRoutes<T>> {
  const { rib } = source;
  const { version } = rib;
  const search = new Search(source, question, page);
  const counts = await search.run();
  const { routes, next } = search.collector;
  return { ...counts, routes, next, isSteady: rib.version === version };
}

type Counts = Pick<FoundRoutes<unknown>, "prefixCount" | "pathCount">;

class Search<T> {
  readonly collector: RouteCollector<T>;
  readonly #rib: RibReader;
  readonly #question: RouteQuestion;
  readonly #page: RoutePage<T>;
  readonly #selection: AttributeSelection;
  readonly #turns: Turns;
  readonly #hold: RibReader["read"];

  constructor(source: RouteSource, question: RouteQuestion, page: RoutePage<T>) {
    const { rib, clock, signal, localAs } = source;
    const { peer, rpki, bestOnly, attributes, prefix } = question;
    const selection = rib.read(() => new AttributeSelection(rib.scan, attributes, localAs));
    this.#rib = rib;
    this.#question = question;
    this.#page = page;
    this.#selection = selection;
    this.#turns = new Turns(clock, signal);
    this.#hold = (act) => rib.read(act);
    this.collector = new RouteCollector(
      rib,
      (_id, path) =>
        (peer === null || path.peer === peer) && (rpki === null || path.rpki === rpki) &&
        (!bestOnly || path.isBest) && selection.hasNow(path.attributes),
      page,
      prefix?.match === "covering" ? (a, b) => b.length - a.length : comparePrefixes,
    );
  }

  async run(): Promise<Counts> {
    const { prefix, family } = this.#question;
    if (prefix === null) return await this.#searchAll(family);
    const { value, match } = prefix;
    const familyOfPrefix: FamilyIndex = value.family === 4 ? 0 : 1;
    if (family !== null && family !== familyOfPrefix) return { prefixCount: 0, pathCount: 0 };
    if (match !== "covered") return this.#rib.read(() => this.#searchFew(value, match));
    if (value.length === 0) return await this.#searchAll(familyOfPrefix);
    return await this.#walk(familyOfPrefix, { within: value, from: null }, true);
  }

  #searchFew(prefix: Prefix, match: "exact" | "longest" | "covering"): Counts {
    const ids = match === "exact" ? [this.#rib.find(prefix)] : this.#rib.covering(prefix);
    let prefixCount = 0;
    let pathCount = 0;
    for (const id of ids) {
      const wanted = id < 0 ? [] : this.collector.wantedOf(id);
      if (wanted.length === 0) continue;
      prefixCount++;
      pathCount += wanted.length;
      this.collector.take(id, wanted);
      if (match === "longest") break;
    }
    return { prefixCount, pathCount };
  }

  /** Counts by columns; the page comes from what that found, or from a walk where it found much. */
  async #searchAll(family: FamilyIndex | null): Promise<Counts> {
    const { rpki, peer, bestOnly } = this.#question;
    const isUnfiltered = this.#selection.isAll && rpki === null && peer === null && !bestOnly;
    await this.#selection.judgeAll(this.#turns, this.#hold);
    const { kept, ...counts } = isUnfiltered
      ? { ...this.#countsOf(family), kept: null }
      : await this.#scanAll(family);
    if (kept === null) {
      const { after } = this.#page;
      for (const index of family === null ? [0, 1] as const : [family]) {
        const isBefore = after !== null && index === 0 && after.prefix.family === 6;
        if (!isBefore) {
          const from = after?.prefix.family === (index === 0 ? 4 : 6) ? after.prefix : null;
          await this.#walk(index, { within: null, from }, false);
        }
      }
    } else {
      await this.#takeKept(kept);
    }
    return counts;
  }

  #countsOf(family: FamilyIndex | null): Counts {
    const { prefixes, paths } = this.#rib.counts();
    const of = ([first, second]: readonly [number, number]): number =>
      family === null ? first + second : family === 0 ? first : second;
    return { prefixCount: of(prefixes), pathCount: of(paths) };
  }

  async #scanAll(
    family: FamilyIndex | null,
  ): Promise<Counts & { readonly kept: Prefix[] | null }> {
    const { peer, rpki, bestOnly } = this.#question;
    const kept: Prefix[] = [];
    let prefixCount = 0;
    let pathCount = 0;
    let fromId = 0;
    await this.#turns.repeat((limit) => {
      const found = findings(prefixCount > kept.length ? 0 : KEPT_PREFIXES - kept.length);
      const options = { peer, family, rpki, bestOnly, fromId, limit };
      fromId = this.#rib.scan.scanPaths(this.#selection.marks, options, found);
      prefixCount += found.prefixCount;
      pathCount += found.pathCount;
      // A prefix is known by its id only while the tables are held.
      for (const id of found.ids) kept.push(this.#rib.prefixOf(id));
      return fromId >= 0;
    }, this.#hold);
    return { prefixCount, pathCount, kept: prefixCount > kept.length ? null : kept };
  }

  async #takeKept(kept: Prefix[]): Promise<void> {
    kept.sort(comparePrefixes);
    let at = 0;
    await this.#turns.repeat((limit) => {
      for (const end = at + limit; at < kept.length && at < end && !this.collector.isFull; at++) {
        const prefix = kept[at]!;
        // A prefix that went and came back while the scan ran was met twice.
        const isAgain = at > 0 && comparePrefixes(kept[at - 1]!, prefix) === 0;
        const id = isAgain ? -1 : this.#rib.find(prefix);
        if (id >= 0) this.collector.take(id);
      }
      return at < kept.length && !this.collector.isFull;
    }, this.#hold);
  }

  /** By order of prefixes, until the page is full, or to the last to count them all. */
  async #walk(
    family: FamilyIndex,
    { within, from: start }: { readonly within: Prefix | null; readonly from: Prefix | null },
    isCounted: boolean,
  ): Promise<Counts> {
    const counts = { prefixCount: 0, pathCount: 0 };
    let from = start;
    await this.#turns.repeat((limit) => {
      if (!isCounted && this.collector.isFull) return false;
      const ids: number[] = [];
      let isMore = false;
      this.#rib.walk(family, { within, from }, (id) => {
        isMore = ids.length === limit;
        if (isMore) from = this.#rib.prefixOf(id);
        else ids.push(id);
        return !isMore;
      });
      for (const id of ids) {
        const pathCount = this.#countOf(id);
        if (pathCount === 0) continue;
        counts.prefixCount++;
        counts.pathCount += pathCount;
        this.collector.take(id);
      }
      return isMore;
    }, this.#hold);
    return counts;
  }

  /** Paths of one prefix that match. */
  #countOf(id: number): number {
    const { peer, rpki, bestOnly } = this.#question;
    const { scan } = this.#rib;
    const found = findings(0);
    if (!this.#selection.isAll) this.#selection.judge(scan.setsOf(id));
    const options = { peer, family: null, rpki, bestOnly, fromId: id, limit: 1 };
    scan.scanPaths(this.#selection.marks, options, found);
    return found.pathCount;
  }
}

function findings(mostIds: number): ScanFindings {
  return { prefixCount: 0, pathCount: 0, ids: [], mostIds };
}
