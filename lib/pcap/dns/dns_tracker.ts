/**
 * Which answer belongs to which question, and how long the client waited. A *query* is one message
 * to one server; a *lookup* is what the client wants to know, for which it may send several.
 *
 * @module
 */
import { separateMemory } from "../arena.ts";
import { AddressPairs } from "./address_pairs.ts";
import type { DnsKernel } from "./dns_kernel.ts";
import { EdnsSizes } from "./edns_sizes.ts";
import { type DnsFindings, keepFrame, LIST_KEPT, OPEN_NS } from "./findings.ts";
import { type KnownTables, LookupTable } from "./lookup_table.ts";
import type { ReaderFindings } from "./message_reader.ts";
import { type NameTable, ROOT } from "./name_table.ts";
import { OutcomeTally } from "./outcome_tally.ts";
import type { PlacedMessage } from "./placed_message.ts";
import { LISTED_MAX, QueryTable } from "./query_table.ts";
import { RcodeCounter } from "./rcode_counter.ts";
import { SearchStorms } from "./search_storms.ts";
import { ServerTable } from "./server_table.ts";

/** After this long a query is not waited for any more; its id may be used again, nanoseconds. */
const PENDING_NS = 30e9;
/** How long an answer is remembered, to know it when it comes again, nanoseconds. */
const ANSWERED_NS = 5e9;
/** Time between two looks at what is too old, nanoseconds. */
const EXPIRY_STEP_NS = 1e9;
/** Ids in use that make room at once when there are too many. */
const ROOM = LISTED_MAX / 16;
/** Queries with one id in one flow; no resolver has two. */
const SAME_ID_MAX = 8;
/** No resolver asks again so soon: the capture saw the message twice, nanoseconds. */
const COPY_NS = 1e6;
const EDNS_SIZES_KEPT = 8;
const NXDOMAIN = 3;

/**
 * What messages of every kind change: the time of the last look at what is too old and of the last
 * message, whether one was earlier than the one before, and counts.
 */
const EXPIRED_NS = 0, LAST_NS = 1, IS_UNORDERED = 2, QUERIES = 3, RESPONSES = 4, EDNS_QUERIES = 5;
const TALLIES = 6;

/** The part of {@link DnsFindings} that follows from messages alone. */
export type TrackedFindings = Omit<
  DnsFindings,
  | keyof ReaderFindings
  | "domains"
  | "topDomains"
  | "packets"
  | "tcp"
  | "reassembled"
  | "mdns"
  | "llmnr"
>;

/** Matches messages in the order of the capture. */
export class DnsTracker {
  readonly #kernel: DnsKernel | null;
  readonly #names: NameTable;
  readonly #queries: QueryTable;
  readonly #lookups: LookupTable;
  readonly #servers: ServerTable;
  readonly #outcomes: OutcomeTally;
  readonly #rcodes: RcodeCounter;
  readonly #storms: SearchStorms;
  readonly #pairs: AddressPairs;
  readonly #ednsSizes: EdnsSizes;
  readonly #tallies: Float64Array;
  readonly #truncatedFrames: number[] = [];
  #openAtEnd = 0;
  #retries = 0;
  #toOtherServer = 0;
  #late = 0;
  #duplicates = 0;
  #unmatched = 0;
  #copies = 0;
  #truncated = 0;
  #retriedByTcp = 0;
  #notKept = 0;

