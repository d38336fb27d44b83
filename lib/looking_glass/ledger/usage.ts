/**
 * How much was used of each host over the last 24 hours, in memory that does not grow with use.
 *
 * @module
 */

/** Length of the window that operators limit, milliseconds. */
export const WINDOW_MS = 24 * 3_600_000;

/** Use is kept for this long under one time, milliseconds, and counts until the last of it is old. */
const BUCKET_MS = 5 * 60_000;

/** What is counted. */
export type Used = "connections" | "bytes";

/** One use of a host. */
export interface UseRecord {
  /** Wall time, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly host: string;
  readonly connections: number;
  readonly bytes: number;
}

interface Bucket {
  /** Use in it is at most this old. */
  readonly endMs: number;
  connections: number;
  bytes: number;
}

/** Sums over a sliding window of 24 hours. */
export class Usage {
  readonly #hosts = new Map<string, Bucket[]>();

  /** Counts a use, whichever order they come in. */
  add({ timeMs, host, connections, bytes }: UseRecord): void {
    const buckets = this.#hosts.get(host) ?? [];
    this.#hosts.set(host, buckets);
    const endMs = (Math.floor(timeMs / BUCKET_MS) + 1) * BUCKET_MS;
    let bucket = buckets.find((one) => one.endMs === endMs);
    if (bucket === undefined) {
      bucket = { endMs, connections: 0, bytes: 0 };
      buckets.push(bucket);
      buckets.sort((a, b) => a.endMs - b.endMs);
    }
    bucket.connections += connections;
    bucket.bytes += bytes;
  }

  /** What was used of `host` in the 24 hours before `nowMs`. */
  of(host: string, nowMs: number): Readonly<Record<Used, number>> {
    const sum = { connections: 0, bytes: 0 };
    for (const bucket of this.#within(host, nowMs)) {
      sum.connections += bucket.connections;
      sum.bytes += bucket.bytes;
    }
    return sum;
  }

  /** When less than `limit` will have been used within 24 hours if nothing more is. */
  roomAtMs(host: string, used: Used, limit: number, nowMs: number): number {
    let left = this.of(host, nowMs)[used];
    let atMs = nowMs;
    for (const bucket of this.#within(host, nowMs)) {
      if (left < limit) break;
      left -= bucket[used];
      atMs = bucket.endMs + WINDOW_MS;
    }
    return atMs;
  }

  /**
   * Buckets that still count, oldest first; forgets the others. Use in the future, noted before the
   * clock was set back, counts too, but none that lies further ahead than the window is long.
   */
  #within(host: string, nowMs: number): readonly Bucket[] {
    const buckets = (this.#hosts.get(host) ?? []).filter(({ endMs }) =>
      Math.abs(endMs - nowMs) < WINDOW_MS
    );
    if (buckets.length === 0) this.#hosts.delete(host);
    else this.#hosts.set(host, buckets);
    return buckets;
  }
}
