/**
 * Checks a list of records against its row, and lays it over the records that are known already.
 *
 * @module
 */
import { nearestWord } from "../errors/nearest_word.ts";
import { type Checked, checkValue } from "./check_value.ts";
import { MAX_PROBLEMS, type Place, type Problem, problem, showFound } from "./problem.ts";
import { defaultRecord, identityKey, isMapping, mergeRecord, namesOf } from "./records.ts";
import { type FieldRow, isRequired, type RecordsRow, wantedOf } from "./row.ts";

/** The fields that one record of the list gives. */
type Given = Record<string, unknown>;

/**
 * Checks `found` against `row`. The outcome is `base` with what the found records set, then the
 * records that are new, in their order. Of what is found, only names and values of fields that are
 * no secret are shown in a problem.
 */
export function checkRecords(
  row: RecordsRow,
  found: unknown,
  base: readonly object[],
  place: Place,
  lineOf: (path: string) => number | null = () => place.line,
): Checked {
  if (!Array.isArray(found)) {
    return { value: null, problems: [problem(place, showFound(found, true), wantedOf(row))] };
  }
  const list = new RecordList(row, base, place, lineOf);
  found.forEach((entry: unknown, index) => list.add(entry, `${place.key}[${index}]`));
  return list.problems.length === 0
    ? { value: list.records(), problems: [] }
    : { value: null, problems: list.problems };
}

class RecordList {
  readonly problems: Problem[] = [];
  readonly #row: RecordsRow;
  readonly #fields: ReadonlyMap<string, FieldRow>;
  /** Names of fields that stand around others: `login`. */
  readonly #groups: ReadonlySet<string>;
  readonly #defaults: object;
  readonly #place: Place;
  readonly #lineOf: (path: string) => number | null;
  /** By identity, in the order of the list. */
  readonly #records: Map<string, object>;
  /** Identities that the list has named, and where. */
  readonly #named = new Map<string, string>();

  constructor(
    row: RecordsRow,
    base: readonly object[],
    place: Place,
    lineOf: (path: string) => number | null,
  ) {
    this.#row = row;
    this.#fields = new Map(row.fields.map((field) => [field.path, field]));
    this.#groups = new Set(
      row.fields.flatMap(({ path }) => path.includes(".") ? path.split(".", 1) : []),
    );
    this.#defaults = defaultRecord(row.fields);
    this.#place = place;
    this.#lineOf = lineOf;
    const names = namesOf(row, base);
    this.#records = new Map(base.map((record, at) => [identityKey(names[at] ?? ""), record]));
  }

  records(): readonly object[] {
    return [...this.#records.values()];
  }

  /** Takes one entry of the list, `at` its path. */
  add(entry: unknown, at: string): void {
    const { unit, identity, isTextEnough } = this.#row;
    if (typeof entry === "string" && isTextEnough === true) {
      this.add({ [identity]: entry }, at);
      return;
    }
    if (!isMapping(entry)) {
      this.#problem(at, showFound(entry, true), `the fields of a ${unit}, ${identity} among them`);
      return;
    }
    const problemsBefore = this.problems.length;
    const given = this.#read(entry, at);
    const name = given[identity];
    if (typeof name !== "string") {
      // A name that is there and wrong has its problem already.
      if (!Object.hasOwn(entry, identity)) this.#missing(identity, at, "");
      return;
    }
    const key = identityKey(name);
    const first = this.#named.get(key);
    if (first !== undefined) {
      const wanted = `each ${identity} once, without regard to case (first at ${first})`;
      this.#problem(`${at}.${identity}`, `${showFound(name)} again`, wanted);
      return;
    }
    this.#named.set(key, at);
    const base = this.#records.get(key);
    if (base === undefined) this.#requireAll(name, entry, at);
    if (this.problems.length > problemsBefore) return;
    // A record that is known keeps the spelling of its name.
    const { [identity]: _, ...changed } = given;
    this.#records.set(
      key,
      base === undefined ? mergeRecord(this.#defaults, given) : mergeRecord(base, changed),
    );
  }

  #read(entry: Given, at: string, group?: string): Given {
    const given: Given = {};
    for (const [name, value] of Object.entries(entry)) {
      const path = group === undefined ? name : `${group}.${name}`;
      const field = this.#fields.get(path);
      if (name.includes(".")) {
        this.#problem(`${at}.${name}`, "a field name with a dot", "a section with fields");
      } else if (field !== undefined) {
        const checked = checkValue(field, value, this.#placeOf(`${at}.${name}`), this.#lineOf);
        if (checked.problems.length === 0) given[name] = checked.value;
        else this.problems.push(...checked.problems);
      } else if (!this.#groups.has(path)) {
        this.#unknownField(path, `${at}.${name}`);
      } else if (isMapping(value)) {
        given[name] = this.#read(value, `${at}.${name}`, name);
      } else if (value !== null) {
        this.#problem(`${at}.${name}`, showFound(value, true), "a section with fields");
      }
    }
    return given;
  }

  /** A record that is not known yet must bring what has no default. */
  #requireAll(name: string, entry: object, at: string): void {
    for (const field of this.#row.fields) {
      if (!isRequired(field)) continue;
      if (Object.hasOwn(entry, field.path)) continue;
      const why = ` (no ${this.#row.unit} is named ${showFound(name)} yet)`;
      const nearest = this.#nearest(name, () => namesOf(this.#row, this.records()));
      this.#missing(field.path, at, why, nearest);
    }
  }

  #missing(path: string, at: string, why: string, nearest: string | null = null): void {
    const field = this.#fields.get(path);
    const wanted = `${field === undefined ? "text" : wantedOf(field)}${why}`;
    const place = { ...this.#placeOf(at), key: `${at}.${path}` };
    this.problems.push(problem(place, "nothing", wanted, nearest));
  }

  #unknownField(path: string, key: string): void {
    const last = (text: string): string => text.split(".").at(-1) ?? text;
    const byLast = new Map(this.#row.fields.map((field) => [last(field.path), field.path]));
    const nearest = this.#nearest(path, () => [...this.#fields.keys(), ...this.#groups]) ??
      byLast.get(this.#nearest(last(path), () => byLast.keys()) ?? "") ?? null;
    this.problems.push(
      problem(
        this.#placeOf(key),
        "an unknown field",
        `a field of a ${this.#row.unit}`,
        nearest,
      ),
    );
  }

  /** Nothing is looked up for problems beyond those that are spelled out. */
  #nearest(word: string, known: () => Iterable<string>): string | null {
    return this.problems.length >= MAX_PROBLEMS ? null : nearestWord(word, known());
  }

  #problem(key: string, found: string, wanted: string): void {
    this.problems.push(problem(this.#placeOf(key), found, wanted));
  }

  #placeOf(key: string): Place {
    return { ...this.#place, key, line: this.#lineOf(key) ?? this.#place.line };
  }
}
