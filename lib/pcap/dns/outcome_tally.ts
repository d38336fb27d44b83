/**
 * How lookups ended, and what that cost the clients: errors, slow answers, none at all.
 *
 * @module
 */
import { rcodeName } from "../../dns_wire/message.ts";
import { typeName } from "../../dns_wire/records.ts";
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { topIds } from "../flow/top_ids.ts";
import { GroupTable, WorstList } from "./bounded.ts";
import {
  type ClientFindings,
  type DnsFindings,
  type FailedName,
  FRAMES_KEPT,
  keepFrame,
  LIST_KEPT,
  SLOW_NS,
  type SlowAnswer,
  type UnansweredName,
} from "./findings.ts";
import type { DnsClientPlaces } from "./dns_kernel.ts";
import type { Host, HostTable } from "./host_table.ts";
import type { Lookup, LookupTable } from "./lookup_table.ts";
import type { Name } from "./name_table.ts";
import type { PlacedMessage } from "./placed_message.ts";

const CLIENTS_MAX = 8192;
const GROUPS_MAX = 4096;

/** The part of {@link DnsFindings} that follows from how lookups ended. */
export type Outcomes =
  & Pick<
    DnsFindings,
    "failed" | "slow" | "slowCount" | "unanswered" | "unansweredCount" | "clients" | "timeLostNs"
  >
  & { readonly notKept: { readonly clients: number; readonly groups: number } };

/** Counts how lookups ended. */
export class OutcomeTally {
  readonly #hosts: HostTable;
  /** How many clients there are, then the number of the host of each. */
  readonly #ids: Int32Array;
  readonly #queries: Uint32Array;
  readonly #retries = new Uint32Array(CLIENTS_MAX);
  readonly #unansweredOf = new Uint32Array(CLIENTS_MAX);
  readonly #timeLostNsOf = new Float64Array(CLIENTS_MAX);
  readonly #failed = new GroupTable<FailedName>(GROUPS_MAX);
  readonly #unanswered = new GroupTable<UnansweredName>(GROUPS_MAX);
  readonly #slow = new WorstList<SlowAnswer>(LIST_KEPT);
  #slowCount = 0;
  #unansweredCount = 0;
  #timeLostNs = 0;
  #clientsNotKept = 0;

  /** Nothing counted; `hosts` has the addresses of clients, and what is counted of them lies in `memory`. */
  constructor(hosts: HostTable, memory: ColumnMemory = separateMemory) {
    this.#hosts = hosts;
    this.#ids = memory.int32(1 + CLIENTS_MAX);
    this.#queries = memory.uint32(CLIENTS_MAX);
  }

  /** Addresses in the memory, for compiled code. */
  get places(): DnsClientPlaces {
    return [this.#ids.byteOffset, this.#queries.byteOffset];
  }

  get #clients(): number {
    return this.#ids[0] ?? 0;
  }

  /** Counts a query of a client; `isRetry` if it was waiting for the same already. */
  addQuery(client: Host, isRetry: boolean): void {
    const number = this.#numberOf(client);
    if (number < 0) return;
    this.#queries[number] = (this.#queries[number] ?? 0) + 1;
    if (isRetry) this.#retries[number] = (this.#retries[number] ?? 0) + 1;
  }

