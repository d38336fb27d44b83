/**
 * The state of origin validation of paths: who judges, and what was said last of each prefix, as
 * many peers show one origin.
 *
 * @module
 */
import { SetWord } from "./attribute_record.ts";
import { BlobReader } from "./blob_reader.ts";
import type { OriginJudge } from "./origin_table.ts";
import { PathTrie } from "./path_trie.ts";
import type { AddressWords } from "./prefix_words.ts";
import { Head, SET_WORDS } from "./rib_memory.ts";
import type { RibViews } from "./rib_views.ts";

/** The states. */
export class OriginStates {
  /** Null: nobody judges. */
  judge: OriginJudge | null = null;
  readonly #views: RibViews;
  readonly #trie: PathTrie;

  constructor(views: RibViews) {
    this.#views = views;
    this.#trie = new PathTrie(views.nodes, new BlobReader(views.others));
  }

  /** The origin AS of an attribute set; see {@link PathTrie.origin}. */
  originOf(set: number): number {
    const path = this.#views.sets[set * SET_WORDS + SetWord.path] ?? 0;
    return this.#trie.origin(path, this.#views.head[Head.localAs] ?? 0);
  }

  /** Forgets what was said of a prefix id. */
  forget(id: number): void {
    const { verdicts } = this.#views;
    // What is only read takes no memory.
    if (verdicts[id] !== 0) verdicts[id] = 0;
  }

  /** The state, by its number in `RPKI_STATES`, of a prefix with this id and origin AS. */
  stateOf(
    id: number,
    family: 0 | 1,
    words: AddressWords,
    length: number,
    originAs: number,
  ): number {
    if (this.judge === null) return 0;
    const { judgedAs, verdicts } = this.#views;
    if (judgedAs[id] === originAs && verdicts[id] !== 0) return verdicts[id] ?? 0;
    const state = this.judge.judge(family, words, length, originAs);
    judgedAs[id] = originAs;
    verdicts[id] = state;
    return state;
  }
}
