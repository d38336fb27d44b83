/**
 * What is known about name resolution after a pass. Times are nanoseconds, `…Ns` of an instant from
 * `PassFacts.baseSec`; frames count from 1; names are in lower case with `\DDD` escapes.
 *
 * @module
 */
import type { RttSummary } from "../rtt/rtt_findings.ts";
import type { DnsFault } from "./dns_message.ts";

/** A question of one client: name, type, and who asked. */
export interface AskedName {
  readonly domain: string;
  /** `A`, `AAAA` …; `TYPE65280` for one without a name. */
  readonly type: string;
  readonly client: string;
}

/** An answer that took more than {@link SLOW_NS}. */
export interface SlowAnswer extends AskedName {
  readonly server: string;
  /** From the first time that the client asked anybody to this answer. */
  readonly waitedNs: number;
  /** Times that the question was asked before it was answered. */
  readonly queries: number;
  readonly queryFrame: number;
  readonly answerFrame: number;
}

/** Answers with an error, grouped by question, client and error. */
export interface FailedName extends AskedName {
  /** `NXDOMAIN`, `SERVFAIL` … */
  readonly error: string;
  readonly server: string;
  count: number;
  /** Frames of the answers, at most {@link FRAMES_KEPT}. */
  readonly frames: number[];
}

/** Questions that nobody answered, grouped by question and client. */
export interface UnansweredName extends AskedName {
  /** Servers that were asked, at most {@link FRAMES_KEPT}. */
  readonly servers: string[];
  /** Times that the client set out to resolve it. */
  count: number;
  /** Queries that it sent for that. */
  queries: number;
  /** Longest time from the first query to the last. */
  askedForNs: number;
  /** Frames of the first queries, at most {@link FRAMES_KEPT}. */
  readonly frames: number[];
}

/** One server. */
export interface ServerFindings {
  readonly server: string;
  readonly queries: number;
  /** Queries sent again to this server before it answered. */
  readonly retries: number;
  readonly answers: number;
  /** Queries that it never answered, without those still open at the end of the capture. */
  readonly unanswered: number;
  /** Answers by code, for example `NOERROR`. */
  readonly rcodes: Readonly<Record<string, number>>;
  readonly truncated: number;
  /** From the first time that a query was sent to this server to its answer; null without one. */
  readonly latency: RttSummary | null;
  /** The same from the last time that the query was sent: the less certain lower bound. */
  readonly latencyFromLast: RttSummary | null;
  readonly lastAnswerNs: number | null;
  readonly lastAnswerFrame: number | null;
  /** Set if it stopped answering, or never did: since when, and what it left unanswered since. */
  readonly silence: {
    readonly sinceNs: number;
    readonly queries: number;
    readonly firstFrame: number;
  } | null;
}

/** One client. */
export interface ClientFindings {
  readonly client: string;
  readonly queries: number;
  readonly retries: number;
  /** Questions that nobody answered. */
  readonly unanswered: number;
  readonly timeLostNs: number;
}

/** Names that a client tried with every suffix of its search list (RFC 1535 §1), in vain. */
export interface SearchStorm {
  /** What the application asked for, as far as the tries have it in common. */
  readonly name: string;
  readonly client: string;
  readonly suffixes: readonly string[];
  /** Times that it happened. */
  readonly bursts: number;
  /** Answers NXDOMAIN that it cost. */
  readonly wasted: number;
  readonly frames: readonly number[];
}

/** A and AAAA of one name, asked side by side, of which one kept the client waiting. */
export interface PairSkew {
  readonly domain: string;
  readonly client: string;
  /** The type that came late or not at all. */
  readonly late: "A" | "AAAA";
  /** How much later than the other; null if it never came. */
  readonly laterNs: number | null;
  readonly frames: readonly [a: number, aaaa: number];
}

/** Traffic of a protocol whose questions go to everybody: not matched one to one. */
export interface MulticastFindings {
  readonly packets: number;
  readonly queries: number;
  readonly responses: number;
  readonly hosts: number;
  readonly topNames: readonly { readonly name: string; readonly count: number }[];
}

