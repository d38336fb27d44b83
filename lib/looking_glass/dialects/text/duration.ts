/**
 * How long ago, as routers write it.
 *
 * @module
 */

/** Seconds of a unit. A year is 365 days, as FRR and IOS count. */
const SECONDS: Readonly<Record<string, number>> = {
  y: 31_536_000,
  w: 604_800,
  d: 86_400,
  h: 3_600,
  m: 60,
  s: 1,
};

const CALENDAR = /^(?:\d{1,6}[ywdhms]){1,6}$/;
const CLOCK = /^(?:\d{1,6}:)?\d{1,6}:\d{2}$/;

/**
 * Reads `00:12:34`, `12:34` (minutes and seconds), `3d04h`, `02w3d04h`, `1y02w` and
 * `3w5d 18:30:36` as seconds; null for `never` and for everything else.
 */
export function parseDuration(text: string): number | null {
  if (text.length > 40) return null;
  let seconds = 0;
  for (const part of text.split(" ")) {
    if (CALENDAR.test(part)) {
      for (const [, count, unit = ""] of part.matchAll(/(\d+)([ywdhms])/g)) {
        seconds += Number(count) * (SECONDS[unit] ?? 0);
      }
    } else if (CLOCK.test(part)) {
      seconds += part.split(":").reduce((sum, digits) => sum * 60 + Number(digits), 0);
    } else return null;
  }
  return seconds;
}
