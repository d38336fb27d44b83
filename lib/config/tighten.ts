/**
 * What a `config.yaml` of the working directory may do: make a key stricter, never looser. A cloned
 * repository is somebody else's word, so it can refuse more and cannot allow more.
 *
 * @module
 */
import { quoteText } from "../ip/syntax_error.ts";
import type { Platform } from "./env.ts";
import { isInside } from "./paths.ts";
import { isTexts, type KeyRow, type KeyValue } from "./row.ts";
import { coversTarget } from "./target_cover.ts";

/** The value that holds, and what of the wanted one was ignored because it is looser. */
export interface Tightened {
  readonly value: KeyValue;
  /** Null if nothing was ignored. */
  readonly ignored: string | null;
}

/** Applies `wanted` to `base` as far as the row's rule lets it. */
export function tighten(
  row: KeyRow,
  base: KeyValue,
  wanted: KeyValue,
  platform: Platform,
): Tightened {
  if (same(base, wanted)) return keep(base);
  switch (row.tighten) {
    case "up":
      return wanted === true ? keep(true) : refuse(base, wanted);
    case "down":
      return wanted === false ? keep(false) : refuse(base, wanted);
    case "lower":
      return Number(wanted) < Number(base) ? keep(wanted) : refuse(base, wanted);
    case "lower_zero_unlimited":
      return ceiling(wanted) < ceiling(base) ? keep(wanted) : refuse(base, wanted);
    case "first_value":
      return row.type === "enum" && wanted === row.values[0] ? keep(wanted) : refuse(base, wanted);
    case "grow":
      return keep([...new Set([...entries(base), ...entries(wanted)])]);
    case "shrink":
      return shrink(row, base, wanted, platform);
    case "shrink_empty_any":
      return shrinkFromAny(base, wanted);
    case "never":
      return refuse(base, wanted);
  }
}

function shrink(row: KeyRow, base: KeyValue, wanted: KeyValue, platform: Platform): Tightened {
  // `tools: null` leaves the choice to the toolsets; any list could name a tool outside of them.
  if (base === null || wanted === null) return refuse(base, wanted);
  const had = entries(base);
  const isWithin = (entry: string): boolean => {
    if (row.type === "list" && row.isPath === true) {
      return had.some((outer) => isInside(entry, outer, platform));
    }
    if (had.includes(entry)) return true;
    // Presets hold each other: all holds everything, default holds slim.
    return row.path === "toolsets" &&
      (had.includes("all") || (entry === "slim" && had.includes("default")));
  };
  const kept = entries(wanted).filter(isWithin);
  const looser = entries(wanted).filter((entry) => !isWithin(entry));
  if (looser.length === 0) return keep(kept);
  // A list of looser entries only says nothing that could be obeyed, so the base stays whole.
  return { value: kept.length === 0 ? base : kept, ignored: list(looser) };
}

function shrinkFromAny(base: KeyValue, wanted: KeyValue): Tightened {
  const had = entries(base);
  const asked = entries(wanted);
  if (had.length === 0) return keep(asked);
  if (asked.length === 0) return { value: base, ignored: "an empty list, which allows any target" };
  const isWithin = (entry: string): boolean => had.some((outer) => coversTarget(outer, entry));
  const kept = asked.filter(isWithin);
  const looser = asked.filter((entry) => !isWithin(entry));
  // An empty outcome would mean any target, so the base stays where nothing of the list is within it.
  return {
    value: kept.length === 0 ? base : kept,
    ignored: looser.length === 0 ? null : list(looser),
  };
}

function keep(value: KeyValue): Tightened {
  return { value, ignored: null };
}

function refuse(base: KeyValue, wanted: KeyValue): Tightened {
  return { value: base, ignored: show(wanted) };
}

function show(value: KeyValue): string {
  if (typeof value === "string") return quoteText(value);
  if (typeof value !== "object" || value === null) return String(value);
  return isTexts(value) ? list(value) : "its entries";
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? "an empty list" : texts.map(quoteText).join(", ");
}

function entries(value: KeyValue): readonly string[] {
  return isTexts(value) ? value : [];
}

function ceiling(value: KeyValue): number {
  return value === 0 ? Infinity : Number(value);
}

function same(a: KeyValue, b: KeyValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
