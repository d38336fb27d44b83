/**
 * The tables to be read, on any thread.
 *
 * @module
 */
import type { IpAddress } from "../../ip/address.ts";
import type { Prefix } from "../../ip/prefix.ts";
import type { FamilyIndex } from "../family.ts";
import { AttributeReader } from "./attribute_reader.ts";
import { ChangeLog } from "./change_log.ts";
import { reasonOf, REASONS, RPKI_STATES, rpkiOf, STALE } from "./path_word.ts";
import { PrefixTable } from "./prefix_table.ts";
import { AddressWords } from "./prefix_words.ts";
import { Head, LENGTHS_4, type RibMemory } from "./rib_memory.ts";
import { RibLock } from "./rib_lock.ts";
import type {
  LostBy,
  PathAttributes,
  PathRef,
  RibCounts,
  RibReader,
  RibScan,
  RibUsage,
} from "./rib_reader.ts";
import { RibScanner } from "./rib_scanner.ts";
import { type FoundPath, RibTables } from "./rib_tables.ts";
import { usageOf } from "./rib_usage.ts";
import { viewRib } from "./rib_views.ts";

/** Reading. */
export class RibView implements RibReader {
  readonly scan: RibScan;
  /** What changed; see `BgpSpeaker.changes`. */
  readonly changes: ChangeLog;
  readonly #tables: RibTables;
  readonly #prefixes: readonly [PrefixTable, PrefixTable];
  readonly #attributes: AttributeReader;
  readonly #lock: RibLock;
  readonly #words = new AddressWords();
  readonly #from = new AddressWords();

  /** A view of tables that a `Rib` writes, here or in another thread. */
  constructor(memory: RibMemory) {
    const views = viewRib(memory);
    this.#tables = new RibTables(views);
    this.#prefixes = [new PrefixTable(views.tables[0]), new PrefixTable(views.tables[1])];
    this.#attributes = new AttributeReader(views);
    this.#lock = new RibLock(memory.buffers.head);
    this.changes = new ChangeLog(views, this.#attributes, this.#lock);
    this.scan = new RibScanner(this.#tables, this.#attributes);
  }

  get version(): number {
    const { head } = this.#tables.views;
    for (;;) {
      const high = Atomics.load(head, Head.versionHigh);
      const low = Atomics.load(head, Head.versionLow);
      if (Atomics.load(head, Head.versionHigh) === high) return high * 2 ** 32 + low;
    }
  }

  counts(): RibCounts {
    const { head } = this.#tables.views;
    const pair = (at: number): readonly [number, number] => [head[at] ?? 0, head[at + 1] ?? 0];
    return {
      prefixes: pair(Head.prefixes),
      paths: pair(Head.paths),
      attributeSets: head[Head.attributeSets] ?? 0,
      asPaths: head[Head.asPaths] ?? 0,
      communitySets: head[Head.communitySets] ?? 0,
      refused: head[Head.refused] ?? 0,
    };
  }

  usage(): RibUsage {
    const { views } = this.#tables;
    const { lengthCounts } = views;
    return {
      parts: usageOf(views),
      lengths: [
        Array.from(lengthCounts.subarray(0, LENGTHS_4)),
        Array.from(lengthCounts.subarray(LENGTHS_4)),
      ],
    };
  }

  peerPaths(peer: number): readonly [number, number] {
    const { peers } = this.#tables;
    return [peers.paths(peer, 0), peers.paths(peer, 1)];
  }

  read<T>(act: () => T): T {
    return this.#lock.read(act);
  }

  find(prefix: Prefix): number {
    const family = prefix.family === 4 ? 0 : 1;
    this.#words.setValue(prefix.family, prefix.value);
    return this.#global(family, this.#prefixes[family].find(this.#words, prefix.length));
  }

  longest(address: IpAddress, anyPath = false): number {
    const family = address.family === 4 ? 0 : 1;
    const { best } = this.#tables.views;
    const base = this.#base(family);
    this.#words.setValue(address.family, address.value);
    const found = this.#prefixes[family].longest(
      this.#words,
      (id) => anyPath || best[base + id] !== 0,
    );
    return this.#global(family, found);
  }

  covering(prefix: Prefix): readonly number[] {
    const family = prefix.family === 4 ? 0 : 1;
    const base = this.#base(family);
    const found: number[] = [];
    this.#words.setValue(prefix.family, prefix.value);
    this.#prefixes[family].covering(this.#words, prefix.length, (id) => {
      found.push(base + id);
      return true;
    });
    return found;
  }

  walk(
    family: FamilyIndex,
    range: { readonly within: Prefix | null; readonly from: Prefix | null },
    visit: (id: number) => boolean | void,
  ): void {
    const version = family === 0 ? 4 : 6;
    const { within, from } = range;
    if ((within ?? from)?.family !== undefined && (within ?? from)?.family !== version) return;
    const base = this.#base(family);
    this.#words.setValue(version, within?.value ?? 0n);
    this.#from.setValue(version, from?.value ?? 0n);
    this.#prefixes[family].walk(
      this.#words,
      within?.length ?? 0,
      this.#from,
      from?.length ?? 0,
      (id) => visit(base + id),
    );
  }

  prefixOf(id: number): Prefix {
    const family = this.#tables.familyOf(id);
    const local = id - this.#base(family);
    const words = new AddressWords();
    this.#prefixes[family].readAddress(local, words);
    return words.toPrefix(family === 0 ? 4 : 6, this.#prefixes[family].lengthOf(local));
  }

  best(id: number): PathRef | null {
    const path = this.#tables.bestPath(id);
    return path === null ? null : this.#ref(path, true);
  }

  paths(id: number): readonly PathRef[] {
    const all = this.#tables.allPaths(id);
    // Whoever asks for paths asks for their attributes next: here no load waits for another.
    for (const { attributes } of all) this.#touched ^= this.#attributes.touch(attributes);
    const { decision } = this.#tables;
    const isEligible = ({ word }: FoundPath): boolean => this.#tables.isEligible(word);
    const eligible = decision.ranked(all.filter(isEligible));
    const others = decision.ranked(all.filter((path) => !isEligible(path)));
    return [
      ...eligible.map((path, index) => this.#ref(path, index === 0)),
      ...others.map((path) => this.#ref(path, false)),
    ];
  }

  lostBy(winner: PathRef, loser: PathRef): LostBy | null {
    return this.#tables.decision.lostBy(winner, loser);
  }

  /** Made of what was loaded ahead, so that the loads are made. */
  #touched = 0;

  attributes(id: number): PathAttributes {
    return this.#attributes.attributes(id);
  }

  #ref({ peer, pathId, attributes, word, time, localPref }: FoundPath, isBest: boolean): PathRef {
    const rejectsInvalid = this.#tables.views.head[Head.rejectsInvalid] === 1;
    return {
      peer,
      pathId,
      attributes,
      receivedMs: time * 1000,
      isBest,
      isStale: (word & STALE) !== 0,
      ineligible: REASONS[reasonOf(word, rejectsInvalid)] ?? "none",
      localPref,
      rpki: RPKI_STATES[rpkiOf(word)] ?? "unverified",
    };
  }

  #base(family: FamilyIndex): number {
    return family === 0 ? 0 : this.#tables.views.firstId6;
  }

  #global(family: FamilyIndex, local: number): number {
    return local === -1 ? -1 : local + this.#base(family);
  }
}
