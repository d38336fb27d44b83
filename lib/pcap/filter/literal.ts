/**
 * Values as a filter's author writes them, read by the type of the field that they stand beside.
 *
 * @module
 */
import { addressToBytes, parseAddressOrNull } from "../../ip/address.ts";
import { firstAddress, type ParsedPrefix, parsePrefix } from "../../ip/prefix.ts";
import { IpSyntaxError } from "../../ip/syntax_error.ts";
import type { Literal, Operand } from "./expression.ts";
import type { FieldType } from "./field.ts";
import type { Token } from "./tokens.ts";

/** What values of a type look like, for errors. */
const WANTED: Readonly<Record<FieldType, string>> = {
  number: "a number such as 443 or 0x1bb",
  boolean: "1, 0, true or false",
  seconds: "seconds such as 2.5",
  time: 'seconds since 1970 such as 1700000000.25, or "2026-01-31T12:00:00Z"',
  ipv4: "an IPv4 address or prefix such as 192.0.2.10 or 192.0.2.0/24",
  ipv6: "an IPv6 address or prefix such as 2001:db8::10 or 2001:db8::/32",
  mac: "a MAC address such as 02:00:00:00:00:01",
  bytes: 'octets such as 16:03:01, or text such as "GET"',
  text: 'text such as "example.com"',
  protocol: 'octets such as 16:03:01, or text such as "GET"',
  label: "nothing: it can only be there or not",
};

/** What a value for `operand` looks like, in words. */
export function wantedFor(operand: Operand): string {
  return WANTED[operandType(operand)];
}

/** The type of what is looked at: octets of a field are octets, bits of it a number. */
export function operandType(operand: Operand): FieldType {
  if (operand.mask !== null) return "number";
  return operand.slice === null ? operand.field.type : "bytes";
}

/** The value that `token` says, read for `operand`; null if it is none of that type. */
export function readLiteral(operand: Operand, token: Token): Literal | null {
  switch (operandType(operand)) {
    case "number":
      return numberOf(token);
    case "boolean":
      return booleanOf(token);
    case "seconds":
      return secondsOf(token);
    case "time":
      return timeOf(token);
    case "ipv4":
      return addressOf(token, 4);
    case "ipv6":
      return addressOf(token, 6);
    case "mac":
      return macOf(token);
    case "bytes":
    case "protocol":
      return sliceNumber(operand, token) ?? octetsOf(token);
    case "text":
      return token.kind === "slice" || token.kind === "sign"
        ? null
        : { type: "text", value: token.text };
    case "label":
      return null;
  }
}

/** A number in decimal, hexadecimal (`0x`), octal (`0`), binary (`0b`), or one character. */
export function numberOf(token: Token): Literal | null {
  if (token.kind === "char") return { type: "number", value: token.text.charCodeAt(0) };
  if (token.kind !== "word") return null;
  const text = token.text;
  const value = /^0x[0-9a-f]{1,13}$/i.test(text)
    ? Number(text)
    : /^0b[01]{1,32}$/i.test(text)
    ? Number(text)
    : /^0[0-7]{1,16}$/.test(text)
    ? parseInt(text, 8)
    : /^(?:0|[1-9][0-9]{0,14})$/.test(text)
    ? Number(text)
    : NaN;
  return Number.isNaN(value) ? null : { type: "number", value };
}

function booleanOf(token: Token): Literal | null {
  if (token.kind === "word" && /^(?:true|false)$/i.test(token.text)) {
    return { type: "number", value: /^true$/i.test(token.text) ? 1 : 0 };
  }
  return numberOf(token);
}

function secondsOf(token: Token): Literal | null {
  const isNumber = token.kind === "word" && /^[0-9]{1,12}(?:\.[0-9]{1,9})?$/.test(token.text);
  return isNumber ? { type: "number", value: Number(token.text) } : null;
}

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|UTC| UTC|[+-]\d\d:\d\d)?$/i;

