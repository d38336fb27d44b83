/**
 * An AS number as a caller writes it.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { parseAsNumber } from "../ip/as_number.ts";
import { IpSyntaxError, quoteText } from "../ip/syntax_error.ts";

/** Reads `15169`, `AS15169`, `AS 15169`, `1.10`. @throws {InputError} `input.asn` */
export function readAsn(text: string): number {
  try {
    return parseAsNumber(text.trim().replace(/^as\s+/i, ""));
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError("asn", `Cannot look up ${quoteText(text)}: ${error.message}`, {
      hint: `Wanted: ${error.expected}.`,
    });
  }
}
