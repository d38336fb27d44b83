/**
 * A cache that forgets what was used longest ago, bounded by the number of its entries and by the
 * memory that they are estimated to hold.
 *
 * @module
 */

/** Bounds of a {@link SizedCache}. */
export interface CacheBounds {
  readonly entries: number;
  readonly bytes: number;
}

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
}

/** Values by key. The newest entry stays whatever its size. */
export class SizedCache<V> {
  readonly #bounds: CacheBounds;
  /** In order of last use. */
  readonly #entries = new Map<string, Entry<V>>();
  #bytes = 0;

  /** An empty cache. */
  constructor(bounds: CacheBounds) {
    this.#bounds = bounds;
  }

  /** Entries at hand. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of `key`, which counts as used, or undefined. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps `value`, which holds about `bytes` of memory. */
  set(key: string, value: V, bytes: number): void {
    this.#drop(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      const isWithin = this.#entries.size <= this.#bounds.entries &&
        this.#bytes <= this.#bounds.bytes;
      if (isWithin || oldest === key) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}
