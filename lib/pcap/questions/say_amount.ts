/**
 * Amounts of a capture as a person says them.
 *
 * @module
 */

const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"] as const;

/** `812 bytes`, `1.5 MB`: powers of a thousand, as rates have them. */
export function sayBytes(bytes: number): string {
  if (bytes === 1) return "1 byte";
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${UNITS[power]}`;
}

/** A rate given in 10^6 bits per second: `812 bit/s`, `1.54 kbit/s`, `19.7 Mbit/s`. */
export function sayMbps(mbps: number): string {
  const [unit, value] = mbps >= 1000
    ? ["Gbit/s", mbps / 1e3]
    : mbps >= 1
    ? ["Mbit/s", mbps]
    : mbps >= 0.001
    ? ["kbit/s", mbps * 1e3]
    : ["bit/s", mbps * 1e6];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/** `250 µs`, `20 ms`, `0.25 s`, `12 min`, `3.4 h`, `2 days`. */
export function saySeconds(sec: number): string {
  if (sec > 0 && sec < 0.001) return `${Number((sec * 1e6).toPrecision(3))} µs`;
  if (sec > 0 && sec < 0.1) return `${Number((sec * 1e3).toPrecision(3))} ms`;
  if (sec < 120) return `${Number(sec.toPrecision(3))} s`;
  if (sec < 7200) return `${Number((sec / 60).toPrecision(3))} min`;
  if (sec < 172_800) return `${Number((sec / 3600).toPrecision(3))} h`;
  return `${Number((sec / 86_400).toPrecision(3))} days`;
}

/** A time in nanoseconds in the unit that suits it: `12.5 µs`, `3.4 ms`, `6.2 s`. */
export function sayNs(ns: number): string {
  if (ns < 1e6) return `${(ns / 1e3).toFixed(ns < 1e5 ? 1 : 0)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(1)} s`;
}
