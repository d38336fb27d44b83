/**
 * Names as they come, each kept once: how often it was asked, and its text when somebody wants it.
 * Once the table is full the rarest make room (lossy counting: Manku, Motwani, VLDB 2002), so that
 * frequent names stay.
 *
 * @module
 */
import { DnsReader } from "../../dns_wire/wire.ts";

/** One name. */
export class Name {
  /** Octets on the wire, uncompressed, letters in lower case (RFC 4343). */
  readonly octets: Uint8Array;
  readonly hash: number;
  count = 0;
  /** The next name with the same hash. */
  next: Name | null = null;
  #text: string | null = null;

  /** A name that was not counted yet. */
  constructor(octets: Uint8Array, hash: number) {
    this.octets = octets;
    this.hash = hash;
  }

  /** Presentation form, octets that do not print as `\DDD` (RFC 1035 §5.1). */
  get text(): string {
    this.#text ??= new DnsReader(this.octets).name("name");
    return this.#text;
  }

  /** True if it is the same name, be it kept once or twice. */
  equals(other: Name): boolean {
    return this === other || (this.hash === other.hash &&
      this.octets.length === other.octets.length && this.is(other.octets, 0));
  }

  /** True if the octets from `start` on are this name in any case. */
  is(octets: Uint8Array, start: number): boolean {
    const own = this.octets;
    for (let index = 0; index < own.length; index++) {
      if (own[index] !== lowerCase(octets[start + index] ?? 0)) return false;
    }
    return true;
  }
}

/** Names with one hash; somebody who makes more of them wants to make work. */
const CHAIN_MAX = 16;

/** The name of the root. */
export const ROOT: Name = new Name(new Uint8Array(1), 0);

/** Names of a pass. */
export class NameTable {
  readonly #names = new Map<number, Name>();
  readonly #maxNames: number;
  readonly #maxOctets: number;
  #size = 0;
  #octets = 0;
  /** Names that made room for others. */
  #forgotten = 0;
  /** Most names that there were at once. */
  #mostNames = 0;

  /** A table of at most `maxNames` names of together `maxOctets` octets. */
  constructor(maxNames: number, maxOctets: number) {
    this.#maxNames = maxNames;
    this.#maxOctets = maxOctets;
  }

  /** The name from `start` to `end`, which is sound and not compressed; it is counted elsewhere. */
  of(octets: Uint8Array, start: number, end: number): Name {
    let hash = 0;
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ lowerCase(octets[at] ?? 0), 0x01000193);
    }
    hash ^= hash >>> 15;
    let chained = 0;
    for (let name = this.#names.get(hash) ?? null; name !== null; name = name.next) {
      if (name.octets.length === end - start && name.is(octets, start)) return name;
      chained++;
    }
    const name = new Name(octets.slice(start, end).map(lowerCase), hash);
    if (chained >= CHAIN_MAX) {
      this.#forgotten++;
      return name;
    }
    if (this.#size >= this.#maxNames || this.#octets >= this.#maxOctets) this.#prune();
    name.next = this.#names.get(hash) ?? null;
    this.#names.set(hash, name);
    this.#size++;
    this.#octets += end - start;
    return name;
  }

  /** The name of a presentation form. */
  ofText(text: string): Name {
    const octets = wireOf(text);
    return this.of(octets, 0, octets.length);
  }

  /** Different names that were counted: exactly, or at least so many once names were forgotten. */
  get distinct(): { readonly count: number; readonly exact: boolean } {
    const now = this.#all().filter(({ count }) => count > 0).length;
    return { count: Math.max(this.#mostNames, now), exact: this.#forgotten === 0 };
  }

  /** The most frequent names, ties in order of appearance. */
  top(limit: number): { readonly name: string; readonly count: number }[] {
    return this.#all().filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
      .slice(0, limit).map(({ text, count }) => ({ name: text, count }));
  }

  #all(): Name[] {
    const all: Name[] = [];
    for (const first of this.#names.values()) {
      for (let name: Name | null = first; name !== null; name = name.next) all.push(name);
    }
    return all;
  }

  /** Forgets the rarest until half of the room is free. */
  #prune(): void {
    const all = this.#all();
    this.#mostNames = Math.max(this.#mostNames, all.filter(({ count }) => count > 0).length);
    all.sort((a, b) => a.count - b.count);
    let left = all.length;
    let octets = this.#octets;
    let from = 0;
    while (left > this.#maxNames / 2 || octets > this.#maxOctets / 2) {
      const rare = all[from++];
      if (rare === undefined) break;
      left--;
      octets -= rare.octets.length;
      if (rare.count > 0) this.#forgotten++;
    }
    this.#names.clear();
    for (const name of all.slice(from)) {
      name.next = this.#names.get(name.hash) ?? null;
      this.#names.set(name.hash, name);
    }
    this.#size = left;
    this.#octets = octets;
  }
}

/** Letters of ASCII in lower case; lengths of labels are below them. */
function lowerCase(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}

/** The octets of a presentation form with its escapes (RFC 1035 §5.1). */
function wireOf(text: string): Uint8Array {
  const wire: number[] = [];
  let length = 0;
  const endLabel = () => {
    if (length > 0) wire.splice(wire.length - length, 0, length);
    length = 0;
  };
  for (const [part, code] of text.matchAll(/\\(\d{3}|[^])|[^]/g)) {
    if (part === ".") endLabel();
    else {
      wire.push(code?.length === 3 ? Number(code) : (code ?? part).charCodeAt(0));
      length++;
    }
  }
  endLabel();
  return Uint8Array.from([...wire, 0]);
}
