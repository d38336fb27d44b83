/**
 * Checks one value against the row of its key or field.
 *
 * @module
 */
import { type Place, type Problem, problem, showFound } from "./problem.ts";
import { type KeyValue, type PlainRow, type PlainValue, type TextCheck, wantedOf } from "./row.ts";

/** The outcome: a value of the right type, or what is wrong. */
export type Checked<T extends KeyValue = KeyValue> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value: null; readonly problems: readonly Problem[] };

/**
 * Checks `found` against `row`. `lineOf` gives the line of an entry, `extra` is a second check of
 * each text (used where a higher room knows the full grammar).
 */
export function checkValue(
  row: PlainRow,
  found: unknown,
  place: Place,
  lineOf: (path: string) => number | null = () => place.line,
  extra: TextCheck = () => null,
): Checked<PlainValue> {
  const wrong = (wanted: string = wantedOf(row)): Checked<PlainValue> => ({
    value: null,
    problems: [problem(place, showFound(found, isSecret(row)), wanted)],
  });
  if (found === null && isNullable(row)) return ok(null);
  switch (row.type) {
    case "boolean":
      return typeof found === "boolean" ? ok(found) : wrong();
    case "integer":
      return typeof found === "number" && Number.isInteger(found) && found >= row.min &&
          found <= row.max
        ? ok(found)
        : wrong();
    case "enum":
      return typeof found === "string" && row.values.includes(found) ? ok(found) : wrong();
    case "text": {
      if (typeof found !== "string") return wrong();
      const wanted = row.check(found) ?? extra(found);
      return wanted === null ? ok(found) : wrong(wanted);
    }
    case "list": {
      if (!Array.isArray(found) || found.length < (row.minEntries ?? 0)) return wrong();
      const texts = new Set<string>();
      const problems: Problem[] = [];
      found.forEach((entry: unknown, index) => {
        const path = `${place.key}[${index}]`;
        const at: Place = { ...place, key: path, line: lineOf(path) ?? place.line };
        const shown = showFound(entry, isSecret(row));
        if (typeof entry !== "string") {
          problems.push(problem(at, shown, `text: ${row.unit}`));
          return;
        }
        const wanted = row.check(entry) ?? extra(entry);
        if (wanted !== null) problems.push(problem(at, shown, wanted));
        else if (texts.has(entry)) problems.push(problem(at, `${shown} again`, "each once"));
        else texts.add(entry);
      });
      return problems.length === 0 ? ok([...texts]) : { value: null, problems };
    }
  }
}

function ok(value: PlainValue): Checked<PlainValue> {
  return { value, problems: [] };
}

function isNullable(row: PlainRow): boolean {
  if (row.type === "boolean") return false;
  return row.type === "text" ? row.required !== true : row.nullable === true;
}

/** True if what is written for the row may not be shown. */
export function isSecret(row: PlainRow): boolean {
  return (row.type === "list" || row.type === "text") && row.secret === true;
}
