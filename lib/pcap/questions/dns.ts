/**
 * The question `dns`: how name resolution went, and who waited for it.
 *
 * @module
 */
import type {
  ClientFindings,
  FailedName,
  MulticastFindings,
  PairSkew,
  SearchStorm,
  ServerFindings,
  SlowAnswer,
  UnansweredName,
} from "../dns/findings.ts";
import type { Capture, QuestionContext } from "../engine/question.ts";
import { coverageOf } from "./coverage.ts";
import { msOf } from "./rounding.ts";

/** Parameters of {@link askDns}. */
export interface DnsParams {
  /** Most entries of each list. */
  readonly top_n: number;
}

/** Answer of {@link askDns}. */
export type DnsAnswer = Awaited<ReturnType<typeof askDns>>;

/** Entries of lists that explain rather than enumerate. */
const EXAMPLES = 5;

/** DNS, mDNS and LLMNR of a capture. */
export async function askDns(
  { top_n }: DnsParams,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
) {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const { facts, dns } = await capture.scan();
  const examples = Math.min(top_n, EXAMPLES);
  return {
    ...coverageOf(facts),
    total_dns_packets: dns.packets,
    total_queries: dns.queries,
    total_responses: dns.responses,
    unique_domains: dns.domains.count,
    unique_domains_exact: dns.domains.exact,
    top_queried_domains: dns.topDomains.slice(0, top_n).map(domainOf),
    failed_queries: dns.failed.slice(0, top_n).map(failedOf),
    rcodes: { ...dns.rcodes },
    slow_queries: dns.slow.slice(0, top_n).map(slowOf),
    slow_count: dns.slowCount,
    unanswered: dns.unanswered.slice(0, top_n).map(unansweredOf),
    unanswered_count: dns.unansweredCount,
    open_at_end: dns.openAtEnd,
    servers: dns.servers.slice(0, top_n).map((one) => serverOf(one, facts.firstNs ?? 0)),
    server_count: dns.serverCount,
    clients: dns.clients.slice(0, examples).map(clientOf),
    client_time_lost_ms: msOf(dns.timeLostNs),
    retries: dns.retries.count,
    retries_to_other_server: dns.retries.toOtherServer,
    late_answers: dns.lateAnswers,
    duplicate_answers: dns.duplicateAnswers,
    unmatched_answers: dns.unmatchedAnswers,
    copies: dns.copies,
    truncated: {
      count: dns.truncated.count,
      retried_by_tcp: dns.truncated.retriedByTcp,
      frames: [...dns.truncated.frames],
    },
    tcp: {
      connections: dns.tcp.connections,
      messages: dns.tcp.messages,
      gaps: dns.tcp.gaps,
      given_up: dns.tcp.givenUp,
    },
    edns: { queries: dns.edns.queries, sizes: [...dns.edns.sizes] },
    search_storms: {
      count: dns.searchStorms.count,
      wasted: dns.searchStorms.wasted,
      worst: dns.searchStorms.worst.slice(0, examples).map(stormOf),
    },
    pair_skew: {
      pairs: dns.pairSkew.pairs,
      skewed: dns.pairSkew.skewed,
      worst: dns.pairSkew.worst.slice(0, examples).map(skewOf),
    },
    malformed: {
      count: dns.malformed.count,
      faults: Object.fromEntries(Object.entries(dns.malformed.faults)),
      frames: [...dns.malformed.frames],
    },
    cut: dns.cut,
    reassembled: dns.reassembled,
    mdns: multicastOf(dns.mdns),
    llmnr: multicastOf(dns.llmnr),
    not_kept: { ...dns.notKept },
  };
}

function domainOf({ name, count }: { readonly name: string; readonly count: number }) {
  return { domain: name, count };
}

function failedOf({ domain, type, error, client, server, count, frames }: FailedName) {
  return { domain, type, error, client, server, count, frames: [...frames] };
}

function slowOf(one: SlowAnswer) {
  return {
    domain: one.domain,
    type: one.type,
    response_time_ms: msOf(one.waitedNs),
    client: one.client,
    server: one.server,
    queries: one.queries,
    frames: [one.queryFrame, one.answerFrame],
  };
}

function unansweredOf(one: UnansweredName) {
  return {
    domain: one.domain,
    type: one.type,
    client: one.client,
    servers: [...one.servers],
    count: one.count,
    queries: one.queries,
    asked_for_ms: msOf(one.askedForNs),
    frames: [...one.frames],
  };
}

/** `startNs`: time of the first packet. */
function serverOf(one: ServerFindings, startNs: number) {
  return {
    server: one.server,
    queries: one.queries,
    answers: one.answers,
    unanswered: one.unanswered,
    retries: one.retries,
    truncated: one.truncated,
    rcodes: { ...one.rcodes },
    ...(one.latency === null ? {} : {
      p50_ms: msOf(one.latency.p50Ns),
      p95_ms: msOf(one.latency.p95Ns),
      p99_ms: msOf(one.latency.p99Ns),
      max_ms: msOf(one.latency.maxNs),
    }),
    ...(one.latencyFromLast === null ? {} : { p50_last_ms: msOf(one.latencyFromLast.p50Ns) }),
    ...(one.silence === null ? {} : {
      silent_since_ms: msOf(one.silence.sinceNs - startNs),
      silent_queries: one.silence.queries,
      silent_frame: one.silence.firstFrame,
    }),
  };
}

function clientOf(one: ClientFindings) {
  return {
    client: one.client,
    queries: one.queries,
    retries: one.retries,
    unanswered: one.unanswered,
    time_lost_ms: msOf(one.timeLostNs),
  };
}

function stormOf({ name, client, suffixes, bursts, wasted, frames }: SearchStorm) {
  return { name, client, suffixes: [...suffixes], bursts, wasted, frames: [...frames] };
}

function skewOf({ domain, client, late, laterNs, frames }: PairSkew) {
  return {
    domain,
    client,
    late,
    later_ms: laterNs === null ? null : msOf(laterNs),
    frames: [...frames],
  };
}

function multicastOf(one: MulticastFindings) {
  return {
    packets: one.packets,
    queries: one.queries,
    responses: one.responses,
    hosts: one.hosts,
    top_names: one.topNames.map(({ name }) => name),
  };
}
