/**
 * Search-list storms: one name tried with suffix after suffix, each time in vain (RFC 1535 §1,
 * resolv.conf's `search` and `ndots`).
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import { oldestEntries } from "../oldest_entries.ts";
import { GroupTable } from "./bounded.ts";
import { keepFrame, type SearchStorm } from "./findings.ts";
import type { Host } from "./host_table.ts";
import type { Name } from "./name_table.ts";

/** Longest pause between two tries of one burst, nanoseconds. */
const PAUSE_NS = 2e9;
/** Most bursts that go on at the same time; the oldest is decided for a new one. */
const BURSTS_MAX = 4096;
/** Suffixes of a burst that are kept; search lists have six at most by tradition. */
const NAMES_MAX = 8;
const STORMS_MAX = 1024;
/** Counts of bursts by a hash of what they are found by: most names meet none, and are done with. */
const FILTER_SLOTS = 32_768;

/** One name being tried. */
interface Burst {
  readonly client: string;
  /** Slot of the filter. */
  readonly slot: number;
  lastNs: number;
  wasted: number;
  /** Different names in vain, in order. */
  readonly names: string[];
  readonly frames: number[];
  /** The bare name, once it was answered: the application asked for exactly that. */
  bareName: string | null;
}

interface Storm {
  readonly name: string;
  readonly client: string;
  readonly suffixes: Set<string>;
  bursts: number;
  wasted: number;
  readonly frames: number[];
}

/** Finds storms among answers. */
export class SearchStorms {
  readonly #bursts = new Map<string, Burst>();
  readonly #storms = new GroupTable<Storm>(STORMS_MAX);
  /** Counts, then how many bursts there are. */
  readonly #filter: Uint16Array;
  readonly #hash = new FlowHash();

  /** No storms; the filter of bursts that go on lies in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    this.#filter = memory.uint16(FILTER_SLOTS + 1);
  }

  /** Address of the filter in the memory, for compiled code. */
  get address(): number {
    return this.#filter.byteOffset;
  }

  /** Takes an answer in vain: there is no such name. */
  addVain(client: Host, name: Name, ns: number, frame: number): void {
    const { text } = name;
    if (text === ".") return;
    const key = keyOf(client, text);
    let burst = this.#burstOf(key, ns);
    if (burst === undefined) {
      for (const oldest of oldestEntries(this.#bursts, BURSTS_MAX)) this.#decide(...oldest);
      const slot = this.#slotOf(client, name);
      burst = {
        client: client.text,
        slot,
        lastNs: ns,
        wasted: 0,
        names: [],
        frames: [],
        bareName: null,
      };
      this.#bursts.set(key, burst);
      this.#filter[slot] = (this.#filter[slot] ?? 0) + 1;
      this.#filter[FILTER_SLOTS] = this.#bursts.size;
    }
    burst.lastNs = ns;
    burst.wasted++;
    keepFrame(burst.frames, frame);
    if (burst.names.length < NAMES_MAX && !burst.names.includes(text)) burst.names.push(text);
  }

  /** Takes an answer that there is such a name. */
  addFound(client: Host, name: Name, ns: number): void {
    if (this.#filter[this.#slotOf(client, name)] === 0) return;
    const { text } = name;
    const burst = this.#burstOf(keyOf(client, text), ns);
    if (burst?.names.some((tried) => tried.startsWith(`${text}.`))) burst.bareName = text;
  }

  /** The storms, the most wasteful `limit` of them one by one. */
  finish(limit: number): { count: number; wasted: number; worst: SearchStorm[] } {
    for (const [key, burst] of this.#bursts) this.#decide(key, burst);
    const storms = this.#storms.values().sort((a, b) => b.wasted - a.wasted);
    return {
      count: storms.length,
      wasted: storms.reduce((sum, { wasted }) => sum + wasted, 0),
      worst: storms.slice(0, limit).map((storm) => ({ ...storm, suffixes: [...storm.suffixes] })),
    };
  }

  /** Storms that found no room. */
  get notKept(): number {
    return this.#storms.notKept;
  }

  /** The burst that goes on; one that paused too long is decided. */
  #burstOf(key: string, ns: number): Burst | undefined {
    const burst = this.#bursts.get(key);
    if (burst === undefined || ns - burst.lastNs <= PAUSE_NS) return burst;
    this.#decide(key, burst);
    return undefined;
  }

  #slotOf(client: Host, name: Name): number {
    return this.#hash.end4(client.hash, name.labelHash) & (FILTER_SLOTS - 1);
  }

  #decide(key: string, burst: Burst): void {
    this.#bursts.delete(key);
    this.#filter[burst.slot] = (this.#filter[burst.slot] ?? 0) - 1;
    this.#filter[FILTER_SLOTS] = this.#bursts.size;
    const base = burst.bareName ?? commonStart(burst.names);
    const suffixes = burst.names.filter((name) => name === base || name.startsWith(`${base}.`))
      .map((name) => name.slice(base.length + 1));
    if (base === "" || suffixes.length < 2) return;
    if (burst.bareName === null && !isSearchList(suffixes)) return;
    const storm = this.#storms.of(`${burst.client} ${base}`, () => ({
      name: base,
      client: burst.client,
      suffixes: new Set<string>(),
      bursts: 0,
      wasted: 0,
      frames: [],
    }));
    if (storm === null) return;
    storm.bursts++;
    storm.wasted += burst.wasted;
    for (const suffix of suffixes) {
      if (suffix !== "" && storm.suffixes.size < NAMES_MAX) storm.suffixes.add(suffix);
    }
    for (const frame of burst.frames) keepFrame(storm.frames, frame);
  }
}

/**
 * True if one suffix is the end of another, or the bare name was tried too: unrelated names that
 * begin alike (`www`) do neither.
 */
function isSearchList(suffixes: readonly string[]): boolean {
  return suffixes.some((suffix) =>
    suffixes.some((other) => other !== suffix && (suffix === "" || other.endsWith(`.${suffix}`)))
  );
}

/** Names of one client that begin with the same label; an escaped dot ends none. */
function keyOf(client: Host, name: string): string {
  const first = name.includes("\\") ? labelsOf(name)[0] ?? name : name.split(".", 1)[0];
  return `${client.text} ${first}`;
}

/** The labels that all names begin with. */
function commonStart(names: readonly string[]): string {
  const [first = [], ...others] = names.map(labelsOf);
  let shared = first.length;
  for (const labels of others) {
    let same = 0;
    while (same < shared && labels[same] === first[same]) same++;
    shared = same;
  }
  return first.slice(0, shared).join(".");
}

/** Labels in presentation form; an escaped dot is part of one. */
function labelsOf(name: string): string[] {
  return name.match(/(?:[^.\\]|\\\d{3}|\\.)+/g) ?? [];
}
