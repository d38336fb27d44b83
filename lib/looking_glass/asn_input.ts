/**
 * AS numbers as callers write them: a number, or a text with or without `AS` in front.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import { parseAsNumber } from "../ip/as_number.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";

/** Schema of an AS number. */
export function asnInput() {
  return z.union([z.int().min(0).max(4_294_967_295), z.string().min(1).max(20)]);
}

/**
 * Reads an AS number; `field` is the argument that it stands in.
 *
 * @throws {InputError} `input.` and `field`
 */
export function readAsn(field: string, given: number | string): number {
  try {
    return parseAsNumber(String(given).trim().replace(/^as\s+/i, ""));
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError(field, error.message, { hint: `Wanted: ${error.expected}.` });
  }
}
