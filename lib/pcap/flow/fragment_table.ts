/**
 * To which flow the later fragments of a datagram belong: only the first one has the ports.
 *
 * @module
 */

/** Sets of {@link WAYS} datagrams each; a power of two. */
const SETS = 2048;
const WAYS = 4;
/** Words per datagram: flow and direction, identification, packet that opened the flow, packet. */
const WORDS = 4;
/** Packets after which a datagram is forgotten: identifications come again. */
const AGE_PACKETS = 65_536;

/** A bounded memory of first fragments; the oldest of a set makes room. */
export class FragmentTable {
  readonly #words = new Uint32Array(SETS * WAYS * WORDS);

  /**
   * Remembers the first fragment of datagram `ipId`, packet `frame`. `found` is twice the id of its
   * flow plus its direction; packet `openedAt` opened that flow.
   */
  remember(hash: number, ipId: number, found: number, openedAt: number, frame: number): void {
    const words = this.#words;
    const start = (hash & (SETS - 1)) * WAYS * WORDS;
    let oldest = start;
    for (let at = start; at < start + WAYS * WORDS; at += WORDS) {
      if ((words[at + 3] ?? 0) < (words[oldest + 3] ?? 0)) oldest = at;
    }
    words[oldest] = found;
    words[oldest + 1] = ipId;
    words[oldest + 2] = openedAt;
    words[oldest + 3] = frame;
  }

  /** What was remembered of datagram `ipId` last and `accepts` takes, -1 if nothing was. */
  find(
    hash: number,
    ipId: number,
    frame: number,
    accepts: (found: number, openedAt: number) => boolean,
  ): number {
    const words = this.#words;
    const start = (hash & (SETS - 1)) * WAYS * WORDS;
    let newest = -1;
    let newestFrame = 0;
    for (let at = start; at < start + WAYS * WORDS; at += WORDS) {
      const seen = words[at + 3] ?? 0;
      if (words[at + 1] !== ipId || seen <= newestFrame || frame - seen > AGE_PACKETS) continue;
      const found = words[at] ?? 0;
      if (!accepts(found, words[at + 2] ?? 0)) continue;
      newest = found;
      newestFrame = seen;
    }
    return newest;
  }
}
