/**
 * Times of a capture as text.
 *
 * @module
 */

const NS_PER_SEC = 1e9;

/**
 * ISO 8601 in UTC of a time `ns` nanoseconds after `baseSec` Unix seconds, with six decimals, or
 * nine where they tell more. Null without a time or beyond what a calendar date can tell.
 */
export function isoTime(baseSec: number, ns: number | null): string | null {
  if (ns === null || Number.isNaN(ns)) return null;
  const wholeSec = Math.floor(ns / NS_PER_SEC);
  const rest = Math.round(ns - wholeSec * NS_PER_SEC);
  const date = new Date((baseSec + wholeSec) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const decimals = String(Math.min(rest, NS_PER_SEC - 1)).padStart(9, "0").replace(/000$/, "");
  return `${date.toISOString().slice(0, -5)}.${decimals}Z`;
}

/** A time of {@link isoTime} as a person says it, to the second: `2026-11-21 01:51:23 UTC`. */
export function sayTime(iso: string): string {
  return `${iso.replace("T", " ").replace(/\.\d+Z$/, "")} UTC`;
}

/** Seconds between two times in nanoseconds; null if one is not known. */
export function secondsBetween(firstNs: number | null, lastNs: number | null): number | null {
  if (firstNs === null || lastNs === null) return null;
  const sec = (lastNs - firstNs) / NS_PER_SEC;
  return Number.isNaN(sec) ? null : sec;
}
