/**
 * What a row of the table of keys can say: the kinds of values, and how each is told to a person.
 *
 * @module
 */

/** Says what is wanted if `text` is not it, else null. */
export type TextCheck = (text: string) => string | null;

/**
 * How a `config.yaml` found in the working directory may change a key:
 * - `up`, `down`: a boolean only to true, only to false;
 * - `lower`: a number only down; `lower_zero_unlimited`: the same, 0 being the highest value;
 * - `shrink`: a list only loses entries, an empty list being the tightest;
 * - `shrink_empty_any`: a list only narrows, an empty list being the widest;
 * - `grow`: a list only gains entries;
 * - `first_value`: an enumeration only to its first value;
 * - `never`: such a file cannot set the key.
 */
export type TightenRule =
  | "up"
  | "down"
  | "lower"
  | "lower_zero_unlimited"
  | "shrink"
  | "shrink_empty_any"
  | "grow"
  | "first_value"
  | "never";

/** A value that is true or false. */
export interface BooleanKind {
  readonly type: "boolean";
  readonly default: boolean;
}

/** A whole number in a range, or null where `nullable`. */
export interface IntegerKind {
  readonly type: "integer";
  readonly default: number | null;
  readonly nullable?: boolean;
  /** A record without this field is refused. */
  readonly required?: boolean;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
}

/** One of a few words, the first being the strictest, or null where `nullable`. */
export interface EnumKind {
  readonly type: "enum";
  readonly default: string | null;
  readonly nullable?: boolean;
  readonly values: readonly string[];
}

/** Text, or null unless `required`. */
export interface TextKind {
  readonly type: "text";
  readonly default: string | null;
  /** A record without this field is refused; null is no value of it. */
  readonly required?: boolean;
  /** What the text is, for the documentation: `directory`, `host:port`. */
  readonly unit: string;
  readonly check: TextCheck;
  /** The text is a path and is made absolute when loaded. */
  readonly isPath?: boolean;
  /** The text is never shown. */
  readonly secret?: boolean;
}

/** A list of texts, or null where `nullable`. */
export interface ListKind {
  readonly type: "list";
  readonly default: readonly string[] | null;
  readonly nullable?: boolean;
  /** What one entry is, for the documentation. */
  readonly unit: string;
  readonly check: TextCheck;
  /** Fewest entries; default 0. */
  readonly minEntries?: number;
  readonly isPath?: boolean;
  /** Entries are never shown. */
  readonly secret?: boolean;
}

/** The kinds of values that a field of a record can have. */
export type PlainKind = BooleanKind | IntegerKind | EnumKind | TextKind | ListKind;

/**
 * A list of records that are told apart by a name. A record whose name is in the list already sets
 * only the fields that it gives; any other is added, with the defaults of the fields that it leaves out.
 */
export interface RecordsKind {
  readonly type: "records";
  /** What one record is: `server`. */
  readonly unit: string;
  /** The field that names a record, unique without regard to case. */
  readonly identity: string;
  /** A text stands for the record that gives nothing but its identity. */
  readonly isTextEnough?: boolean;
  readonly fields: readonly FieldRow[];
  /** Complete records, as the configuration will hold them. */
  readonly default: readonly object[];
  /** Comments of the shipped file, by the name of the record that they stand before. */
  readonly headings?: ReadonlyMap<string, string>;
}

interface Described {
  /** Dotted path, as in `config.yaml`; of a field, as in its record. */
  readonly path: string;
  /** For a person: what it does. */
  readonly doc: string;
}

interface OfKey extends Described {
  readonly tighten: TightenRule;
  /** Seed names of the environment variable that are still accepted. */
  readonly aliases?: readonly string[];
}

/** One field of a record; `login.username` is a field inside of a group. */
export type FieldRow = Described & PlainKind & {
  /** The shipped file writes the field also where it has its default. */
  readonly isAlwaysWritten?: boolean;
};

/** A key whose value is a list of records. */
export type RecordsRow = OfKey & RecordsKind;

/** One key. */
export type KeyRow = (OfKey & PlainKind) | RecordsRow;

/** A key or field whose value is not made of records. */
export type PlainRow = Described & PlainKind;

/** A value that a {@link PlainRow} can have. */
export type PlainValue = boolean | number | string | null | readonly string[];

/** A value that a key can have. */
export type KeyValue = PlainValue | readonly object[];

/** True for a field that a record must bring. */
export function isRequired(row: PlainRow): boolean {
  return (row.type === "text" || row.type === "integer") && row.required === true;
}

/** True for a list of texts, which an empty list is as well. */
export function isTexts(value: KeyValue): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

/** The name of the environment variable of a key: `NETGLASS_` and the key path. */
export function envNameOf(row: KeyRow): string {
  return "NETGLASS_" + row.path.toUpperCase().replaceAll(".", "_");
}

/** What a value must be, in words: `a whole number from 1 to 256 (probes at once)`. */
export function wantedOf(row: PlainRow | KeyRow): string {
  switch (row.type) {
    case "boolean":
      return "true or false";
    case "integer":
      return `a whole number from ${row.min} to ${row.max} (${row.unit})${orNull(row)}`;
    case "enum":
      return `${row.values.join(" or ")}${orNull(row)}`;
    case "text":
      return row.required === true ? row.unit : `${row.unit}, or null`;
    case "list": {
      const list = row.minEntries === undefined ? "a list" : `a list of at least ${row.minEntries}`;
      return `${list}, each entry: ${row.unit}${row.nullable === true ? "; or null" : ""}`;
    }
    case "records":
      return row.isTextEnough === true
        ? `a list, each entry: a ${row.identity}, or a ${row.identity} and what else it sets`
        : `a list of ${row.unit}s, each with a ${row.identity} and what else it sets`;
  }
}

function orNull({ nullable }: IntegerKind | EnumKind): string {
  return nullable === true ? " or null" : "";
}
