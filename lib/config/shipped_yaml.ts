/**
 * The annotated `config.yaml` of the defaults, made from the table of keys.
 *
 * @module
 */
import { fieldOf, isMapping, makeRecord, valueAt } from "./records.ts";
import {
  envNameOf,
  type FieldRow,
  isRequired,
  type KeyRow,
  type RecordsRow,
  wantedOf,
} from "./row.ts";
import { configKeys } from "./schema.ts";

/** The text of the shipped `config.yaml`. */
export function renderDefaultConfig(): string {
  const out = [
    "# netglass configuration: every key, with what it is, its range, its default and its environment",
    "# name. The values here are the defaults. Read in this order, the later wins: the defaults, this",
    "# file, the environment, the command line. `netglass permissions` turns it into Deno flags.",
    "",
  ];
  let open: readonly string[] = [];
  for (const row of configKeys) {
    const sections = row.path.split(".");
    const key = sections.pop() ?? "";
    const same = sections.findIndex((name, depth) => name !== open[depth]);
    if (same !== -1) {
      out.push(
        ...sections.slice(same).map((name, depth) => `${"  ".repeat(same + depth)}${name}:`),
      );
    }
    open = sections;
    const indent = "  ".repeat(sections.length);
    out.push(...comment(row.doc, indent), ...rangeOf(row, indent));
    out.push(
      ...row.type === "records"
        ? recordLines(row, indent, key)
        : [`${indent}${key}: ${flow(row.default)}`],
    );
    out.push("");
  }
  return out.join("\n");
}

/** What a value may be, its default, and the environment names. */
function rangeOf(row: KeyRow, indent: string): readonly string[] {
  const aliases = row.aliases === undefined ? "" : `, or ${row.aliases.join(", ")}`;
  const environment = comment(`Environment: ${envNameOf(row)}${aliases}.`, indent);
  if (row.type !== "records") {
    const value = `Value: ${wantedOf(row)}. Default: ${flow(row.default)}.`;
    return [...comment(value, indent), ...environment];
  }
  return [
    ...comment(`Value: ${wantedOf(row)}. The fields of a ${row.unit}:`, indent),
    ...row.fields.flatMap((field) => comment(fieldDoc(field), indent, "  ")),
    ...environment,
    ...comment("In the environment the list is JSON.", indent),
  ];
}

function fieldDoc(field: FieldRow): string {
  const left = isRequired(field) ? "Never left out" : `Left out: ${flow(field.default)}`;
  return `${field.path}: ${field.doc} Value: ${wantedOf(field)}. ${left}.`;
}

/**
 * One line a record, with the fields that are not at their default. One that is disabled is a
 * comment that says how it would be enabled: reading dozens of them would delay every start.
 */
function recordLines(row: RecordsRow, indent: string, key: string): readonly string[] {
  if (row.default.length === 0) return [`${indent}${key}: []`];
  const inner = `${indent}  `;
  const lines = row.default.flatMap((record, at) => {
    const heading = row.headings?.get(String(valueAt(record, row.identity)));
    const isOff = "enabled" in record && record.enabled === false;
    const line = isOff
      ? `${inner}# - ${flow(withoutDefaults(row, { ...record, enabled: true }))}`
      : `${inner}- ${flow(withoutDefaults(row, record))}`;
    if (heading === undefined) return [line];
    return [...at === 0 ? [] : [""], ...comment(heading, inner), line];
  });
  return [`${indent}${key}:`, ...lines];
}

function withoutDefaults(row: RecordsRow, record: object): object {
  const written = row.fields.filter((field) =>
    field.isAlwaysWritten === true ||
    JSON.stringify(fieldOf(record, field)) !== JSON.stringify(field.default)
  );
  return makeRecord(written, (field) => fieldOf(record, field));
}

/** Words that need no quotes in flow style; those that some reader of YAML takes for something else do. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][a-z0-9._-]*(?: [a-z0-9._-]+)*$/i;

/** A value in YAML flow style; JSON is YAML 1.2. */
function flow(value: unknown): string {
  if (typeof value === "string") return PLAIN.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (!isMapping(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`).join(", ")} }`;
}

/** Comment lines of at most 96 characters, `hang` before the first and twice before the others. */
function comment(text: string, indent: string, hang = ""): string[] {
  const lines: string[] = [];
  let line = `${indent}# ${hang}`;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > 96) {
      lines.push(line);
      line = `${indent}# ${hang}${hang}${word}`;
      continue;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
