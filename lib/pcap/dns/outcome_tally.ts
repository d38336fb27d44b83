/**
 * How lookups ended, and what that cost the clients: errors, slow answers, none at all.
 *
 * @module
 */
import { rcodeName } from "../../dns_wire/message.ts";
import { typeName } from "../../dns_wire/records.ts";
import { GroupTable, WorstList } from "./bounded.ts";
import {
  type DnsFindings,
  type FailedName,
  FRAMES_KEPT,
  keepFrame,
  LIST_KEPT,
  SLOW_NS,
  type SlowAnswer,
  type UnansweredName,
} from "./findings.ts";
import type { Host } from "./host_table.ts";
import type { Lookup, PlacedMessage } from "./lookup.ts";
import type { Name } from "./name_table.ts";

const CLIENTS_MAX = 8192;
const GROUPS_MAX = 4096;

/** Counts of one client. */
export interface ClientTally {
  readonly host: Host;
  queries: number;
  retries: number;
  unanswered: number;
  timeLostNs: number;
}

/** The part of {@link DnsFindings} that follows from how lookups ended. */
export type Outcomes =
  & Pick<
    DnsFindings,
    "failed" | "slow" | "slowCount" | "unanswered" | "unansweredCount" | "clients" | "timeLostNs"
  >
  & { readonly notKept: { readonly clients: number; readonly groups: number } };

/** Counts how lookups ended. */
export class OutcomeTally {
  readonly #clients: ClientTally[] = [];
  readonly #failed = new GroupTable<FailedName>(GROUPS_MAX);
  readonly #unanswered = new GroupTable<UnansweredName>(GROUPS_MAX);
  readonly #slow = new WorstList<SlowAnswer>(LIST_KEPT);
  #slowCount = 0;
  #unansweredCount = 0;
  #timeLostNs = 0;
  #clientsNotKept = 0;

  /** Counts a query of a client; `isRetry` if it was waiting for the same already. */
  addQuery(client: Host, isRetry: boolean): void {
    const tally = this.#clientOf(client);
    if (tally === null) return;
    tally.queries++;
    if (isRetry) tally.retries++;
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

  /** Counts an answered lookup. */
  addAnswered(lookup: Lookup, { frame, server }: PlacedMessage, waitedNs: number): void {
    if (waitedNs <= SLOW_NS) return;
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
    const client = this.#clientOf(lookup.client);
    if (client !== null) client.unanswered++;
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
      clients: this.#clients.sort(byLoss).slice(0, LIST_KEPT)
        .map(({ host, ...counts }) => ({ client: host.text, ...counts })),
      timeLostNs: this.#timeLostNs,
      notKept: {
        clients: this.#clientsNotKept,
        groups: this.#failed.notKept + this.#unanswered.notKept,
      },
    };
  }

  #lose(client: Host, ns: number): void {
    this.#timeLostNs += ns;
    const tally = this.#clientOf(client);
    if (tally !== null) tally.timeLostNs += ns;
  }

  #clientOf(host: Host): ClientTally | null {
    if (host.client !== null) return host.client;
    if (this.#clients.length >= CLIENTS_MAX || !host.isKept) {
      this.#clientsNotKept++;
      return null;
    }
    host.client = { host, queries: 0, retries: 0, unanswered: 0, timeLostNs: 0 };
    this.#clients.push(host.client);
    return host.client;
  }
}

/** Errors of servers before names that do not exist, then the frequent ones. */
function byGravity(a: FailedName, b: FailedName): number {
  const isName = (one: FailedName) => one.error === "NXDOMAIN" ? 1 : 0;
  return isName(a) - isName(b) || b.count - a.count;
}

function byLoss(a: ClientTally, b: ClientTally): number {
  return b.timeLostNs - a.timeLostNs || b.queries - a.queries;
}
