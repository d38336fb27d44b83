/**
 * Messages out of a stream, wherever it is split: one receive buffer per connection that is used
 * again and again, messages judged by their header (RFC 4271 §6.1, RFC 8654 §4) and left in place.
 *
 * @module
 */
import type { MessageFault } from "./fault.ts";
import {
  EXTENDED_MESSAGE_BYTES_MAX,
  HEADER_BYTES,
  MESSAGE_BYTES_MAX,
  MESSAGE_KINDS,
} from "./message_header.ts";

/** What a quiet peer needs, octets. */
const BUFFER_BYTES_MIN = 8_192;
/** One turn of a busy peer, octets: more would keep the others waiting. */
const BUFFER_BYTES_MAX = 131_072;
/** After this many small reads in a row a large buffer is given back. */
const QUIET_READS = 64;

/**
 * Frames one connection: read into `room()`, say how much came with `filled`, then take messages with
 * `next` until it is false.
 */
export class Framer {
  /** The message that `next` found: its type, and where its body stands in `octets`. */
  type = 0;
  /** First octet of the body. */
  bodyStart = 0;
  /** One past the last octet of the body. */
  bodyEnd = 0;
  /** What the stream got wrong; nothing comes after it. */
  fault: MessageFault | null = null;
  /** RFC 8654 was agreed on: UPDATE and others may have 65,535 octets. */
  isExtended = false;
  #octets = new Uint8Array(BUFFER_BYTES_MIN);
  /** First octet that no message was taken from, and one past the last that came. */
  #start = 0;
  #end = 0;
  /** Reads in a row that the smallest buffer had room for. */
  #quietReads = 0;

  /** The buffer that places refer to. Valid, with what is in it, until `room` is called. */
  get octets(): Uint8Array<ArrayBuffer> {
    return this.#octets;
  }

  /** Where the next octets belong; never empty. What `next` gave before is no longer there. */
  room(): Uint8Array<ArrayBuffer> {
    const rest = this.#end - this.#start;
    if (this.#end === this.#octets.length && this.#octets.length < BUFFER_BYTES_MAX) {
      // The last read filled it: more waits.
      const larger = new Uint8Array(this.#octets.length * 4);
      larger.set(this.#octets.subarray(this.#start, this.#end));
      this.#octets = larger;
    } else if (rest === 0 && this.#quietReads >= QUIET_READS) {
      if (this.#octets.length > BUFFER_BYTES_MIN) this.#octets = new Uint8Array(BUFFER_BYTES_MIN);
    } else if (this.#start > 0) {
      this.#octets.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = rest;
    return this.#octets.subarray(rest);
  }

  /** `count` octets were written to the front of `room()`. */
  filled(count: number): void {
    this.#end += count;
    this.#quietReads = count < BUFFER_BYTES_MIN ? this.#quietReads + 1 : 0;
  }

  /** Finds the next whole message; false: more octets are needed, or `fault` says what is wrong. */
  next(): boolean {
    if (this.fault !== null) return false;
    const octets = this.#octets, start = this.#start, had = this.#end - start;
    const markerEnd = start + Math.min(had, 16);
    for (let at = start; at < markerEnd; at++) {
      if (octets[at] !== 0xff) return this.#fail(1, [], "the marker is not all ones");
    }
    if (had < HEADER_BYTES) return false;
    const high = octets[start + 16] ?? 0, low = octets[start + 17] ?? 0;
    const length = high << 8 | low, type = octets[start + 18] ?? 0;
    const longest = this.isExtended ? EXTENDED_MESSAGE_BYTES_MAX : MESSAGE_BYTES_MAX;
    if (length < HEADER_BYTES || length > longest) {
      const bounds = `${HEADER_BYTES} to ${longest}`;
      return this.#fail(2, [high, low], `a message has ${length} octets, ${bounds} are possible`);
    }
    const kind = MESSAGE_KINDS[type - 1];
    if (kind === undefined) return this.#fail(3, [type], `there is no message of type ${type}`);
    if (length < kind.minBytes || length > (kind.maxBytes ?? longest)) {
      return this.#fail(2, [high, low], `${kind.name} has ${length} octets`);
    }
    if (had < length) return false;
    this.type = type;
    this.bodyStart = start + HEADER_BYTES;
    this.bodyEnd = this.#start = start + length;
    return true;
  }

  #fail(subcode: number, data: readonly number[], why: string): false {
    this.fault = { code: 1, subcode, data: Uint8Array.from(data), why };
    return false;
  }
}
