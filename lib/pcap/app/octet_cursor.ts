/**
 * A cursor over octets from the wire that cannot fail: what is missing reads as zero and is noted.
 *
 * @module
 */

/** Reads forward from `at`, never past `end`. */
export class OctetCursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** True once something was asked for that is not there. */
  short = false;

  /** A cursor over `bytes` from `at` to `end`, both cut to what there is. */
  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.end = Math.min(Math.max(0, end), bytes.length);
    this.at = Math.min(Math.max(0, at), this.end);
  }

  /** Octets left. */
  get left(): number {
    return this.end - this.at;
  }

  /** The next `width` octets (at most 4) as an unsigned number, most significant first. */
  uint(width: number): number {
    if (this.left < width) {
      this.short = true;
      this.at = this.end;
      return 0;
    }
    let value = 0;
    for (let index = 0; index < width; index++) value = value * 256 + (this.bytes[this.at++] ?? 0);
    return value;
  }

  /** Steps over `length` octets. */
  skip(length: number): void {
    if (this.left < length) this.short = true;
    this.at = Math.min(this.end, this.at + length);
  }

  /** The next `length` octets, or as many as there are. */
  take(length: number): Uint8Array {
    const from = this.at;
    this.skip(length);
    return this.bytes.subarray(from, this.at);
  }

  /** A cursor of its own over the next `length` octets, or as many as there are. */
  part(length: number): OctetCursor {
    const from = this.at;
    this.skip(length);
    return new OctetCursor(this.bytes, from, this.at);
  }

  /** A part whose length stands before it in `width` octets. */
  vector(width: number): OctetCursor {
    return this.part(this.uint(width));
  }
}

/** Octets of a view from `offset`, cut to what the view has. */
export function octetsOf(view: DataView, offset: number, length: number): Uint8Array {
  const from = Math.min(Math.max(0, offset), view.byteLength);
  const size = Math.min(Math.max(0, length), view.byteLength - from);
  return new Uint8Array(view.buffer, view.byteOffset + from, size);
}

/** Longest text that is kept of one field, characters. */
const TEXT_CHARS = 255;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Octets as text, at most 255 characters; what is not UTF-8 becomes U+FFFD. */
export function wireText(octets: Uint8Array): string {
  return utf8.decode(octets.subarray(0, TEXT_CHARS));
}