/** Everything that is known. */
export interface DnsFindings {
  /** Packets with DNS of port 53: datagrams, and TCP segments with payload. */
  readonly packets: number;
  readonly queries: number;
  readonly responses: number;
  readonly domains: { readonly count: number; readonly exact: boolean };
  readonly topDomains: readonly { readonly name: string; readonly count: number }[];
  readonly failed: readonly FailedName[];
  readonly slow: readonly SlowAnswer[];
  /** Answers that took more than {@link SLOW_NS}, all of them. */
  readonly slowCount: number;
  readonly unanswered: readonly UnansweredName[];
  /** Questions that nobody answered. */
  readonly unansweredCount: number;
  /** Questions whose last query was sent within {@link OPEN_NS} of the end of the capture. */
  readonly openAtEnd: number;
  /** The busiest servers, at most {@link LIST_KEPT}, and how many there are. */
  readonly servers: readonly ServerFindings[];
  readonly serverCount: number;
  /** Responses by code. */
  readonly rcodes: Readonly<Record<string, number>>;
  /** Those who lost most time first, at most {@link LIST_KEPT}. */
  readonly clients: readonly ClientFindings[];
  /** Queries for what the client was already waiting for, and how many went to another server. */
  readonly retries: { readonly count: number; readonly toOtherServer: number };
  /** Answers after the question was answered by another server, or to another query of it. */
  readonly lateAnswers: number;
  /** Answers to a query that this server had answered. */
  readonly duplicateAnswers: number;
  /** Answers to no query in the capture, or to one over 30 s old. */
  readonly unmatchedAnswers: number;
  /** Messages within a millisecond of the same one: copies of the capture (a SPAN port). */
  readonly copies: number;
  readonly truncated: {
    readonly count: number;
    /** Truncated answers after which the client asked by TCP. */
    readonly retriedByTcp: number;
    readonly frames: readonly number[];
  };
  readonly edns: {
    readonly queries: number;
    /** Payload sizes that clients take, most frequent first, at most 8. */
    readonly sizes: readonly { readonly bytes: number; readonly count: number }[];
  };
  readonly tcp: {
    readonly connections: number;
    readonly messages: number;
    /** Places where a stream has a gap, after which messages are lost. */
    readonly gaps: number;
    readonly givenUp: number;
  };
  /** Datagrams that came in fragments. */
  readonly reassembled: number;
  readonly malformed: {
    readonly count: number;
    readonly faults: Readonly<Partial<Record<DnsFault, number>>>;
    readonly frames: readonly number[];
  };
  /** Messages of which the capture kept too little to match them. */
  readonly cut: number;
  /**
   * Waiting for answers beyond {@link SLOW_NS} each, and for questions without an answer from the
   * first query to the last. Questions asked side by side count each.
   */
  readonly timeLostNs: number;
  readonly searchStorms: {
    /** Names that clients tried so. */
    readonly count: number;
    /** Answers NXDOMAIN that they cost. */
    readonly wasted: number;
    readonly worst: readonly SearchStorm[];
  };
  readonly pairSkew: {
    /** A and AAAA asked side by side. */
    readonly pairs: number;
    readonly skewed: number;
    readonly worst: readonly PairSkew[];
  };
  readonly mdns: MulticastFindings;
  readonly llmnr: MulticastFindings;
  /** What found no room: pending queries, servers, clients, groups of findings. */
  readonly notKept: {
    readonly queries: number;
    readonly servers: number;
    readonly clients: number;
    readonly groups: number;
  };
}

/** An answer later than this is slow, nanoseconds. */
export const SLOW_NS = 100e6;
/** A query sent so shortly before the end of the capture may have been answered after it. */
export const OPEN_NS = 1e9;
/** Most frames that one finding names. */
export const FRAMES_KEPT = 5;

/** Most entries of a list of findings. */
export const LIST_KEPT = 100;

/** Adds a frame to the evidence of a finding. */
export function keepFrame(frames: number[], frame: number): void {
  if (frames.length < FRAMES_KEPT) frames.push(frame);
}
