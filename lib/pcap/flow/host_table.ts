/**
 * What hosts sent and received, added up from flows.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import { FlowHash } from "./flow_hash.ts";
import type { FlowReader } from "./flow_reader.ts";
import { HashIndex, ID_MASK, PROBES_MAX, TAG_MASK } from "./hash_index.ts";
import { RecordHeap } from "./record_heap.ts";
import { topIds } from "./top_ids.ts";

/** Most hosts that are told apart. */
export const HOSTS_MAX = 1_000_000;
/** Hosts of each list of a {@link HostSummary}. */
const TOP_HOSTS = 20;

/** Layout of a host: its address in four words, length of the address, hash; then doubles. */
const RECORD_OCTETS = 56;
const WORDS = RECORD_OCTETS / 4;
const DOUBLES = RECORD_OCTETS / 8;
const LENGTH = 4, HASH = 5;
const SENT_PACKETS = 3, SENT_OCTETS = 4, RECEIVED_PACKETS = 5, RECEIVED_OCTETS = 6;

/** A host and what it sent or received. */
export interface HostTotal {
  readonly address: string;
  readonly packets: number;
  /** Octets on the wire. */
  readonly octets: number;
}

/** The hosts of a capture. */
export interface HostSummary {
  /** Those that sent most packets, most first. */
  readonly talkers: readonly HostTotal[];
  /** Those that most packets were sent to, most first. */
  readonly destinations: readonly HostTotal[];
  /** Addresses that sent. */
  readonly sources: number;
  /** Addresses that were sent to. */
  readonly sinks: number;
  /** False if there were more hosts than could be told apart: then all numbers are lower bounds. */
  readonly isExact: boolean;
}

/** Hosts by address. */
export class HostTable {
  readonly #hostsMax: number;
  readonly #hash = new FlowHash();
  readonly #records: RecordHeap;
  readonly #index = new HashIndex((id) => this.#records.i32[id * WORDS + HASH] ?? 0);
  readonly #bytes = new Uint8Array(16);
  readonly #view = new DataView(this.#bytes.buffer);
  #size = 0;
  #isExact = true;

  /** An empty table for at most `hostsMax` hosts. */
  constructor(hostsMax: number = HOSTS_MAX) {
    this.#hostsMax = hostsMax;
    this.#records = new RecordHeap(RECORD_OCTETS, hostsMax);
  }

  /** Octets of memory that the hosts take. */
  get memoryBytes(): number {
    return this.#records.sizeBytes + this.#index.slots.byteLength;
  }

  /** Adds a flow to its two hosts. */
  addFlow(flows: FlowReader, id: number): void {
    for (const side of [0, 1] as const) {
      const other = side === 0 ? 1 : 0;
      this.#add(flows.copyAddress(id, side, this.#bytes), [
        flows.packets(id, side),
        flows.octets(id, side),
        flows.packets(id, other),
        flows.octets(id, other),
      ]);
    }
  }

  /** Adds the hosts of another table. */
  merge(other: HostTable): void {
    for (let id = 0; id < other.#size; id++) {
      const start = id * DOUBLES + SENT_PACKETS;
      this.#add(other.#copyAddress(id, this.#bytes), other.#records.f64.subarray(start, start + 4));
    }
    if (!other.#isExact) this.#isExact = false;
  }

  /** Adds to the host whose address of `length` octets was copied last. */
  #add(length: 4 | 16, totals: ArrayLike<number>): void {
    const host = this.#hostOf(length);
    if (host < 0) {
      this.#isExact = false;
      return;
    }
    const doubles = this.#records.f64;
    const start = host * DOUBLES + SENT_PACKETS;
    for (let which = 0; which < 4; which++) {
      doubles[start + which] = (doubles[start + which] ?? 0) + (totals[which] ?? 0);
    }
  }

  /** The record of the address of `length` octets that was copied last, -1 if there is no room. */
  #hostOf(length: 4 | 16): number {
    if (length === 4) this.#bytes.fill(0, 4);
    const hash = this.#hash.end6(this.#view, 0, length);
    const { slots, mask } = this.#index;
    let at = hash & mask;
    for (let probes = 0; probes < PROBES_MAX && slots[at] !== 0; probes++) {
      const entry = slots[at] ?? 0;
      const id = (entry & ID_MASK) - 1;
      if (((entry ^ hash) & TAG_MASK) === 0 && this.#isHost(id, length)) return id;
      at = (at + 1) & mask;
    }
    return this.#begin(hash, length);
  }

  #isHost(id: number, length: number): boolean {
    const words = this.#records.i32;
    const record = id * WORDS;
    if (words[record + LENGTH] !== length) return false;
    for (let word = 0; word < 4; word++) {
      if (words[record + word] !== this.#view.getInt32(word * 4)) return false;
    }
    return true;
  }

  #begin(hash: number, length: number): number {
    if (this.#size === this.#hostsMax) return -1;
    this.#index.reserve(this.#size + 1);
    if (!this.#index.hasRoom(hash)) return -1;
    const id = this.#size++;
    this.#records.ensure(this.#size);
    const words = this.#records.i32;
    for (let word = 0; word < 4; word++) words[id * WORDS + word] = this.#view.getInt32(word * 4);
    words[id * WORDS + LENGTH] = length;
    words[id * WORDS + HASH] = hash;
    this.#index.insert(hash, id);
    return id;
  }

  /** What was added up so far. */
  summary(): HostSummary {
    const value = (id: number, which: number): number =>
      this.#records.f64[id * DOUBLES + which] ?? 0;
    const count = (which: number): number => {
      let hosts = 0;
      for (let id = 0; id < this.#size; id++) if (value(id, which) > 0) hosts++;
      return hosts;
    };
    const top = (packets: number, octets: number): HostTotal[] =>
      topIds(this.#size, TOP_HOSTS, (id) => value(id, packets) > 0 ? value(id, packets) : NaN)
        .map((id) => ({
          address: this.#render(id),
          packets: value(id, packets),
          octets: value(id, octets),
        }));
    return {
      talkers: top(SENT_PACKETS, SENT_OCTETS),
      destinations: top(RECEIVED_PACKETS, RECEIVED_OCTETS),
      sources: count(SENT_PACKETS),
      sinks: count(RECEIVED_PACKETS),
      isExact: this.#isExact,
    };
  }

  /** Copies the address of a host; its length. */
  #copyAddress(id: number, target: Uint8Array): 4 | 16 {
    const words = this.#records.i32;
    const view = new DataView(target.buffer, target.byteOffset, 16);
    for (let word = 0; word < 4; word++) view.setInt32(word * 4, words[id * WORDS + word] ?? 0);
    return words[id * WORDS + LENGTH] === 4 ? 4 : 16;
  }

  #render(id: number): string {
    return renderAddress(
      addressFromBytes(this.#bytes.subarray(0, this.#copyAddress(id, this.#bytes))),
    );
  }
}
