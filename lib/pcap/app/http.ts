/**
 * The first line of an HTTP/1 message and its Host header (RFC 9112 §3, §4; RFC 9110 §7.2).
 *
 * @module
 */
import { octetsOf, wireText } from "./octet_cursor.ts";

/** What the start of an HTTP/1 message says. */
export type HttpFirstLine =
  | {
    readonly type: "request";
    readonly method: string;
    /** Request target, at most 255 characters. */
    readonly path: string;
    /** `HTTP/1.1`, or an empty string if the line is cut before it. */
    readonly version: string;
    readonly host: string | null;
    /** True if the end of the header section was there. */
    readonly whole: boolean;
  }
  | {
    readonly type: "response";
    readonly version: string;
    readonly status: number;
    readonly whole: boolean;
  };

/** Octets of a message that are looked at. */
const HEAD_BYTES = 16_384;

const LF = 10, CR = 13;
/** Methods in use and `HTTP/` begin with a capital letter. */
export const UPPER_A = 0x41;
/** The last one. */
export const UPPER_Z = 0x5a;
const REQUEST = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([^ ]+)(?: (HTTP\/1\.[01]))?$/;
const METHODS = /^(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PRI|PROPFIND)$/;
const STATUS = /^(HTTP\/\d(?:\.\d)?) (\d{3})(?: |$)/;
const HOST = /^host:[ \t]*(.*?)[ \t]*$/i;

const latin1 = new TextDecoder("latin1");

/** The message that begins at `offset`; null if no HTTP/1 message does. */
export function readHttpFirstLine(
  view: DataView,
  offset: number,
  length: number,
): HttpFirstLine | null {
  return readHttpHead(octetsOf(view, offset, length));
}

/** The message that begins with `octets`; null if no HTTP/1 message does. */
export function readHttpHead(octets: Uint8Array): HttpFirstLine | null {
  const [letter = 0] = octets;
  if (letter < UPPER_A || letter > UPPER_Z) return null;
  const head = octets.subarray(0, HEAD_BYTES);
  const first = lineAt(head, 0);
  if (first.text.startsWith("HTTP/")) {
    const status = STATUS.exec(first.text);
    if (status === null) return null;
    const [, version = "", code] = status;
    return { type: "response", version, status: Number(code), whole: isWhole(head, first.next) };
  }
  const request = REQUEST.exec(first.text);
  if (request === null) return null;
  const [, method = "", , version = ""] = request;
  if (!METHODS.test(method) || (version === "" && first.next <= head.length)) return null;
  const target = head.subarray(method.length + 1, method.length + 1 + (request[2] ?? "").length);
  const { host, whole } = hostOf(head, first.next);
  return { type: "request", method, path: wireText(target), version, host, whole };
}

interface Line {
  /** Octets as Latin-1, without the line end. */
  readonly text: string;
  /** Start of the next line; past the end if this line has none. */
  readonly next: number;
}

function lineAt(octets: Uint8Array, from: number): Line {
  const lf = octets.indexOf(LF, from);
  const end = lf < 0 ? octets.length : lf > from && octets[lf - 1] === CR ? lf - 1 : lf;
  return {
    text: latin1.decode(octets.subarray(from, end)),
    next: lf < 0 ? octets.length + 1 : lf + 1,
  };
}

function hostOf(head: Uint8Array, from: number): { host: string | null; whole: boolean } {
  let host: string | null = null;
  for (let at = from; at <= head.length;) {
    const line = lineAt(head, at);
    if (line.next > head.length) return { host, whole: false };
    if (line.text === "") return { host, whole: true };
    host ??= HOST.exec(line.text)?.[1]?.slice(0, 255) ?? null;
    at = line.next;
  }
  return { host, whole: false };
}

function isWhole(head: Uint8Array, from: number): boolean {
  return hostOf(head, from).whole;
}
