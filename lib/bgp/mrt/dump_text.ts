/**
 * Routes as the lines that `bgpdump -m` prints (version 1.6.2), octet for octet, so that scripts
 * written for it can read them.
 *
 * @module
 */
import { type MrtRoute, type MrtStateChange, nextHopPlace } from "./mrt_route.ts";
import { uint16At, uint32At } from "../codec/octets.ts";
import type { MrtPeer } from "./mrt_peer.ts";

const PIPE = 0x7c, SPACE = 0x20, COLON = 0x3a, DOT = 0x2e, SLASH = 0x2f, COMMA = 0x2c;
const NEWLINE = 0x0a, ZERO = 0x30;
/** Longest line: 8,000 characters of path, 11 for each of 16,383 communities, and the rest. */
const LINE_BYTES_MAX = 220_000;
const BUFFER_BYTES = 1 << 20;
/** Characters of an AS path behind which bgpdump writes "..." instead of the rest. */
const PATH_CHARS_MAX = 7_900;

/** Opening, separating and closing characters by type of segment. */
const OPEN = [0, 0x7b, 0, 0x28, 0x5b], CLOSE = [0, 0x7d, 0, 0x29, 0x5d];
const SEPARATOR = [0, COMMA, SPACE, SPACE, COMMA];
const ORIGINS = ["IGP", "EGP", "INCOMPLETE"].map(latin1);
const NO_EXPORT = latin1("no-export");
const NO_ADVERTISE = latin1("no-advertise");
const LOCAL_AS = latin1("local-AS");
const NO_NEXT_HOP = latin1("255.255.255.255");
const AGGREGATED = latin1("|AG|"), NOT_AGGREGATED = latin1("|NAG|");

/** Four digits of every number below 10,000. */
const DIGITS = new Uint8Array(40_000);
for (let number = 0; number < 10_000; number++) {
  let rest = number;
  for (let place = 3; place >= 0; place--, rest = Math.floor(rest / 10)) {
    DIGITS[4 * number + place] = ZERO + rest % 10;
  }
}

/** Takes lines; the octets are used again afterwards. */
export type TakeText = (text: Uint8Array) => void;

/** Writes lines. */
export class DumpText {
  readonly #take: TakeText;
  readonly #octets = new Uint8Array(BUFFER_BYTES + LINE_BYTES_MAX);
  #at = 0;
  readonly #peerTexts = new Map<MrtPeer, Uint8Array>();

  constructor(take: TakeText) {
    this.#take = take;
  }

