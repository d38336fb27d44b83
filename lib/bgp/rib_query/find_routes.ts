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

/** With more matching prefixes than that, a page is sooner found by walking than by sorting them. */
const SORTED_PREFIXES = 1_024;

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
    return await this.#searchInside(familyOfPrefix, value);
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

  /** Counts by columns, which tells where to look for the page. */
  async #searchAll(family: FamilyIndex | null): Promise<Counts> {
    const { rpki, peer, bestOnly } = this.#question;
    const isUnfiltered = this.#selection.isAll && rpki === null && peer === null && !bestOnly;
    if (isUnfiltered) {
      await this.#showInOrder(family, null);
      return this.#countsOf(family);
    }
    await this.#selection.judgeAll(this.#turns, this.#hold);
    const { met, ...counts } = await this.#scanAll(family);
    if (this.collector.isFull) return counts;
    if (counts.prefixCount <= SORTED_PREFIXES) await this.#showSorted(met);
    else await this.#showInOrder(family, met);
    return counts;
  }

  #countsOf(family: FamilyIndex | null): Counts {
    const { prefixes, paths } = this.#rib.counts();
    const of = ([first, second]: readonly [number, number]): number =>
      family === null ? first + second : family === 0 ? first : second;
    return { prefixCount: of(prefixes), pathCount: of(paths) };
  }

  async #scanAll(family: FamilyIndex | null): Promise<ScanFindings> {
    const { peer, rpki, bestOnly } = this.#question;
    const { scan } = this.#rib;
    const met = new Uint32Array(Math.ceil(scan.prefixEnd() / 32));
    const found: ScanFindings = { prefixCount: 0, pathCount: 0, met };
    const { marks } = this.#selection;
    let fromId = 0;
    await this.#turns.repeat((limit) => {
      fromId = scan.scanPaths(marks, { peer, family, rpki, bestOnly, fromId, limit }, found);
      return fromId >= 0;
    }, this.#hold);
    return found;
  }

  /** Shows prefixes that were met, few enough to be sorted. */
  async #showSorted(met: Uint32Array): Promise<void> {
    // A prefix is known by its id only while the tables are held: an id may be free again since.
    const prefixes = this.#hold(() =>
      idsOf(met).flatMap((id) => {
        const prefix = this.#rib.prefixOf(id);
        return this.#rib.find(prefix) === id ? [prefix] : [];
      })
    );
    prefixes.sort(comparePrefixes);
    let at = 0;
    await this.#turns.repeat((limit) => {
      const end = Math.min(at + limit, prefixes.length);
      for (; at < end && !this.collector.isFull; at++) {
        const id = this.#rib.find(prefixes[at]!);
        if (id >= 0) this.collector.take(id);
      }
      return at < prefixes.length && !this.collector.isFull;
    }, this.#hold);
  }

  /** Shows by order of prefixes, from the cursor on until the page is full; `met` null: any prefix. */
  async #showInOrder(family: FamilyIndex | null, met: Uint32Array | null): Promise<void> {
    const { after } = this.#page;
    for (const index of family === null ? [0, 1] as const : [family]) {
      const isBefore = after !== null && index === 0 && after.prefix.family === 6;
      if (isBefore) continue;
      const from = after?.prefix.family === (index === 0 ? 4 : 6) ? after.prefix : null;
      await this.#walk(index, { within: null, from }, (ids) => {
        for (const id of ids) {
          if (this.collector.isFull) return false;
          if (met === null || isMet(met, id)) this.collector.take(id);
        }
        return !this.collector.isFull;
      });
    }
  }

  /** Counts what is inside of a prefix, and shows it. */
  async #searchInside(family: FamilyIndex, within: Prefix): Promise<Counts> {
    const counts = { prefixCount: 0, pathCount: 0 };
    await this.#walk(family, { within, from: null }, (ids) => {
      const found = this.#rib.scan.countPaths(ids, this.#selection, this.#question);
      found.forEach((pathCount, index) => {
        if (pathCount === 0) return;
        counts.prefixCount++;
        counts.pathCount += pathCount;
        this.collector.take(ids[index]!);
      });
      return true;
    });
    return counts;
  }

  /** Hands over ids by order of prefixes, turn by turn, until `take` has enough. */
  async #walk(
    family: FamilyIndex,
    { within, from: start }: { readonly within: Prefix | null; readonly from: Prefix | null },
    take: (ids: readonly number[]) => boolean,
  ): Promise<void> {
    let from = start;
    await this.#turns.repeat((limit) => {
      const ids: number[] = [];
      let isMore = false;
      this.#rib.walk(family, { within, from }, (id) => {
        isMore = ids.length === limit;
        if (isMore) from = this.#rib.prefixOf(id);
        else ids.push(id);
        return !isMore;
      });
      return take(ids) && isMore;
    }, this.#hold);
  }
}

function isMet(met: Uint32Array, id: number): boolean {
  return ((met[id >>> 5] ?? 0) >>> (id & 31) & 1) === 1;
}

/** The ids whose bits are set. */
function idsOf(met: Uint32Array): number[] {
  const ids: number[] = [];
  for (let index = 0; index < met.length; index++) {
    let bits = met[index] ?? 0;
    for (; bits !== 0; bits &= bits - 1) ids.push(index * 32 + 31 - Math.clz32(bits & -bits));
  }
  return ids;
}
