/**
 * Reads a filter in either grammar: a Wireshark display filter or a pcap-filter expression. A text
 * that both read, and to different ends, is refused with both readings.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import type { Expression } from "./expression.ts";
import { filterError } from "./filter_error.ts";
import { parseCaptureFilter } from "./parse_capture.ts";
import { parseDisplayFilter } from "./parse_display.ts";
import { renderExpression } from "./render.ts";
import { displayFilterOfScapy, isScapyShaped, namesScapyLayer } from "./scapy_shape.ts";

/** Words that only pcap-filter begins a condition with. */
const CAPTURE_WORDS =
  /(?:^|[\s(!])(?:host|net|port|portrange|src|dst|proto|ether|less|greater|gateway|len)\s/;

/**
 * The checked tree of `text`.
 * @throws {InputError} `input.filter`, with the column and what it may have meant
 */
export function parseFilter(text: string): Expression {
  if (isScapyShaped(text)) throw scapyError(text);
  const display = attempt(parseDisplayFilter, text);
  const capture = attempt(parseCaptureFilter, text);
  if ("error" in display) {
    if (!("error" in capture)) return capture.expression;
    if (namesScapyLayer(text)) throw scapyError(text);
    throw CAPTURE_WORDS.test(text) ? capture.error : display.error;
  }
  if ("error" in capture) return display.expression;
  const asDisplay = renderExpression(display.expression);
  const asCapture = renderExpression(capture.expression);
  if (asDisplay === asCapture) return display.expression;
  throw filterError(
    text,
    0,
    text.length,
    "it is ambiguous: a Wireshark display filter and a pcap-filter expression read it differently",
    `Write it as a display filter: ${asDisplay} (what Wireshark reads), or ${asCapture} (what tcpdump reads).`,
  );
}

type Attempt = { readonly expression: Expression } | { readonly error: InputError };

function attempt(parse: (text: string) => Expression, text: string): Attempt {
  try {
    return { expression: parse(text) };
  } catch (error) {
    if (error instanceof InputError) return { error };
    throw error;
  }
}

function scapyError(text: string): InputError {
  const translated = displayFilterOfScapy(text);
  const reading = attempt(parseDisplayFilter, translated);
  const hint = "error" in reading
    ? `Rewrite it as a Wireshark display filter; this far it would be: ${translated.slice(0, 300)}`
    : `Write it as a Wireshark display filter: ${renderExpression(reading.expression)}`;
  return filterError(text, 0, text.length, "Python for scapy is not run here", hint);
}
