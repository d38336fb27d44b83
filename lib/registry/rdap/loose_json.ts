/**
 * Reading JSON whose every part may be missing or of another type: what is not as wanted is not
 * there. RDAP servers differ too much for anything stricter.
 *
 * @module
 */

/** Longest text that is passed on, characters. */
const TEXT_MAX = 200;
/** Most elements of a list that are looked at. */
const ITEMS_MAX = 256;

/** A member of an object; undefined if there is none. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? value[name as keyof typeof value] : undefined;
}

/** The elements of a list, the first 256; of anything else none. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, ITEMS_MAX) : [];
}

/** A text in one line, cut at 200 characters, or a number as text; null for anything else and for an empty one. */
export function textOf(value: unknown): string | null {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value !== "string") return null;
  const text = value.slice(0, 8 * TEXT_MAX).replace(/\s+/g, " ").trim();
  if (text === "") return null;
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}

/** The texts of a list, or the one text that stands in its place; each once. */
export function textsOf(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? itemsOf(value) : [value];
  return [...new Set(list.flatMap((item) => textOf(item) ?? []))];
}

/** The text of a member. */
export function textIn(value: unknown, name: string): string | null {
  return textOf(memberOf(value, name));
}

/** A whole number, also where it is written as text; null for anything else. */
export function numberIn(value: unknown, name: string): number | null {
  const text = textIn(value, name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
