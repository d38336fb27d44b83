/**
 * The error of small languages that people type: where it went wrong, and what was wanted there.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { quoteText } from "../ip/syntax_error.ts";

/** A fault in a text. */
export interface SyntaxFault {
  /** Place of the fault, UTF-16 units from the start of the text; its end if something is missing. */
  readonly offset: number;
  /** What is wrong there, a clause: `"65536" is more than 65535`. */
  readonly problem: string;
  /** What was wanted, a sentence with an example. */
  readonly wanted: string;
}

/** Text that does not parse, and where. Columns count from 1. */
export class TextSyntaxError extends InputError {
  /** The fault, for a language that holds this one. */
  readonly fault: SyntaxFault;

  /** `what` is what the text should have been: `an AS path pattern`. */
  constructor(reason: string, what: string, text: string, fault: SyntaxFault) {
    const column = fault.offset + 1;
    super(
      reason,
      `Cannot read ${quoteText(text)} as ${what}: column ${column}: ${fault.problem}`,
      { hint: fault.wanted, detail: { column } },
    );
    this.fault = fault;
  }
}
