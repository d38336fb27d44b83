/**
 * The records of a list: reading their fields by path, and making complete ones.
 *
 * @module
 */
import type { FieldRow, PlainValue, RecordsRow } from "./row.ts";

/** True for a mapping of YAML or JSON. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at a dotted path of a tree; undefined where there is nothing. */
export function valueAt(tree: object, path: string): unknown {
  let value: unknown = tree;
  for (const part of path.split(".")) {
    if (!isMapping(value)) return undefined;
    value = value[part];
  }
  return value;
}

/** A record with a value for every field, in the order of the table. */
export function makeRecord(
  fields: readonly FieldRow[],
  valueOf: (field: FieldRow) => PlainValue,
): object {
  const record: Record<string, unknown> = {};
  for (const field of fields) {
    const [group = "", inner] = field.path.split(".");
    if (inner === undefined) {
      record[group] = valueOf(field);
      continue;
    }
    const members = record[group] ??= {};
    if (isMapping(members)) members[inner] = valueOf(field);
  }
  return record;
}

/** The record of which nothing is given. */
export function defaultRecord(fields: readonly FieldRow[]): object {
  return makeRecord(fields, (field) => field.default);
}

/** `base` with the fields that `given` has; its order of fields stays. */
export function mergeRecord(base: object, given: object): object {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(given)) {
    const old = merged[name];
    merged[name] = isMapping(value) && isMapping(old) ? { ...old, ...value } : value;
  }
  return merged;
}

/** What a record has in a field. */
export function fieldOf(record: object, field: FieldRow): PlainValue {
  // Records are made by makeRecord, or typed by hand and checked by a test.
  return valueAt(record, field.path) as PlainValue;
}

/** What a record is known by: names that differ in case or composition only are the same. */
export function identityKey(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** The names of the records of a list, in its order. */
export function namesOf(row: RecordsRow, records: readonly object[]): readonly string[] {
  return records.map((record) => String(valueAt(record, row.identity)));
}
