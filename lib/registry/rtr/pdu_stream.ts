/**
 * The PDUs of a connection, wherever the stream is split.
 *
 * @module
 */
import type { Connection } from "../../io/io.ts";
import { HEADER_BYTES, PDU_BYTES_MAX, pduLength } from "./pdu.ts";

/** Octets that are read at once, more than the longest PDU. */
const BUFFER_BYTES = 2 * PDU_BYTES_MAX;

/** Reads whole PDUs off a connection. */
export class PduStream {
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  constructor(readonly connection: Connection) {}

  /** True if the next PDU is here already: `next` will not wait. */
  get isReady(): boolean {
    const had = this.#end - this.#start;
    return had >= HEADER_BYTES && had >= pduLength(this.#buffer.subarray(this.#start));
  }

  /**
   * The octets of the next PDU, valid until the next call; null at the end of the stream, also in
   * the middle of a PDU.
   *
   * @throws {DecodeError} `decode.rtr_length` @throws as `Connection.read`
   */
  async next(): Promise<Uint8Array | null> {
    while (!this.isReady) if (!await this.#fill()) return null;
    const start = this.#start;
    this.#start += pduLength(this.#buffer.subarray(start));
    return this.#buffer.subarray(start, this.#start);
  }

  async #fill(): Promise<boolean> {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const read = await this.connection.read(this.#buffer.subarray(this.#end));
    this.#end += read ?? 0;
    return read !== null;
  }
}
