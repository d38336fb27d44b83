/**
 * Scans over columns: attribute sets, AS paths, and the paths of peers. Each is one loop over memory in
 * the order in which it lies; constants of modules are copied in front of it, as they would be looked
 * up in each round.
 *
 * @module
 */
import type { FamilyIndex } from "../family.ts";
import { DENSE } from "./adj_rib_in.ts";
import { SetWord } from "./attribute_record.ts";
import type { AttributeReader } from "./attribute_reader.ts";
import { indexOf, NARROW_STATES, type PathMoves, step, stepSet } from "./path_moves.ts";
import { Node, SEGMENT } from "./path_trie.ts";
import { CHAINED, ID_MASK, RPKI_STATES, withRpki } from "./path_word.ts";
import {
  Head,
  NODE_WORDS,
  PAGE_IDS,
  PAGE_LOG2,
  prefixIdEnd,
  SET_WORDS,
  UNIT_WORDS,
} from "./rib_memory.ts";
import {
  type PartVerdicts,
  type PathOptions,
  type PathRef,
  type RibScan,
  type ScanFindings,
  type ScanOptions,
  SetMark,
  type SetPart,
  type SetVerdicts,
} from "./rib_reader.ts";
import { ChainWord, type RibTables } from "./rib_tables.ts";

/** Words of a set that name its parts. */
const PART_WORDS: Readonly<Record<SetPart, number>> = {
  path: SetWord.path,
  communities: SetWord.communities,
  rest: SetWord.rest,
};

const PARENT_MASK = SEGMENT - 1;

/** Scans. */
export class RibScanner implements RibScan {
  readonly #tables: RibTables;
  readonly #attributes: AttributeReader;
  readonly #head: Uint32Array;

  constructor(tables: RibTables, attributes: AttributeReader) {
    this.#tables = tables;
    this.#attributes = attributes;
    this.#head = tables.views.head;
  }

  attributeBound(): number {
    return this.#head[Head.attributeBound] ?? 0;
  }

  partOf(set: number, part: SetPart): number {
    return this.#tables.views.sets[set * SET_WORDS + PART_WORDS[part]] ?? 0;
  }

  hasCommunity(communities: number, community: number): boolean {
    return this.#attributes.hasCommunity(communities, community);
  }

  restHolds(rest: number, community: readonly number[]): boolean {
    return this.#attributes.restHolds(rest, community);
  }

  extendedCommunities(set: number): Uint8Array {
    return this.#attributes.extendedCommunities(set);
  }

  keepSets(marks: Uint8Array, verdicts: PartVerdicts, from: number, end: number): void {
    const { sets } = this.#tables.views;
    const { wanted } = verdicts;
    const words = SET_WORDS, uses = SetWord.uses, partWord = PART_WORDS[verdicts.part];
    const { wanted: kept, unwanted: dropped } = SetMark;
    let { values } = verdicts;
    for (let set = from, at = from * words; set < end; set++, at += words) {
      if (marks[set] !== kept) continue;
      const part = sets[at + partWord] ?? 0;
      let value = 0;
      if (sets[at + uses] !== 0) {
        value = values[part] ?? 0;
        if (value === 0) {
          value = verdicts.judge(part);
          values = verdicts.values;
        }
      }
      if ((value & wanted) === 0) marks[set] = dropped;
    }
  }

  pathBound(): number {
    return this.#head[Head.pathBound] ?? 0;
  }

  pathParent(node: number): number {
    return this.#attributes.trie.parent(node);
  }

  pathAs(node: number): number {
    return this.#attributes.trie.asn(node);
  }

  pathIsSet(node: number): boolean {
    return this.#attributes.trie.isSegment(node);
  }

  stepPaths(
    moves: PathMoves,
    states: Uint8Array | Int32Array,
    from: number,
    end: number,
  ): void {
    stepNodes(
      this.#tables.views.nodes,
      moves,
      states,
      from,
      end,
      (state, node) => this.stepPath(moves, state, node),
    );
  }

  stepPath(moves: PathMoves, state: number, node: number): number {
    const { trie } = this.#attributes;
    return trie.isSegment(node)
      ? stepSet(moves, state, trie.members(node))
      : step(moves, state, trie.asn(node));
  }

