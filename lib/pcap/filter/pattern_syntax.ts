/**
 * Reads a regular expression over octets into a program of few instructions. What needs memory of
 * what was matched (back references, look-around) is not in the language, so that matching takes
 * time linear in the octets whatever the pattern is.
 *
 * @module
 */

/** Most instructions of a program: what repetition counts unfold to. */
const PATTERN_INSTRUCTIONS_MAX = 1000;
/** Longest pattern, characters. */
const PATTERN_TEXT_MAX = 500;
const REPEAT_MAX = 250;
const DEPTH_MAX = 30;

/** What is wrong with a pattern. */
export interface PatternFault {
  readonly message: string;
  readonly hint: string;
}

/** One step: consume an octet of a set, fork, require the start or the end, or accept. */
export type Instruction =
  | { readonly kind: "octet"; readonly set: Uint8Array; readonly next: number }
  | { readonly kind: "fork"; readonly next: number; readonly other: number }
  | { readonly kind: "start" | "end"; readonly next: number }
  | { readonly kind: "accept" };

type Node =
  | { readonly kind: "set"; readonly set: Uint8Array }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "sequence" | "choice"; readonly of: readonly Node[] }
  | { readonly kind: "repeat"; readonly of: Node; readonly least: number; readonly most: number };

/** Thrown inside, answered as a {@link PatternFault}. */
class Refused extends Error {
  constructor(message: string, readonly hint: string) {
    super(message);
  }
}

const HINT =
  "Known are literals, ., [a-z], \\d \\w \\s \\xHH, ^ $, groups, |, and * + ? {m,n}; case is ignored.";

/** A pattern as instructions. */
export interface PatternProgram {
  readonly instructions: readonly Instruction[];
  /** Where it begins. */
  readonly entry: number;
}

/** The program of `pattern`, or why it has none. Case is ignored. */
export function readPattern(pattern: string): PatternProgram | PatternFault {
  try {
    if (pattern.length > PATTERN_TEXT_MAX) {
      throw new Refused(`the pattern has more than ${PATTERN_TEXT_MAX} characters`, HINT);
    }
    const emitter = new Emitter();
    const entry = emitter.emit(new PatternParser(pattern).parse(), 0);
    return { instructions: emitter.instructions, entry };
  } catch (error) {
    if (error instanceof Refused) return { message: error.message, hint: error.hint };
    throw error;
  }
}

/** Writes instructions from the end of the pattern to its start. */
class Emitter {
  readonly instructions: Instruction[] = [{ kind: "accept" }];
  #work = 0;

  /** Adds instructions for `node` that go on at `next`; returns where they begin. */
  emit(node: Node, next: number): number {
    // Repetitions of nothing add no instruction, but unfold all the same.
    if (++this.#work > 4 * PATTERN_INSTRUCTIONS_MAX) throw tooLarge();
    switch (node.kind) {
      case "set":
        return this.#add({ kind: "octet", set: node.set, next });
      case "start":
      case "end":
        return this.#add({ kind: node.kind, next });
      case "sequence":
        return node.of.reduceRight((after, part) => this.emit(part, after), next);
      case "choice":
        return node.of.map((part) => this.emit(part, next)).reduceRight((other, first) =>
          this.#add({ kind: "fork", next: first, other })
        );
      case "repeat":
        return this.#repeat(node.of, node.least, node.most, next);
    }
  }

  #repeat(of: Node, least: number, most: number, next: number): number {
    let after = next;
    if (most === Infinity) {
      // The fork is written first so that the body can come back to it.
      after = this.#add({ kind: "fork", next, other: next });
      this.instructions[after] = { kind: "fork", next: this.emit(of, after), other: next };
    } else {
      for (let count = least; count < most; count++) {
        after = this.#add({ kind: "fork", next: this.emit(of, after), other: next });
      }
    }
    for (let count = 0; count < least; count++) after = this.emit(of, after);
    return after;
  }

