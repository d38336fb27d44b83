/**
 * Which answer belongs to which question, and how long the client waited. A *query* is one message
 * to one server; a *lookup* is what the client wants to know, for which it may send several.
 *
 * @module
 */
import { oldestEntries } from "../oldest_entries.ts";
import { AddressPairs } from "./address_pairs.ts";
import { GroupTable } from "./bounded.ts";
import { type DnsFindings, FRAMES_KEPT, keepFrame, LIST_KEPT, OPEN_NS } from "./findings.ts";
import type { Host } from "./host_table.ts";
import { isLookupFor, type Lookup, lookupKey, type PlacedMessage } from "./lookup.ts";
import type { ReaderFindings } from "./message_reader.ts";
import { ROOT } from "./name_table.ts";
import { OutcomeTally } from "./outcome_tally.ts";
import { SearchStorms } from "./search_storms.ts";
import { RcodeCounter, ServerTally } from "./server_tally.ts";

/** One message of a client to one server. */
interface Query {
  /** Flow and id. */
  readonly key: number;
  readonly lookup: Lookup;
  readonly server: Host;
  readonly firstNs: number;
  lastNs: number;
  isAnswered: boolean;
  answeredNs: number;
  /** Another query with the same id in the same flow. */
  next: Query | null;
}

/** After this long a query is not waited for any more; its id may be used again, nanoseconds. */
const PENDING_NS = 30e9;
/** How long an answer is remembered, to know it when it comes again, nanoseconds. */
const ANSWERED_NS = 5e9;
/** Time between two looks at what is too old, nanoseconds. */
const EXPIRY_STEP_NS = 1e9;
/** Ids in use, and lookups, that are remembered at the same time. */
const PENDING_MAX = 16_384;
/** Queries with one id in one flow; no resolver has two. */
const SAME_ID_MAX = 8;
/** No resolver asks again so soon: the capture saw the message twice, nanoseconds. */
const COPY_NS = 1e6;
const SERVERS_MAX = 1024;
const EDNS_SIZES_MAX = 64;
const EDNS_SIZES_KEPT = 8;
const TYPE_A = 1;
const TYPE_AAAA = 28;
const NXDOMAIN = 3;

/** The part of {@link DnsFindings} that follows from messages alone. */
export type TrackedFindings = Omit<
  DnsFindings,
  | keyof ReaderFindings
  | "packets"
  | "tcp"
  | "reassembled"
  | "mdns"
  | "llmnr"
>;

/** Matches messages in the order of the capture. */
export class DnsTracker {
  /** By flow and id, in order of first use. */
  readonly #queries = new Map<number, Query>();
  readonly #lookups = new Map<number, Lookup>();
  readonly #servers: ServerTally[] = [];
  readonly #outcomes = new OutcomeTally();
  readonly #rcodes = new RcodeCounter();
  readonly #storms = new SearchStorms();
  readonly #pairs = new AddressPairs();
  readonly #ednsSizes = new GroupTable<{ readonly bytes: number; count: number }>(EDNS_SIZES_MAX);
  readonly #truncatedFrames: number[] = [];
  #expiredNs = 0;
  #queryCount = 0;
  #responseCount = 0;
  #ednsQueries = 0;
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
  #serversNotKept = 0;

