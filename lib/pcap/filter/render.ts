/**
 * Writes a filter as a Wireshark display filter, in one form whatever it was written as.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import type { Expression, Literal, Operand } from "./expression.ts";
import { operandType } from "./literal.ts";

/** What binds how strongly; a part that binds less than its place needs parentheses. */
const STRENGTH: Readonly<Record<string, number>> = { or: 1, xor: 2, and: 3 };

/** The expression as text that reads back to the same expression. */
export function renderExpression(expression: Expression): string {
  return render(expression, 0);
}

function render(expression: Expression, place: number): string {
  const strength = STRENGTH[expression.kind] ?? 4;
  const text = renderBare(expression);
  return strength < place ? `(${text})` : text;
}

function renderBare(expression: Expression): string {
  switch (expression.kind) {
    case "and":
    case "or": {
      const strength = STRENGTH[expression.kind] ?? 0;
      return expression.terms.map((term) => render(term, strength + 1)).join(
        ` ${expression.kind} `,
      );
    }
    case "xor":
      return `${render(expression.left, 2)} xor ${render(expression.right, 3)}`;
    case "not":
      return `not ${render(expression.term, 4)}`;
    case "present":
      return operandText(expression.operand);
    case "compare":
      return `${quantifier(expression)}${operandText(expression.operand)} ${sign(expression)} ${
        literalText(expression.operand, expression.value)
      }`;
    case "relate":
      return `${quantifier(expression)}${operandText(expression.left)} ${sign(expression)} ${
        operandText(expression.right)
      }`;
    case "in": {
      const { operand, members } = expression;
      const texts = members.map(({ low, high }) =>
        literalText(operand, low) + (high === null ? "" : ` .. ${literalText(operand, high)}`)
      );
      return `${operandText(operand)} in {${texts.join(", ")}}`;
    }
    case "contains":
      return `${operandText(expression.operand)} contains ${soughtText(expression)}`;
    case "matches":
      return `${operandText(expression.operand)} matches ${quotedText(expression.pattern)}`;
  }
}

/** What asks for all values, where the sign does not say it. */
function quantifier(
  { operator, every }: Extract<Expression, { kind: "compare" | "relate" }>,
): string {
  return every && operator !== "==" && operator !== "!=" ? "all " : "";
}

function sign({ operator, every }: Extract<Expression, { kind: "compare" | "relate" }>): string {
  if (operator === "==") return every ? "===" : "==";
  if (operator === "!=") return every ? "!=" : "!==";
  return operator;
}

function operandText({ field, slice, mask }: Operand): string {
  const octets = slice === null ? "" : `[${slice.start}:${slice.length ?? ""}]`;
  const bits = mask === null ? "" : ` & 0x${mask.toString(16)}`;
  return field.name + octets + bits;
}

function literalText(operand: Operand, literal: Literal): string {
  switch (literal.type) {
    case "number":
      return operand.slice !== null && operand.mask === null
        ? `0x${literal.value.toString(16)}`
        : numberText(literal.value);
    case "text":
      return quotedText(literal.value);
    case "time":
      return `${literal.sec}.${String(literal.nsec).padStart(9, "0")}`;
    case "octets": {
      const type = operandType(operand);
      if (type !== "ipv4" && type !== "ipv6") return hexText(literal.value, ":");
      const address = renderAddress(addressFromBytes(literal.value));
      return literal.mask === null ? address : `${address}/${onesOf(literal.mask)}`;
    }
  }
}

/** Digits without an exponent: a filter has none. */
function numberText(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(9).replace(/\.?0+$/, "") : text;
}

/** Text where the octets are printable and stand for text, else hexadecimal. */
function soughtText({ operand, sought }: Extract<Expression, { kind: "contains" }>): string {
  const isPrintable = sought.every((octet) => octet >= 0x20 && octet < 0x7f);
  const isText = operandType(operand) === "text" || isPrintable;
  return isText ? quotedText(String.fromCharCode(...sought)) : hexText(sought, ":");
}

function quotedText(text: string): string {
  const escaped = text.replace(
    /[\\"]|[^\x20-\x7e]/g,
    (one) => {
      if (one === "\\" || one === '"') return `\\${one}`;
      const code = one.charCodeAt(0);
      return code > 0xff ? one : `\\x${code.toString(16).padStart(2, "0")}`;
    },
  );
  return `"${escaped}"`;
}

function onesOf(mask: Uint8Array): number {
  return mask.reduce((sum, octet) => sum + 32 - Math.clz32(octet) - trailingZeros(octet), 0);
}

function trailingZeros(octet: number): number {
  return octet === 0 ? 0 : 31 - Math.clz32(octet & -octet);
}
