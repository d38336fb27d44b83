/**
 * Fields of one JSON entry of `ip`, read for what they are: a field of another type is absent.
 *
 * @module
 */

/** One object of `ip -j`. */
export type Entry = Readonly<Record<string, unknown>>;

/** A text, or null. */
export function textOf(entry: Entry, name: string): string | null {
  const value = entry[name];
  return typeof value === "string" ? value : null;
}

/** A number, or null; also one that is written as a text (`"100"`, `"0x10"`). */
export function numberOf(entry: Entry, name: string): number | null {
  const value = entry[name];
  if (typeof value === "number") return value;
  return typeof value === "string" && /^(?:0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : null;
}

/** The texts of a list; empty if there is none. */
export function wordsOf(entry: Entry, name: string): readonly string[] {
  const value = entry[name];
  return Array.isArray(value) ? value.filter((word) => typeof word === "string") : [];
}

/** The objects of a list; empty if there is none. */
export function entriesOf(entry: Entry, name: string): readonly Entry[] {
  const value = entry[name];
  return Array.isArray(value)
    ? value.filter((item): item is Entry => typeof item === "object" && item !== null)
    : [];
}

/** An object; an empty one if there is none. */
export function partOf(entry: Entry, name: string): Entry {
  const value = entry[name];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Entry : {};
}

/** True if the field is there and not false: `ip` writes some flags as `true`, some as `null`. */
export function isSet(entry: Entry, name: string): boolean {
  return Object.hasOwn(entry, name) && entry[name] !== false;
}
