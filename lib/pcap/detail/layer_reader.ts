/**
 * Reading one header of one packet into named fields. What was not captured is left out; no read
 * goes past the header's bounds, so no decoder can fail.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import { addressFromBytes, renderAddress } from "../../ip/address.ts";

/** A field under Wireshark's name, so that it can be put into a filter. */
export interface DetailField {
  readonly name: string;
  /** Numbers that people read in hexadecimal are texts such as `0x0800`. */
  readonly value: number | string | boolean;
  /** The value in words. */
  readonly meaning?: string;
}

/** Values in words. */
export type Words = Readonly<Record<number, string>>;

/** Most fields of one header. */
const FIELDS_MAX = 200;

/** Longest text and hexadecimal value, characters. */
const TEXT_CHARS_MAX = 256;

/** What an absent octet reads as; no field can have this value. */
export const ABSENT = -1;

/** Where a header lies in the bytes. */
export interface LayerPlace {
  readonly pos: number;
  /** End of the octets that may be read. */
  readonly end: number;
  /** End of what encloses the header, on the wire. */
  readonly wireEnd: number;
}

/** One header, from its start to the end of what was captured of it. */
export class LayerReader {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Offset of the header in the bytes. */
  readonly pos: number;
  /** Offset of the first octet of the packet, which shown offsets count from. */
  readonly origin: number;
  /** End of the octets that may be read. */
  readonly end: number;
  /** End of what encloses the header, on the wire. */
  readonly wireEnd: number;
  /** End of the octets that were captured of the packet, a check sequence behind it included. */
  readonly frameEnd: number;
  readonly fields: DetailField[] = [];
  /** What contradicts itself, one clause each. */
  readonly notes: string[] = [];
  /** Length of the header where what follows it does not tell, or {@link ABSENT}. */
  headerLength: number = ABSENT;
  #left = 0;

  /** A reader of the header at `place` in a packet that lies from `origin` to `frameEnd`. */
  constructor(bytes: Uint8Array, origin: number, frameEnd: number, place: LayerPlace) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.origin = origin;
    this.frameEnd = frameEnd;
    this.pos = place.pos;
    this.end = Math.min(place.end, frameEnd);
    this.wireEnd = place.wireEnd;
  }

  /** Octets of the header and what it carries that can be read. */
  get size(): number {
    return Math.max(0, this.end - this.pos);
  }

  /** Fields that there was no room for. */
  get left(): number {
    return this.#left;
  }

  /** True if `length` octets from `at` can be read. */
  has(at: number, length: number): boolean {
    return at >= 0 && length >= 0 && this.pos + at + length <= this.end;
  }

  /** Adds a field. */
  add(name: string, value: number | string | boolean, meaning?: string): void {
    if (this.fields.length >= FIELDS_MAX) {
      this.#left++;
      return;
    }
    this.fields.push(meaning === undefined ? { name, value } : { name, value, meaning });
  }

  /** Notes what is wrong at `at`. */
  note(at: number, what: string): void {
    if (this.notes.length < 8) this.notes.push(`octet ${this.pos + at - this.origin}: ${what}`);
  }

  /** An unsigned number of 1 to 4 octets, or {@link ABSENT}. */
  uint(at: number, octets: number, little = false): number {
    if (!this.has(at, octets)) return ABSENT;
    let value = 0;
    for (let index = 0; index < octets; index++) {
      const from = little ? octets - 1 - index : index;
      value = value * 256 + (this.bytes[this.pos + at + from] ?? 0);
    }
    return value;
  }

  /** Adds a number, if it is there; returns it or {@link ABSENT}. */
  number(name: string, at: number, octets: number, words?: Words): number {
    const value = this.uint(at, octets);
    if (value !== ABSENT) this.add(name, value, words?.[value]);
    return value;
  }

  /** Adds a number in hexadecimal, if it is there; returns it or {@link ABSENT}. */
  hexNumber(name: string, at: number, octets: number, words?: Words): number {
    const value = this.uint(at, octets);
    if (value !== ABSENT) this.add(name, hexOf(value, octets), words?.[value]);
    return value;
  }

  /** Adds bits of a number: those of `mask` after moving down by `shift`. */
  bits(
    name: string,
    at: number,
    octets: number,
    shift: number,
    mask: number,
    words?: Words,
  ): number {
    const whole = this.uint(at, octets);
    if (whole === ABSENT) return ABSENT;
    const value = (whole >>> shift) & mask;
    this.add(name, value, words?.[value]);
    return value;
  }

  /** Adds one bit, counted from the least significant of `octets` octets. */
  flag(name: string, at: number, octets: number, bit: number): boolean {
    const whole = this.uint(at, octets);
    if (whole === ABSENT) return false;
    const value = ((whole >>> bit) & 1) === 1;
    this.add(name, value);
    return value;
  }

  /** Adds an IPv4 (4 octets) or IPv6 (16 octets) address. */
  address(name: string, at: number, octets: 4 | 16): void {
    if (!this.has(at, octets)) return;
    const from = this.pos + at;
    this.add(name, renderAddress(addressFromBytes(this.bytes.subarray(from, from + octets))));
  }

  /** Adds a MAC address. */
  mac(name: string, at: number): void {
    if (this.has(at, 6)) this.add(name, this.#hex(at, 6, ":"));
  }

  /** Adds octets in hexadecimal, as many as there are and fit. */
  octets(name: string, at: number, length: number, meaning?: string): void {
    const there = Math.min(length, this.size - at);
    if (there <= 0) return;
    const shown = Math.min(there, TEXT_CHARS_MAX / 2);
    const more = length > shown ? `, ${length} octets in all` : "";
    const said = `${meaning ?? ""}${more}`.replace(/^, /, "");
    this.add(name, this.#hex(at, shown, ""), said === "" ? undefined : said);
  }

  /** Adds octets as text; what is not UTF-8 becomes U+FFFD. */
  text(name: string, at: number, length: number, meaning?: string): void {
    if (length <= 0 || !this.has(at, 1)) return;
    this.add(name, this.textAt(at, length), meaning);
  }

  /** Octets as text, as many as there are and fit. */
  textAt(at: number, length: number): string {
    const from = this.pos + at;
    const shown = Math.max(0, Math.min(length, TEXT_CHARS_MAX, this.end - from));
    return utf8.decode(this.bytes.subarray(from, from + shown));
  }

  #hex(at: number, length: number, separator: string): string {
    const from = this.pos + at;
    return hexText(this.bytes.subarray(from, from + length), separator);
  }
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A number as `0x` and two digits per octet. */
export function hexOf(value: number, octets: number): string {
  return `0x${value.toString(16).padStart(octets * 2, "0")}`;
}

/** The IP header around a transport, for its checksum. */
export interface IpAround {
  readonly addressLength: 4 | 16;
  /** Offsets of the addresses in the bytes. */
  readonly src: number;
  readonly dst: number;
  /** True if the datagram is in several packets. */
  readonly isFragment: boolean;
}

/** What the headers before say to those inside. */
export interface Around {
  ip: IpAround | null;
  /** What carries the application, if it is one of these. */
  transport: "tcp" | "udp" | null;
  /** True for the headers of a packet that an ICMP error quotes: cut by nature. */
  isQuoted: boolean;
  /** Octets of frame check sequence at the end of the frame. */
  readonly fcsLength: number;
  readonly linkType: number;
}

/** Reads the fields of one header. */
export type LayerDecoder = (layer: LayerReader, around: Around) => void;