  #add(instruction: Instruction): number {
    if (this.instructions.length >= PATTERN_INSTRUCTIONS_MAX) throw tooLarge();
    return this.instructions.push(instruction) - 1;
  }
}

function tooLarge(): Refused {
  return new Refused("the pattern unfolds to too much", "Use smaller repetition counts.");
}

class PatternParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Node {
    if (this.#text.startsWith("(?i)")) this.#at = 4;
    const node = this.#choice();
    if (this.#at < this.#text.length) throw new Refused('the pattern has a ")" too many', HINT);
    return node;
  }

  get #next(): string {
    return this.#text.charAt(this.#at);
  }

  #accept(text: string): boolean {
    const isThere = this.#text.startsWith(text, this.#at);
    if (isThere) this.#at += text.length;
    return isThere;
  }

  #choice(): Node {
    if (++this.#depth > DEPTH_MAX) throw new Refused("the pattern nests too deep", HINT);
    const of = [this.#sequence()];
    while (this.#accept("|")) of.push(this.#sequence());
    this.#depth--;
    return { kind: "choice", of };
  }

  #sequence(): Node {
    const of: Node[] = [];
    while (this.#next !== "" && this.#next !== "|" && this.#next !== ")") of.push(this.#repeat());
    return { kind: "sequence", of };
  }

  #repeat(): Node {
    const of = this.#atom();
    const bounds = this.#bounds();
    if (bounds === null) return of;
    // A lazy or possessive sign changes which match is found, not whether there is one.
    if (!this.#accept("?")) this.#refusePossessive();
    if (/[*+?]/.test(this.#next)) throw new Refused("a repetition is repeated", HINT);
    return { kind: "repeat", of, least: bounds[0], most: bounds[1] };
  }

  #refusePossessive(): void {
    if (this.#next === "+") throw new Refused("possessive repetition is not known", HINT);
  }

  #bounds(): readonly [number, number] | null {
    if (this.#accept("*")) return [0, Infinity];
    if (this.#accept("+")) return [1, Infinity];
    if (this.#accept("?")) return [0, 1];
    const counted = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(this.#text.slice(this.#at, this.#at + 12));
    if (counted === null) return null;
    this.#at += counted[0].length;
    const least = Number(counted[1]);
    const most = counted[2] === undefined
      ? least
      : counted[3] === undefined
      ? Infinity
      : Number(counted[3]);
    if (most < least || least > REPEAT_MAX || (most !== Infinity && most > REPEAT_MAX)) {
      throw new Refused(`{${least},${most}} is out of range`, `Counts go up to ${REPEAT_MAX}.`);
    }
    return [least, most];
  }

  #atom(): Node {
    if (this.#accept("(")) return this.#group();
    if (this.#accept("[")) return { kind: "set", set: caseless(this.#set()) };
    if (this.#accept("^")) return { kind: "start" };
    if (this.#accept("$")) return { kind: "end" };
    if (this.#accept(".")) return { kind: "set", set: inverted(setOf("\n")) };
    if (this.#accept("\\")) return this.#escape();
    const character = this.#next;
    if (/[*+?]/.test(character)) throw new Refused(`"${character}" repeats nothing`, HINT);
    this.#at++;
    if (character.charCodeAt(0) <= 0xff) return { kind: "set", set: caseless(setOf(character)) };
    // Beyond Latin-1 a character stands for its UTF-8 octets, taken by code point.
    const point = String.fromCodePoint(this.#text.codePointAt(this.#at - 1) ?? 0);
    this.#at += point.length - 1;
    const of = [...new TextEncoder().encode(point)].map((octet) => ({
      kind: "set" as const,
      set: setOf(String.fromCharCode(octet)),
    }));
    return { kind: "sequence", of };
  }

  #group(): Node {
    if (!this.#accept("?:") && this.#next === "?") {
      throw new Refused(
        `"(?${this.#text.charAt(this.#at + 1)}" is not known: no look-around, no named groups`,
        HINT,
      );
    }
    const node = this.#choice();
    if (!this.#accept(")")) throw new Refused('the pattern has a "(" that is never closed', HINT);
    return node;
  }

  #escape(): Node {
    const named = this.#namedSet();
    if (named !== null) return { kind: "set", set: named };
    if (this.#accept("A")) return { kind: "start" };
    if (this.#accept("z") || this.#accept("Z")) return { kind: "end" };
    return { kind: "set", set: caseless(setOf(this.#escaped())) };
  }

  /** `\d`, `\w`, `\s` and their opposites. */
  #namedSet(): Uint8Array | null {
    const set = NAMED_SETS[this.#next];
    if (set === undefined) return null;
    this.#at++;
    return set;
  }

  #escaped(): string {
    const hex = /^x([0-9a-f]{2})/i.exec(this.#text.slice(this.#at, this.#at + 3));
    if (hex !== null) {
      this.#at += 3;
      return String.fromCharCode(parseInt(hex[1] ?? "0", 16));
    }
    const character = this.#next;
    this.#at++;
    const control = CONTROLS[character];
    if (control !== undefined) return control;
    if (character === "" || /[A-Za-z0-9]/.test(character) || character.charCodeAt(0) > 0xff) {
      throw new Refused(`"\\${character}" is not known`, HINT);
    }
    return character;
  }

  #set(): Uint8Array {
    const isInverted = this.#accept("^");
    const set = new Uint8Array(256);
    for (let first = true; first || this.#next !== "]"; first = false) {
      const low = this.#member();
      if (typeof low !== "string") {
        low.forEach((isIn, octet) => set[octet] = (set[octet] ?? 0) | isIn);
        continue;
      }
      const isRange = this.#next === "-" && this.#text.charAt(this.#at + 1) !== "]";
      if (isRange) this.#at++;
      const high = isRange ? this.#member() : low;
      if (typeof high !== "string" || high < low) {
        throw new Refused("a range of a set is upside down", HINT);
      }
      set.fill(1, low.charCodeAt(0), high.charCodeAt(0) + 1);
    }
    this.#at++;
    return isInverted ? inverted(caseless(set)) : set;
  }

  #member(): string | Uint8Array {
    if (this.#at >= this.#text.length) {
      throw new Refused('the pattern has a "[" that is never closed', HINT);
    }
    if (this.#text.startsWith("[:", this.#at)) {
      throw new Refused("[:names:] of sets are not known", HINT);
    }
    if (this.#accept("\\")) return this.#namedSet() ?? this.#escaped();
    const character = this.#next;
    if (character.charCodeAt(0) > 0xff) {
      throw new Refused("sets hold octets: characters beyond U+00FF have several", HINT);
    }
    this.#at++;
    return character;
  }
}

const CONTROLS: Readonly<Record<string, string>> = {
  a: "\x07",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  "0": "\0",
};

const DIGITS = rangeSet("09");
const WORD = union(rangeSet("09"), rangeSet("az"), rangeSet("AZ"), setOf("_"));
const SPACE = setOf(" \t\n\v\f\r");
const NAMED_SETS: Readonly<Record<string, Uint8Array>> = {
  d: DIGITS,
  D: inverted(DIGITS),
  w: WORD,
  W: inverted(WORD),
  s: SPACE,
  S: inverted(SPACE),
};

function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

function rangeSet(ends: string): Uint8Array {
  return new Uint8Array(256).fill(1, ends.charCodeAt(0), ends.charCodeAt(1) + 1);
}

function union(...sets: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    { length: 256 },
    (_, octet) => sets.some((one) => one[octet] === 1) ? 1 : 0,
  );
}

function inverted(set: Uint8Array): Uint8Array {
  return set.map((isIn) => 1 - isIn);
}

/** The set with the other case of its ASCII letters. */
function caseless(set: Uint8Array): Uint8Array {
  const wide = set.slice();
  for (let upper = 65; upper <= 90; upper++) {
    const either = (set[upper] ?? 0) | (set[upper + 32] ?? 0);
    wide[upper] = either;
    wide[upper + 32] = either;
  }
  return wide;
}
