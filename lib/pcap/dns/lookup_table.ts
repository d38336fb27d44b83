/**
 * What clients want to know: lookups, for each of which a client may send several queries.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import { AgedRecords, OWN_BYTES } from "./aged_records.ts";
import type { DnsRecordPlaces } from "./dns_kernel.ts";
import { FRAMES_KEPT } from "./findings.ts";
import { type Host, type HostTable, NOBODY } from "./host_table.ts";
import { type Name, type NameTable, ROOT } from "./name_table.ts";
import type { PlacedMessage } from "./placed_message.ts";

/** A lookup to be told of. */
export interface Lookup {
  readonly name: Name;
  readonly type: number;
  readonly client: Host;
  readonly firstNs: number;
  readonly firstFrame: number;
  readonly lastNs: number;
  readonly queries: number;
  /** Servers that were asked, at most {@link FRAMES_KEPT}. */
  readonly servers: readonly Host[];
}

/** Layout of a lookup: a cache line of what an answer needs, then the rest. */
const RECORD_BYTES = 128;
const DOUBLES = RECORD_BYTES / 8;
const WORDS = RECORD_BYTES / 4;
const HOLDS = OWN_BYTES / 4;
const FIRST_NS = 2, WAITED_NS = 3;
const TYPE = 8, CLASS = 9, TENANT = 10, STATE = 11;
/** Numbers of the name and the client in their tables, -1 if these do not keep them. */
const NAME = 12, CLIENT = 13;
const SIBLING = 14, SERVERS = 15;
const LAST_NS = 8, FIRST_FRAME = 9;
const QUERIES = 20;
/** The server that was asked first, as the client. */
const SERVER = 21;
/** Bits of the state. */
const DONE = 1, TRUNCATED = 2;
const TYPE_A = 1;
const TYPE_AAAA = 28;
/** Most lookups that are open at the same time. */
const OPEN_MAX = 16_384;
/** Part of a full table that makes room at once. */
const ROOM_SHARE = 1 / 16;
/** More than are ever held: those that are open, their siblings, and those of every query. */
const HELD_MAX = 262_144;

/** Tables that keep most names and hosts. */
export interface KnownTables {
  readonly names: NameTable;
  readonly hosts: HostTable;
}

/** Lookups by number. One that is *open* is waited for and found; a closed one stays while it is held. */
export class LookupTable {
  /** Lookups that were closed because the index was crowded where they were. */
  crowdedOut = 0;
  readonly #records: AgedRecords;
  readonly #hash = new FlowHash();
  readonly #hosts: HostTable;
  readonly #known: NameTable;
  /** What the tables of names and hosts do not keep. */
  readonly #names: Name[] = [];
  readonly #clients: Host[] = [];
  readonly #firstServers: Host[] = [];
  /** The servers that were not asked first, which are rare. */
  readonly #otherServers = new Map<number, Host[]>();

  /** No lookups; in `arena` if there is one. */
  constructor({ names, hosts }: KnownTables, arena: Arena | null) {
    // Few are open at a time as a rule: their index is small, so that it stays in the caches.
    const bounds = { recordsMax: HELD_MAX, listedMax: OPEN_MAX, expected: 0 };
    this.#records = new AgedRecords(RECORD_BYTES, bounds, arena);
    this.#known = names;
    this.#hosts = hosts;
    names.onRenumber = () => this.#keepNames();
  }

  /** Addresses in the arena, for compiled code. */
  get places(): DnsRecordPlaces {
    return this.#records.places;
  }

  /** The lookup that was opened first, -1 if none is open. */
  get oldest(): number {
    return this.#records.oldest;
  }

  /** The open lookup that was opened after this one, -1 if none was. */
  newerThan(lookup: number): number {
    return this.#records.newerThan(lookup);
  }

  /** The open lookup of what a message is about, -1 if there is none. */
  find(message: PlacedMessage): number {
    return this.#find(message, message.type);
  }

  /** True if a lookup, open or not, is for exactly what a message is about. */
  isFor(lookup: number, message: PlacedMessage): boolean {
    return this.#isFor(lookup, message, message.type);
  }