  prefixEnd(): number {
    return prefixIdEnd(this.#tables.views.limits);
  }

  countPaths(
    ids: readonly number[],
    sets: SetVerdicts,
    { peer, rpki, bestOnly }: PathOptions,
  ): number[] {
    const { views, adjRibIn } = this.#tables;
    const { mask, value } = rpkiBits(rpki);
    const { marks } = sets;
    const isWanted = (word: number): boolean => {
      if ((word & mask) !== value) return false;
      const set = word & ID_MASK;
      return (marks[set] || sets.judge(set)) === SetMark.wanted;
    };
    const peers = peer === null ? [this.#peersOf(0), this.#peersOf(1)] : [[peer], [peer]];
    return ids.map((id) => {
      if (bestOnly) {
        const holder = this.#tables.bestPeer(id);
        const isAsked = holder !== -1 && (peer === null || holder === peer);
        return isAsked && isWanted(this.#bestWord(holder, id)) ? 1 : 0;
      }
      let left = views.pathCounts[id] ?? 0;
      let count = 0;
      for (const index of peers[this.#tables.familyOf(id)] ?? []) {
        if (left === 0) break;
        const word = adjRibIn.word(index, id);
        if (word === 0) continue;
        if ((word & CHAINED) === 0) {
          left--;
          if (isWanted(word)) count++;
        } else {
          this.#eachOf(word, (one) => {
            left--;
            if (isWanted(one)) count++;
          });
        }
      }
      return count;
    });
  }

  scanPaths(marks: Uint8Array, options: ScanOptions, found: ScanFindings): number {
    const { fromId, limit, family, peer, rpki, bestOnly } = options;
    const { from, end, next } = this.#rangeOf(fromId, limit, family);
    if (from >= end) return next;
    const test = { marks, ...rpkiBits(rpki), bestOnly };
    const peers = peer === null ? this.#peersOf(this.#tables.familyOf(from)) : [peer];
    // Page by page, and in a page peer by peer, so that memory is read in the order in which it lies.
    for (let start = from, stop; start < end; start = stop) {
      stop = Math.min(((start >>> PAGE_LOG2) + 1) << PAGE_LOG2, end);
      for (const index of peers) this.#scanPage(test, index, start, stop, found);
    }
    return next;
  }

  countBest(uses: Uint32Array, fromId: number, limit: number): number {
    const { from, end, next } = this.#rangeOf(fromId, limit, null);
    const { best, pages, paths, pagesOfPeer } = this.#tables.views;
    const pageLog2 = PAGE_LOG2,
      inPage = PAGE_IDS - 1,
      dense = DENSE,
      chained = CHAINED,
      ids = ID_MASK;
    for (let id = from; id < end; id++) {
      const peer = (best[id] ?? 0) - 1;
      if (peer === -1) continue;
      const page = pages[peer * pagesOfPeer + (id >>> pageLog2)] ?? 0;
      let word = (page & dense) === 0 ? 0 : paths[page - dense + (id & inPage) * 2] ?? 0;
      if (word === 0 || (word & chained) !== 0) word = this.#bestWord(peer, id);
      uses[word & ids]! += 1;
    }
    return next;
  }

  /** The part of the ids that a scan takes, and where it goes on: there are none between families. */
  #rangeOf(
    fromId: number,
    limit: number,
    family: FamilyIndex | null,
  ): { readonly from: number; readonly end: number; readonly next: number } {
    const { firstId6 } = this.#tables.views;
    const end4 = family === 1 ? 0 : this.#head[Head.prefixBound] ?? 0;
    const end6 = family === 0 ? 0 : firstId6 + (this.#head[Head.prefixBound + 1] ?? 0);
    const from = fromId >= end4 && fromId < firstId6 ? firstId6 : fromId;
    const last = from < firstId6 ? end4 : end6;
    const end = Math.min(from + limit, last);
    const next = end < last ? end : from < firstId6 && end6 > firstId6 ? firstId6 : -1;
    return { from, end, next };
  }

  /** The best of several paths is the first of them. */
  #bestWord(peer: number, id: number): number {
    const word = this.#tables.adjRibIn.word(peer, id);
    return (word & CHAINED) === 0
      ? word
      : this.#tables.views.paths[(word & ID_MASK) * UNIT_WORDS + ChainWord.word] ?? 0;
  }

  #peersOf(family: FamilyIndex): number[] {
    const { peers, views } = this.#tables;
    const found: number[] = [];
    for (let peer = 0; peer < views.limits.peers; peer++) {
      if (peers.paths(peer, family) > 0) found.push(peer);
    }
    return found;
  }

