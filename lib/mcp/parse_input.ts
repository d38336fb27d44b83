/**
 * From what a client sent to what a tool may rely on: the schema stays strict; a value that was only
 * wrapped in a string (`"5"` for 5) is unwrapped once, faithfully, a word of a list may differ in
 * case (`mx` for MX), and an optional one that is null counts as not given.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors/mod.ts";

/** Faults, and unknown arguments, that a message names; the rest is counted. */
const MAX_FAULTS = 5;

type Issue = z.core.$ZodIssue;
type Json = Record<string, unknown>;

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value that `text` stands for, if writing it out again gives the same text. */
function unwrap(text: string, expected: string): unknown {
  switch (expected) {
    case "number":
    case "int": {
      const number = Number(text);
      return String(number) === text ? number : undefined;
    }
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "array":
    case "object":
    case "record": {
      try {
        const value: unknown = JSON.parse(text);
        return (expected === "array") === Array.isArray(value) && typeof value === "object" &&
            value !== null
          ? value
          : undefined;
      } catch {
        return undefined;
      }
    }
    default:
      return undefined;
  }
}

/** The one of `values` that `text` is but for the case of its letters (`mx` for `MX`). */
function sameWord(text: string, values: readonly unknown[]): unknown {
  const lower = text.toLowerCase();
  const same = values.filter((value) => typeof value === "string" && value.toLowerCase() === lower);
  return same.length === 1 ? same[0] : undefined;
}

/** How a string may be read to mend `issue`, or null. */
function readerFor(issue: Issue): ((text: string) => unknown) | null {
  if (issue.code === "invalid_type") return (text) => unwrap(text, issue.expected);
  if (issue.code === "invalid_value") return (text) => sameWord(text, issue.values);
  return null;
}

/**
 * Returns `root` with the string at `path` unwrapped, or undefined if nothing was. What lies on the
 * way is copied once: the copies are `own`, and changed in place from then on.
 */
function unwrapAt(
  root: unknown,
  path: readonly PropertyKey[],
  read: (text: string) => unknown,
  own: Set<unknown>,
): unknown {
  const [head, ...tail] = path;
  if (head === undefined) return typeof root === "string" ? read(root) : undefined;
  if (Array.isArray(root) && typeof head === "number") {
    const member = unwrapAt(root[head], tail, read, own);
    if (member === undefined) return undefined;
    const copy = own.has(root) ? root : [...root];
    copy[head] = member;
    own.add(copy);
    return copy;
  }
  if (isRecord(root) && typeof head === "string") {
    const member = unwrapAt(root[head], tail, read, own);
    if (member === undefined) return undefined;
    const copy = own.has(root) ? root : { ...root };
    copy[head] = member;
    own.add(copy);
    return copy;
  }
  return undefined;
}

/** `raw` without arguments that are null and may be left out: clients write "not given" both ways. */
function withoutNulls(schema: z.ZodObject, raw: unknown): unknown {
  if (!isRecord(raw)) return raw;
  const members = Object.entries(raw);
  const given = members.filter(([key, value]) =>
    value !== null || !Object.hasOwn(schema.shape, key) ||
    z.safeParse(schema.shape[key], null).success ||
    !z.safeParse(schema.shape[key], undefined).success
  );
  return given.length === members.length ? raw : Object.fromEntries(given);
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (Array.isArray(value) && typeof key === "number") value = value[key];
    else if (isRecord(value) && typeof key === "string") value = value[key];
    else return undefined;
  }
  return value;
}

function quote(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function describe(issue: Issue, raw: unknown, known: readonly string[]): string {
  const where = issue.path.map(String).join(".") || "arguments";
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.slice(0, MAX_FAULTS).map(quote).join(", ");
    const more = issue.keys.length - MAX_FAULTS;
    return `unknown argument ${keys}${more > 0 ? ` and ${more} more` : ""} (known: ${
      known.join(", ")
    })`;
  }
  const value = at(raw, issue.path);
  if (issue.code === "invalid_type" && value === undefined) return `${where}: missing`;
  // zod repeats the type of what came; the value itself says more.
  const wanted = issue.message.replace(/^Invalid input: /, "").replace(/, received \w+$/, "");
  return `${where}: ${wanted}, got ${quote(value)}`;
}

/**
 * Parses a client's arguments.
 *
 * @throws {InputError} `input.arguments`, naming every argument that is wrong, what is wanted and
 * what came
 */
export function parseInput(toolName: string, schema: z.ZodObject, raw: unknown): unknown {
  let candidate: unknown = raw ?? {};
  let parsed = schema.safeParse(candidate);
  if (!parsed.success) {
    candidate = withoutNulls(schema, candidate);
    const own = new Set<unknown>();
    for (const issue of parsed.error.issues) {
      const read = readerFor(issue);
      if (read === null) continue;
      const unwrapped = unwrapAt(candidate, issue.path, read, own);
      if (unwrapped !== undefined) candidate = unwrapped;
    }
    if (candidate !== raw) parsed = schema.safeParse(candidate);
  }
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape);
  const faults = parsed.error.issues.slice(0, MAX_FAULTS).map((issue) =>
    describe(issue, raw, known)
  );
  const more = parsed.error.issues.length - faults.length;
  throw new InputError(
    "arguments",
    `Cannot call "${toolName}": ${faults.join("; ")}${more > 0 ? `; and ${more} more` : ""}`,
    { hint: `Correct the named arguments and call again. Arguments: ${known.join(", ")}.` },
  );
}
