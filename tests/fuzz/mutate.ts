/**
 * Changes an input a little: bits, bytes, lengths, digits, words, and whole pieces of other inputs.
 *
 * @module
 */
import type { Random } from "./random.ts";

/** Words that parsers of many kinds stumble over; targets add their own. */
const WORDS: readonly [Uint8Array, ...Uint8Array[]] = texts(
  "\0",
  "\n",
  "\r\n",
  "\t",
  " ",
  "-",
  "--",
  "..",
  "/",
  "\\",
  '"',
  "'",
  "%",
  "%s",
  "*",
  ":",
  "::",
  ",",
  "[]",
  "{}",
  "null",
  "true",
  "NaN",
  "Infinity",
  "-0",
  "1e999",
  "9007199254740993",
  "__proto__",
  "constructor",
  "\u001b[31m",
  "\u202e",
  "\ufeff",
  "\u212a",
  "\u0130",
  "\uff11",
  "\u3002",
  "\u00ad",
  "xn--",
  "😀",
);
/** Numbers that overflow something, as text. */
const NUMBERS: readonly [Uint8Array, ...Uint8Array[]] = texts(
  "0",
  "-1",
  "00",
  "255",
  "256",
  "65535",
  "65536",
  "4294967295",
  "4294967296",
  "99999999999999999999",
  "0.5",
  "1.2.3",
  "9".repeat(400),
);
/** What fields of one, two and four octets take at their edges. */
const EDGES = [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff, 0x7fff, 0x8000, 0xc00c, 0xffff] as const;

/** Octets of texts. */
export function texts(...words: readonly [string, ...string[]]): [Uint8Array, ...Uint8Array[]] {
  const [first, ...rest] = words;
  const encoder = new TextEncoder();
  return [encoder.encode(first), ...rest.map((word) => encoder.encode(word))];
}

/** A changed copy of `input`, at most `maxBytes` long; `others` lend their pieces. */
export function mutate(
  input: Uint8Array,
  others: readonly Uint8Array[],
  words: readonly Uint8Array[],
  maxBytes: number,
  random: Random,
): Uint8Array {
  let bytes: Uint8Array = input.slice();
  // One change most often, so that what lies deep behind valid fields is reached too.
  for (let left = 1 + random.below(random.pick([1, 2, 8])); left > 0; left--) {
    bytes = change(bytes, others, words, maxBytes, random);
  }
  return bytes.slice(0, maxBytes);
}

function change(
  bytes: Uint8Array,
  others: readonly Uint8Array[],
  words: readonly Uint8Array[],
  maxBytes: number,
  random: Random,
): Uint8Array {
  const at = random.below(bytes.length + 1);
  const span = random.below(Math.min(bytes.length - at, random.pick([4, 64, 4096])) + 1);
  switch (random.below(12)) {
    case 0:
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = random.below(256);
      return bytes;
    case 2:
      return replace(bytes, at, 0, randomBytes(random));
    case 3:
      return replace(bytes, at, span, new Uint8Array(0));
    case 4:
      return replace(bytes, at, 0, repeated(bytes.subarray(at, at + span), maxBytes, random));
    case 5: {
      const other = others[random.below(others.length)] ?? bytes;
      const from = random.below(other.length + 1);
      return replace(
        bytes,
        at,
        random.oneIn(2) ? bytes.length : span,
        other.slice(from, random.oneIn(2) ? other.length : from + 1 + random.below(64)),
      );
    }
    case 6:
      return bytes.slice(0, at);
    case 7:
      return edge(bytes, at, random);
    case 8:
      return digits(bytes, at, random);
    case 9:
      return replace(bytes, at, span, random.pick(WORDS));
    default: {
      const word = words[random.below(words.length)] ?? random.pick(WORDS);
      return replace(bytes, at, random.oneIn(2) ? 0 : Math.min(span, word.length), word);
    }
  }
}

/** Puts `insert` in the place of `length` octets from `at` on. */
function replace(bytes: Uint8Array, at: number, length: number, insert: Uint8Array): Uint8Array {
  const changed = new Uint8Array(Math.max(at, bytes.length - length) + insert.length);
  changed.set(bytes.subarray(0, at));
  changed.set(insert, at);
  changed.set(bytes.subarray(at + length), at + insert.length);
  return changed.subarray(0, at + insert.length + Math.max(0, bytes.length - at - length));
}

function randomBytes(random: Random): Uint8Array {
  return Uint8Array.from({ length: 1 + random.below(16) }, () => random.below(256));
}

/** A piece over and over: what takes quadratic time shows at length only. */
function repeated(piece: Uint8Array, maxBytes: number, random: Random): Uint8Array {
  const times = random.oneIn(8) ? random.below(4096) : 1 + random.below(8);
  const length = Math.min(piece.length * times, maxBytes);
  return Uint8Array.from({ length }, (_, index) => piece[index % piece.length] ?? 0);
}

/** Writes an edge value, or a length that just fits or just does not, in one, two or four octets. */
function edge(bytes: Uint8Array, at: number, random: Random): Uint8Array {
  const width = random.pick([1, 2, 4]);
  if (at + width > bytes.length) return bytes;
  const behind = bytes.length - at - width;
  const value = random.pick([...EDGES, behind, behind + 1, Math.max(0, behind - 1)]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 1) view.setUint8(at, value);
  else if (width === 2) view.setUint16(at, value);
  else view.setUint32(at, random.oneIn(2) ? value : 0xffffffff);
  return bytes;
}

/** Puts a number from the edges in the place of the digits next to `at`. */
function digits(bytes: Uint8Array, at: number, random: Random): Uint8Array {
  const isDigit = (octet: number | undefined): boolean =>
    octet !== undefined && octet >= 0x30 && octet <= 0x39;
  let start = at;
  while (start < bytes.length && !isDigit(bytes[start])) start++;
  let end = start;
  while (isDigit(bytes[end])) end++;
  return replace(bytes, start, end - start, random.pick(NUMBERS));
}
