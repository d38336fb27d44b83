/**
 * What a message got wrong, as the NOTIFICATION that has to be sent.
 *
 * @module
 */

/** A fault that ends the session. */
export interface MessageFault {
  /** Code of the NOTIFICATION (RFC 4271 §4.5). */
  readonly code: number;
  /** Its subcode. */
  readonly subcode: number;
  /** Its data, a copy. */
  readonly data: Uint8Array;
  /** What was wrong, a clause in our words. */
  readonly why: string;
}
