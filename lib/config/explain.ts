/**
 * The configuration in words: each key with its value, where the value came from and what the key
 * does; and the annotated `config.yaml` of the defaults, made from the same table.
 *
 * @module
 */
import type { Config } from "./config.ts";
import type { KeySource, LoadedConfig } from "./load.ts";
import { configKeys, envNameOf, type KeyRow, type KeyValue, wantedOf } from "./schema.ts";

/** One key as a person reads it. */
export interface ExplainedKey {
  readonly key: string;
  /** Entries of a secret list are replaced by `"(hidden)"`. */
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
    value: shownValue(row, valueAt(loaded.config, row.path)),
    source: renderSource(loaded.sources[row.path]),
    doc: row.doc,
    wanted: wantedOf(row),
    default: row.default,
    env: [envNameOf(row), ...row.aliases ?? []],
  }));
}

/** The annotated default configuration: the text of the shipped `config.yaml`. */
export function renderDefaultConfig(): string {
  const out = [
    "# netglass configuration: every key, with what it is, its range, its default and its environment",
    "# name. The values here are the defaults. Read in this order, the later wins: the defaults, this",
    "# file, the environment, the command line. `netglass permissions` turns it into Deno flags.",
    "",
  ];
  let section = "";
  for (const row of configKeys) {
    const [name = "", key] = row.path.split(".");
    const indent = key === undefined ? "" : "  ";
    if (key !== undefined && name !== section) {
      out.push(`${name}:`);
      section = name;
    }
    out.push(...wrap(`${row.doc} `, `${indent}# `));
    const aliases = row.aliases === undefined ? "" : `, or ${row.aliases.join(", ")}`;
    out.push(
      ...wrap(`Value: ${wantedOf(row)}. Default: ${yamlValue(row.default)}.`, `${indent}# `),
      ...wrap(`Environment: ${envNameOf(row)}${aliases}.`, `${indent}# `),
      `${indent}${key ?? name}: ${yamlValue(row.default)}`,
      "",
    );
  }
  return out.join("\n");
}

function yamlValue(value: KeyValue): string {
  // JSON is YAML 1.2; only plain words may drop their quotes.
  if (typeof value === "string" && /^[a-z]+$/.test(value)) return value;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `[${value.map((text) => /^[a-z]+$/.test(text) ? text : JSON.stringify(text)).join(", ")}]`;
}

function wrap(text: string, prefix: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(" ")) {
    if (line !== "" && prefix.length + line.length + 1 + word.length > 96) {
      lines.push(prefix + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, prefix + line];
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
  return row.type === "list" && row.secret === true && Array.isArray(value)
    ? value.map(() => "(hidden)")
    : value;
}

function valueAt(config: Config, path: string): KeyValue {
  let value: unknown = config;
  for (const part of path.split(".")) {
    // Every part of a path of the table is a key of Config, so this walks objects only.
    value = (value as Record<string, unknown>)[part];
  }
  return value as KeyValue;
}