  /** Takes the next message. */
  add(message: PlacedMessage): void {
    if (message.ns > this.#expiredNs + EXPIRY_STEP_NS) this.#expire(message.ns);
    if (message.isResponse) this.#addResponse(message);
    else this.#addQuery(message);
  }

  /** What is known when the capture ends, at `endNs`. */
  finish(endNs: number): TrackedFindings {
    for (const query of this.#queries.values()) this.#forgetQueries(query, endNs);
    for (const lookup of this.#lookups.values()) this.#forgetLookup(lookup, endNs);
    const searchStorms = this.#storms.finish(LIST_KEPT);
    const { notKept, ...outcomes } = this.#outcomes.finish();
    return {
      ...outcomes,
      queries: this.#queryCount,
      responses: this.#responseCount,
      openAtEnd: this.#openAtEnd,
      servers: this.#servers.sort((a, b) => b.queries - a.queries).slice(0, LIST_KEPT)
        .map((server) => server.finish(endNs)),
      serverCount: this.#servers.length,
      rcodes: this.#rcodes.finish(),
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
        queries: this.#ednsQueries,
        sizes: this.#ednsSizes.values().sort((a, b) => b.count - a.count)
          .slice(0, EDNS_SIZES_KEPT),
      },
      searchStorms,
      pairSkew: this.#pairs.finish(),
      notKept: {
        queries: this.#notKept,
        servers: this.#serversNotKept,
        clients: notKept.clients,
        groups: notKept.groups + this.#storms.notKept,
      },
    };
  }

  #addQuery(message: PlacedMessage): void {
    const { server, ns, frame } = message;
    const known = this.#queryOf(message);
    if (known !== null && !known.isAnswered && ns - known.lastNs < COPY_NS) {
      this.#copies++;
      return;
    }
    this.#queryCount++;
    if (message.name !== null) message.name.count++;
    if (message.ednsBytes >= 0) this.#countEdns(message.ednsBytes);
    const open = this.#lookupOf(message);
    const isAgainHere = open !== null && this.#askAgain(open, message);
    const lookup = open ?? this.#beginLookup(message);
    lookup.lastNs = ns;
    lookup.queries++;
    if (lookup.servers.length < FRAMES_KEPT && !lookup.servers.includes(server)) {
      lookup.servers.push(server);
    }
    this.#tallyOf(server)?.addQuery(ns, frame, isAgainHere);
    this.#outcomes.addQuery(message.client, open !== null);
    if (known !== null && !known.isAnswered && known.lookup === lookup) known.lastNs = ns;
    else this.#beginQuery(message, lookup);
  }

  #addResponse(message: PlacedMessage): void {
    const { client, server, ns, frame, rcode } = message;
    const query = this.#queryOf(message);
    if (query?.isAnswered === true && ns - query.answeredNs < COPY_NS) {
      this.#copies++;
      return;
    }
    this.#responseCount++;
    this.#rcodes.add(rcode);
    const tally = this.#tallyOf(server);
    tally?.addAnswer(ns, frame, rcode);
    const name = query?.lookup.name ?? message.name ?? ROOT;
    if (rcode !== 0) this.#outcomes.addFailure(message, name, query?.lookup.type ?? message.type);
    if (rcode === NXDOMAIN) this.#storms.addVain(client, name, ns, frame);
    else if (rcode === 0) this.#storms.addFound(client, name, ns);
    if (query === null) {
      this.#unmatched++;
      return;
    }
    if (query.isAnswered) {
      this.#duplicates++;
      return;
    }
    query.isAnswered = true;
    query.answeredNs = ns;
    tally?.addWait(Math.max(0, ns - query.firstNs), Math.max(0, ns - query.lastNs));
    const { lookup } = query;
    if (lookup.isDone) {
      this.#late++;
      return;
    }
    if (message.isTruncated && !message.isTcp) {
      this.#truncated++;
      keepFrame(this.#truncatedFrames, frame);
      if (tally !== null) tally.truncated++;
      lookup.isTruncated = true;
      return;
    }
    const waitedNs = Math.max(0, ns - lookup.firstNs);
    this.#close(lookup, waitedNs);
    this.#outcomes.addAnswered(lookup, message, waitedNs);
  }

  /** The lookup that a query belongs to, if the client is waiting for it already. */
  #lookupOf(message: PlacedMessage): Lookup | null {
    const { client, tenant, type, class: recordClass } = message;
    const name = message.name ?? ROOT;
    const found = this.#lookups.get(lookupKey(client, tenant, name, type, recordClass));
    if (found === undefined) return null;
    if (isLookupFor(found, client, tenant, name, type, recordClass)) return found;
    // Two questions with one key: the newer takes its place.
    this.#dropLookup(found);
    this.#notKept++;
    return null;
  }

  #beginLookup(message: PlacedMessage): Lookup {
    const { client, tenant, type, class: recordClass, ns, frame } = message;
    const name = message.name ?? ROOT;
    for (const [, oldest] of oldestEntries(this.#lookups, PENDING_MAX)) this.#dropLookup(oldest);
    const lookup: Lookup = {
      key: lookupKey(client, tenant, name, type, recordClass),
      name,
      type,
      class: recordClass,
      client,
      tenant,
      firstNs: ns,
      firstFrame: frame,
      lastNs: ns,
      queries: 0,
      servers: [],
      isDone: false,
      waitedNs: null,
      isTruncated: false,
      sibling: null,
    };
    if (type === TYPE_A || type === TYPE_AAAA) {
      const other = type === TYPE_A ? TYPE_AAAA : TYPE_A;
      const sibling = this.#lookupOf({ ...message, type: other });
      if (sibling !== null && sibling.sibling === null) {
        lookup.sibling = sibling;
        sibling.sibling = lookup;
      }
    }
    this.#lookups.set(lookup.key, lookup);
    return lookup;
  }

  /** Makes room: what becomes of the lookup will not be known. */
  #dropLookup(lookup: Lookup): void {
    this.#lookups.delete(lookup.key);
    lookup.isDone = true;
    if (lookup.sibling !== null) lookup.sibling.sibling = null;
  }

