/**
 * Memory for what goes wrong: one purse for all connections, so that no capture can make it endless.
 *
 * @module
 */

/** A number of octets that may be in use at once. */
export class ByteBudget {
  /** Octets that may be in use. */
  readonly limitBytes: number;
  #usedBytes = 0;

  /** A budget of `limitBytes`. */
  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Octets in use. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Takes octets; false, and none taken, if there are not as many left. */
  take(bytes: number): boolean {
    if (this.#usedBytes + bytes > this.limitBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  /** Gives octets back that were taken. */
  give(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}
