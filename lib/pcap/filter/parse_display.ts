/**
 * Reads a Wireshark display filter. As in Wireshark, `!` and `not` bind strongest, then `and`, then
 * `xor`, then `or`; `!=` holds only if all values of the field differ.
 *
 * @module
 */
import type { Expression, Literal, Member, Operand, Operator, Slice } from "./expression.ts";
import { joined } from "./expression.ts";
import { fieldNamed, nearestFields, usualField } from "./field_table.ts";
import { filterError } from "./filter_error.ts";
import { operandType, readLiteral, textOctets, wantedFor } from "./literal.ts";
import { compilePattern } from "./pattern.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** Most conditions of one filter; members of sets count. */
export const FILTER_NODES_MAX = 256;
/** Deepest nesting of parentheses and negations. */
export const FILTER_DEPTH_MAX = 40;

/** How a comparison is written, what it compares, and whether all values must satisfy it. */
const COMPARISONS: ReadonlyMap<string, readonly [Operator, boolean]> = new Map(Object.entries({
  "==": ["==", false],
  eq: ["==", false],
  any_eq: ["==", false],
  "===": ["==", true],
  all_eq: ["==", true],
  "!=": ["!=", true],
  ne: ["!=", true],
  all_ne: ["!=", true],
  "!==": ["!=", false],
  "~=": ["!=", false],
  any_ne: ["!=", false],
  "<": ["<", false],
  lt: ["<", false],
  ">": [">", false],
  gt: [">", false],
  "<=": ["<=", false],
  le: ["<=", false],
  ">=": [">=", false],
  ge: [">=", false],
}));

/**
 * The checked tree of a display filter.
 * @throws {InputError} `input.filter`, with the column
 */
export function parseDisplayFilter(text: string): Expression {
  const parser = new DisplayParser(text);
  return parser.parse();
}

class DisplayParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #nodes = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  parse(): Expression {
    const first = this.#next;
    if (first.kind === "end") throw this.#error(first, "it is empty");
    const expression = this.#or();
    const rest = this.#next;
    if (rest.kind !== "end") {
      throw this.#error(rest, `expected "and", "or" or the end, found ${shown(rest)}`);
    }
    return expression;
  }

  get #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new TypeError("No token behind the last one");
    return token;
  }

  #take(): Token {
    const token = this.#next;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  /** Takes the next token if it is one of these signs or words. */
  #accept(...texts: readonly string[]): boolean {
    const { kind, text } = this.#next;
    const isTaken = (kind === "sign" || kind === "word") && texts.includes(text.toLowerCase());
    if (isTaken) this.#at++;
    return isTaken;
  }

  #error(token: Token, message: string, hint?: string): Error {
    return filterError(this.#text, token.from, token.to, message, hint);
  }

  #or(): Expression {
    const terms = [this.#xor()];
    while (this.#accept("||", "or")) terms.push(this.#xor());
    return joined("or", terms);
  }

  #xor(): Expression {
    let left = this.#and();
    while (this.#accept("^^", "xor")) left = { kind: "xor", left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    const terms = [this.#not()];
    while (this.#accept("&&", "and")) terms.push(this.#not());
    return joined("and", terms);
  }

  #not(): Expression {
    const token = this.#next;
    if (++this.#depth > FILTER_DEPTH_MAX) {
      throw this.#error(token, `it nests deeper than ${FILTER_DEPTH_MAX}`);
    }
    const expression = this.#accept("!", "not")
      ? { kind: "not" as const, term: this.#not() }
      : this.#accept("(")
      ? this.#group(token)
      : this.#test();
    this.#depth--;
    return expression;
  }

  #group(open: Token): Expression {
    const expression = this.#or();
    if (!this.#accept(")")) {
      throw this.#next.kind === "end"
        ? this.#error(open, 'the "(" is never closed')
        : this.#error(this.#next, `expected ")", found ${shown(this.#next)}`);
    }
    return expression;
  }

  #count(token: Token): void {
    if (++this.#nodes > FILTER_NODES_MAX) {
      throw this.#error(token, `it has more than ${FILTER_NODES_MAX} conditions`);
    }
  }

  #test(): Expression {
    this.#count(this.#next);
    const quantifier = this.#quantifier();
    const operand = this.#operand();
    const token = this.#next;
    const comparison = token.kind === "sign" || token.kind === "word"
      ? COMPARISONS.get(token.text.toLowerCase())
      : undefined;
    if (comparison !== undefined) {
      this.#at++;
      const [operator, every] = comparison;
      return this.#comparison(operand, operator, quantifier ?? every, token);
    }
    if (quantifier !== null) throw this.#error(token, '"all" and "any" stand before a comparison');
    if (this.#accept("in")) return this.#membership(operand);
    if (this.#accept("contains")) return this.#contains(operand, token);
    if (this.#accept("matches", "~")) return this.#matches(operand, token);
    if (token.kind === "sign" && token.text === "=") {
      throw this.#error(token, '"=" compares nothing here, write "=="');
    }
    return { kind: "present", operand };
  }

  /** `all` or `any` before a comparison: whether every value must satisfy it. */
  #quantifier(): boolean | null {
    const after = this.#tokens[this.#at + 1];
    if (after?.kind !== "word" || COMPARISONS.get(after.text) !== undefined) return null;
    if (this.#accept("all")) return true;
    return this.#accept("any") ? false : null;
  }

  #operand(): Operand {
    const token = this.#take();
    const field = token.kind === "word" ? fieldNamed(token.text) : undefined;
    if (field === undefined) throw this.#unknown(token);
    let slice: Slice | null = null;
    if (this.#next.kind === "slice") slice = this.#slice({ field, slice, mask: null });
    const mask = this.#accept("&", "bitand", "bitwise_and")
      ? this.#mask({ field, slice, mask: null })
      : null;
    return { field, slice, mask };
  }

  #unknown(token: Token): Error {
    if (token.kind === "end") return this.#error(token, "expected a field, found the end");
    if (token.kind !== "word") {
      return this.#error(token, `expected a field, found ${shown(token)}`);
    }
    if (this.#next.kind === "sign" && this.#next.text === "(") {
      return this.#error(
        token,
        `functions such as ${shown(token)} are not read`,
        'matches ignores case, and "==" compares whole values: dns.qry.name matches "^www\\\\."',
      );
    }
    const near = nearestFields(token.text);
    const hint = near.length === 0
      ? "Fields are named as in Wireshark: ip.addr, tcp.port, tcp.flags.syn, dns.qry.name, frame.len."
      : `Did you mean ${near.join(", ")}?`;
    return this.#error(token, `${shown(token)} is no field`, hint);
  }

  #slice(operand: Operand): Slice {
    const token = this.#take();
    const { type, name } = operand.field;
    if (operand.field.readers.kind !== "range") {
      throw this.#error(token, `${name} is a ${type}, only octets can be sliced`);
    }
    const isHeader = type === "protocol" && name !== "frame";
    if (isHeader && (token.text.startsWith("-") || token.text.endsWith(":"))) {
      throw this.#error(
        token,
        `a slice of ${name} needs a start and a length, both counted forward`,
        "frame and fields such as tcp.payload can be sliced from their end, and to it.",
      );
    }
    const span = /^(-?\d{1,5})?:(\d{1,5})?$/.exec(token.text);
    if (span !== null && (span[1] !== undefined || span[2] !== undefined)) {
      const length = span[2] === undefined ? null : Number(span[2]);
      if (length !== 0) return { start: Number(span[1] ?? 0), length };
    }
    const range = /^(\d{1,5})-(\d{1,5})$/.exec(token.text);
    if (range !== null && Number(range[2]) >= Number(range[1])) {
      return { start: Number(range[1]), length: Number(range[2]) - Number(range[1]) + 1 };
    }
    if (/^-?\d{1,5}$/.test(token.text)) return { start: Number(token.text), length: 1 };
    throw this.#error(
      token,
      "expected a slice: [start:length], [first-last], [start:] or [index]",
      "For example eth.addr[0:3] == 02:00:00, or tcp[13] & 0x02.",
    );
  }

  #mask(operand: Operand): number {
    const token = this.#take();
    const isNumber = operand.field.readers.kind === "number" &&
      (operand.field.type === "number" || operand.field.type === "boolean");
    const length = operand.slice?.length ?? 0;
    if (!isNumber && (length < 1 || length > 4)) {
      throw this.#error(
        token,
        `"&" needs a number or a slice of one to four octets, ${operand.field.name} is ${operand.field.type}`,
      );
    }
    const literal = readLiteral({ ...operand, mask: 0 }, token);
    if (literal?.type !== "number" || literal.value > 0xffffffff) {
      throw this.#error(token, `expected the bits to test such as 0x02, found ${shown(token)}`);
    }
    return literal.value;
  }

  #comparison(
    operand: Operand,
    operator: Operator,
    every: boolean,
    sign: Token,
  ): Expression {
    const token = this.#next;
    const other = token.kind === "word" ? fieldNamed(token.text) : undefined;
    const literal = this.#fits(operand, sign) ? readLiteral(operand, token) : null;
    if (literal === null && other !== undefined) {
      const right = this.#operand();
      const isSame = operandType(right) === operandType(operand);
      if (isSame && operandType(operand) !== "label") {
        return { kind: "relate", operator, every, left: operand, right };
      }
      throw this.#error(
        token,
        `${operand.field.name} is ${operandType(operand)}, ${other.name} is ${operandType(right)}`,
        `Compare ${operand.field.name} with ${wantedFor(operand)}.`,
      );
    }
    this.#take();
    if (literal === null) throw this.#wrongValue(operand, token);
    return { kind: "compare", operator, every, operand, value: literal };
  }

  /** Refuses comparisons of what has no value of its own. */
  #fits(operand: Operand, sign: Token): boolean {
    const { field } = operand;
    if (operand.slice !== null || operand.mask !== null) return true;
    if (field.type === "label") {
      throw this.#error(sign, `${field.name} has no value to compare: it is there or not`);
    }
    if (field.type !== "protocol") return true;
    const usual = usualField(field.name);
    const instead = usual === undefined ? "" : `Compare a field such as ${usual}, or search`;
    throw this.#error(
      sign,
      `${field.name} is a protocol and has no value to compare`,
      `${instead === "" ? "Search" : instead} its octets: ${field.name} contains "text".`,
    );
  }

  #wrongValue(operand: Operand, token: Token): Error {
    const { field } = operand;
    const isV6 = field.type === "ipv4" && token.text.includes(":");
    const twin = isV6 ? field.name.replace(/^ip\./, "ipv6.") : null;
    const isV4 = field.type === "ipv6" && /^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/.test(token.text);
    const hint = twin !== null
      ? `For IPv6 write ${twin} == ${token.text}.`
      : isV4
      ? `For IPv4 write ${field.name.replace(/^ipv6\./, "ip.")} == ${token.text}.`
      : undefined;
    return this.#error(
      token,
      `${field.name} is compared with ${wantedFor(operand)}, found ${shown(token)}`,
      hint,
    );
  }

  #membership(operand: Operand): Expression {
    const open = this.#next;
    if (operandType(operand) === "label" || operandType(operand) === "protocol") {
      throw this.#error(open, `${operand.field.name} has no value to look up in a set`);
    }
    if (!this.#accept("{")) {
      throw this.#error(open, `expected "{", found ${shown(open)}`, "For example {80, 443}.");
    }
    const members: Member[] = [];
    do {
      members.push(this.#member(operand));
    } while (this.#accept(","));
    if (!this.#accept("}")) {
      throw this.#error(this.#next, `expected "," or "}", found ${shown(this.#next)}`);
    }
    return { kind: "in", operand, members };
  }

  #member(operand: Operand): Member {
    this.#count(this.#next);
    const low = this.#value(operand);
    if (!this.#accept("..")) return { low, high: null };
    return { low, high: this.#value(operand) };
  }

  #value(operand: Operand): Literal {
    const token = this.#take();
    const literal = token.kind === "end" ? null : readLiteral(operand, token);
    if (literal === null) throw this.#wrongValue(operand, token);
    return literal;
  }

  #contains(operand: Operand, sign: Token): Expression {
    this.#searchable(operand, sign, "contains");
    const token = this.#take();
    const octets = operandType(operand) === "text"
      ? quotedOrWord(token)
      : readLiteral({ ...operand, slice: WHOLE }, token);
    const sought = octets?.type === "octets" ? octets.value : null;
    if (sought === null || sought.length === 0) throw this.#wrongValue(operand, token);
    return { kind: "contains", operand, sought };
  }

  #matches(operand: Operand, sign: Token): Expression {
    this.#searchable(operand, sign, "matches");
    const token = this.#take();
    if (token.kind !== "string" && token.kind !== "raw_string") {
      throw this.#error(
        token,
        `expected a regular expression in quotes, found ${shown(token)}`,
        'For example dns.qry.name matches "^www\\\\.".',
      );
    }
    const fault = compilePattern(token.text).fault;
    if (fault !== null) throw this.#error(token, fault.message, fault.hint);
    return { kind: "matches", operand, pattern: token.text };
  }

  #searchable(operand: Operand, sign: Token, verb: string): void {
    const type = operandType(operand);
    if (type === "text" || type === "bytes" || type === "protocol") return;
    throw this.#error(
      sign,
      `"${verb}" searches text and octets, ${operand.field.name} is ${type}`,
      `Compare it: ${operand.field.name} == …, or name a set: ${operand.field.name} in {…}.`,
    );
  }
}

/** Octets of any number, so that a value is not taken for a number. */
const WHOLE: Slice = { start: 0, length: null };

function quotedOrWord(token: Token): Literal | null {
  if (token.kind === "slice" || token.kind === "sign" || token.kind === "end") return null;
  return { type: "octets", value: textOctets(token.text), mask: null };
}

function shown(token: Token): string {
  if (token.kind === "end") return "the end";
  return JSON.stringify(token.text.slice(0, 40));
}
