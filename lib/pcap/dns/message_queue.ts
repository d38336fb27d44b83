/**
 * Messages on their way from packets to tables. They are few among other packets, and what looks
 * them up would find its code and its tables out of the caches for each of them: so they go in crowds.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { Tunnel } from "../dissect/columns.ts";
import type { DatagramBatch } from "../stream/fragments.ts";
import type { DnsKernel } from "./dns_kernel.ts";
import { type Host, type HostTable, wordAt } from "./host_table.ts";
import type { MessageScan } from "./message_scan.ts";
import { foldName, NAME_WORDS_MAX, type NameTable } from "./name_table.ts";
import { PlacedMessage } from "./placed_message.ts";

const TCP = 6;
/** Messages of a crowd, and words for their names; usual names have five. */
const MESSAGES_MAX = 1024;
const NAME_WORDS = 16384;

/** Layout of a message: words, then doubles. */
const WORDS = 28;
const DOUBLES = WORDS / 2;
const APP = 0, ID = 1, FLAGS = 2, RCODE = 3, EDNS_BYTES = 4, TYPE = 5, CLASS = 6, NAME_SIZE = 7;
const FLOW = 8, TENANT = 9, ADDRESS_LENGTH = 10, SRC = 11, DST = 15;
const NS = 10, FRAME = 11;
/**
 * Numbers of hosts and of the name that compiled code found, -1 for what is not known; behind them is
 * a word of its own.
 */
const SRC_ID = 24, DST_ID = 25, NAME_ID = 26;
/** What is counted: messages, words of names. */
const COUNT = 0, NAME_WORDS_USED = 1;
/** Bits of the flags. */
const RESPONSE = 1, TRUNCATED = 2, OVER_TCP = 4;

/** What messages are given out with. */
export interface QueueTables {
  readonly names: NameTable;
  readonly hosts: HostTable;
  readonly kernel: DnsKernel | null;
}

/** A bounded number of messages, in order. */
export class MessageQueue {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  /** Names of the messages, one behind the other, see {@link foldName}. */
  readonly #names: Int32Array;
  readonly #counts: Int32Array;
  /** The message that is being given out. */
  readonly #message = new PlacedMessage();
  /** Its number, and where the words of its name begin. */
  #placed = 0;
  #placedName = 0;

  /** An empty queue in `memory`. */
  constructor(memory: ColumnMemory = separateMemory) {
    this.#doubles = memory.float64(MESSAGES_MAX * DOUBLES);
    const { buffer, byteOffset } = this.#doubles;
    this.#words = new Int32Array(buffer, byteOffset, MESSAGES_MAX * WORDS);
    this.#names = memory.int32(NAME_WORDS);
    this.#counts = memory.int32(2);
  }

  /** Addresses in the memory, for compiled code: of counts, messages and names. */
  get places(): readonly [counts: number, messages: number, names: number] {
    return [this.#counts.byteOffset, this.#words.byteOffset, this.#names.byteOffset];
  }

  get #count(): number {
    return this.#counts[COUNT] ?? 0;
  }