/** Seconds since 1970, or a date and time; UTC unless it says otherwise. */
function timeOf(token: Token): Literal | null {
  const epoch = /^([0-9]{1,12})(?:\.([0-9]{1,9}))?$/.exec(token.text);
  if (epoch !== null) {
    return { type: "time", sec: Number(epoch[1]), nsec: nanoseconds(epoch[2]) };
  }
  const iso = ISO.exec(token.text);
  if (iso === null) return null;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction, zone = "Z"] = iso;
  const offset = /^[+-]/.test(zone) ? zone : "Z";
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return Number.isNaN(ms) ? null : { type: "time", sec: ms / 1000, nsec: nanoseconds(fraction) };
}

function nanoseconds(fraction = ""): number {
  return Number(fraction.padEnd(9, "0"));
}

function addressOf(token: Token, family: 4 | 6): Literal | null {
  const prefix = prefixOrNull(token.text);
  if (prefix !== null) {
    if (prefix.prefix.family !== family) return null;
    const value = addressToBytes(firstAddress(prefix.prefix));
    return { type: "octets", value, mask: maskOf(value.length, prefix.prefix.length) };
  }
  const address = parseAddressOrNull(token.text);
  if (address === null || address.family !== family) return null;
  return { type: "octets", value: addressToBytes(address), mask: null };
}

function prefixOrNull(text: string): ParsedPrefix | null {
  try {
    return parsePrefix(text);
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

/** A mask of `length` leading ones in `size` octets. */
function maskOf(size: number, length: number): Uint8Array | null {
  if (length === size * 8) return null;
  return Uint8Array.from({ length: size }, (_, at) => {
    const ones = Math.min(8, Math.max(0, length - at * 8));
    return (0xff00 >> ones) & 0xff;
  });
}

function macOf(token: Token): Literal | null {
  const digits = /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}$/i.test(token.text) ||
      /^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i.test(token.text)
    ? token.text.replace(/[^0-9a-f]/gi, "")
    : null;
  return digits === null ? null : { type: "octets", value: fromHex(digits), mask: null };
}

/** Octets in hexadecimal with or without `:`, `-` or `.` between them, or text in quotes. */
function octetsOf(token: Token): Literal | null {
  if (token.kind === "string" || token.kind === "raw_string" || token.kind === "char") {
    return { type: "octets", value: textOctets(token.text), mask: null };
  }
  const isHex = token.kind === "word" &&
    (/^[0-9a-f]{2}(?:[:.-]?[0-9a-f]{2})*$/i.test(token.text) ||
      /^0x(?:[0-9a-f]{2})+$/i.test(token.text));
  if (!isHex) return null;
  const digits = token.text.replace(/^0x/i, "").replace(/[:.-]/g, "");
  return { type: "octets", value: fromHex(digits), mask: null };
}

/** A slice of up to four octets is compared as a number, so that `tcp[13] == 0x02` is what it says. */
function sliceNumber(operand: Operand, token: Token): Literal | null {
  const length = operand.slice?.length ?? 0;
  if (token.kind !== "word" || length < 1 || length > 4) return null;
  if (/^0x[0-9a-f]{1,8}$/i.test(token.text)) return numberOf(token);
  const octets = octetsOf(token);
  if (octets?.type !== "octets" || octets.value.length !== length) return null;
  return { type: "number", value: octets.value.reduce((sum, octet) => sum * 256 + octet, 0) };
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(
    { length: digits.length / 2 },
    (_, at) => parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}

const utf8 = new TextEncoder();

/** Octets that a text in quotes stands for: those that its escapes name, else UTF-8. */
export function textOctets(text: string): Uint8Array {
  const isLatin = [...text].every((one) => one.charCodeAt(0) <= 0xff);
  return isLatin ? Uint8Array.from(text, (one) => one.charCodeAt(0)) : utf8.encode(text);
}
