/**
 * Which answer belongs to which question, and how long the client waited. A *query* is one message
 * to one server; a *lookup* is what the client wants to know, for which it may send several.
 *
 * @module
 */
import { oldestEntries } from "../oldest_entries.ts";
import { AddressPairs } from "./address_pairs.ts";
import { GroupTable, NameCounter } from "./bounded.ts";
import type { QuestionFacts } from "./dns_message.ts";
import { type DnsFindings, FRAMES_KEPT, keepFrame, LIST_KEPT, OPEN_NS } from "./findings.ts";
import type { Lookup, PlacedMessage } from "./lookup.ts";
import { OutcomeTally } from "./outcome_tally.ts";
import { SearchStorms } from "./search_storms.ts";
import { RcodeCounter, ServerTally } from "./server_tally.ts";

/** One message of a client to one server. */
interface Query {
  readonly key: string;
  readonly lookup: Lookup;
  readonly server: string;
  readonly firstNs: number;
  lastNs: number;
  isAnswered: boolean;
  answeredNs: number;
}

/** After this long a query is not waited for any more; its id may be used again, nanoseconds. */
const PENDING_NS = 30e9;
/** Time between two looks at what is too old, nanoseconds. */
const EXPIRY_STEP_NS = 1e9;
/** Queries and lookups that are remembered at the same time. */
const PENDING_MAX = 65_536;
/** No resolver asks again so soon: the capture saw the message twice, nanoseconds. */
const COPY_NS = 1e6;
const SERVERS_MAX = 1024;
const NAMES_MAX = 65_536;
const NAME_CHARS_MAX = 4_194_304;
const EDNS_SIZES_MAX = 64;
const EDNS_SIZES_KEPT = 8;
const TYPE_A = 1;
const TYPE_AAAA = 28;
const NXDOMAIN = 3;

/** The part of {@link DnsFindings} that follows from messages alone. */
export type TrackedFindings = Omit<
  DnsFindings,
  "packets" | "tcp" | "reassembled" | "malformed" | "cut" | "mdns" | "llmnr"
>;

/** Matches messages in the order of the capture. */
export class DnsTracker {
  /** In order of last use, so that the oldest stand first. */
  readonly #queries = new Map<string, Query>();
  readonly #lookups = new Map<string, Lookup>();
  readonly #servers = new GroupTable<ServerTally>(SERVERS_MAX);
  readonly #domains = new NameCounter(NAMES_MAX, NAME_CHARS_MAX);
  readonly #rcodes = new RcodeCounter();
  readonly #outcomes = new OutcomeTally();
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

  /** Takes the next message. */
  add(message: PlacedMessage): void {
    this.#expire(message.ns);
    const { question } = message.facts;
    if (message.facts.isResponse) this.#addResponse(message, question);
    else this.#addQuery(message, question);
  }

  /** What is known when the capture ends, at `endNs`. */
  finish(endNs: number): TrackedFindings {
    for (const query of this.#queries.values()) this.#forgetQuery(query, endNs);
    for (const lookup of this.#lookups.values()) this.#forgetLookup(lookup, endNs);
    const searchStorms = this.#storms.finish(LIST_KEPT);
    const { notKept, ...outcomes } = this.#outcomes.finish();
    return {
      ...outcomes,
      queries: this.#queryCount,
      responses: this.#responseCount,
      domains: this.#domains.distinct,
      topDomains: this.#domains.top(LIST_KEPT),
      openAtEnd: this.#openAtEnd,
      servers: this.#servers.values().map((server) => server.finish(endNs))
        .sort((a, b) => b.queries - a.queries).slice(0, LIST_KEPT),
      serverCount: this.#servers.size,
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
        servers: this.#servers.notKept,
        clients: notKept.clients,
        groups: notKept.groups + this.#storms.notKept,
      },
    };
  }

  #addQuery(message: PlacedMessage, question: QuestionFacts | null): void {
    const { client, server, ns, frame } = message;
    const asked = askedKey(question);
    const known = this.#queryOf(message, asked);
    if (known !== null && !known.isAnswered && ns - known.lastNs < COPY_NS) {
      this.#copies++;
      return;
    }
    this.#queryCount++;
    this.#countEdns(message.facts.ednsBytes);
    const domain = question?.name.toLowerCase() ?? ".";
    if (question !== null) this.#domains.add(domain);
    const lookupKey = `${client} ${message.tenant} ${asked}`;
    let lookup = this.#lookups.get(lookupKey);
    const isAgain = lookup !== undefined;
    const isAgainHere = lookup !== undefined && this.#askAgain(lookup, message);
    lookup ??= this.#beginLookup(lookupKey, message, question, domain);
    lookup.lastNs = ns;
    lookup.queries++;
    if (lookup.servers.length < FRAMES_KEPT && !lookup.servers.includes(server)) {
      lookup.servers.push(server);
    }
    this.#serverOf(server)?.addQuery(ns, frame, isAgainHere);
    this.#outcomes.addQuery(client, isAgain);
    if (known !== null && !known.isAnswered && known.lookup === lookup) {
      known.lastNs = ns;
      this.#queries.delete(known.key);
      this.#queries.set(known.key, known);
    } else this.#beginQuery(message, asked, lookup);
  }

