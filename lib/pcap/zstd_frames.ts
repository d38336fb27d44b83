/**
 * Finds where Zstandard frames end, without decoding them: the runtime's decoder ends at the first
 * one and does not tell a cut one from a whole one (RFC 8878 §3.1).
 *
 * @module
 */

/** First four bytes of a frame, read little-endian. */
export const ZSTD_MAGIC = 0xfd2fb528;

/** Octets of the dictionary id by flag (RFC 8878 §3.1.1.1.1.6). */
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;

/** Octets of the frame content size by flag (RFC 8878 §3.1.1.1.1.1). */
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

/** Follows compressed bytes as they come, in pieces of any size. */
export class ZstdFrames {
  /** True where no frame is open. */
  atBoundary = true;
  /** True if what follows a frame is none. */
  isForeign = false;
  #state: "magic" | "descriptor" | "skippable" | "block" | "pass" = "magic";
  #afterPass: "block" | "end" = "block";
  #want = 4;
  #have = 0;
  #value = 0;
  #pass = 0;
  #hasChecksum = false;

  /** Follows `bytes` from `from`; returns the position behind the end of a frame, or `bytes.length`. */
  take(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && !this.isForeign) {
      if (this.#state === "pass") {
        const now = Math.min(this.#pass, bytes.length - at);
        this.#pass -= now;
        at += now;
      } else {
        this.atBoundary = false;
        this.#value += (bytes[at++] ?? 0) * 2 ** (8 * this.#have++);
        if (this.#have === this.#want) this.#field(this.#value);
      }
      if (this.#state === "pass" && this.#pass === 0) {
        if (this.#afterPass === "end") {
          this.atBoundary = true;
          this.#expect("magic", 4);
          return at;
        }
        this.#expect("block", 3);
      }
    }
    return at;
  }

  #field(value: number): void {
    switch (this.#state) {
      case "magic":
        if (value === ZSTD_MAGIC) this.#expect("descriptor", 1);
        // RFC 8878 §3.1.2: 0x184D2A50 to 0x184D2A5F.
        else if (value >= 0x184d2a50 && value <= 0x184d2a5f) this.#expect("skippable", 4);
        else this.isForeign = true;
        return;
      case "skippable":
        return this.#passOver(value, "end");
      case "descriptor": {
        const isSingle = (value & 0x20) !== 0;
        this.#hasChecksum = (value & 4) !== 0;
        const size = CONTENT_SIZE_BYTES[value >>> 6 & 3] ?? 0;
        const dictionary = DICTIONARY_BYTES[value & 3] ?? 0;
        const contentSize = size === 0 && isSingle ? 1 : size;
        return this.#passOver((isSingle ? 0 : 1) + dictionary + contentSize, "block");
      }
      default: {
        const isLast = (value & 1) !== 0;
        // Type 1 repeats a single octet (RFC 8878 §3.1.1.2.2).
        const length = (value >>> 1 & 3) === 1 ? 1 : value >>> 3;
        this.#passOver(length + (isLast && this.#hasChecksum ? 4 : 0), isLast ? "end" : "block");
      }
    }
  }

  #passOver(length: number, then: "block" | "end"): void {
    this.#state = "pass";
    this.#pass = length;
    this.#afterPass = then;
  }

  #expect(state: "magic" | "descriptor" | "skippable" | "block", bytes: number): void {
    this.#state = state;
    this.#want = bytes;
    this.#have = 0;
    this.#value = 0;
  }
}