  /** The paths of a peer for ids of one page. */
  #scanPage(test: PathTest, peer: number, start: number, stop: number, found: ScanFindings): void {
    const { pages, paths, pagesOfPeer } = this.#tables.views;
    const page = pages[peer * pagesOfPeer + (start >>> PAGE_LOG2)] ?? 0;
    if (page === 0) return;
    if ((page & DENSE) !== 0) {
      this.#scanDense(test, peer, page - DENSE, start, stop, found);
    } else {
      this.#tables.adjRibIn.scan(peer, start, stop, (id, place) => {
        this.#take(test, peer, id, paths[place] ?? 0, found);
      });
    }
  }

  #scanDense(
    test: PathTest,
    peer: number,
    page: number,
    start: number,
    stop: number,
    found: ScanFindings,
  ): void {
    const { paths, best } = this.#tables.views;
    const { marks, mask, value, bestOnly } = test;
    const chained = CHAINED, ids = ID_MASK, wanted = SetMark.wanted, holder = peer + 1;
    let place = page + (start & (PAGE_IDS - 1)) * 2;
    for (let id = start; id < stop; id++, place += 2) {
      const word = paths[place] ?? 0;
      if ((word & chained) !== 0) this.#take(test, peer, id, word, found);
      else if (
        marks[word & ids] === wanted && word !== 0 && (word & mask) === value &&
        (!bestOnly || best[id] === holder)
      ) add(id, found);
    }
  }

  /** Adds the path, or the several, of a word; the best of several is the first. */
  #take(
    { marks, mask, value, bestOnly }: PathTest,
    peer: number,
    id: number,
    word: number,
    found: ScanFindings,
  ): void {
    const isMeant = (one: number): boolean =>
      marks[one & ID_MASK] === SetMark.wanted && (one & mask) === value;
    if (bestOnly) {
      if (this.#tables.bestPeer(id) === peer && isMeant(this.#bestWord(peer, id))) add(id, found);
      return;
    }
    this.#eachOf(word, (one) => {
      if (isMeant(one)) add(id, found);
    });
  }

  /** Visits the word of a path, or of each of several. */
  #eachOf(word: number, visit: (word: number) => void): void {
    if ((word & CHAINED) === 0) return visit(word);
    const { paths } = this.#tables.views;
    for (let link = word & ID_MASK; link !== 0;) {
      const at = link * UNIT_WORDS;
      visit(paths[at + ChainWord.word] ?? 0);
      link = paths[at + ChainWord.next] ?? 0;
    }
  }
}

/** Outside of the class, as the loop is half as long there; `other` steps where the table cannot. */
function stepNodes(
  nodes: Uint32Array,
  { asns, table, start, isForgetful }: PathMoves,
  states: Uint8Array | Int32Array,
  from: number,
  end: number,
  other: (state: number, node: number) => number,
): void {
  const others = asns.length;
  const first = asns[0] ?? -1;
  const othersAt = others * NARROW_STATES;
  const words = NODE_WORDS, asn = Node.asn, uses = Node.uses, mask = PARENT_MASK;
  for (let node = from, at = from * words; node < end; node++, at += words) {
    const above = nodes[at] ?? 0;
    const before = isForgetful ? start : states[above & mask] ?? 0;
    if (before === 0 || nodes[at + uses] === 0) continue;
    if (table === null || above > mask) {
      states[node] = other(before, node);
      continue;
    }
    const added = nodes[at + asn] ?? 0;
    let place = othersAt;
    if (added === first) place = 0;
    else if (others > 1) place = indexOf(asns, added) * NARROW_STATES;
    states[node] = table[place + before] ?? 0;
  }
}

function add(id: number, found: ScanFindings): void {
  const { met } = found;
  const bits = met[id >>> 5] ?? 0;
  const bit = 1 << (id & 31);
  found.pathCount++;
  if ((bits & bit) !== 0) return;
  met[id >>> 5] = bits | bit;
  found.prefixCount++;
}

/** Bits of a path's word that say its state of origin validation; none where any is meant. */
interface RpkiBits {
  readonly mask: number;
  readonly value: number;
}

/** What paths are asked for. */
interface PathTest extends RpkiBits {
  readonly marks: Uint8Array;
  readonly bestOnly: boolean;
}

function rpkiBits(state: PathRef["rpki"] | null): RpkiBits {
  return state === null
    ? { mask: 0, value: 0 }
    : { mask: withRpki(0, 3), value: withRpki(0, RPKI_STATES.indexOf(state)) };
}
