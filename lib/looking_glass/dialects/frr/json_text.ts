/**
 * The JSON objects in an output: one as a rule, but FRR also prints several in a row, a warning in
 * front, or braces too many behind.
 *
 * @module
 */
import type { ProblemList } from "../text/problem_list.ts";

/** An object of which nothing is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Most objects that are read of one output. */
const OBJECTS_MAX = 64;

/** The objects of an output. What cannot be read is noted; an object that was cut is closed and read. */
export function readJsonObjects(output: string, problems: ProblemList): JsonObject[] {
  const only = parse(output);
  if (only !== null) return [only];
  const objects: JsonObject[] = [];
  for (let at = 0; at < output.length;) {
    const open = output.indexOf("{", at);
    noteBetween(output.slice(at, open === -1 ? undefined : open), problems);
    if (open === -1) break;
    if (objects.length === OBJECTS_MAX) {
      problems.add(`More than ${OBJECTS_MAX} objects were printed`);
      break;
    }
    const { text, next, isCut } = objectAt(output, open);
    const object = parse(text);
    if (isCut) problems.add("The JSON is cut");
    else if (object === null) problems.add("Cannot read the JSON", text.slice(0, 200));
    if (object !== null) objects.push(object);
    at = next;
  }
  return objects;
}

/** Braces left over (FRR issue 15177) are harmless, and so is a warning in front. */
function noteBetween(text: string, problems: ProblemList): void {
  const words = text.replace(/[\s},\]]+/g, " ").trim();
  if (words !== "" && !/^% ?warning/i.test(words)) problems.add("Cannot read the line", words);
}

interface ObjectText {
  readonly text: string;
  /** Where to go on. */
  readonly next: number;
  readonly isCut: boolean;
}

/** The object that opens at `open`; if its end is missing, what of it is whole, closed. */
function objectAt(output: string, open: number): ObjectText {
  const closers: string[] = [];
  // Behind the last member that is an object or a list, and how much was open there.
  let whole = open, wholeDepth = 0;
  for (let at = open; at < output.length; at++) {
    const mark = output[at];
    if (mark === '"') at = stringEnd(output, at);
    else if (mark === "{") closers.push("}");
    else if (mark === "[") closers.push("]");
    else if (mark === "}" || mark === "]") {
      closers.pop();
      [whole, wholeDepth] = [at + 1, closers.length];
      if (wholeDepth === 0) return { text: output.slice(open, whole), next: whole, isCut: false };
    }
  }
  // Nothing was closed behind the innermost one of these, so that all of them are still open.
  const tail = closers.slice(0, wholeDepth).reverse().join("");
  const text = whole === open ? "{}" : output.slice(open, whole) + tail;
  return { text, next: output.length, isCut: true };
}

/** Offset of the quotation mark that ends a string, or the end of the output. */
function stringEnd(output: string, start: number): number {
  for (let at = start + 1; at < output.length; at++) {
    if (output[at] === "\\") at++;
    else if (output[at] === '"') return at;
  }
  return output.length;
}

function parse(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

/** The value if it is an object (no list), or null. */
export function asObject(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as JsonObject
    : null;
}

/** The members if it is a list, or none. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value if it is a text, or null. */
export function asText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The value if it is an unsigned number of 32 bits, or null. */
export function asUint32(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff
    ? value
    : null;
}
