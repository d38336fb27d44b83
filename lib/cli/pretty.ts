/**
 * A structured result for a person: the summary, then scalars, then tables.
 *
 * @module
 */

/** Widest cell of a table, characters. */
const MAX_CELL = 48;

type Row = Readonly<Record<string, unknown>>;

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "-";
  if (Array.isArray(value)) {
    if (value.length === 0) return "none";
    return value.every((item) => typeof item !== "object" || item === null)
      ? value.map(cell).join(isLines(value) ? ", " : " ")
      : `${value.length} items`;
  }
  if (typeof value === "object") {
    return Object.entries(value).filter(([, member]) => member !== null)
      .map(([key, member]) => `${key}=${cell(member)}`).join(" ");
  }
  return String(value);
}

function clip(text: string): string {
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}

/** True for what is read line by line: sentences, commands, a configuration. */
function isLines(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((item) => typeof item === "string") && value.some((item) => item.includes(" "));
}

/** Rows of records as an aligned text table; columns that are empty everywhere are left out. */
export function renderTable(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    .filter((column) => rows.some((row) => cell(row[column]) !== "-" && cell(row[column]) !== ""));
  const lines = [columns, ...rows.map((row) => columns.map((column) => clip(cell(row[column]))))];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => (line[index] ?? "").length))
  );
  return lines
    .map((line) => line.map((text, index) => text.padEnd(widths[index] ?? 0)).join("  ").trimEnd())
    .join("\n");
}

/** Renders a tool's structured result. */
export function renderPretty(result: Row): string {
  const parts: string[] = [String(result.summary ?? "")];
  const scalars: string[] = [];
  const tables: string[] = [];
  for (const [key, value] of Object.entries(result)) {
    if (key === "summary" || value === null || value === undefined) continue;
    if (Array.isArray(value) && value.length > 0 && value.every(isRow)) {
      tables.push(`${key}\n${indent(renderTable(value))}`);
    } else if (isLines(value)) {
      tables.push(`${key}\n${indent(value.join("\n"))}`);
    } else if (isRow(value)) {
      if (Object.keys(value).length === 0) continue;
      tables.push(
        `${key}\n${
          indent(
            Object.entries(value).map(([name, member]) => `${name}: ${cell(member)}`).join("\n"),
          )
        }`,
      );
    } else if (!(Array.isArray(value) && value.length === 0)) {
      scalars.push(`${key}: ${cell(value)}`);
    }
  }
  if (scalars.length > 0) parts.push(indent(scalars.join("\n")));
  return [...parts, ...tables].join("\n\n");
}

function indent(text: string): string {
  return text.split("\n").map((line) => `  ${line}`).join("\n");
}
