/**
 * DNS messages out of a TCP stream: two octets of length before each (RFC 1035 §4.2.2, RFC 7766).
 *
 * @module
 */
import type { StreamSink } from "../stream/stream_assembler.ts";

/** Gets each message with the frame that completed it. */
export type MessageHandler = (octets: Uint8Array, frame: number) => void;

/** Octets of the length field and of a header. */
const LENGTH_BYTES = 2;
const HEADER_BYTES = 12;
/** What a header that stands where it should not is told by: opcode and number of questions. */
const OPCODE_MAX = 6;
const QUESTIONS_MAX = 64;

/** Splits one direction of a connection into messages. */
export class MessageSplitter implements StreamSink {
  /** Gaps, each of which cost the messages in it. */
  gaps = 0;
  readonly #onMessage: MessageHandler;
  /** The message in the making, its length in front. */
  #buffer: Uint8Array = new Uint8Array(0);
  #size = 0;
  #isInStep: boolean;

  /** `isFromStart`: the stream begins with a message, else it has to look like one. */
  constructor(isFromStart: boolean, onMessage: MessageHandler) {
    this.#isInStep = isFromStart;
    this.#onMessage = onMessage;
  }

  /** Takes the next octets of the stream. */
  data(octets: Uint8Array, frame: number): void {
    if (!this.#isInStep && !isLikelyMessage(octets)) return;
    this.#isInStep = true;
    let left = octets;
    while (left.length > 0) {
      if (this.#size > 0) left = this.#complete(left, frame);
      else if (left.length < LENGTH_BYTES || left.length < LENGTH_BYTES + lengthOf(left)) {
        this.#keep(left);
        return;
      } else {
        const end = LENGTH_BYTES + lengthOf(left);
        this.#onMessage(left.subarray(LENGTH_BYTES, end), frame);
        left = left.subarray(end);
      }
    }
  }

  /** Octets are missing: where the next message begins is not known any more. */
  gap(): void {
    this.gaps++;
    this.#size = 0;
    this.#isInStep = false;
  }

  /** Adds to the message in the making; what is left after it. */
  #complete(octets: Uint8Array, frame: number): Uint8Array {
    let used = 0;
    if (this.#size < LENGTH_BYTES) {
      used = Math.min(LENGTH_BYTES - this.#size, octets.length);
      this.#keep(octets.subarray(0, used));
      if (this.#size < LENGTH_BYTES) return octets.subarray(used);
    }
    const missing = LENGTH_BYTES + lengthOf(this.#buffer) - this.#size;
    const taken = Math.min(missing, octets.length - used);
    this.#keep(octets.subarray(used, used + taken));
    if (taken === missing) {
      this.#onMessage(this.#buffer.subarray(LENGTH_BYTES, this.#size), frame);
      this.#size = 0;
    }
    return octets.subarray(used + taken);
  }

  #keep(octets: Uint8Array): void {
    const size = this.#size + octets.length;
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(size, 2 * this.#buffer.length, 512));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(octets, this.#size);
    this.#size = size;
  }
}

function lengthOf(octets: Uint8Array): number {
  return (octets[0] ?? 0) << 8 | (octets[1] ?? 0);
}

function isLikelyMessage(octets: Uint8Array): boolean {
  if (octets.length < LENGTH_BYTES + HEADER_BYTES || lengthOf(octets) < HEADER_BYTES) return false;
  const opcode = ((octets[4] ?? 0) >> 3) & 15;
  const questions = (octets[6] ?? 0) << 8 | (octets[7] ?? 0);
  return opcode <= OPCODE_MAX && questions <= QUESTIONS_MAX;
}