  /** Counts a query for what the client is waiting for; true if it asks the same server again. */
  #askAgain(lookup: Lookup, { server, isTcp }: PlacedMessage): boolean {
    if (lookup.isTruncated && isTcp) {
      lookup.isTruncated = false;
      this.#retriedByTcp++;
      return false;
    }
    this.#retries++;
    if (lookup.servers.some((asked) => asked.equals(server))) return true;
    this.#toOtherServer++;
    return false;
  }

  #beginQuery({ flow, id, server, ns }: PlacedMessage, lookup: Lookup): void {
    const key = queryKey(flow, id);
    for (const [, oldest] of oldestEntries(this.#queries, PENDING_MAX)) {
      for (let query: Query | null = oldest; query !== null; query = query.next) {
        if (!query.isAnswered) this.#notKept++;
      }
      this.#queries.delete(oldest.key);
    }
    // What was answered makes room for the same id; what was not keeps waiting beside it.
    let waiting: Query | null = null;
    let count = 1;
    for (let query = this.#queries.get(key) ?? null; query !== null;) {
      const { next } = query;
      if (!query.isAnswered && count++ < SAME_ID_MAX) {
        query.next = waiting;
        waiting = query;
      } else if (!query.isAnswered) this.#leaveUnanswered(query);
      query = next;
    }
    this.#queries.delete(key);
    this.#queries.set(key, {
      key,
      lookup,
      server,
      firstNs: ns,
      lastNs: ns,
      isAnswered: false,
      answeredNs: 0,
      next: waiting,
    });
  }

  /** The query that a message repeats or answers; an answer without a question fits any. */
  #queryOf(message: PlacedMessage): Query | null {
    const { flow, id, client, tenant, name, type, class: recordClass, isResponse } = message;
    let query = this.#queries.get(queryKey(flow, id)) ?? null;
    if (name === null && isResponse) return query;
    while (query !== null) {
      const { lookup } = query;
      if (isLookupFor(lookup, client, tenant, name ?? ROOT, type, recordClass)) return query;
      query = query.next;
    }
    return null;
  }

  #close(lookup: Lookup, waitedNs: number | null): void {
    lookup.isDone = true;
    lookup.waitedNs = waitedNs;
    this.#lookups.delete(lookup.key);
    const { sibling } = lookup;
    if (sibling !== null && sibling.isDone) this.#pairs.add(lookup, sibling);
  }

  /** Ends what has waited too long; never earlier in time than it did before. */
  #expire(ns: number): void {
    this.#expiredNs = ns;
    for (const first of this.#queries.values()) {
      const isOver = first.isAnswered && first.next === null && ns - first.answeredNs > ANSWERED_NS;
      if (isOver || ns - first.lastNs > PENDING_NS) this.#forgetQueries(first, Infinity);
    }
    for (const lookup of this.#lookups.values()) {
      if (ns - lookup.lastNs > PENDING_NS) this.#forgetLookup(lookup, Infinity);
    }
  }

  /** Ends the wait for queries of one id; `endNs` is the end of the capture, or Infinity. */
  #forgetQueries(first: Query, endNs: number): void {
    this.#queries.delete(first.key);
    for (let query: Query | null = first; query !== null; query = query.next) {
      if (!query.isAnswered && endNs - query.lastNs >= OPEN_NS) this.#leaveUnanswered(query);
    }
  }

  #leaveUnanswered(query: Query): void {
    const server = this.#tallyOf(query.server);
    if (server !== null) server.unanswered++;
  }

  #forgetLookup(lookup: Lookup, endNs: number): void {
    if (endNs - lookup.lastNs < OPEN_NS) {
      this.#openAtEnd++;
      this.#lookups.delete(lookup.key);
      return;
    }
    this.#close(lookup, null);
    // A truncated answer is one, though the client did not get on with it.
    if (!lookup.isTruncated) this.#outcomes.addUnanswered(lookup);
  }

  #countEdns(bytes: number): void {
    this.#ednsQueries++;
    const size = this.#ednsSizes.of(`${bytes}`, () => ({ bytes, count: 0 }));
    if (size !== null) size.count++;
  }

  #tallyOf(host: Host): ServerTally | null {
    if (host.server !== null) return host.server;
    if (this.#servers.length >= SERVERS_MAX || !host.isKept) {
      this.#serversNotKept++;
      return null;
    }
    host.server = new ServerTally(host);
    this.#servers.push(host.server);
    return host.server;
  }
}

function queryKey(flow: number, id: number): number {
  return flow * 65_536 + id;
}
