/**
 * Which walks over a capture are worth a second thread.
 *
 * @module
 */

/** Smaller captures are walked through before a second thread is under way, octets. */
const FED_FROM_BYTES = 4 * 2 ** 20;

/** A limit below this makes a walk as short, packets. */
const FED_FROM_PACKETS = 32_768;

/** True if a walk over `sizeBytes` octets, of at most `maxPackets` packets (0: all), is long enough. */
export function isWorthFeeding(sizeBytes: number, maxPackets: number): boolean {
  return sizeBytes >= FED_FROM_BYTES && (maxPackets === 0 || maxPackets >= FED_FROM_PACKETS);
}

/** A walk that needs no flows takes less than a second thread costs, unless it is this long, octets. */
const FED_WITHOUT_FLOWS_FROM_BYTES = 512 * 2 ** 20;

/** True if a walk over `sizeBytes` octets that needs no flows is long enough. */
export function isWorthFeedingWithoutFlows(sizeBytes: number, maxPackets: number): boolean {
  return sizeBytes >= FED_WITHOUT_FLOWS_FROM_BYTES && isWorthFeeding(sizeBytes, maxPackets);
}
