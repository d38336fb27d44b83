/**
 * Messages on their way from packets to tables. They are few among other packets, and what looks
 * them up would find its code and its tables out of the caches for each of them: so they go in crowds.
 *
 * @module
 */
import { Tunnel } from "../dissect/columns.ts";
import type { DatagramBatch } from "../stream/fragments.ts";
import { type Host, type HostTable, NOBODY, wordAt } from "./host_table.ts";
import type { MessageScan } from "./message_scan.ts";
import { foldName, type Name, NAME_WORDS_MAX, type NameTable } from "./name_table.ts";
import { PlacedMessage } from "./placed_message.ts";

const TCP = 6;
/** Messages of a crowd, and words for their names; usual names have five. */
const MESSAGES_MAX = 1024;
const NAME_WORDS = 16384;

/** Layout of a message: words, then doubles. */
const WORDS = 24;
const DOUBLES = WORDS / 2;
const APP = 0, ID = 1, FLAGS = 2, RCODE = 3, EDNS_BYTES = 4, TYPE = 5, CLASS = 6, NAME_SIZE = 7;
const FLOW = 8, TENANT = 9, ADDRESS_LENGTH = 10, SRC = 11, DST = 15;
const NS = 10, FRAME = 11;
/** Bits of the flags. */
const RESPONSE = 1, TRUNCATED = 2, OVER_TCP = 4;

/** What takes the messages, and can load what it knows of one before it takes it. */
export interface LookAhead {
  lookAhead(flow: number, id: number): void;
}

/** A bounded number of messages, in order. */
export class MessageQueue {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  /** Names of the messages, one behind the other, see {@link foldName}. */
  readonly #names = new Int32Array(NAME_WORDS);
  /** Hosts of the messages that are being given out. */
  readonly #sources: Host[] = [];
  readonly #targets: Host[] = [];
  readonly #texts: (Name | null)[] = [];
  #count = 0;
  #nameWords = 0;
  /** The message that is being given out. */
  readonly #message = new PlacedMessage();

  /** An empty queue. */
  constructor() {
    const buffer = new ArrayBuffer(MESSAGES_MAX * WORDS * 4);
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** True if there is no room for another message. */
  get isFull(): boolean {
    return this.#count === MESSAGES_MAX || this.#nameWords + NAME_WORDS_MAX > NAME_WORDS;
  }

  /** Takes a message that was read from the packet of `row`, or completed by it, at `ns`. */
  add(app: number, said: MessageScan, batch: DatagramBatch, row: number, ns: number): void {
    const { packets, dissected, flows } = batch;
    const words = this.#words, doubles = this.#doubles;
    const index = this.#count++;
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
    this.#nameWords = foldName(
      said.octets,
      said.nameStart,
      said.nameEnd,
      this.#names,
      this.#nameWords,
    );
  }

  /** Gives out all messages, with the sender of each; a message is valid until the next. */
  drain(
    names: NameTable,
    hosts: HostTable,
    tracker: LookAhead,
    take: (message: PlacedMessage, app: number) => void,
  ): void {
    const words = this.#words, doubles = this.#doubles;
    const message = this.#message;
    const sources = this.#sources, targets = this.#targets, texts = this.#texts;
    // One table after the other: its misses of one message do not wait for those of the next.
    for (let index = 0; index < this.#count; index++) {
      const at = index * WORDS;
      const length = words[at + ADDRESS_LENGTH] ?? 0;
      sources[index] = hosts.of(words, at + SRC, length);
      targets[index] = hosts.of(words, at + DST, length);
    }
    // Not where names have to make room for others: which ones do depends on what was counted so far.
    const isAhead = names.hasRoomFor(this.#count);
    let name = 0;
    for (let index = 0; isAhead && index < this.#count; index++) {
      const size = words[index * WORDS + NAME_SIZE] ?? 0;
      texts[index] = size > 0 ? names.of(this.#names, name, size) : null;
      name += (size + 3) >> 2;
    }
    for (let index = 0; index < this.#count; index++) {
      const at = index * WORDS;
      tracker.lookAhead(words[at + FLOW] ?? 0, words[at + ID] ?? 0);
    }
    name = 0;
    for (let index = 0; index < this.#count; index++) {
      const at = index * WORDS;
      const flags = words[at + FLAGS] ?? 0;
      const isResponse = (flags & RESPONSE) !== 0;
      const src = sources[index] ?? NOBODY;
      const dst = targets[index] ?? NOBODY;
      message.id = words[at + ID] ?? 0;
      message.isResponse = isResponse;
      message.isTruncated = (flags & TRUNCATED) !== 0;
      message.isTcp = (flags & OVER_TCP) !== 0;
      message.rcode = words[at + RCODE] ?? 0;
      message.ednsBytes = words[at + EDNS_BYTES] ?? 0;
      message.type = words[at + TYPE] ?? 0;
      message.class = words[at + CLASS] ?? 0;
      if (isAhead) message.name = texts[index] ?? null;
      else {
        const size = words[at + NAME_SIZE] ?? 0;
        message.name = size > 0 ? names.of(this.#names, name, size) : null;
        name += (size + 3) >> 2;
      }
      message.client = isResponse ? dst : src;
      message.server = isResponse ? src : dst;
      message.flow = words[at + FLOW] ?? 0;
      message.tenant = words[at + TENANT] ?? 0;
      message.ns = doubles[index * DOUBLES + NS] ?? 0;
      message.frame = doubles[index * DOUBLES + FRAME] ?? 0;
      take(message, words[at + APP] ?? 0);
    }
    this.#count = this.#nameWords = 0;
  }
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
