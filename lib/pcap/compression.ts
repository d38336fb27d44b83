/**
 * Captures inside gzip (RFC 1952) or Zstandard (RFC 8878), told by content and decompressed as they
 * are read, within a bound on what may come out.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from "node:zlib";
import type { DamageLog } from "./damage.ts";
import type { ByteSource, Feed } from "./window.ts";
import { ZSTD_MAGIC, ZstdFrames } from "./zstd_frames.ts";

/** Bounds on what may come out of a compressed capture. */
export interface ExpansionLimits {
  /** Most decompressed bytes; default 64 GiB. */
  readonly maxExpandedBytes: number;
  /** Most decompressed bytes per compressed byte, once 64 MiB came out; default 400. */
  readonly maxRatio: number;
}

/** Captures compress 3 to 50 times, monotonous ones 200; gzip can reach 1,032, zstd far more. */
export const DEFAULT_LIMITS: ExpansionLimits = {
  maxExpandedBytes: 64 * 2 ** 30,
  maxRatio: 400,
};

/** Below this the ratio says nothing. */
const RATIO_FROM_BYTES = 64 * 2 ** 20;

/** Compressed bytes handed over at once. */
const INPUT_BYTES = 65_536;

/** Size of decompressed pieces; measured: 1 MiB is a quarter faster than the default of 16 KiB. */
const OUTPUT_BYTES = 1_048_576;

/** Decompressed bytes that may wait for the reader. */
const HIGH_WATER_BYTES = 2 * OUTPUT_BYTES;

/** Compression that a file's first bytes tell of, or null. */
export function compressionOf(head: Uint8Array): "gzip" | "zstd" | null {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  if (head.length >= 3 && view.getUint16(0) === 0x1f8b && head[2] === 8) return "gzip";
  return head.length >= 4 && view.getUint32(0, true) === ZSTD_MAGIC ? "zstd" : null;
}

/**
 * A feed that decompresses. Damage is filed and ends it; what came out before is still read. Of a
 * cut stream that is everything; of a damaged one the runtime keeps back the last piece, at most
 * 1 MiB.
 */
export class InflateFeed implements Feed {
  bytesRead = 0;
  cutShort = false;
  readonly #kind: "gzip" | "zstd";
  readonly #source: ByteSource;
  readonly #damage: DamageLog;
  readonly #limits: ExpansionLimits;
  readonly #pieces: Uint8Array[] = [];
  #waiting = 0;
  #expanded = 0;
  #decoder: Gunzip | ZstdDecompress | null = null;
  #isDone = false;
  /** What reading the file threw; given on by {@link InflateFeed.fill}. */
  #failure: { readonly error: unknown } | null = null;
  #wake: (() => void) | null = null;
  #roomWake: (() => void) | null = null;