  #addResponse(message: PlacedMessage, question: QuestionFacts | null): void {
    const { client, server, ns, frame, facts } = message;
    const query = this.#queryOf(message, question === null ? null : askedKey(question));
    if (query?.isAnswered === true && ns - query.answeredNs < COPY_NS) {
      this.#copies++;
      return;
    }
    this.#responseCount++;
    this.#rcodes.add(facts.rcode);
    this.#serverOf(server)?.addAnswer(ns, frame, facts.rcode);
    const domain = query?.lookup.domain ?? question?.name.toLowerCase() ?? ".";
    const type = query?.lookup.type ?? question?.type ?? 0;
    if (facts.rcode !== 0) this.#outcomes.addFailure(message, domain, type);
    if (facts.rcode === 0 || facts.rcode === NXDOMAIN) {
      this.#storms.addAnswer(client, domain, facts.rcode === NXDOMAIN, ns, frame);
    }
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
    const tally = this.#serverOf(server);
    tally?.addWait(Math.max(0, ns - query.firstNs), Math.max(0, ns - query.lastNs));
    const { lookup } = query;
    if (lookup.isDone) {
      this.#late++;
      return;
    }
    if (facts.isTruncated && message.transport === "udp") {
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

  #beginLookup(
    key: string,
    { client, ns, frame }: PlacedMessage,
    question: QuestionFacts | null,
    domain: string,
  ): Lookup {
    const type = question?.type ?? 0;
    for (const [, oldest] of oldestEntries(this.#lookups, PENDING_MAX)) {
      this.#lookups.delete(oldest.key);
      oldest.isDone = true;
      if (oldest.sibling !== null) oldest.sibling.sibling = null;
      this.#notKept++;
    }
    const lookup: Lookup = {
      key,
      domain,
      type,
      client,
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
    if (question !== null && (type === TYPE_A || type === TYPE_AAAA)) {
      const other = type === TYPE_A ? TYPE_AAAA : TYPE_A;
      const start = key.slice(0, key.length - askedKey(question).length);
      const sibling = this.#lookups.get(start + askedKey({ ...question, type: other }));
      if (sibling !== undefined && sibling.sibling === null) {
        lookup.sibling = sibling;
        sibling.sibling = lookup;
      }
    }
    this.#lookups.set(key, lookup);
    return lookup;
  }

  /** Counts a query for what the client is waiting for; true if it asks the same server again. */
  #askAgain(lookup: Lookup, { server, transport }: PlacedMessage): boolean {
    this.#lookups.delete(lookup.key);
    this.#lookups.set(lookup.key, lookup);
    if (lookup.isTruncated && transport === "tcp") {
      lookup.isTruncated = false;
      this.#retriedByTcp++;
      return false;
    }
    this.#retries++;
    if (lookup.servers.includes(server)) return true;
    this.#toOtherServer++;
    return false;
  }

  #beginQuery(message: PlacedMessage, asked: string, lookup: Lookup): void {
    const header = headerKey(message);
    const holder = this.#queries.get(header);
    // The short key is for the usual case that an id is not in use twice on the same ports.
    const isFree = holder === undefined || holder.isAnswered;
    const key = isFree ? header : `${header} ${asked}`;
    const replaced = this.#queries.get(key);
    if (replaced !== undefined) {
      if (!replaced.isAnswered) this.#leaveUnanswered(replaced);
      this.#queries.delete(key);
    }
    for (const [, oldest] of oldestEntries(this.#queries, PENDING_MAX)) {
      this.#queries.delete(oldest.key);
      if (!oldest.isAnswered) this.#notKept++;
    }
    this.#queries.set(key, {
      key,
      lookup,
      server: message.server,
      firstNs: message.ns,
      lastNs: message.ns,
      isAnswered: false,
      answeredNs: 0,
    });
  }

  /** The query that a message repeats or answers; an answer without a question fits any (null). */
  #queryOf(message: PlacedMessage, asked: string | null): Query | null {
    const header = headerKey(message);
    const holder = this.#queries.get(header);
    if (holder === undefined) return null;
    if (asked === null || holder.lookup.key.endsWith(` ${asked}`)) return holder;
    return this.#queries.get(`${header} ${asked}`) ?? null;
  }

  #close(lookup: Lookup, waitedNs: number | null): void {
    lookup.isDone = true;
    lookup.waitedNs = waitedNs;
    this.#lookups.delete(lookup.key);
    const { sibling } = lookup;
    if (sibling !== null && sibling.isDone) this.#pairs.add(lookup, sibling);
  }

  #expire(ns: number): void {
    if (Math.abs(ns - this.#expiredNs) < EXPIRY_STEP_NS) return;
    this.#expiredNs = ns;
    for (const query of this.#queries.values()) {
      if (ns - query.lastNs <= PENDING_NS) break;
      this.#forgetQuery(query, Infinity);
    }
    for (const lookup of this.#lookups.values()) {
      if (ns - lookup.lastNs <= PENDING_NS) break;
      this.#forgetLookup(lookup, Infinity);
    }
  }

  /** Ends the wait for a query; `endNs` is the end of the capture, or Infinity. */
  #forgetQuery(query: Query, endNs: number): void {
    this.#queries.delete(query.key);
    if (!query.isAnswered && endNs - query.lastNs >= OPEN_NS) this.#leaveUnanswered(query);
  }

  #leaveUnanswered(query: Query): void {
    const server = this.#serverOf(query.server);
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

  #countEdns(bytes: number | null): void {
    if (bytes === null) return;
    this.#ednsQueries++;
    const size = this.#ednsSizes.of(`${bytes}`, () => ({ bytes, count: 0 }));
    if (size !== null) size.count++;
  }

  #serverOf(server: string): ServerTally | null {
    return this.#servers.of(server, () => new ServerTally(server));
  }
}

/** What an id stands for: the same ports, addresses and tenant. */
function headerKey(message: PlacedMessage): string {
  const { facts, client, clientPort, server, transport, tenant } = message;
  return `${facts.id} ${clientPort} ${client} ${server} ${transport} ${tenant}`;
}

/** A question, whose name is the same in any case (RFC 4343). */
function askedKey(question: QuestionFacts | null): string {
  if (question === null) return "-";
  return `${question.type}/${question.class}/${question.name.toLowerCase()}`;
}