  get #nameWords(): number {
    return this.#counts[NAME_WORDS_USED] ?? 0;
  }

  /** True if there is no room for another message. */
  get isFull(): boolean {
    return this.#count === MESSAGES_MAX || this.#nameWords + NAME_WORDS_MAX > NAME_WORDS;
  }

  /** Takes a message that was read from the packet of `row`, or completed by it, at `ns`. */
  add(app: number, said: MessageScan, batch: DatagramBatch, row: number, ns: number): void {
    const { packets, dissected, flows } = batch;
    const words = this.#words, doubles = this.#doubles;
    const index = this.#count;
    this.#counts[COUNT] = index + 1;
    const at = index * WORDS;
    const kind = dissected.tunnelKind[row];
    const isTcp = dissected.l4Protocol[row] === TCP;
    const length = dissected.addressLength[row] ?? 0;
    words[at + APP] = app;
    words[at + ID] = said.id;
    words[at + FLAGS] = (said.isResponse ? RESPONSE : 0) | (said.isTruncated ? TRUNCATED : 0) |
      (isTcp ? OVER_TCP : 0);
    words[at + RCODE] = said.rcode;
    words[at + EDNS_BYTES] = said.ednsBytes;
    words[at + TYPE] = said.type;
    words[at + CLASS] = said.class;
    words[at + FLOW] = flows.flow[row] ?? -1;
    words[at + TENANT] = kind === Tunnel.vxlan || kind === Tunnel.geneve
      ? dissected.tunnelId[row] ?? 0
      : 0;
    words[at + ADDRESS_LENGTH] = length;
    copyAddress(packets.bytes, dissected.srcOffset[row] ?? 0, length, words, at + SRC);
    copyAddress(packets.bytes, dissected.dstOffset[row] ?? 0, length, words, at + DST);
    doubles[index * DOUBLES + NS] = ns;
    doubles[index * DOUBLES + FRAME] = packets.firstFrame + row;
    words[at + NAME_SIZE] = said.nameEnd - said.nameStart;
    this.#counts[NAME_WORDS_USED] = foldName(
      said.octets,
      said.nameStart,
      said.nameEnd,
      this.#names,
      this.#nameWords,
    );
  }

  /**
   * Gives out all messages, with the sender of each; a message is valid until the next. Compiled code,
   * if there is any, takes most of them instead.
   */
  drain(tables: QueueTables, take: (message: PlacedMessage, app: number) => void): void {
    const { names, kernel } = tables;
    const count = this.#count;
    // Not where names have to make room for others: which ones do depends on what was counted so far.
    const isAhead = kernel !== null && names.hasRoomFor(count);
    const unknown = kernel?.findDns(count, isAhead) ?? 0;
    if (isAhead && unknown > 0) this.#keepNames(names);
    let index = isAhead ? kernel.trackDns(0, count) : 0;
    while (index < count) {
      take(this.#place(index, tables), this.#words[index * WORDS + APP] ?? 0);
      index = isAhead ? kernel.trackDns(index + 1, count) : index + 1;
    }
    this.#counts.fill(0);
    this.#placed = this.#placedName = 0;
  }

  /** Keeps the names that compiled code did not find. */
  #keepNames(names: NameTable): void {
    const words = this.#words;
    let name = 0;
    for (let at = 0; at < this.#count * WORDS; at += WORDS) {
      const size = words[at + NAME_SIZE] ?? 0;
      if (size > 0 && (words[at + NAME_ID] ?? 0) < 0) {
        words[at + NAME_ID] = names.of(this.#names, name, size).id;
      }
      name += wordsOf(size);
    }
  }

  /** The message of an index, which is not before that of the last call. */
  #place(index: number, { names, hosts, kernel }: QueueTables): PlacedMessage {
    const words = this.#words, doubles = this.#doubles;
    const message = this.#message;
    for (; this.#placed < index; this.#placed++) {
      this.#placedName += wordsOf(words[this.#placed * WORDS + NAME_SIZE] ?? 0);
    }
    const at = index * WORDS;
    const hostOf = (id: number, start: number): Host =>
      kernel !== null && id >= 0
        ? hosts.at(id)
        : hosts.of(words, start, words[at + ADDRESS_LENGTH] ?? 0);
    const src = hostOf(words[at + SRC_ID] ?? -1, at + SRC);
    const dst = hostOf(words[at + DST_ID] ?? -1, at + DST);
    const flags = words[at + FLAGS] ?? 0;
    const isResponse = (flags & RESPONSE) !== 0;
    const size = words[at + NAME_SIZE] ?? 0;
    message.id = words[at + ID] ?? 0;
    message.isResponse = isResponse;
    message.isTruncated = (flags & TRUNCATED) !== 0;
    message.isTcp = (flags & OVER_TCP) !== 0;
    message.rcode = words[at + RCODE] ?? 0;
    message.ednsBytes = words[at + EDNS_BYTES] ?? 0;
    message.type = words[at + TYPE] ?? 0;
    message.class = words[at + CLASS] ?? 0;
    message.name = size > 0 ? names.of(this.#names, this.#placedName, size) : null;
    message.client = isResponse ? dst : src;
    message.server = isResponse ? src : dst;
    message.flow = words[at + FLOW] ?? 0;
    message.tenant = words[at + TENANT] ?? 0;
    message.ns = doubles[index * DOUBLES + NS] ?? 0;
    message.frame = doubles[index * DOUBLES + FRAME] ?? 0;
    return message;
  }
}

/** Words that a name of this many octets takes, see {@link foldName}. */
function wordsOf(octets: number): number {
  return (octets + 3) >> 2;
}

/** Copies an address of 4 octets or 16 as one word or four; the others stay zero. */
function copyAddress(
  octets: Uint8Array,
  start: number,
  length: number,
  words: Int32Array,
  at: number,
): void {
  for (let word = 0; word < 4; word++) {
    words[at + word] = word * 4 < length ? wordAt(octets, start + word * 4) : 0;
  }
}
