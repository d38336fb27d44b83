/**
 * Reads captures of every known format, batch by batch, in constant memory, and tells of every
 * damaged place.
 *
 * @module
 */
import { hexText } from "../bytes/hex.ts";
import { DecodeError } from "../errors/mod.ts";
import { compressionOf, DEFAULT_LIMITS, type ExpansionLimits, InflateFeed } from "./compression.ts";
import { type CaptureWarning, DamageLog } from "./damage.ts";
import type { CaptureFormat, Framer, RecordKernel } from "./format.ts";
import type { FramingBatch } from "./framing_batch.ts";
import { isPcap, openPcap } from "./pcap.ts";
import { isPcapng, openPcapng } from "./pcapng.ts";
import { isSnoop, openSnoop } from "./snoop.ts";
import { type ByteSource, ByteWindow, type Feed, PlainFeed, type Rooms } from "./window.ts";

/** First bytes that tell the format. */
const HEAD_BYTES = 8;

/** Reads of the window without a packet after which others have their turn: 8 MiB. */
const READS_PER_TURN = 32;

const KNOWN_FORMATS = "pcap (microsecond, nanosecond, modified), pcapng and snoop, " +
  "each plain or in gzip or zstd";

/** A capture being read. */
export interface CaptureReader {
  /** What the file says of itself; grows while a pcapng file is read. */
  readonly format: CaptureFormat;
  /** Damaged places, the first of each kind; {@link CaptureReader.warningCounts} counts all. */
  readonly warnings: readonly CaptureWarning[];
  /** How often each warning code came up. */
  readonly warningCounts: ReadonlyMap<string, number>;
  /** True once nothing more will come. */
  readonly ended: boolean;
  /** True once the whole capture was read and no byte of it given up. */
  readonly complete: boolean;
  /** Offset in the (decompressed) capture of the first bytes that were given up, or null. */
  readonly truncatedAt: number | null;
  /** Bytes of the file read so far, compressed if it is. */
  readonly bytesRead: number;
  /** Packets given so far. */
  readonly packets: number;
  /**
   * Fills the batch with the next packets and returns how many. 0 means the end if
   * {@link CaptureReader.ended}, else that {@link CaptureReader.fill} must be awaited: what is
   * compressed has to be expanded, or no packet came for long. What the batch pointed to before is
   * gone.
   * @throws {Unavailable} `env.file_read`
   */
  next(batch: FramingBatch): number;
  /** Waits until {@link CaptureReader.next} can go on. */
  fill(): Promise<void>;
  /** Ends decompression; the source belongs to the caller. */
  close(): void;
}

/**
 * Starts reading a capture. Nothing but its first bytes is read yet. Batches point into `rooms` if
 * they are given, else into memory of the reader's own. A kernel, bound to the batches and in the
 * memory of the rooms, helps with framing.
 * @throws {DecodeError} `decode.empty`, `decode.unknown_format`, `decode.compression`,
 *   `decode.cut_header`, `decode.section_header`, `decode.version`: it is no capture
 */
export async function openReader(
  source: ByteSource,
  limits: Partial<ExpansionLimits> = {},
  rooms: Rooms | null = null,
  kernel: RecordKernel | null = null,
): Promise<CaptureReader> {
  const damage = new DamageLog();
  const plain = new PlainFeed(source);
  let window = new ByteWindow(plain, rooms);
  window.require(HEAD_BYTES);
  const compression = compressionOf(window.bytes.subarray(0, window.end));
  if (compression === null) {
    return new Reader(source, plain, window, damage, openFormat(window, damage, kernel), null);
  }
  const head = window.bytes.slice(0, window.end);
  const feed = new InflateFeed(compression, head, source, damage, { ...DEFAULT_LIMITS, ...limits });
  try {
    window = new ByteWindow(feed, rooms);
    while (!window.require(LONGEST_HEADER_BYTES) && !feed.ended) await feed.fill();
    const framer = openFormat(window, damage, kernel);
    return new Reader(source, feed, window, damage, framer, compression);
  } catch (error) {
    feed.close();
    throw error;
  }
}

/** Headers of all formats are at most this long (pcapng's section header without options). */
const LONGEST_HEADER_BYTES = 28;

