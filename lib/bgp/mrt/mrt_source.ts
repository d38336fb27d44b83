/**
 * The octets of an MRT file, plain or inside gzip (RFC 1952), told by content, in bounded memory.
 *
 * @module
 */
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { DecodeError } from "../../errors/mod.ts";
import type { MrtDamageLog } from "./mrt_damage.ts";

/** What a file is read from: `CaptureFile` of lib/io is one. */
export interface OctetSource {
  /** Reads the next octets; null at the end. */
  readSync(into: Uint8Array): number | null;
}

/** Compressed octets handed over at once. */
const INPUT_BYTES = 65_536;
const OUTPUT_BYTES = 262_144;
/** Most octets that come out, and most per octet that went in: gzip can reach 1,032. */
const EXPANDED_BYTES_MAX = 64 * 2 ** 30;
const RATIO_MAX = 400;
/** Below this the ratio says nothing. */
const RATIO_FROM_BYTES = 64 * 2 ** 20;

/** Octets of a file from its start. */
export interface MrtSource {
  readonly compression: "gzip" | null;
  /** Octets of the file that were read so far: of `sizeBytes`, what progress is. */
  readonly readBytes: number;
  /** Fills the front of `into`, which is not empty; 0 at the end. */
  read(into: Uint8Array): Promise<number> | number;
  /** Lets go of what it holds; the file stays open. */
  close(): void;
}

/**
 * Opens a source. Damage of the compression goes to `damage`; what came out before it is read.
 * @throws {DecodeError} `decode.mrt_compression`: a compression that is not read here
 */
export function openMrtSource(file: OctetSource, damage: MrtDamageLog): MrtSource {
  const head = new Uint8Array(6);
  let had = 0;
  for (let read: number | null = 0; had < head.length && read !== null; had += read ?? 0) {
    read = file.readSync(head.subarray(had));
  }
  const first = head.subarray(0, had);
  const [a, b, c, d] = first;
  if (a === 0x1f && b === 0x8b) return new GzipSource(file, first, damage);
  const name = a === 0x42 && b === 0x5a && c === 0x68
    ? "bzip2"
    : a === 0xfd && b === 0x37 && c === 0x7a
    ? "xz"
    : a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd
    ? "Zstandard"
    : null;
  if (name === null) return new PlainSource(file, first);
  throw new DecodeError("mrt_compression", `Cannot read this file: it is compressed with ${name}`, {
    layer: "file",
    offset: 0,
    needed: 0,
    had,
    limitedBy: "the compressions that are read: none and gzip",
    hint: "Decompress it, or compress it with gzip: bunzip2 < file.bz2 | gzip > file.gz.",
  });
}

class PlainSource implements MrtSource {
  readonly compression = null;
  readBytes: number;
  readonly #file: OctetSource;
  #head: Uint8Array;

  constructor(file: OctetSource, head: Uint8Array) {
    this.#file = file;
    this.#head = head;
    this.readBytes = head.length;
  }

  read(into: Uint8Array): number {
    if (this.#head.length > 0) {
      const count = Math.min(into.length, this.#head.length);
      into.set(this.#head.subarray(0, count));
      this.#head = this.#head.subarray(count);
      return count;
    }
    const count = this.#file.readSync(into) ?? 0;
    this.readBytes += count;
    return count;
  }

  close(): void {}
}

class GzipSource implements MrtSource {
  readonly compression = "gzip";
  readBytes = 0;
  readonly #damage: MrtDamageLog;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #expanded = 0;
  #piece: Uint8Array = new Uint8Array(0);
  #isDone = false;

  constructor(file: OctetSource, head: Uint8Array, damage: MrtDamageLog) {
    this.#damage = damage;
    const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
    const input = Readable.from(this.#inputs(file, head), { objectMode: false });
    input.on("error", (error) => gunzip.destroy(error));
    this.#pieces = input.pipe(gunzip)[Symbol.asyncIterator]();
  }

  async read(into: Uint8Array): Promise<number> {
    if (this.#piece.length === 0 && !this.#isDone) await this.#next();
    const count = Math.min(into.length, this.#piece.length);
    into.set(this.#piece.subarray(0, count));
    this.#piece = this.#piece.subarray(count);
    return count;
  }

  close(): void {
    this.#isDone = true;
    this.#pieces.return?.().catch(() => {});
  }

  async #next(): Promise<void> {
    try {
      const { done, value } = await this.#pieces.next();
      if (done === true) this.#isDone = true;
      else this.#piece = value;
    } catch (error) {
      this.#isDone = true;
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      // What reading the file threw is not damage.
      if (!code.startsWith("Z_")) throw error;
      const found = code === "Z_BUF_ERROR" ? "the gzip data is cut" : `the gzip data is damaged`;
      this.#damage.stop(this.#expanded, `${found} within its first ${this.readBytes} octets`);
    }
    this.#expanded += this.#piece.length;
    const isTooMuch = this.#expanded > EXPANDED_BYTES_MAX ||
      this.#expanded > RATIO_FROM_BYTES && this.#expanded > RATIO_MAX * this.readBytes;
    if (!isTooMuch || this.#isDone) return;
    this.close();
    this.#damage.stop(
      this.#expanded,
      `${this.readBytes} octets of gzip data hold more than ${RATIO_MAX} times as many`,
    );
  }

  *#inputs(file: OctetSource, head: Uint8Array): Generator<Uint8Array> {
    this.readBytes += head.length;
    yield head;
    for (;;) {
      const octets = new Uint8Array(INPUT_BYTES);
      const read = file.readSync(octets);
      if (read === null) return;
      this.readBytes += read;
      yield octets.subarray(0, read);
    }
  }
}
