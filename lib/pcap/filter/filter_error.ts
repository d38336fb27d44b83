/**
 * The error of a filter that cannot be read: what is wrong, and where, with a caret beneath it.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";

/** Characters of the filter that are shown on each side of the fault. */
const CONTEXT = 60;

/**
 * An `input.filter` error about `text` from column `from` (from 0) up to `to`. `message` goes on the
 * first line; the piece of the filter and a caret line follow.
 */
export function filterError(
  text: string,
  from: number,
  to: number,
  message: string,
  hint?: string,
): InputError {
  const start = Math.max(0, from - CONTEXT);
  const end = Math.min(text.length, Math.max(to, from + 1) + CONTEXT);
  const before = start > 0 ? "…" : "";
  const after = end < text.length ? "…" : "";
  // One column per code unit: what would break the line or has no width becomes a space.
  const piece = text.slice(start, end).replace(/[^\x20-\x7e]/g, " ");
  const width = Math.max(1, Math.min(to, end) - from);
  const caret = " ".repeat(before.length + from - start) + "^" + "~".repeat(width - 1);
  return new InputError(
    "filter",
    `Cannot read the filter at column ${from + 1}: ${message}\n${before}${piece}${after}\n${caret}`,
    {
      hint: hint ??
        'Write a Wireshark display filter, for example ip.addr == 192.0.2.0/24 && tcp.port == 443 or dns.qry.name contains "example".',
      detail: { column: from + 1 },
    },
  );
}