  /** Knows no messages; compiled code, if there is any, takes those that are plain. */
  constructor(known: KnownTables, kernel: DnsKernel | null = null) {
    const { names, hosts } = known;
    const arena = kernel?.arena ?? null;
    const memory = arena ?? separateMemory;
    this.#kernel = kernel;
    this.#names = names;
    this.#queries = new QueryTable(arena);
    this.#lookups = new LookupTable(known, arena);
    this.#servers = new ServerTable(hosts, memory);
    this.#outcomes = new OutcomeTally(hosts, memory);
    this.#rcodes = new RcodeCounter(1, memory);
    this.#storms = new SearchStorms(memory);
    this.#pairs = new AddressPairs(memory);
    this.#ednsSizes = new EdnsSizes(memory);
    this.#tallies = memory.float64(TALLIES);
    this.#tallies[LAST_NS] = -Infinity;
    kernel?.bindDnsQueries(...this.#queries.places);
    kernel?.bindDnsLookups(...this.#lookups.places);
    kernel?.bindDnsServers(...this.#servers.places);
    kernel?.bindDnsClients(...this.#outcomes.places);
    kernel?.bindDnsTallies(
      this.#tallies.byteOffset,
      this.#ednsSizes.address,
      this.#pairs.address,
      this.#storms.address,
      ...this.#rcodes.places,
    );
  }

  /** Takes the next message. */
  add(message: PlacedMessage): void {
    const tallies = this.#tallies;
    if (message.ns < this.#tally(LAST_NS)) tallies[IS_UNORDERED] = 1;
    tallies[LAST_NS] = message.ns;
    if (message.ns > this.#tally(EXPIRED_NS) + EXPIRY_STEP_NS) this.#expire(message.ns);
    if (message.isResponse) this.#addResponse(message);
    else this.#addQuery(message);
  }

  /** What is known when the capture ends, at `endNs`. */
  finish(endNs: number): TrackedFindings {
    // All at once: to take one after the other from the index would take longer than the rest.
    this.#kernel?.forgetAnswered(Infinity);
    const queries = this.#queries;
    for (let first = queries.oldest; first >= 0; first = queries.newerThan(first)) {
      for (let query = first; query >= 0; query = queries.next(query)) {
        this.#endQuery(query, endNs);
        this.#lookups.letGo(queries.lookupOf(query));
      }
    }
    queries.clear();
    while (this.#lookups.oldest >= 0) this.#forgetLookup(this.#lookups.oldest, endNs);
    const searchStorms = this.#storms.finish(LIST_KEPT);
    const { notKept, ...outcomes } = this.#outcomes.finish();
    return {
      ...outcomes,
      queries: this.#tally(QUERIES),
      responses: this.#tally(RESPONSES),
      openAtEnd: this.#openAtEnd,
      servers: this.#servers.finish(endNs, LIST_KEPT),
      serverCount: this.#servers.size,
      rcodes: this.#rcodes.finish(0),
      retries: { count: this.#retries, toOtherServer: this.#toOtherServer },
      lateAnswers: this.#late,
      duplicateAnswers: this.#duplicates,
      unmatchedAnswers: this.#unmatched,
      copies: this.#copies,
      truncated: {
        count: this.#truncated,
        retriedByTcp: this.#retriedByTcp,
        frames: this.#truncatedFrames,
      },
      edns: {
        queries: this.#tally(EDNS_QUERIES),
        sizes: this.#ednsSizes.finish(EDNS_SIZES_KEPT),
      },
      searchStorms,
      pairSkew: this.#pairs.finish(),
      notKept: {
        queries: this.#notKept + this.#lookups.crowdedOut,
        servers: this.#servers.notKept,
        clients: notKept.clients,
        groups: notKept.groups + this.#storms.notKept,
      },
    };
  }

  #addQuery(message: PlacedMessage): void {
    const { ns, frame } = message;
    const queries = this.#queries, lookups = this.#lookups;
    const known = this.#queryOf(message);
    const isWaiting = known >= 0 && !queries.isAnswered(known);
    if (isWaiting && ns - queries.lastNs(known) < COPY_NS) {
      this.#copies++;
      return;
    }
    this.#count(QUERIES);
    if (message.name !== null) this.#names.count(message.name);
    if (message.ednsBytes >= 0) {
      this.#count(EDNS_QUERIES);
      this.#ednsSizes.add(message.ednsBytes);
    }
    const open = lookups.find(message);
    const isAgainHere = open >= 0 && this.#askAgain(open, message);
    const lookup = open >= 0 ? open : lookups.open(message);
    lookups.addQuery(lookup, message);
    const server = this.#servers.numberOf(message.server);
    if (server >= 0) this.#servers.addQuery(server, ns, frame, isAgainHere);
    this.#outcomes.addQuery(message.client, open >= 0);
    if (isWaiting && queries.lookupOf(known) === lookup) queries.sendAgain(known, ns);
    else this.#beginQuery(message, lookup, server);
  }

  #addResponse(message: PlacedMessage): void {
    const { client, ns, frame, rcode } = message;
    const queries = this.#queries, lookups = this.#lookups;
    const query = this.#queryOf(message);
    const isAnswered = query >= 0 && queries.isAnswered(query);
    if (isAnswered && ns - queries.answeredNs(query) < COPY_NS) {
      this.#copies++;
      return;
    }
    this.#count(RESPONSES);
    this.#rcodes.add(0, rcode);
    const server = this.#servers.numberOf(message.server);
    if (server >= 0) this.#servers.addAnswer(server, ns, frame, rcode);
    const lookup = query >= 0 ? queries.lookupOf(query) : -1;
    const name = lookup >= 0 ? lookups.nameOf(lookup) : message.name ?? ROOT;
    const type = lookup >= 0 ? lookups.typeOf(lookup) : message.type;
    if (rcode !== 0) this.#outcomes.addFailure(message, name, type);
    if (rcode === NXDOMAIN) this.#storms.addVain(client, name, ns, frame);
    else if (rcode === 0) this.#storms.addFound(client, name, ns);
    if (query < 0) {
      this.#unmatched++;
      return;
    }
    if (isAnswered) {
      this.#duplicates++;
      return;
    }
    queries.answer(query, ns);
    if (server >= 0) {
      const fromFirstNs = Math.max(0, ns - queries.firstNs(query));
      this.#servers.addWait(server, fromFirstNs, Math.max(0, ns - queries.lastNs(query)));
    }
    if (lookups.isDone(lookup)) {
      this.#late++;
      return;
    }
    if (message.isTruncated && !message.isTcp) {
      this.#truncated++;
      keepFrame(this.#truncatedFrames, frame);
      if (server >= 0) this.#servers.addTruncated(server);
      lookups.setTruncated(lookup, true);
      return;
    }
    this.#close(lookup, Math.max(0, ns - lookups.firstNs(lookup)));
    this.#outcomes.addAnswered(lookups, lookup, message);
    lookups.letGo(lookup);
  }

  /** Counts a query for what the client is waiting for; true if it asks the same server again. */
  #askAgain(lookup: number, { server, isTcp }: PlacedMessage): boolean {
    if (this.#lookups.isTruncated(lookup) && isTcp) {
      this.#lookups.setTruncated(lookup, false);
      this.#retriedByTcp++;
      return false;
    }
    this.#retries++;
    if (this.#lookups.hasAsked(lookup, server)) return true;
    this.#toOtherServer++;
    return false;
  }

  #beginQuery(message: PlacedMessage, lookup: number, server: number): void {
    const queries = this.#queries;
    if (queries.size >= LISTED_MAX) {
      for (let left = ROOM; left > 0; left--) {
        const { oldest } = queries;
        queries.unlist(oldest);
        this.#dropQueries(oldest);
      }
    }
    // What was answered makes room for the same id; what was not keeps waiting beside it.
    let waiting = -1;
    let count = 1;
    const first = queries.firstOf(message.flow, message.id);
    if (first >= 0) queries.unlist(first);
    for (let query = first, next; query >= 0; query = next) {
      next = queries.next(query);
      const isAnswered = queries.isAnswered(query);
      if (!isAnswered && count++ < SAME_ID_MAX) {
        queries.link(query, waiting);
        waiting = query;
      } else {
        if (!isAnswered) this.#leaveUnanswered(query);
        this.#giveBack(query);
      }
    }
    this.#lookups.hold(lookup);
    const crowdedOut = queries.begin(message, lookup, server, waiting);
    if (crowdedOut >= 0) this.#dropQueries(crowdedOut);
  }

  /** Gives back queries of one id, of which it will not be known whether they were answered. */
  #dropQueries(first: number): void {
    const queries = this.#queries;
    for (let query = first, next; query >= 0; query = next) {
      next = queries.next(query);
      if (!queries.isAnswered(query)) this.#notKept++;
      this.#giveBack(query);
    }
  }

  #giveBack(query: number): void {
    this.#lookups.letGo(this.#queries.lookupOf(query));
    this.#queries.giveBack(query);
  }

  /** The query that a message repeats or answers, -1 if none; an answer without a question fits any. */
  #queryOf(message: PlacedMessage): number {
    const queries = this.#queries;
    let query = queries.firstOf(message.flow, message.id);
    if (message.name === null && message.isResponse) return query;
    while (query >= 0 && !this.#lookups.isFor(queries.lookupOf(query), message)) {
      query = queries.next(query);
    }
    return query;
  }

  /** Ends a lookup; it is there until it is let go. */
  #close(lookup: number, waitedNs: number): void {
    const lookups = this.#lookups;
    lookups.close(lookup, waitedNs);
    const sibling = lookups.siblingOf(lookup);
    if (sibling < 0 || !lookups.isDone(sibling)) return;
    this.#pairs.add(lookups, lookup, sibling);
    lookups.part(lookup, sibling);
  }

  /** Ends what has waited too long; never earlier in time than it did before. */
  #expire(ns: number): void {
    const queries = this.#queries, lookups = this.#lookups;
    const isOrdered = this.#tally(IS_UNORDERED) === 0;
    this.#tallies[EXPIRED_NS] = ns;
    if (this.#kernel?.forgetAnswered(ns) === false) return;
    for (let first = queries.oldest, newer; first >= 0; first = newer) {
      if (isOrdered && ns - queries.firstNs(first) <= ANSWERED_NS) break;
      newer = queries.newerThan(first);
      const isOver = queries.isAnswered(first) && queries.next(first) < 0 &&
        ns - queries.answeredNs(first) > ANSWERED_NS;
      if (isOver || ns - queries.lastNs(first) > PENDING_NS) this.#forgetQueries(first, Infinity);
    }
    for (let lookup = lookups.oldest, newer; lookup >= 0; lookup = newer) {
      if (isOrdered && ns - lookups.firstNs(lookup) <= PENDING_NS) break;
      newer = lookups.newerThan(lookup);
      if (ns - lookups.lastNs(lookup) > PENDING_NS) this.#forgetLookup(lookup, Infinity);
    }
  }

  /** Ends the wait for queries of one id; `endNs` is the end of the capture, or Infinity. */
  #forgetQueries(first: number, endNs: number): void {
    const queries = this.#queries;
    queries.unlist(first);
    for (let query = first, next; query >= 0; query = next) {
      next = queries.next(query);
      this.#endQuery(query, endNs);
      this.#giveBack(query);
    }
  }

  #endQuery(query: number, endNs: number): void {
    const isOver = endNs - this.#queries.lastNs(query) >= OPEN_NS;
    if (isOver && !this.#queries.isAnswered(query)) this.#leaveUnanswered(query);
  }

  #leaveUnanswered(query: number): void {
    const server = this.#queries.serverOf(query);
    if (server >= 0) this.#servers.addUnanswered(server);
    else this.#servers.notKept++;
  }

  #forgetLookup(lookup: number, endNs: number): void {
    const lookups = this.#lookups;
    if (endNs - lookups.lastNs(lookup) < OPEN_NS) {
      this.#openAtEnd++;
      lookups.drop(lookup);
      return;
    }
    this.#close(lookup, Infinity);
    // A truncated answer is one, though the client did not get on with it.
    if (!lookups.isTruncated(lookup)) this.#outcomes.addUnanswered(lookups.describe(lookup));
    lookups.letGo(lookup);
  }

  #count(tally: number): void {
    this.#tallies[tally] = this.#tally(tally) + 1;
  }

  #tally(tally: number): number {
    return this.#tallies[tally] ?? 0;
  }
}
