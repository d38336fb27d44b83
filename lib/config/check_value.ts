/**
 * Checks one value against the row of its key.
 *
 * @module
 */
import { type Place, type Problem, problem, showFound } from "./problem.ts";
import { type KeyRow, type KeyValue, type TextCheck, wantedOf } from "./schema.ts";

/** The outcome: a value of the right type, or what is wrong. */
export type Checked =
  | { readonly value: KeyValue; readonly problems: readonly [] }
  | { readonly value: null; readonly problems: readonly Problem[] };

/**
 * Checks `found` against `row`. `lineOf` gives the line of an entry, `extra` is a second check of
 * each text (used where a higher room knows the full grammar).
 */
export function checkValue(
  row: KeyRow,
  found: unknown,
  place: Place,
  lineOf: (path: string) => number | null = () => place.line,
  extra: TextCheck = () => null,
): Checked {
  const wrong = (what: string = showFound(found, isSecret(row))): Checked => ({
    value: null,
    problems: [problem(place, what, wantedOf(row))],
  });
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
      if (found === null) return ok(null);
      if (typeof found !== "string") return wrong();
      const wanted = row.check(found) ?? extra(found);
      return wanted === null
        ? ok(found)
        : { value: null, problems: [problem(place, showFound(found), wanted)] };
    }
    case "list": {
      if (found === null && row.nullable === true) return ok(null);
      if (!Array.isArray(found)) return wrong();
      const texts = new Set<string>();
      const problems: Problem[] = [];
      found.forEach((entry: unknown, index) => {
        const path = `${row.path}[${index}]`;
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

function ok(value: KeyValue): Checked {
  return { value, problems: [] };
}

function isSecret(row: KeyRow): boolean {
  return row.type === "list" && row.secret === true;
}
