/**
 * The configuration in words: each key with its value, where the value came from and what the key
 * does.
 *
 * @module
 */
import { isSecret } from "./check_value.ts";
import type { KeySource, LoadedConfig } from "./load.ts";
import { fieldOf, makeRecord, valueAt } from "./records.ts";
import {
  envNameOf,
  type KeyRow,
  type KeyValue,
  type PlainRow,
  type PlainValue,
  wantedOf,
} from "./row.ts";
import { configKeys } from "./schema.ts";

/** One key as a person reads it. */
export interface ExplainedKey {
  readonly key: string;
  /** What is secret is replaced by `"(hidden)"`. */
  readonly value: KeyValue;
  /** `default`, `config.yaml:12`, an environment name, or `command line`. */
  readonly source: string;
  readonly doc: string;
  /** Unit and range. */
  readonly wanted: string;
  readonly default: KeyValue;
  /** Environment names that set it, the preferred one first. */
  readonly env: readonly string[];
}

/** Every key of a loaded configuration, in the order of `config.yaml`. */
export function explainConfig(loaded: LoadedConfig): readonly ExplainedKey[] {
  return configKeys.map((row) => ({
    key: row.path,
    // Every path of the table is one of Config, with the values that its row allows.
    value: shownValue(row, valueAt(loaded.config, row.path) as KeyValue),
    source: renderSource(loaded.sources[row.path]),
    doc: row.doc,
    wanted: wantedOf(row),
    default: shownValue(row, row.default),
    env: [envNameOf(row), ...row.aliases ?? []],
  }));
}

function renderSource(source: KeySource | undefined): string {
  switch (source?.kind) {
    case "file":
      return source.line === null ? source.file : `${source.file}:${source.line}`;
    case "env":
      return source.name;
    case "argv":
      return "command line";
    default:
      return "default";
  }
}

function shownValue(row: KeyRow, value: KeyValue): KeyValue {
  if (row.type !== "records") return hidden(row, value as PlainValue);
  if (!Array.isArray(value)) return value;
  return value.map((record) =>
    makeRecord(row.fields, (field) => hidden(field, fieldOf(record, field)))
  );
}

function hidden(row: PlainRow, value: PlainValue): PlainValue {
  if (!isSecret(row) || value === null) return value;
  return typeof value === "object" ? value.map(() => "(hidden)") : "(hidden)";
}
