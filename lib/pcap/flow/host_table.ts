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

/** The hosts of a table as plain data. */
export interface HostList {
  readonly size: number;
  readonly isExact: boolean;
  readonly words: Int32Array;
}

/** Hosts by address. */
export class HostTable {
  readonly #hostsMax: number;
  readonly #hash = new FlowHash();
  readonly #records: RecordHeap;
  readonly #index = new HashIndex((id) => this.#records.i32[id * WORDS + HASH] ?? 0);
  /** The address that is being looked for. */
  readonly #address = new Int32Array(4);
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

  /** All hosts. */
  list(): HostList {
    const words = this.#records.i32.slice(0, this.#size * WORDS);
    return { size: this.#size, isExact: this.#isExact, words };
  }

  /** A table of these hosts, to be merged into others; none can be added to it. */
  static of({ size, isExact, words }: HostList): HostTable {
    const table = new HostTable(size);
    table.#records.ensure(size);
    table.#records.i32.set(words);
    table.#size = size;
    table.#isExact = isExact;
    return table;
  }

  /** Adds a flow to its two hosts. */
  addFlow(flows: FlowReader, id: number): void {
    const packetsA = flows.packets(id, 0), packetsB = flows.packets(id, 1);
    const octetsA = flows.octets(id, 0), octetsB = flows.octets(id, 1);
    const length = flows.copyAddressWords(id, 0, this.#address);
    this.#add(length, packetsA, octetsA, packetsB, octetsB);
    flows.copyAddressWords(id, 1, this.#address);
    this.#add(length, packetsB, octetsB, packetsA, octetsA);
  }

  /** Adds the hosts of another table. */
  merge(other: HostTable): void {
    for (let id = 0; id < other.#size; id++) {
      const start = id * WORDS;
      this.#address.set(other.#records.i32.subarray(start, start + 4));
      this.#add(
        other.#lengthOf(id),
        other.#total(id, SENT_PACKETS),
        other.#total(id, SENT_OCTETS),
        other.#total(id, RECEIVED_PACKETS),
        other.#total(id, RECEIVED_OCTETS),
      );
    }
    if (!other.#isExact) this.#isExact = false;
  }

  /** Adds to the host whose address of `length` octets is in `#address`. */
  #add(
    length: 4 | 16,
    sentPackets: number,
    sentOctets: number,
    receivedPackets: number,
    receivedOctets: number,
  ): void {
    const host = this.#hostOf(length);
    if (host < 0) {
      this.#isExact = false;
      return;
    }
    const doubles = this.#records.f64;
    const at = host * DOUBLES;
    doubles[at + SENT_PACKETS] = (doubles[at + SENT_PACKETS] ?? 0) + sentPackets;
    doubles[at + SENT_OCTETS] = (doubles[at + SENT_OCTETS] ?? 0) + sentOctets;
    doubles[at + RECEIVED_PACKETS] = (doubles[at + RECEIVED_PACKETS] ?? 0) + receivedPackets;
    doubles[at + RECEIVED_OCTETS] = (doubles[at + RECEIVED_OCTETS] ?? 0) + receivedOctets;
  }

  #total(id: number, which: number): number {
    return this.#records.f64[id * DOUBLES + which] ?? 0;
  }

  #lengthOf(id: number): 4 | 16 {
    return this.#records.i32[id * WORDS + LENGTH] === 4 ? 4 : 16;
  }

  /** The record of the address in `#address`, -1 if there is no room. */
  #hostOf(length: 4 | 16): number {
    const address = this.#address;
    const hash = this.#hash.endOfWords(
      address[0] ?? 0,
      address[1] ?? 0,
      address[2] ?? 0,
      address[3] ?? 0,
      length,
    );
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
    const address = this.#address;
    return words[record + LENGTH] === length && words[record] === address[0] &&
      words[record + 1] === address[1] && words[record + 2] === address[2] &&
      words[record + 3] === address[3];
  }

  #begin(hash: number, length: number): number {
    if (this.#size === this.#hostsMax) return -1;
    this.#index.reserve(this.#size + 1);
    if (!this.#index.hasRoom(hash)) return -1;
    const id = this.#size++;
    this.#records.ensure(this.#size);
    const words = this.#records.i32;
    words.set(this.#address, id * WORDS);
    words[id * WORDS + LENGTH] = length;
    words[id * WORDS + HASH] = hash;
    this.#index.insert(hash, id);
    return id;
  }

  /** What was added up so far. */
  summary(): HostSummary {
    const count = (which: number): number => {
      let hosts = 0;
      for (let id = 0; id < this.#size; id++) if (this.#total(id, which) > 0) hosts++;
      return hosts;
    };
    const top = (packets: number, octets: number): HostTotal[] => {
      const rankOf = (id: number): number => this.#total(id, packets) || NaN;
      return topIds(this.#size, TOP_HOSTS, rankOf).map((id) => ({
        address: this.#render(id),
        packets: this.#total(id, packets),
        octets: this.#total(id, octets),
      }));
    };
    return {
      talkers: top(SENT_PACKETS, SENT_OCTETS),
      destinations: top(RECEIVED_PACKETS, RECEIVED_OCTETS),
      sources: count(SENT_PACKETS),
      sinks: count(RECEIVED_PACKETS),
      isExact: this.#isExact,
    };
  }

  #render(id: number): string {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    for (let word = 0; word < 4; word++) {
      view.setInt32(word * 4, this.#records.i32[id * WORDS + word] ?? 0);
    }
    return renderAddress(addressFromBytes(bytes.subarray(0, this.#lengthOf(id))));
  }
}
