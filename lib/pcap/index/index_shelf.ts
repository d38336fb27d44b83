/**
 * The indexes that a thread keeps, within a bound of memory: who was asked longest ago makes room.
 *
 * @module
 */
import type { IndexBudget, IndexFault } from "./index_budget.ts";
import type { PacketIndex } from "./packet_index.ts";

/** Captures whose index, or why they have none, is remembered. */
const PLACES_MAX = 64;

/** Makes an index with memory from `budget`, or tells why it cannot. */
export type MakeIndex = (budget: IndexBudget) => Promise<PacketIndex | IndexFault>;

/** The indexes. */
export class IndexShelf {
  readonly #places = new Map<string, IndexPlace>();
  readonly #ledger = new Ledger(this.#places);

  /** Octets that indexes take, those that are being made included. */
  get takenBytes(): number {
    return this.#ledger.takenBytes;
  }

  /**
   * The place of the capture `key`, now the one that was used last. All indexes together may take
   * `boundBytes` octets.
   */
  place(key: string, boundBytes: number): IndexPlace {
    this.#ledger.boundBytes = boundBytes;
    const place = this.#places.get(key) ?? new IndexPlace(this.#ledger);
    this.#places.delete(key);
    this.#places.set(key, place);
    for (const [oldest, one] of this.#places) {
      if (this.#places.size <= PLACES_MAX) break;
      if (one.clear()) this.#places.delete(oldest);
    }
    return place;
  }
}

/** The place of one capture on the shelf. */
export class IndexPlace {
  readonly #ledger: Ledger;
  #index: PacketIndex | null = null;
  #fault: IndexFault | null = null;
  #isFilling = false;
  #octets = 0;
  #uses = 0;

  /** An empty place; {@link IndexShelf.place} is for others. */
  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Why the capture has no index and will get none, or null. */
  get fault(): IndexFault | null {
    return this.#fault;
  }

  /**
   * The index, for a question that it can answer. It is made by `make` for the second one that asks:
   * that takes longer than to read the capture once. Null: the capture must be read.
   * @throws what `make` throws; then the place is as it was
   */
  async take(make: MakeIndex): Promise<PacketIndex | null> {
    const isFirst = this.#uses++ === 0;
    if (this.#index !== null) return this.#index;
    if (isFirst || this.#isFilling || this.#fault !== null || this.#ledger.boundBytes === 0) {
      return null;
    }
    this.#isFilling = true;
    try {
      const made = await make({ take: (octets) => this.#takeOctets(octets) });
      if (typeof made === "string") this.#fault = made;
      else this.#index = made;
    } finally {
      this.#isFilling = false;
      if (this.#index === null) this.clear();
    }
    return this.#index;
  }

  /** Gives the index up; false if it is being made. */
  clear(): boolean {
    if (this.#isFilling) return false;
    this.#index = null;
    this.#ledger.takenBytes -= this.#octets;
    this.#octets = 0;
    return true;
  }

  #takeOctets(octets: number): boolean {
    if (!this.#ledger.take(octets)) return false;
    this.#octets += octets;
    return true;
  }
}

/** The account of all places. */
class Ledger {
  boundBytes = 0;
  takenBytes = 0;
  readonly #places: ReadonlyMap<string, IndexPlace>;

  constructor(places: ReadonlyMap<string, IndexPlace>) {
    this.#places = places;
  }

  /** True if there is room for `octets` more, made by clearing places if need be. */
  take(octets: number): boolean {
    for (const place of this.#places.values()) {
      if (this.takenBytes + octets <= this.boundBytes) break;
      place.clear();
    }
    if (this.takenBytes + octets > this.boundBytes) return false;
    this.takenBytes += octets;
    return true;
  }
}
