/**
 * Reads a Wireshark display filter. As in Wireshark, `!` and `not` bind strongest, then `and`, then
 * `xor`, then `or`; `!=` holds only if all values of the field differ.
 *
 * @module
 */
import type { Expression, Literal, Member, Operand, Operator, Slice } from "./expression.ts";
import { joined } from "./expression.ts";
import { fieldNamed, nearestFields, usualField } from "./field_table.ts";
import { operandType, readLiteral, textOctets, wantedFor } from "./literal.ts";
import { compilePattern } from "./pattern.ts";
import { TokenReader } from "./token_reader.ts";
import type { Token } from "./tokens.ts";

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
  readonly #tokens: TokenReader;

  constructor(text: string) {
    this.#tokens = new TokenReader(text, { ignoresCase: true });
  }

  parse(): Expression {
    const first = this.#tokens.next;
    if (first.kind === "end") throw this.#tokens.error(first, "it is empty");
    const expression = this.#or();
    const rest = this.#tokens.next;
    if (rest.kind !== "end") {
      throw this.#tokens.error(rest, `expected "and", "or" or the end, found ${shown(rest)}`);
    }
    return expression;
  }

  #or(): Expression {
    const terms = [this.#xor()];
    while (this.#tokens.accept("||", "or")) terms.push(this.#xor());
    return joined("or", terms);
  }

  #xor(): Expression {
    let left = this.#and();
    while (this.#tokens.accept("^^", "xor")) left = { kind: "xor", left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    const terms = [this.#not()];
    while (this.#tokens.accept("&&", "and")) terms.push(this.#not());
    return joined("and", terms);
  }

  #not(): Expression {
    return this.#tokens.nested((token) => {
      if (this.#tokens.accept("!", "not")) return { kind: "not", term: this.#not() };
      return this.#tokens.accept("(") ? this.#group(token) : this.#test();
    });
  }

  #group(open: Token): Expression {
    const expression = this.#or();
    if (!this.#tokens.accept(")")) {
      throw this.#tokens.next.kind === "end"
        ? this.#tokens.error(open, 'the "(" is never closed')
        : this.#tokens.error(this.#tokens.next, `expected ")", found ${shown(this.#tokens.next)}`);
    }
    return expression;
  }

  #test(): Expression {
    this.#tokens.count(this.#tokens.next);
    const quantifier = this.#quantifier();
    const operand = this.#operand();
    const token = this.#tokens.next;
    const comparison = token.kind === "sign" || token.kind === "word"
      ? COMPARISONS.get(token.text.toLowerCase())
      : undefined;
    if (comparison !== undefined) {
      this.#tokens.take();
      const [operator, every] = comparison;
      return this.#comparison(operand, operator, quantifier ?? every, token);
    }
    if (quantifier !== null) {
      throw this.#tokens.error(token, '"all" and "any" stand before a comparison');
    }
    if (this.#tokens.accept("in")) return this.#membership(operand);
    if (this.#tokens.accept("contains")) return this.#contains(operand, token);
    if (this.#tokens.accept("matches", "~")) return this.#matches(operand, token);
    if (token.kind === "sign" && token.text === "=") {
      throw this.#tokens.error(token, '"=" compares nothing here, write "=="');
    }
    return { kind: "present", operand };
  }

  /** `all` or `any` before a comparison: whether every value must satisfy it. */
  #quantifier(): boolean | null {
    const after = this.#tokens.afterNext;
    if (after?.kind !== "word" || COMPARISONS.get(after.text) !== undefined) return null;
    if (this.#tokens.accept("all")) return true;
    return this.#tokens.accept("any") ? false : null;
  }

  #operand(): Operand {
    const token = this.#tokens.take();
    const field = token.kind === "word" ? fieldNamed(token.text) : undefined;
    if (field === undefined) throw this.#unknown(token);
    let slice: Slice | null = null;
    if (this.#tokens.next.kind === "slice") slice = this.#slice({ field, slice, mask: null });
    const mask = this.#tokens.accept("&", "bitand", "bitwise_and")
      ? this.#mask({ field, slice, mask: null })
      : null;
    return { field, slice, mask };
  }

  #unknown(token: Token): Error {
    if (token.kind === "end") return this.#tokens.error(token, "expected a field, found the end");
    if (token.kind !== "word") {
      return this.#tokens.error(token, `expected a field, found ${shown(token)}`);
    }
    if (this.#tokens.next.kind === "sign" && this.#tokens.next.text === "(") {
      return this.#tokens.error(
        token,
        `functions such as ${shown(token)} are not read`,
        'matches ignores case, and "==" compares whole values: dns.qry.name matches "^www\\\\."',
      );
    }
    const near = nearestFields(token.text);
    const hint = near.length === 0
      ? "Fields are named as in Wireshark: ip.addr, tcp.port, tcp.flags.syn, dns.qry.name, frame.len."
      : `Did you mean ${near.join(", ")}?`;
    return this.#tokens.error(token, `${shown(token)} is no field`, hint);
  }

  #slice(operand: Operand): Slice {
    const token = this.#tokens.take();
    const { type, name } = operand.field;
    if (operand.field.readers.kind !== "range") {
      throw this.#tokens.error(token, `${name} is a ${type}, only octets can be sliced`);
    }
    const isHeader = type === "protocol" && name !== "frame";
    if (isHeader && (token.text.startsWith("-") || token.text.endsWith(":"))) {
      throw this.#tokens.error(
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
    throw this.#tokens.error(
      token,
      "expected a slice: [start:length], [first-last], [start:] or [index]",
      "For example eth.addr[0:3] == 02:00:00, or tcp[13] & 0x02.",
    );
  }

  #mask(operand: Operand): number {
    const token = this.#tokens.take();
    const isNumber = operand.field.readers.kind === "number" &&
      (operand.field.type === "number" || operand.field.type === "boolean");
    const length = operand.slice?.length ?? 0;
    if (!isNumber && (length < 1 || length > 4)) {
      throw this.#tokens.error(
        token,
        `"&" needs a number or a slice of one to four octets, ${operand.field.name} is ${operand.field.type}`,
      );
    }
    const literal = readLiteral({ ...operand, mask: 0 }, token);
    if (literal?.type !== "number" || literal.value > 0xffffffff) {
      throw this.#tokens.error(
        token,
        `expected the bits to test such as 0x02, found ${shown(token)}`,
      );
    }
    return literal.value;
  }

  #comparison(
    operand: Operand,
    operator: Operator,
    every: boolean,
    sign: Token,
  ): Expression {
    const token = this.#tokens.next;
    const other = token.kind === "word" ? fieldNamed(token.text) : undefined;
    const literal = this.#fits(operand, sign) ? readLiteral(operand, token) : null;
    if (literal === null && other !== undefined) {
      const right = this.#operand();
      const isSame = operandType(right) === operandType(operand);
      if (isSame && operandType(operand) !== "label") {
        return { kind: "relate", operator, every, left: operand, right };
      }
      throw this.#tokens.error(
        token,
        `${operand.field.name} is ${operandType(operand)}, ${other.name} is ${operandType(right)}`,
        `Compare ${operand.field.name} with ${wantedFor(operand)}.`,
      );
    }
    this.#tokens.take();
    if (literal === null) throw this.#wrongValue(operand, token);
    return { kind: "compare", operator, every, operand, value: literal };
  }

  /** Refuses comparisons of what has no value of its own. */
  #fits(operand: Operand, sign: Token): boolean {
    const { field } = operand;
    if (operand.slice !== null || operand.mask !== null) return true;
    if (field.type === "label") {
      throw this.#tokens.error(sign, `${field.name} has no value to compare: it is there or not`);
    }
    if (field.type !== "protocol") return true;
    const usual = usualField(field.name);
    const instead = usual === undefined ? "" : `Compare a field such as ${usual}, or search`;
    throw this.#tokens.error(
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
    return this.#tokens.error(
      token,
      `${field.name} is compared with ${wantedFor(operand)}, found ${shown(token)}`,
      hint,
    );
  }

  #membership(operand: Operand): Expression {
    const open = this.#tokens.next;
    if (operandType(operand) === "label" || operandType(operand) === "protocol") {
      throw this.#tokens.error(open, `${operand.field.name} has no value to look up in a set`);
    }
    if (!this.#tokens.accept("{")) {
      throw this.#tokens.error(
        open,
        `expected "{", found ${shown(open)}`,
        "For example {80, 443}.",
      );
    }
    const members: Member[] = [];
    do {
      members.push(this.#member(operand));
    } while (this.#tokens.accept(","));
    if (!this.#tokens.accept("}")) {
      throw this.#tokens.error(
        this.#tokens.next,
        `expected "," or "}", found ${shown(this.#tokens.next)}`,
      );
    }
    return { kind: "in", operand, members };
  }

  #member(operand: Operand): Member {
    this.#tokens.count(this.#tokens.next);
    const low = this.#value(operand);
    if (!this.#tokens.accept("..")) return { low, high: null };
    return { low, high: this.#value(operand) };
  }

  #value(operand: Operand): Literal {
    const token = this.#tokens.take();
    const literal = token.kind === "end" ? null : readLiteral(operand, token);
    if (literal === null) throw this.#wrongValue(operand, token);
    return literal;
  }

  #contains(operand: Operand, sign: Token): Expression {
    this.#searchable(operand, sign, "contains");
    const token = this.#tokens.take();
    const octets = operandType(operand) === "text"
      ? quotedOrWord(token)
      : readLiteral({ ...operand, slice: WHOLE }, token);
    const sought = octets?.type === "octets" ? octets.value : null;
    if (sought === null || sought.length === 0) throw this.#wrongValue(operand, token);
    return { kind: "contains", operand, sought };
  }

  #matches(operand: Operand, sign: Token): Expression {
    this.#searchable(operand, sign, "matches");
    const token = this.#tokens.take();
    if (token.kind !== "string" && token.kind !== "raw_string") {
      throw this.#tokens.error(
        token,
        `expected a regular expression in quotes, found ${shown(token)}`,
        'For example dns.qry.name matches "^www\\\\.".',
      );
    }
    const fault = compilePattern(token.text).fault;
    if (fault !== null) throw this.#tokens.error(token, fault.message, fault.hint);
    return { kind: "matches", operand, pattern: token.text };
  }

  #searchable(operand: Operand, sign: Token, verb: string): void {
    const type = operandType(operand);
    if (type === "text" || type === "bytes" || type === "protocol") return;
    throw this.#tokens.error(
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
