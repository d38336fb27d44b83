/**
 * How lookups ended, and what that cost the clients: errors, slow answers, none at all.
 *
 * @module
 */
import { rcodeName } from "../../dns_wire/message.ts";
import { typeName } from "../../dns_wire/records.ts";
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
import type { Lookup, PlacedMessage } from "./lookup.ts";

const CLIENTS_MAX = 16_384;
const GROUPS_MAX = 4096;

interface ClientTally {
  readonly client: string;
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
  readonly #clients = new GroupTable<ClientTally>(CLIENTS_MAX);
  readonly #failed = new GroupTable<FailedName>(GROUPS_MAX);
  readonly #unanswered = new GroupTable<UnansweredName>(GROUPS_MAX);
  readonly #slow = new WorstList<SlowAnswer>(LIST_KEPT);
  #slowCount = 0;
  #unansweredCount = 0;
  #timeLostNs = 0;

  /** Counts a query of a client; `isRetry` if it was waiting for the same already. */
  addQuery(client: string, isRetry: boolean): void {
    const tally = this.#clientOf(client);
    if (tally === null) return;
    tally.queries++;
    if (isRetry) tally.retries++;
  }

  /** Counts an answer with an error. */
  addFailure({ client, server, facts, frame }: PlacedMessage, domain: string, type: number): void {
    const error = rcodeName(facts.rcode);
    const group = this.#failed.of(`${client} ${error} ${type} ${domain}`, () => ({
      domain,
      type: typeName(type),
      client,
      error,
      server,
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
      domain: lookup.domain,
      type: typeName(lookup.type),
      client: lookup.client,
      server,
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
    const group = this.#unanswered.of(lookup.key, () => ({
      domain: lookup.domain,
      type: typeName(lookup.type),
      client: lookup.client,
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
    for (const server of lookup.servers) {
      if (group.servers.length < FRAMES_KEPT && !group.servers.includes(server)) {
        group.servers.push(server);
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
      clients: this.#clients.values().sort(byLoss).slice(0, LIST_KEPT),
      timeLostNs: this.#timeLostNs,
      notKept: {
        clients: this.#clients.notKept,
        groups: this.#failed.notKept + this.#unanswered.notKept,
      },
    };
  }

  #lose(client: string, ns: number): void {
    this.#timeLostNs += ns;
    const tally = this.#clientOf(client);
    if (tally !== null) tally.timeLostNs += ns;
  }

  #clientOf(client: string): ClientTally | null {
    return this.#clients.of(client, () => ({
      client,
      queries: 0,
      retries: 0,
      unanswered: 0,
      timeLostNs: 0,
    }));
  }
}

/** Errors of servers before names that do not exist, then the frequent ones. */
function byGravity(a: FailedName, b: FailedName): number {
  const isName = (one: FailedName) => one.error === "NXDOMAIN" ? 1 : 0;
  return isName(a) - isName(b) || b.count - a.count;
}

function byLoss(a: ClientFindings, b: ClientFindings): number {
  return b.timeLostNs - a.timeLostNs || b.queries - a.queries;
}
