/**
 * Reading JSON that a stranger sent, field by field: every value knows its path, so that a wrong
 * one is named. Unknown fields are not looked at.
 *
 * @module
 */
import { NetglassError, RemoteFailure } from "../errors/mod.ts";

/** Longest text that is shown to anybody, characters. */
const WORDS_MAX = 200;
/** Longest text that is parsed, characters: an AS path of 4,000 hops. */
const PARSED_MAX = 50_000;

/** One value of a document. */
export class JsonValue {
  /** `source` names the sender; `path` is empty for the whole document. */
  private constructor(
    readonly source: string,
    readonly path: string,
    readonly value: unknown,
  ) {}

  /**
   * The document that these octets are.
   *
   * @throws {RemoteFailure} `remote.answer` if they are no JSON in UTF-8
   */
  static parse(source: string, body: Uint8Array): JsonValue {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    } catch (error) {
      throw wrongAnswer(source, "", "it is no JSON", error);
    }
    return new JsonValue(source, "", value);
  }

  /** True for null and for a field that is not there. */
  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** A member of an object; absent if it has none of this name. @throws {RemoteFailure} */
  field(name: string): JsonValue {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.wrong("an object");
    }
    const member = Object.hasOwn(value, name) ? value[name as keyof typeof value] : undefined;
    return new JsonValue(this.source, this.path === "" ? name : `${this.path}.${name}`, member);
  }

  /** How many elements an array has. @throws {RemoteFailure} */
  get length(): number {
    if (!Array.isArray(this.value)) throw this.wrong("an array");
    return this.value.length;
  }

  /** The elements of an array, each made as it is asked for. @throws {RemoteFailure} */
  items(): IteratorObject<JsonValue, undefined> {
    if (!Array.isArray(this.value)) throw this.wrong("an array");
    return this.value.values().map((item, index) =>
      new JsonValue(this.source, `${this.path}[${index}]`, item)
    );
  }

  /** A text. @throws {RemoteFailure} */
  text(): string {
    if (typeof this.value !== "string") throw this.wrong("a text");
    return this.value;
  }

  /** True or false. @throws {RemoteFailure} */
  flag(): boolean {
    if (typeof this.value !== "boolean") throw this.wrong("true or false");
    return this.value;
  }

  /** A text for people, trimmed and cut at 200 characters; null if absent or empty. @throws {RemoteFailure} */
  words(): string | null {
    if (this.isAbsent) return null;
    const text = this.text().trim();
    if (text === "") return null;
    return text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)}…` : text;
  }

  /** What `parse` makes of a text or a number; its null or syntax error is a wrong value. @throws {RemoteFailure} */
  parsed<T>(want: string, parse: (text: string) => T | null): T {
    const { value } = this;
    if (typeof value !== "string" && typeof value !== "number") throw this.wrong(want);
    if (String(value).length > PARSED_MAX) throw this.wrong(want);
    let made: T | null;
    try {
      made = parse(String(value).trim());
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof NetglassError)) throw error;
      made = null;
    }
    if (made === null) throw this.wrong(want);
    return made;
  }

  /** The error that says what this value should be. */
  wrong(want: string): RemoteFailure {
    return wrongAnswer(this.source, this.path, `${this.#name()} is ${this.#is()}, want ${want}`);
  }

  #name(): string {
    return this.path === "" ? "the document" : `"${this.path}"`;
  }

  #is(): string {
    const { value } = this;
    if (value === undefined) return "absent";
    if (value === null) return "null";
    if (Array.isArray(value)) return "an array";
    if (typeof value === "object") return "an object";
    return JSON.stringify(value).slice(0, 80);
  }
}

function wrongAnswer(source: string, path: string, why: string, cause?: unknown): RemoteFailure {
  return new RemoteFailure("answer", `Cannot use the answer of "${source}": ${why}`, {
    hint: "The service may have changed its format; other sources may still answer.",
    detail: { stage: "parse", host: source, field: path },
    cause,
  });
}