  /** One line, or none: bgpdump does not know RIB_GENERIC. */
  route(route: MrtRoute): void {
    if (route.record === "rib_generic") return;
    this.#lineStart(route, route.kind === "rib" ? "B" : route.kind === "announce" ? "A" : "W");
    this.#peer(route.peer);
    this.#prefix(route);
    if (route.pathId >= 0) {
      this.#octets[this.#at++] = PIPE;
      this.#number(route.pathId);
    }
    if (route.kind !== "withdraw") this.#attributes(route);
    this.#octets[this.#at++] = NEWLINE;
    if (this.#at >= BUFFER_BYTES) this.flush();
  }

  /** One line. */
  stateChange(change: MrtStateChange): void {
    const name = change.record === "bgp4mp" ? "BGP4MP" : "BGP4MP_ET";
    this.#latin1(`${name}|${timeText(change)}|STATE`);
    this.#peer(change.peer);
    this.#latin1(`${change.from}|${change.to}\n`);
    if (this.#at >= BUFFER_BYTES) this.flush();
  }

  /** Hands over what was written. */
  flush(): void {
    if (this.#at > 0) this.#take(this.#octets.subarray(0, this.#at));
    this.#at = 0;
  }

  #headText = "";
  #head: Uint8Array = new Uint8Array(0);
  #headSec = -1;
  #headMicroseconds = -1;
  #headKey = -1;

  /** Record, time and letter: nearly always those of the line before. */
  #lineStart(route: MrtRoute, letter: "A" | "B" | "W"): void {
    const key = letter.charCodeAt(0) << 2 | (route.isLocal ? 2 : 0) | (route.pathId >= 0 ? 1 : 0);
    const isSame = route.timestampSec === this.#headSec && key === this.#headKey &&
      route.microseconds === this.#headMicroseconds && route.record === this.#headText;
    if (!isSame) {
      this.#headSec = route.timestampSec;
      this.#headMicroseconds = route.microseconds;
      this.#headKey = key;
      this.#headText = route.record;
      this.#head = latin1(`${recordText(route)}|${timeText(route)}|${letter}`);
    }
    this.#copy(this.#head);
  }

  #peer(peer: MrtPeer): void {
    let text = this.#peerTexts.get(peer);
    if (text === undefined) {
      const start = this.#at;
      this.#octets[this.#at++] = PIPE;
      this.#address(peer.octets, 0, peer.octets.length);
      this.#octets[this.#at++] = PIPE;
      this.#number(peer.asn);
      this.#octets[this.#at++] = PIPE;
      text = this.#octets.slice(start, this.#at);
      this.#at = start;
      this.#peerTexts.set(peer, text);
    }
    this.#copy(text);
  }

  #attributes(route: MrtRoute): void {
    const { parts } = route;
    const octets = this.#octets;
    octets[this.#at++] = PIPE;
    this.#path(parts.pathOctets, parts.pathStart, parts.pathEnd);
    octets[this.#at++] = PIPE;
    this.#copy(ORIGINS[parts.origin] ?? ORIGINS[2]!);
    octets[this.#at++] = PIPE;
    const { start, end } = nextHopPlace(route);
    if (start === end) this.#copy(NO_NEXT_HOP);
    else this.#address(parts.octets, start, end - start > 16 ? 16 : end - start);
    octets[this.#at++] = PIPE;
    this.#number(Math.max(0, parts.localPref));
    octets[this.#at++] = PIPE;
    this.#number(Math.max(0, parts.med));
    octets[this.#at++] = PIPE;
    this.#communities(parts.octets, parts.communitiesStart, parts.communitiesEnd);
    this.#copy(parts.hasAtomicAggregate ? AGGREGATED : NOT_AGGREGATED);
    if (parts.aggregatorAs >= 0 && parts.aggregatorAddress !== 0xffff_ffff) {
      this.#number(parts.aggregatorAs);
      octets[this.#at++] = SPACE;
      this.#ipv4Word(parts.aggregatorAddress);
    }
    octets[this.#at++] = PIPE;
  }

  #path(source: Uint8Array, start: number, end: number): void {
    const octets = this.#octets;
    const limit = this.#at + PATH_CHARS_MAX;
    let isSpaced = false;
    let last = 2;
    for (let at = start; at < end;) {
      const type = source[at] ?? 0;
      const count = source[at + 1] ?? 0;
      if (last !== 2) octets[this.#at++] = CLOSE[last] ?? 0;
      if (isSpaced) octets[this.#at++] = SPACE;
      if (type !== 2) octets[this.#at++] = OPEN[type] ?? 0;
      isSpaced = count > 0;
      at += 2;
      for (let n = 0; n < count; n++, at += 4) {
        if (n > 0) octets[this.#at++] = SEPARATOR[type] ?? SPACE;
        this.#number(uint32At(source, at));
        if (this.#at > limit) {
          octets[this.#at++] = DOT;
          octets[this.#at++] = DOT;
          octets[this.#at++] = DOT;
          return;
        }
      }
      last = type;
    }
    if (last !== 2) octets[this.#at++] = CLOSE[last] ?? 0;
  }

  #communities(source: Uint8Array, start: number, end: number): void {
    const octets = this.#octets;
    for (let at = start; at < end; at += 4) {
      if (at > start) octets[this.#at++] = SPACE;
      const high = uint16At(source, at);
      const low = uint16At(source, at + 2);
      if (high === 0xffff && low >= 0xff01 && low <= 0xff03) {
        this.#copy(low === 0xff01 ? NO_EXPORT : low === 0xff02 ? NO_ADVERTISE : LOCAL_AS);
        continue;
      }
      this.#number(high);
      octets[this.#at++] = COLON;
      this.#number(low);
    }
  }

  #prefix({ octets, family, prefixStart, prefixBits, record }: MrtRoute): void {
    // TABLE_DUMP has whole addresses, the others the octets that the length needs.
    const had = record === "table_dump" ? (family === 4 ? 4 : 16) : prefixBits + 7 >>> 3;
    if (family === 4) {
      for (let n = 0; n < 4; n++) {
        if (n > 0) this.#octets[this.#at++] = DOT;
        this.#number(n < had ? octets[prefixStart + n] ?? 0 : 0);
      }
    } else {
      WHOLE.fill(0);
      for (let n = 0; n < had; n++) WHOLE[n] = octets[prefixStart + n] ?? 0;
      this.#ipv6(WHOLE, 0);
    }
    this.#octets[this.#at++] = SLASH;
    this.#number(prefixBits);
  }

  #address(source: Uint8Array, at: number, size: number): void {
    if (size === 16) this.#ipv6(source, at);
    else this.#ipv4Word(uint32At(source, at));
  }

  #ipv4Word(word: number): void {
    this.#number(word >>> 24);
    this.#octets[this.#at++] = DOT;
    this.#number(word >>> 16 & 255);
    this.#octets[this.#at++] = DOT;
    this.#number(word >>> 8 & 255);
    this.#octets[this.#at++] = DOT;
    this.#number(word & 255);
  }

  /**
   * "::" for the first of the longest runs of zero groups, also for a single one; the last four octets
   * in decimal behind ::ffff: and behind six groups of zeros, but for ::1.
   */
  #ipv6(source: Uint8Array, start: number): void {
    let runStart = -1, runLength = 0;
    for (let group = 0; group < 8;) {
      let end = group;
      while (end < 8 && source[start + 2 * end] === 0 && source[start + 2 * end + 1] === 0) end++;
      if (end - group > runLength) {
        runStart = group;
        runLength = end - group;
      }
      group = end + 1;
    }
    const octets = this.#octets;
    const isMixed = runStart === 0 &&
      (runLength === 6 || runLength === 7 && uint16At(source, start + 14) !== 1 ||
        runLength === 5 && uint16At(source, start + 10) === 0xffff);
    if (isMixed && runLength === 7) runLength = 6;
    for (let group = 0; group < 8; group++) {
      if (isMixed && group === 6) {
        octets[this.#at++] = COLON;
        return this.#ipv4Word(uint32At(source, start + 12));
      }
      if (group === runStart) {
        octets[this.#at++] = COLON;
        group += runLength - 1;
        if (group === 7) octets[this.#at++] = COLON;
        continue;
      }
      if (group > 0) octets[this.#at++] = COLON;
      const value = uint16At(source, start + 2 * group);
      let isLeading = true;
      for (let shift = 12; shift >= 0; shift -= 4) {
        const digit = value >>> shift & 15;
        if (digit === 0 && isLeading && shift > 0) continue;
        isLeading = false;
        octets[this.#at++] = digit < 10 ? ZERO + digit : 0x57 + digit;
      }
    }
  }

  /** An unsigned number below 2^32 in decimal. */
  #number(value: number): void {
    const octets = this.#octets;
    if (value < 10_000) return this.#upTo9999(value);
    if (value >= 100_000_000) {
      const top = Math.floor(value / 100_000_000);
      this.#upTo9999(top);
      value -= top * 100_000_000;
      this.#fourDigits(Math.floor(value / 10_000));
    } else this.#upTo9999(value / 10_000 | 0);
    const at = 4 * (value % 10_000);
    octets[this.#at++] = DIGITS[at] ?? 0;
    octets[this.#at++] = DIGITS[at + 1] ?? 0;
    octets[this.#at++] = DIGITS[at + 2] ?? 0;
    octets[this.#at++] = DIGITS[at + 3] ?? 0;
  }

  #fourDigits(value: number): void {
    for (let n = 0; n < 4; n++) this.#octets[this.#at++] = DIGITS[4 * value + n] ?? 0;
  }

  #upTo9999(value: number): void {
    const octets = this.#octets, at = 4 * value;
    if (value >= 1_000) octets[this.#at++] = DIGITS[at] ?? 0;
    if (value >= 100) octets[this.#at++] = DIGITS[at + 1] ?? 0;
    if (value >= 10) octets[this.#at++] = DIGITS[at + 2] ?? 0;
    octets[this.#at++] = DIGITS[at + 3] ?? 0;
  }

  #copy(text: Uint8Array): void {
    const octets = this.#octets;
    let to = this.#at;
    for (let n = 0; n < text.length; n++) octets[to++] = text[n] ?? 0;
    this.#at = to;
  }

  #latin1(text: string): void {
    this.#copy(latin1(text));
  }
}

const WHOLE = new Uint8Array(16);

function recordText({ record, isLocal, pathId }: MrtRoute): string {
  const suffix = pathId >= 0 ? "_AP" : "";
  switch (record) {
    case "table_dump":
      return "TABLE_DUMP";
    case "table_dump_v2":
    case "rib_generic":
      return `TABLE_DUMP2${suffix}`;
    default:
      return `${record.toUpperCase()}${isLocal ? "_LOCAL" : ""}${suffix}`;
  }
}

function timeText(
  of: Pick<MrtRoute, "record" | "timestampSec" | "microseconds">,
): string {
  const micros = of.record === "bgp4mp_et" ? `.${`${of.microseconds}`.padStart(6, "0")}` : "";
  return `${of.timestampSec}${micros}`;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
