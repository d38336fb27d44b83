/**
 * Reads an MRT file from end to end, in slices that leave other work its turn.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import { MrtDamageLog } from "./mrt_damage.ts";
import { type MrtVisitor, MrtWalk } from "./mrt_walk.ts";
import { type OctetSource, openMrtSource } from "./mrt_source.ts";
import { recordName } from "./record_kind.ts";
import { RecordFramer } from "./record_framer.ts";

/** Longest time without giving way, milliseconds. */
const SLICE_MS = 4;
/** Records between two looks at the clock: one has a path of each peer, some tens in all. */
const RECORDS_PER_LOOK = 16;

/** How a file is read. */
export interface MrtReading {
  /** Its end ends the reading; what was read until then counts. */
  readonly signal?: AbortSignal;
  /** Told of octets of the file that were read, now and then. */
  readonly onProgress?: (readBytes: number) => void;
}

/** What a file turned out to be. */
export interface MrtCoverage {
  readonly compression: "gzip" | null;
  /** Records by the name of their kind. */
  readonly records: ReadonlyMap<string, number>;
  /** Records of kinds that are passed over. */
  readonly passedOver: number;
  /** Times of the first and the last record as they stand, seconds since the epoch, or null. */
  readonly firstSec: number | null;
  readonly lastSec: number | null;
  readonly damage: MrtDamageLog;
  /** Octets, decompressed, up to which the file was read. */
  readonly readTo: number;
  /** The signal ended it. */
  readonly isCancelled: boolean;
}

/**
 * Reads the file and tells the visitor of what is in it.
 * @throws {DecodeError} `decode.mrt_compression`
 * @throws what reading the file throws
 */
export async function readMrt(
  file: OctetSource,
  visitor: MrtVisitor,
  { signal, onProgress }: MrtReading = {},
): Promise<MrtCoverage> {
  const damage = new MrtDamageLog();
  const source = openMrtSource(file, damage);
  const framer = new RecordFramer(damage);
  const walk = new MrtWalk(visitor, damage);
  const counts = new KindCounts();
  let passedOver = 0, readTo = 0, sliceEndMs = performance.now() + SLICE_MS, look = 0;
  try {
    for (;;) {
      const room = framer.room();
      const read = source.read(room);
      const count = typeof read === "number" ? read : await read;
      if (count === 0) {
        if (damage.stoppedAt === null) framer.end();
        break;
      }
      framer.filled(count);
      while (framer.next()) {
        counts.add(framer);
        if (!walk.take(framer)) passedOver++;
        readTo = framer.offset;
        if (++look % RECORDS_PER_LOOK !== 0 || performance.now() < sliceEndMs) continue;
        onProgress?.(source.readBytes);
        await new Promise<void>((resolve) => void setImmediate(resolve));
        if (signal?.aborted) break;
        sliceEndMs = performance.now() + SLICE_MS;
      }
      if (framer.isStopped || signal?.aborted) break;
    }
  } finally {
    source.close();
  }
  return {
    compression: source.compression,
    records: counts.byName(),
    passedOver,
    firstSec: counts.firstSec,
    lastSec: counts.lastSec,
    damage,
    readTo,
    isCancelled: signal?.aborted ?? false,
  };
}

/** Counts records by kind, and keeps their first and last times. */
class KindCounts {
  firstSec: number | null = null;
  lastSec: number | null = null;
  readonly #counts = new Map<number, number>();
  #lastKey = -1;
  #lastCount = 0;

  add({ type, subtype, timestampSec }: RecordFramer): void {
    this.firstSec ??= timestampSec;
    this.lastSec = timestampSec;
    const key = type * 65_536 + subtype;
    if (key !== this.#lastKey) {
      this.#settle();
      this.#lastKey = key;
      this.#lastCount = this.#counts.get(key) ?? 0;
    }
    this.#lastCount++;
  }

  byName(): Map<string, number> {
    this.#settle();
    return new Map(
      [...this.#counts].map(([key, count]) => [recordName(key >>> 16, key & 0xffff), count]),
    );
  }

  #settle(): void {
    // A made-up file can have as many kinds as records.
    if (this.#lastKey >= 0 && (this.#counts.has(this.#lastKey) || this.#counts.size < 1_000)) {
      this.#counts.set(this.#lastKey, this.#lastCount);
    }
  }
}
