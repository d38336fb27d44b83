/**
 * What the printout of any ping says, before it is counted: the shape that every dialect parses to.
 *
 * @module
 */

/** Why a probe was answered by an error (RFC 792, RFC 4443 §3); `other`: text not known here. */
export type IcmpReason =
  | "net_unreachable"
  | "host_unreachable"
  | "protocol_unreachable"
  | "port_unreachable"
  | "prohibited"
  | "no_route"
  | "address_unreachable"
  | "frag_needed"
  | "packet_too_big"
  | "source_route_failed"
  | "ttl_exceeded"
  | "parameter_problem"
  | "beyond_scope"
  | "other";

/** One probe, or one more answer to it. `seq` counts from 1 in every dialect. */
export interface PingProbe {
  readonly seq: number;
  readonly status: "reply" | "timeout" | "unreachable" | "duplicate";
  /** Milliseconds; null without a reply, or where ping printed none. */
  readonly rttMs: number | null;
  readonly ttl: number | null;
  /** Set for `unreachable`. */
  readonly reason: IcmpReason | null;
  /** Who sent the error, canonical; null if unknown. */
  readonly reporter: string | null;
}

/** A parsed printout. */
export interface PingOutput {
  /** In order of `seq`, duplicates after their reply. */
  readonly probes: readonly PingProbe[];
  /** The closing statistics, or null if the printout ends before them. */
  readonly statistics: {
    readonly transmitted: number;
    readonly received: number;
    readonly duplicates: number;
    /** Milliseconds as ping computed them; null without replies. */
    readonly rtt: { minMs: number; avgMs: number; maxMs: number; stddevMs: number | null } | null;
  } | null;
}

// Wording of iputils, BSD, macOS and Windows; first match wins.
const REASONS: readonly (readonly [RegExp, IcmpReason])[] = [
  [/net(work)? (is )?unreachable/i, "net_unreachable"],
  [/protocol unreachable/i, "protocol_unreachable"],
  [/port unreachable/i, "port_unreachable"],
  [/filtered|prohibited/i, "prohibited"],
  [/no route/i, "no_route"],
  [/address unreachable/i, "address_unreachable"],
  [/host (is )?unreachable|unknown code: 1\b/i, "host_unreachable"],
  [/frag(mentation)? needed|needs to be fragmented/i, "frag_needed"],
  [/too big/i, "packet_too_big"],
  [/source route failed/i, "source_route_failed"],
  [/time to live exceeded|ttl expired|hop limit|time exceeded/i, "ttl_exceeded"],
  [/parameter problem|wrong header|unknown next header|unknown option/i, "parameter_problem"],
  [/beyond scope/i, "beyond_scope"],
];

/** The code of an error text that ping printed. */
export function icmpReason(text: string): IcmpReason {
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? "other";
}

/** Characters of a line that are looked at; no program prints more about one probe. */
export const MAX_LINE = 500;
/** Probes that one parse keeps, so that a hostile printout costs bounded memory. */
const MAX_PROBES = 4_096;
/** Largest sequence number of an ICMP echo (16 bits, RFC 792), counted from 1. */
const MAX_SEQ = 65_536;

/** Collects probes while a printout is read; the first outcome of a sequence number wins. */
export class ProbeCollector {
  readonly #first = new Map<number, PingProbe>();
  readonly #more: PingProbe[] = [];
  /** An error that named no sequence number and waits for one. */
  #unclaimed: { reason: IcmpReason; reporter: string | null } | null = null;

  /** Highest sequence number seen, 0 at the start. */
  get lastSeq(): number {
    return Math.max(0, ...this.#first.keys());
  }

  /** Records an answer; a second one for the same probe is a duplicate. */
  reply(seq: number, rttMs: number | null, ttl: number | null): void {
    const known = this.#first.get(seq);
    const status = known?.status === "reply" ? "duplicate" : "reply";
    this.#keep({ seq, status, rttMs, ttl, reason: null, reporter: null });
  }

  /** Records an ICMP error about a probe; an answer that also came stands. */
  unreachable(seq: number, reason: IcmpReason, reporter: string | null): void {
    if (this.#first.get(seq)?.status === "reply") return;
    this.#keep({ seq, status: "unreachable", rttMs: null, ttl: null, reason, reporter });
  }

  /** Records an ICMP error that names no probe; the next timeout, else the first gap, takes it. */
  unreachableSomewhere(reason: IcmpReason, reporter: string | null): void {
    this.#unclaimed = { reason, reporter };
  }

  /** Records silence, unless something better is known. */
  timeout(seq: number): void {
    if (this.#unclaimed !== null) {
      const { reason, reporter } = this.#unclaimed;
      this.#unclaimed = null;
      this.unreachable(seq, reason, reporter);
    } else if (!this.#first.has(seq)) {
      this.#keep({ seq, status: "timeout", rttMs: null, ttl: null, reason: null, reporter: null });
    }
  }

  /** The probes 1…`transmitted` (or 1…`lastSeq`), gaps filled with timeouts, in order. */
  finish(transmitted: number | null): PingProbe[] {
    const last = Math.min(transmitted ?? this.lastSeq, MAX_PROBES);
    for (let seq = 1; seq <= last; seq++) {
      if (!this.#first.has(seq)) this.timeout(seq);
    }
    return [...this.#first.values(), ...this.#more].sort((one, other) => one.seq - other.seq);
  }

  #keep(probe: PingProbe): void {
    if (probe.seq < 1 || probe.seq > MAX_SEQ) return;
    if (this.#first.size + this.#more.length >= MAX_PROBES) return;
    if (probe.status === "duplicate") this.#more.push(probe);
    else this.#first.set(probe.seq, probe);
  }
}
