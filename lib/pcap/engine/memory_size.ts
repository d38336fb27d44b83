/**
 * How much memory a result holds, about: what caches are bounded by.
 *
 * @module
 */

/** An object or array, its header and hidden class, octets. */
const OBJECT_BYTES = 56;
/** One property, element or entry of a map, octets. */
const SLOT_BYTES = 16;

/**
 * Octets that `value` and everything reachable from it hold, about. Private state of class instances
 * is not seen; an instance can say `memoryBytes` for itself.
 */
export function memorySize(value: unknown): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  let bytes = 0;
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one === "string") bytes += 2 * one.length;
    if (typeof one !== "object" || one === null || seen.has(one)) continue;
    seen.add(one);
    bytes += OBJECT_BYTES;
    if (ArrayBuffer.isView(one)) {
      waiting.push(one.buffer);
    } else if (one instanceof ArrayBuffer || one instanceof SharedArrayBuffer) {
      bytes += one.byteLength;
    } else if (one instanceof Map || one instanceof Set) {
      bytes += 2 * SLOT_BYTES * one.size;
      for (const entry of one instanceof Map ? one : one.entries()) waiting.push(...entry);
    } else if ("memoryBytes" in one && typeof one.memoryBytes === "number") {
      bytes += one.memoryBytes;
    } else {
      const parts = Object.values(one);
      bytes += SLOT_BYTES * parts.length;
      for (const part of parts) waiting.push(part);
    }
  }
  return bytes;
}

/**
 * Makes plain data unchangeable, so that many callers can be given the same. Octets in it cannot be
 * frozen and are left as they are.
 */
export function freezeDeep<T>(value: T): T {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== "object" || one === null || ArrayBuffer.isView(one)) continue;
    if (Object.isFrozen(one)) continue;
    Object.freeze(one);
    for (const part of Object.values(one)) waiting.push(part);
  }
  return value;
}