  /** Counts an answer with an error. */
  addFailure({ client, server, rcode, frame }: PlacedMessage, name: Name, type: number): void {
    const error = rcodeName(rcode);
    const group = this.#failed.of(`${client.text} ${error} ${type} ${name.text}`, () => ({
      domain: name.text,
      type: typeName(type),
      client: client.text,
      error,
      server: server.text,
      count: 0,
      frames: [],
    }));
    if (group === null) return;
    group.count++;
    keepFrame(group.frames, frame);
  }

  /** Counts a lookup that a message answered. */
  addAnswered(lookups: LookupTable, answered: number, { frame, server }: PlacedMessage): void {
    const waitedNs = lookups.waitedNs(answered);
    if (waitedNs <= SLOW_NS) return;
    const lookup = lookups.describe(answered);
    this.#slowCount++;
    this.#lose(lookup.client, waitedNs - SLOW_NS);
    this.#slow.add({
      domain: lookup.name.text,
      type: typeName(lookup.type),
      client: lookup.client.text,
      server: server.text,
      waitedNs,
      queries: lookup.queries,
      queryFrame: lookup.firstFrame,
      answerFrame: frame,
    }, waitedNs);
  }

  /** Counts a lookup that nobody answered. */
  addUnanswered(lookup: Lookup): void {
    this.#unansweredCount++;
    const askedForNs = Math.max(0, lookup.lastNs - lookup.firstNs);
    this.#lose(lookup.client, askedForNs);
    const number = this.#numberOf(lookup.client);
    if (number >= 0) this.#unansweredOf[number] = (this.#unansweredOf[number] ?? 0) + 1;
    const { client: host, name, type } = lookup;
    const group = this.#unanswered.of(`${host.text} ${type} ${name.text}`, () => ({
      domain: lookup.name.text,
      type: typeName(lookup.type),
      client: lookup.client.text,
      servers: [],
      count: 0,
      queries: 0,
      askedForNs: 0,
      frames: [],
    }));
    if (group === null) return;
    group.count++;
    group.queries += lookup.queries;
    group.askedForNs = Math.max(group.askedForNs, askedForNs);
    keepFrame(group.frames, lookup.firstFrame);
    for (const { text } of lookup.servers) {
      if (group.servers.length < FRAMES_KEPT && !group.servers.includes(text)) {
        group.servers.push(text);
      }
    }
  }

  /** What is known. */
  finish(): Outcomes {
    return {
      failed: this.#failed.values().sort(byGravity).slice(0, LIST_KEPT),
      slow: this.#slow.values(),
      slowCount: this.#slowCount,
      unanswered: this.#unanswered.values().sort((a, b) => b.queries - a.queries)
        .slice(0, LIST_KEPT),
      unansweredCount: this.#unansweredCount,
      clients: this.#worstClients(),
      timeLostNs: this.#timeLostNs,
      notKept: {
        clients: this.#clientsNotKept,
        groups: this.#failed.notKept + this.#unanswered.notKept,
      },
    };
  }

  #worstClients(): ClientFindings[] {
    const lost = this.#timeLostNsOf, queries = this.#queries;
    const byLoss = (a: number, b: number): number =>
      (lost[b] ?? 0) - (lost[a] ?? 0) || (queries[b] ?? 0) - (queries[a] ?? 0);
    const hasLost = (number: number): boolean => (lost[number] ?? 0) > 0;
    const losers = Array.from({ length: this.#clients }, (_, number) => number)
      .filter(hasLost).sort(byLoss);
    const others = topIds(
      this.#clients,
      LIST_KEPT,
      (number) => hasLost(number) ? NaN : queries[number] ?? 0,
    );
    return [...losers, ...others].slice(0, LIST_KEPT).map((number) => ({
      client: this.#hosts.at(this.#ids[1 + number] ?? 0).text,
      queries: queries[number] ?? 0,
      retries: this.#retries[number] ?? 0,
      unanswered: this.#unansweredOf[number] ?? 0,
      timeLostNs: lost[number] ?? 0,
    }));
  }

  #lose(client: Host, ns: number): void {
    this.#timeLostNs += ns;
    const number = this.#numberOf(client);
    if (number >= 0) this.#timeLostNsOf[number] = (this.#timeLostNsOf[number] ?? 0) + ns;
  }

  /** The number of a client, given to it if there is room; else -1, which is counted. */
  #numberOf(host: Host): number {
    const known = this.#hosts.clientOf(host);
    if (known >= 0) return known;
    const number = this.#clients;
    if (number >= CLIENTS_MAX || host.id < 0) {
      this.#clientsNotKept++;
      return -1;
    }
    this.#ids[0] = number + 1;
    this.#ids[1 + number] = host.id;
    this.#hosts.setClient(host, number);
    return number;
  }
}

/** Errors of servers before names that do not exist, then the frequent ones. */
function byGravity(a: FailedName, b: FailedName): number {
  const isName = (one: FailedName) => one.error === "NXDOMAIN" ? 1 : 0;
  return isName(a) - isName(b) || b.count - a.count;
}
