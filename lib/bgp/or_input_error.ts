/**
 * Texts of a caller that are no address, prefix or AS number.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";

/**
 * What `read` reads of the argument `field`.
 *
 * @throws {InputError} `input.<field>` in the place of an {@link IpSyntaxError}
 */
export function orInputError<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError(field, error.message, { hint: `Write ${error.expected}.` });
  }
}
