/**
 * Makes remote words safe to show: control, bidirectional and invisible characters become visible
 * escapes, and long strings are capped. Applied to every string of every answer.
 *
 * @module
 */

/** Longest string that an answer carries, in UTF-16 units; the rest is counted, not shown. */
export const MAX_STRING_CHARS = 2_000;

// C0 and C1 controls, DEL, soft hyphen, Arabic letter mark, Mongolian vowel separator, zero-width
// and bidirectional marks, line and paragraph separators, bidirectional embeddings and isolates,
// invisible operators, BOM, interlinear annotation, Unicode tags, lone surrogates.
const UNSAFE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const point = character.codePointAt(0) ?? 0;
  return point < 0x100
    ? `\\x${point.toString(16).padStart(2, "0")}`
    : `\\u{${point.toString(16).padStart(4, "0")}}`;
}

/**
 * Returns `text` with unsafe characters as visible escapes (`\n`, `\x1b`, `\u{202e}`) and at most
 * `maxChars` UTF-16 units of it, followed by how many were left out.
 */
export function escapeText(text: string, maxChars: number = MAX_STRING_CHARS): string {
  const shown = text.length > maxChars ? text.slice(0, maxChars) : text;
  const escaped = shown.replace(UNSAFE, escapeCharacter);
  return text.length > maxChars
    ? `${escaped}… (${text.length - maxChars} more characters)`
    : escaped;
}

/** Returns `value` (JSON-like) with every string, keys included, escaped by {@link escapeText}. */
export function escapeStrings(value: unknown): unknown {
  if (typeof value === "string") return escapeText(value);
  if (Array.isArray(value)) return value.map(escapeStrings);
  if (typeof value === "object" && value !== null) {
    const escaped: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(value)) {
      escaped[escapeText(key, 200)] = escapeStrings(member);
    }
    return escaped;
  }
  return value;
}