  /** `head` are the bytes already read of `source`. Starts at once. */
  constructor(
    kind: "gzip" | "zstd",
    head: Uint8Array,
    source: ByteSource,
    damage: DamageLog,
    limits: ExpansionLimits,
  ) {
    this.#kind = kind;
    this.#source = source;
    this.#damage = damage;
    this.#limits = limits;
    this.#pump(head).catch((error: unknown) => this.#failure = { error }).finally(() => {
      this.#isDone = true;
      this.#decoder?.destroy();
      this.#wake?.();
    });
  }

  /** True once everything that came out was read. */
  get ended(): boolean {
    return this.#isDone && this.#failure === null && this.#pieces.length === 0;
  }

  /** Takes what has been decompressed. */
  read(into: Uint8Array): number {
    let done = 0;
    for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
      const now = Math.min(piece.length, into.length - done);
      into.set(piece.subarray(0, now), done);
      done += now;
      if (now < piece.length) {
        this.#pieces[0] = piece.subarray(now);
        break;
      }
      this.#pieces.shift();
    }
    this.#waiting -= done;
    if (this.#waiting < HIGH_WATER_BYTES) {
      this.#decoder?.resume();
      this.#roomWake?.();
    }
    return done;
  }

  /**
   * Waits for decompressed bytes or the end.
   * @throws what reading the file threw
   */
  async fill(): Promise<void> {
    while (this.#pieces.length === 0 && !this.#isDone) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.#pieces.length === 0 && this.#failure !== null) throw this.#failure.error;
  }

  /** Gives up. */
  close(): void {
    this.#isDone = true;
    this.#pieces.length = 0;
    this.#decoder?.destroy();
    this.#roomWake?.();
    this.#wake?.();
  }

  async #pump(head: Uint8Array): Promise<void> {
    const frames = this.#kind === "zstd" ? new ZstdFrames() : null;
    let input: Uint8Array | null = head;
    while (input !== null) {
      this.bytesRead += input.length;
      for (let at = 0; at < input.length;) {
        const next = frames?.take(input, at) ?? input.length;
        if (frames?.isForeign) return this.#trailing();
        if (!await this.#write(input.subarray(at, next))) return;
        if (frames?.atBoundary && !await this.#endDecoder()) return;
        at = next;
      }
      await this.#room();
      if (this.#isDone) return;
      input = this.#readInput();
    }
    if (frames !== null && !frames.atBoundary) this.#cut("zstd_cut", "the end of the file");
    else await this.#endDecoder();
  }

  #readInput(): Uint8Array | null {
    const bytes = new Uint8Array(INPUT_BYTES);
    const read = this.#source.readSync(bytes);
    return read === null ? null : bytes.subarray(0, read);
  }

  async #room(): Promise<void> {
    while (this.#waiting >= HIGH_WATER_BYTES && !this.#isDone) {
      await new Promise<void>((resolve) => this.#roomWake = resolve);
    }
  }

  /** Hands bytes to the decoder; false if that was its end. */
  #write(bytes: Uint8Array): Promise<boolean> {
    const decoder = this.#decoder ??= this.#startDecoder();
    return this.#until(
      decoder,
      (done) => decoder.write(bytes, (error) => error ? decoder.destroy() : done()),
    );
  }

  /** Ends the decoder, so that all of it comes out; false if it found fault. */
  async #endDecoder(): Promise<boolean> {
    const decoder = this.#decoder;
    if (decoder === null) return true;
    const isWell = await this.#until(decoder, (done) => {
      decoder.once("end", done);
      decoder.end();
    });
    this.#decoder = null;
    return isWell;
  }

  /** Does `act` and waits until it is done (true), or the decoder failed or was destroyed (false). */
  #until(decoder: Gunzip | ZstdDecompress, act: (done: () => void) => void): Promise<boolean> {
    // The fault may have come after the last piece was taken and before this one was offered.
    if (this.cutShort || decoder.destroyed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const fail = (): void => settle(false);
      const settle = (isWell: boolean): void => {
        decoder.off("error", fail);
        decoder.off("close", fail);
        resolve(isWell && !this.cutShort);
      };
      decoder.on("error", fail);
      decoder.on("close", fail);
      act(() => settle(true));
    });
  }

  #startDecoder(): Gunzip | ZstdDecompress {
    const options = { chunkSize: OUTPUT_BYTES };
    const decoder = this.#kind === "gzip" ? createGunzip(options) : createZstdDecompress(options);
    decoder.on("data", (piece: Buffer) => {
      if (this.cutShort) return;
      this.#pieces.push(piece);
      this.#waiting += piece.length;
      this.#expanded += piece.length;
      if (this.#waiting >= HIGH_WATER_BYTES) decoder.pause();
      this.#wake?.();
      if (this.#isOverLimit()) {
        this.#cut("expansion_limit", `${this.#expanded} bytes so far`);
        decoder.destroy();
      }
    });
    decoder.on("error", (error: NodeJS.ErrnoException) => {
      if (this.cutShort) return;
      if (error.code === "Z_BUF_ERROR") this.#cut("gzip_cut", "the end of the file");
      else this.#cut(`${this.#kind}_damaged`, `damage (${error.code ?? error.message})`);
    });
    return decoder;
  }

  #isOverLimit(): boolean {
    const { maxExpandedBytes, maxRatio } = this.#limits;
    return this.#expanded > maxExpandedBytes ||
      (this.#expanded > RATIO_FROM_BYTES && this.#expanded > maxRatio * this.bytesRead);
  }

  #cut(code: string, found: string): void {
    this.cutShort = true;
    const { maxExpandedBytes, maxRatio } = this.#limits;
    this.#damage.add({
      code,
      offset: this.#expanded,
      found: `${found} within the first ${this.bytesRead} bytes of ${this.#kind} data`,
      limitedBy: code === "expansion_limit"
        ? `the bound on decompression, ${maxExpandedBytes} bytes or ${maxRatio} times the file`
        : `the ${this.#kind} data`,
      effect: "stopped",
    });
  }

  #trailing(): void {
    this.#damage.add({
      code: "zstd_trailing",
      offset: this.#expanded,
      found: `something else behind the last frame, within the first ${this.bytesRead} bytes`,
      limitedBy: "the zstd data",
      effect: "stopped",
    });
  }
}
