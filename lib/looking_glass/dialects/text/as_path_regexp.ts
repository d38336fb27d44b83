/**
 * AS-path patterns as regular expressions of Cisco's kind, in which `_` stands for a delimiter or
 * an end. No alternation (`|` redirects output) and no `?` (live help) can be sent.
 *
 * @module
 */
import type { AsPathItem, AsPathPattern } from "../../../route/as_path_pattern.ts";

/** Any number of ASes, each with the delimiter behind it; its two stars never compete for a digit. */
const ANY_RUN = "([0-9]+_)*";

/**
 * The expression of a pattern, or null if it cannot be said: one of several ASes, or a pattern that
 * names nothing. `.*` between two ASes does not look past an AS_SET.
 */
export function asPathRegexp({ fromStart, toEnd, items }: AsPathPattern): string | null {
  if (items.length === 0) return fromStart && toEnd ? "^$" : null;
  const words: string[] = [];
  let runBefore = false;
  for (const item of items) {
    if (item.kind === "any_run") {
      runBefore = true;
      continue;
    }
    const word = sayItem(item);
    if (word === null) return null;
    words.push(runBefore && words.length > 0 ? ANY_RUN + word : word);
    runBefore = false;
  }
  if (words.length === 0) return null;
  const start = fromStart && items[0]?.kind !== "any_run" ? "^" : "_";
  return start + words.join("_") + (toEnd && !runBefore ? "$" : "_");
}

function sayItem(item: Exclude<AsPathItem, { readonly kind: "any_run" }>): string | null {
  switch (item.kind) {
    case "asn":
      return item.repeat ? `${item.asn}(_${item.asn})*` : String(item.asn);
    case "any":
      return "[0-9]+";
    case "one_of":
      return item.asns.length === 1 ? String(item.asns[0]) : null;
  }
}
