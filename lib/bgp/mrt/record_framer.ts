/**
 * MRT records out of a stream of octets, wherever it is split, left in place in one buffer (RFC 6396
 * §2, §3).
 *
 * @module
 */
import type { MrtDamageLog } from "./mrt_damage.ts";
import { hasMicroseconds } from "./record_kind.ts";

const HEADER_BYTES = 12;
const BUFFER_BYTES = 1 << 18;
/** Longest record that is taken for one: 65,535 peers with a hundred octets each make half of it. */
const RECORD_BYTES_MAX = 1 << 24;

/** Frames one file: read into `room()`, say how much came, take records with `next` until it is false. */
export class RecordFramer {
  /** The record that `next` found. */
  timestampSec = 0;
  microseconds = 0;
  type = 0;
  subtype = 0;
  /** Its body in `octets`. */
  bodyStart = 0;
  bodyEnd = 0;
  /** Where its header begins, octets from the start of the file. */
  offset = 0;
  readonly #damage: MrtDamageLog;
  #octets = new Uint8Array(BUFFER_BYTES);
  #view = new DataView(this.#octets.buffer);
  #start = 0;
  #end = 0;
  /** Offset of the first octet of the buffer in the file. */
  #base = 0;
  #isStopped = false;

  constructor(damage: MrtDamageLog) {
    this.#damage = damage;
  }

  /** The buffer that places refer to; valid until `room` is called. */
  get octets(): Uint8Array<ArrayBuffer> {
    return this.#octets;
  }

  /** No record can come any more. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Where the next octets belong; never empty. */
  room(): Uint8Array<ArrayBuffer> {
    const rest = this.#end - this.#start;
    if (rest === this.#octets.length) {
      // One record is larger than the buffer: up to the longest that is taken for one.
      const larger = new Uint8Array(this.#octets.length * 2);
      larger.set(this.#octets);
      this.#octets = larger;
      this.#view = new DataView(larger.buffer);
    } else this.#octets.copyWithin(0, this.#start, this.#end);
    this.#base += this.#start;
    this.#start = 0;
    this.#end = rest;
    return this.#octets.subarray(rest);
  }

  /** `count` octets were written to the front of `room()`. */
  filled(count: number): void {
    this.#end += count;
  }

  /** Finds the next whole record; false: more octets are needed, or none can come any more. */
  next(): boolean {
    const had = this.#end - this.#start;
    if (this.#isStopped || had < HEADER_BYTES) return false;
    const view = this.#view, start = this.#start;
    const type = view.getUint16(start + 4);
    const length = view.getUint32(start + 8);
    const extra = hasMicroseconds(type) ? 4 : 0;
    this.offset = this.#base + start;
    if (length > RECORD_BYTES_MAX || length < extra) {
      this.#isStopped = true;
      this.#damage.stop(
        this.offset,
        `a record says that it has ${length} octets, ${extra} to ${RECORD_BYTES_MAX} are possible`,
      );
      return false;
    }
    if (had < HEADER_BYTES + length) return false;
    this.timestampSec = view.getUint32(start);
    this.type = type;
    this.subtype = view.getUint16(start + 6);
    this.microseconds = extra === 0 ? 0 : view.getUint32(start + HEADER_BYTES);
    this.bodyStart = start + HEADER_BYTES + extra;
    this.bodyEnd = this.#start = start + HEADER_BYTES + length;
    return true;
  }

  /** The file has ended: what is left of a record is damage. */
  end(): void {
    const rest = this.#end - this.#start;
    if (this.#isStopped || rest === 0) return;
    this.#isStopped = true;
    const wants = rest < HEADER_BYTES
      ? HEADER_BYTES
      : HEADER_BYTES + this.#view.getUint32(this.#start + 8);
    this.#damage.stop(
      this.#base + this.#start,
      `the file ends inside of a record: ${rest} of ${wants} octets`,
    );
  }
}
