/**
 * What a fuzz target is, and the small vocabulary that targets are written in.
 *
 * @module
 */

/** One parser of foreign bytes or text, and what must hold whatever it is given. */
export interface FuzzTarget {
  /** snake_case; also the name of its folder in `corpus/`. */
  readonly name: string;
  /** Inputs that parse, to start from. */
  readonly seeds: readonly Uint8Array[];
  /** Words of the format. */
  readonly words?: readonly Uint8Array[];
  /** Longest input, octets. Default 4096. */
  readonly maxBytes?: number;
  /**
   * Parses one input; throws only if a property is violated. May answer a short word for what came
   * of it: inputs with a new word are kept and mutated further.
   */
  readonly run: (bytes: Uint8Array) => Outcome | Promise<Outcome>;
}

/** A class of outcomes, such as an error code, or nothing. */
export type Outcome = string | void;

/** A property that does not hold. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** @throws {Violation} unless `holds` */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what);
}

/** Classes of errors that a parser may throw. */
// deno-lint-ignore no-explicit-any -- whatever a class takes to be made
type ErrorClass = abstract new (...args: any[]) => Error;

/** What a parser gave, or the error of one of `expected` that it threw; other errors escape. */
export function attempt<T>(
  expected: readonly ErrorClass[],
  act: () => T,
): { readonly value: T } | { readonly error: Error } {
  try {
    return { value: act() };
  } catch (error) {
    for (const kind of expected) if (error instanceof kind) return { error };
    throw error;
  }
}

const decoder = new TextDecoder();

/** The input as text, as the doors decode it: broken sequences read as U+FFFD. */
export function asText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The first octet, for choosing between parsers, and the rest. */
export function choose(bytes: Uint8Array): [number, Uint8Array] {
  return [bytes[0] ?? 0, bytes.subarray(1)];
}

/** Seeds for {@link choose}: each piece behind each of the choices from 0 to `choices` - 1. */
export function behindChoices(choices: number, pieces: readonly Uint8Array[]): Uint8Array[] {
  return Array.from(
    { length: choices },
    (_, choice) => pieces.map((piece) => Uint8Array.of(choice, ...piece)),
  ).flat();
}

/** Same value after a round through JSON, so no NaN, no infinity, nothing that JSON drops. */
export function mustBeJson(value: unknown, maxChars: number): void {
  const text = JSON.stringify(value);
  must(
    text.length <= maxChars,
    `the answer has ${text.length} characters, ${maxChars} are allowed`,
  );
  walk(value, "answer");
}

function walk(value: unknown, path: string): void {
  switch (typeof value) {
    case "number":
      return must(Number.isFinite(value), `${path} is ${value}`);
    case "string":
    case "boolean":
      return;
    case "object":
      for (const [key, member] of Object.entries(value ?? {})) walk(member, `${path}.${key}`);
      return;
    default:
      throw new Violation(`${path} is ${typeof value}, which JSON drops`);
  }
}

/** A message for people: short, and of printable characters alone. */
export function mustBePrintable(text: string, maxChars: number, what: string): void {
  must(text.length <= maxChars, `${what} has ${text.length} characters`);
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  const odd = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/u
    .exec(text)?.[0];
  must(odd === undefined, `${what} carries U+${odd?.codePointAt(0)?.toString(16)}`);
}

/** Octets of the fixtures with these names. */
export function fixtures(folder: string, pattern: RegExp): Uint8Array[] {
  const url = new URL(`../fixtures/${folder}/`, import.meta.url);
  return [...Deno.readDirSync(url)].map(({ name }) => name).filter((name) => pattern.test(name))
    .sort().map((name) => Deno.readFileSync(new URL(name, url)));
}