function openFormat(
  window: ByteWindow,
  damage: DamageLog,
  kernel: RecordKernel | null,
): Framer {
  window.require(HEAD_BYTES);
  const { view, start, available } = window;
  const first = available >= 4 ? view.getUint32(start) : 0;
  const second = available >= 8 ? view.getUint32(start + 4) : 0;
  if (isPcap(first)) return openPcap(window, damage, kernel);
  if (isPcapng(first)) return openPcapng(window, damage);
  if (isSnoop(first, second)) return openSnoop(window, damage);
  throw unknownFormat(window, damage);
}

function unknownFormat(window: ByteWindow, damage: DamageLog): DecodeError {
  const had = Math.min(window.available, HEAD_BYTES);
  const [fault] = damage.kept;
  const because = fault === undefined ? "" : `Decompression ended at ${fault.found}. `;
  const [reason, complaint, limitedBy] = had > 0
    ? [
      "unknown_format",
      `it begins with "${hexOf(window, had)}", which no known format does`,
      "magic number",
    ] as const
    : fault !== undefined
    ? ["compression", "nothing of it could be decompressed", fault.limitedBy] as const
    : ["empty", "it is empty", "file size"] as const;
  return new DecodeError(reason, `Cannot read the capture: ${complaint}`, {
    layer: "capture file",
    offset: 0,
    needed: HEAD_BYTES,
    had,
    limitedBy,
    hint: `${because}Known are ${KNOWN_FORMATS}.`,
  });
}

function hexOf({ bytes, start }: ByteWindow, length: number): string {
  return hexText(bytes.subarray(start, start + length), " ");
}

class Reader implements CaptureReader {
  ended = false;
  packets = 0;
  readonly #source: ByteSource;
  readonly #feed: Feed;
  readonly #window: ByteWindow;
  readonly #damage: DamageLog;
  readonly #framer: Framer;
  readonly #compression: "gzip" | "zstd" | null;

  constructor(
    source: ByteSource,
    feed: Feed,
    window: ByteWindow,
    damage: DamageLog,
    framer: Framer,
    compression: "gzip" | "zstd" | null,
  ) {
    this.#source = source;
    this.#feed = feed;
    this.#window = window;
    this.#damage = damage;
    this.#framer = framer;
    this.#compression = compression;
  }

  get format(): CaptureFormat {
    return { ...this.#framer.format(), compression: this.#compression };
  }

  get warnings(): readonly CaptureWarning[] {
    return this.#damage.kept;
  }

  get warningCounts(): ReadonlyMap<string, number> {
    return this.#damage.counts;
  }

  get complete(): boolean {
    return this.ended && this.#damage.lostFrom === null;
  }

  get truncatedAt(): number | null {
    return this.#damage.lostFrom;
  }

  get bytesRead(): number {
    return this.#feed.bytesRead;
  }

  next(batch: FramingBatch): number {
    const window = this.#window;
    const framer = this.#framer;
    batch.count = 0;
    for (let reads = 0; !this.ended && reads < READS_PER_TURN; reads++) {
      const count = framer.frame(batch);
      if (count > 0) {
        batch.bytes = window.bytes;
        batch.view = window.view;
        batch.streamOffset = window.base;
        batch.firstFrame = this.packets + 1;
        batch.count = count;
        this.packets += count;
        return count;
      }
      if (framer.stopped) this.ended = true;
      else if (!window.require(framer.needed)) {
        if (!window.ended) return 0;
        this.#end();
      }
    }
    return 0;
  }

  fill(): Promise<void> {
    return this.#feed.fill();
  }

  close(): void {
    this.#feed.close();
  }

  #end(): void {
    this.ended = true;
    const { bytesRead } = this.#feed;
    if (this.#feed.cutShort) {
      // The decompression has said why; the record that it cut is lost from its start.
      this.#damage.loseFrom(this.#window.offset);
    } else if (bytesRead < this.#source.sizeBytes && this.#compression === null) {
      this.#damage.add({
        code: "file_shrank",
        offset: this.#window.offset,
        found: `the end after ${bytesRead} of ${this.#source.sizeBytes} bytes`,
        limitedBy: "file size",
        effect: "stopped",
      });
    } else this.#framer.finish(this.#window.available);
  }
}