  /** Opens a lookup; it and an open one of the same name for A or AAAA become siblings. */
  open(message: PlacedMessage): number {
    this.#makeRoom();
    const records = this.#records;
    const lookup = records.take();
    const { words, doubles } = records;
    const { type, ns, server } = message;
    doubles[lookup * DOUBLES + FIRST_NS] = ns;
    doubles[lookup * DOUBLES + WAITED_NS] = Infinity;
    doubles[lookup * DOUBLES + FIRST_FRAME] = message.frame;
    const at = lookup * WORDS;
    words[at + TYPE] = type;
    words[at + CLASS] = message.class;
    words[at + TENANT] = message.tenant;
    words[at + STATE] = 0;
    words[at + SIBLING] = -1;
    words[at + HOLDS] = 1;
    words[at + QUERIES] = 0;
    words[at + SERVERS] = 0;
    const name = message.name ?? ROOT, { client } = message;
    words[at + NAME] = name.id;
    if (name.id < 0) this.#names[lookup] = name;
    words[at + CLIENT] = client.id;
    if (client.id < 0) this.#clients[lookup] = client;
    words[at + SERVER] = server.id;
    if (server.id < 0) this.#firstServers[lookup] = server;
    if (type === TYPE_A || type === TYPE_AAAA) {
      const sibling = this.#find(message, type === TYPE_A ? TYPE_AAAA : TYPE_A);
      if (sibling >= 0 && this.siblingOf(sibling) < 0) this.#pair(lookup, sibling);
    }
    const crowdedOut = records.list(lookup, this.#hashOf(message, type));
    if (crowdedOut >= 0) {
      this.crowdedOut++;
      this.#leave(crowdedOut);
    }
    return lookup;
  }

  /** Counts a query for a lookup. */
  addQuery(lookup: number, { ns, server }: PlacedMessage): void {
    const { words, doubles } = this.#records;
    doubles[lookup * DOUBLES + LAST_NS] = ns;
    const at = lookup * WORDS;
    words[at + QUERIES] = (words[at + QUERIES] ?? 0) + 1;
    const servers = words[at + SERVERS] ?? 0;
    if (servers >= FRAMES_KEPT || this.hasAsked(lookup, server)) return;
    if (servers === 1) this.#otherServers.set(lookup, [server]);
    else if (servers > 1) this.#otherServers.get(lookup)?.push(server);
    words[at + SERVERS] = servers + 1;
  }

  /** True if a server was asked for a lookup. */
  hasAsked(lookup: number, server: Host): boolean {
    const servers = this.#word(lookup, SERVERS);
    if (servers === 0) return false;
    return this.#firstServerOf(lookup).equals(server) ||
      (servers > 1 && this.#othersOf(lookup).some((asked) => asked.equals(server)));
  }

  /** Closes a lookup: answered after `waitedNs`, or never (Infinity). It has to be let go then. */
  close(lookup: number, waitedNs: number): void {
    const { words, doubles } = this.#records;
    words[lookup * WORDS + STATE] = DONE | (words[lookup * WORDS + STATE] ?? 0);
    doubles[lookup * DOUBLES + WAITED_NS] = waitedNs;
    this.#records.unlist(lookup);
  }

  /** Closes a lookup of which it will not be known what became of it, and lets it go. */
  drop(lookup: number): void {
    this.#records.unlist(lookup);
    this.#leave(lookup);
  }

  /** Makes two siblings strangers. */
  part(lookup: number, sibling: number): void {
    const { words } = this.#records;
    words[lookup * WORDS + SIBLING] = -1;
    words[sibling * WORDS + SIBLING] = -1;
    this.letGo(lookup);
    this.letGo(sibling);
  }

  /** Keeps the number of a lookup from being given again. */
  hold(lookup: number): void {
    const { words } = this.#records;
    words[lookup * WORDS + HOLDS] = (words[lookup * WORDS + HOLDS] ?? 0) + 1;
  }

  /** Undoes {@link LookupTable.hold}, or the hold that a lookup has on itself while it is open. */
  letGo(lookup: number): void {
    const { words } = this.#records;
    const at = lookup * WORDS;
    const holds = words[at + HOLDS] = (words[at + HOLDS] ?? 0) - 1;
    if (holds > 0) return;
    if ((words[at + SERVERS] ?? 0) > 1) this.#otherServers.delete(lookup);
    this.#records.giveBack(lookup);
  }

  /** True once it is decided: answered, or not. */
  isDone(lookup: number): boolean {
    return (this.#word(lookup, STATE) & DONE) !== 0;
  }

  /** True while it waits for its answer by TCP after a truncated one. */
  isTruncated(lookup: number): boolean {
    return (this.#word(lookup, STATE) & TRUNCATED) !== 0;
  }

  /** Sets whether a lookup waits for its answer by TCP. */
  setTruncated(lookup: number, isTruncated: boolean): void {
    const { words } = this.#records;
    const others = (words[lookup * WORDS + STATE] ?? 0) & ~TRUNCATED;
    words[lookup * WORDS + STATE] = others | (isTruncated ? TRUNCATED : 0);
  }

  /** The lookup for the other kind of address that was open at the same time, -1 without. */
  siblingOf(lookup: number): number {
    return this.#word(lookup, SIBLING);
  }

  /** The name that is looked up. */
  nameOf(lookup: number): Name {
    const id = this.#word(lookup, NAME);
    return id >= 0 ? this.#known.at(id) : this.#names[lookup] ?? ROOT;
  }

  /** Type of the records that are looked up. */
  typeOf(lookup: number): number {
    return this.#word(lookup, TYPE);
  }

  /** Time of the first query. */
  firstNs(lookup: number): number {
    return this.#records.doubles[lookup * DOUBLES + FIRST_NS] ?? 0;
  }

  /** Time of the last query. */
  lastNs(lookup: number): number {
    return this.#records.doubles[lookup * DOUBLES + LAST_NS] ?? 0;
  }

  /** From the first query to the answer, Infinity if nobody answered. */
  waitedNs(lookup: number): number {
    return this.#records.doubles[lookup * DOUBLES + WAITED_NS] ?? Infinity;
  }

  /** Everything that is known of a lookup. */
  describe(lookup: number): Lookup {
    return {
      name: this.nameOf(lookup),
      type: this.typeOf(lookup),
      client: this.#clientOf(lookup),
      firstNs: this.firstNs(lookup),
      firstFrame: this.#records.doubles[lookup * DOUBLES + FIRST_FRAME] ?? 0,
      lastNs: this.lastNs(lookup),
      queries: this.#word(lookup, QUERIES),
      servers: [this.#firstServerOf(lookup), ...this.#othersOf(lookup)],
    };
  }

  #find(message: PlacedMessage, type: number): number {
    const { index } = this.#records;
    const hash = this.#hashOf(message, type);
    for (let lookup = index.first(hash); lookup >= 0; lookup = index.next()) {
      if (this.#isFor(lookup, message, type)) return lookup;
    }
    return -1;
  }

  #isFor(lookup: number, message: PlacedMessage, type: number): boolean {
    const { words } = this.#records;
    const at = lookup * WORDS;
    return words[at + TYPE] === type && words[at + CLASS] === message.class &&
      words[at + TENANT] === message.tenant &&
      this.nameOf(lookup).equals(message.name ?? ROOT) &&
      this.#clientOf(lookup).equals(message.client);
  }

  #hashOf(message: PlacedMessage, type: number): number {
    const { client, tenant, class: recordClass } = message;
    const who = this.#hash.end4(client.hash, tenant);
    return this.#hash.end4(type << 16 | recordClass, who ^ (message.name ?? ROOT).hash);
  }

  #makeRoom(): void {
    const records = this.#records;
    if (records.size < OPEN_MAX) return;
    for (let left = Math.ceil(OPEN_MAX * ROOM_SHARE); left > 0 && records.oldest >= 0; left--) {
      this.drop(records.oldest);
    }
  }

  #leave(lookup: number): void {
    const { words } = this.#records;
    words[lookup * WORDS + STATE] = DONE | (words[lookup * WORDS + STATE] ?? 0);
    const sibling = this.siblingOf(lookup);
    if (sibling >= 0) this.part(lookup, sibling);
    this.letGo(lookup);
  }

  #pair(lookup: number, sibling: number): void {
    const { words } = this.#records;
    words[lookup * WORDS + SIBLING] = sibling;
    words[sibling * WORDS + SIBLING] = lookup;
    this.hold(lookup);
    this.hold(sibling);
  }

  /** Keeps the names themselves: their numbers will be those of others. */
  #keepNames(): void {
    const { words, given } = this.#records;
    for (let lookup = 0; lookup < given; lookup++) {
      this.#names[lookup] = this.nameOf(lookup);
      words[lookup * WORDS + NAME] = -1;
    }
  }

  #clientOf(lookup: number): Host {
    const id = this.#word(lookup, CLIENT);
    return id >= 0 ? this.#hosts.at(id) : this.#clients[lookup] ?? NOBODY;
  }

  #firstServerOf(lookup: number): Host {
    const id = this.#word(lookup, SERVER);
    return id >= 0 ? this.#hosts.at(id) : this.#firstServers[lookup] ?? NOBODY;
  }

  #othersOf(lookup: number): readonly Host[] {
    return this.#otherServers.get(lookup) ?? [];
  }

  #word(lookup: number, field: number): number {
    return this.#records.words[lookup * WORDS + field] ?? 0;
  }
}
