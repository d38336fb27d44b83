/**
 * One thing that is wrong with a configuration, and the error made of all of them.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";

/** Where a value came from. */
export interface Place {
  /** File, environment name, or switch; null for none. */
  readonly file: string | null;
  /** From 1; null where unknown. */
  readonly line: number | null;
  /** Key path; null where the fault is not at a key. */
  readonly key: string | null;
}

/** One fault. */
export interface Problem extends Place {
  readonly found: string;
  readonly wanted: string;
  /** The nearest known key, if the key is not known. */
  readonly nearest: string | null;
}

/** Makes a {@link Problem}. */
export function problem(
  place: Place,
  found: string,
  wanted: string,
  nearest: string | null = null,
): Problem {
  return { ...place, found, wanted, nearest };
}

/** `config.yaml:12: pcap.max_packets: found "many", wanted a whole number …`. */
function renderProblem(p: Problem): string {
  const where = [
    p.file === null ? null : p.line === null ? p.file : `${p.file}:${p.line}`,
    p.key,
  ].filter((part) => part !== null);
  const nearest = p.nearest === null ? "" : ` (did you mean "${p.nearest}"?)`;
  return `${where.join(": ")}: found ${p.found}, wanted ${p.wanted}${nearest}`;
}

/** Problems that are spelled out; who has more has another kind of file. */
export const MAX_PROBLEMS = 50;

/**
 * The error that names the problems, up to {@link MAX_PROBLEMS}; code `input.config`, detail of the
 * first one.
 */
export function configError(problems: readonly Problem[]): InputError {
  const lines = problems.slice(0, MAX_PROBLEMS).map(renderProblem);
  const first = problems[0];
  const more = problems.length > lines.length
    ? `\n  and ${problems.length - lines.length} more`
    : "";
  return new InputError(
    "config",
    problems.length === 1
      ? `Cannot load the configuration: ${lines[0]}`
      : `Cannot load the configuration, ${problems.length} problems:\n  ${
        lines.join("\n  ")
      }${more}`,
    {
      hint: "Correct the keys named; the shipped config.yaml documents every key.",
      detail: {
        problems: problems.length,
        file: first?.file ?? null,
        line: first?.line ?? null,
        key: first?.key ?? null,
        found: first?.found ?? null,
        wanted: first?.wanted ?? null,
        nearest: first?.nearest ?? null,
      },
    },
  );
}

/** A found value for a person: short, quoted if text, and nothing of a secret. */
export function showFound(value: unknown, secret: boolean = false): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  switch (typeof value) {
    case "string":
      return secret ? `text of ${value.length} characters` : `text ${quote(value)}`;
    case "number":
    case "boolean":
      return secret ? `a ${typeof value}` : String(value);
    case "object":
      return "a section";
    default:
      return typeof value;
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
