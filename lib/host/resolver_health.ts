/**
 * Whether the configured name servers answer, and what their signatures say about the clock.
 *
 * @module
 */
import { type AskOptions, askServer, type DnsAnswer } from "../io/dns_exchange.ts";
import { configuredServers, isTrustworthy } from "../io/dns_lookup.ts";
import { asNetglassError } from "../errors/mod.ts";
import type { Finding } from "./finding.ts";

/** An answer that is slower than this is felt by everybody, milliseconds. */
const SLOW_MS = 500;

/** What one server made of the question for the name servers of the root, with signatures. */
export interface ResolverTrial {
  readonly label: string;
  readonly answer: DnsAnswer | null;
  /** Why it was not asked, or null. */
  readonly refused: string | null;
}

/** Asks each configured server once. Never throws but for cancellation. */
export async function tryResolvers(
  resolvers: readonly string[],
  options: AskOptions,
): Promise<readonly ResolverTrial[]> {
  return await Promise.all(
    configuredServers(resolvers).map(async (server): Promise<ResolverTrial> => {
      try {
        const question = { name: ".", type: "NS", dnssec: true, edns: true };
        return {
          label: server.label,
          answer: await askServer(server, question, options),
          refused: null,
        };
      } catch (error) {
        options.signal.throwIfAborted();
        return { label: server.label, answer: null, refused: asNetglassError(error).message };
      }
    }),
  );
}

/** Findings about name servers. */
export function resolverFindings(trials: readonly ResolverTrial[]): readonly Finding[] {
  if (trials.length === 0) {
    return [{ severity: "critical", area: "resolvers", line: "No name server is configured" }];
  }
  const isAnyWell = trials.some(({ answer }) => answer !== null && isTrustworthy(answer));
  return trials.map(({ label, answer, refused }) => {
    if (answer === null) {
      return { severity: "warning", area: "resolvers", line: `${label} was not asked: ${refused}` };
    }
    const ms = answer.responseMs ?? 0;
    if (!isTrustworthy(answer)) {
      return {
        severity: isAnyWell ? "warning" : "critical",
        area: "resolvers",
        line: `Name server ${label} is of no use: ${answer.status}`,
      };
    }
    return {
      severity: ms > SLOW_MS ? "warning" : "ok",
      area: "resolvers",
      line: `Name server ${label} answers in ${Math.round(ms)} ms`,
    };
  });
}

/**
 * What signatures of the root say about the time of day: they are valid for about two weeks and
 * made anew every day, so this finds a clock that is wrong by more than that.
 */
export function clockFindings(trials: readonly ResolverTrial[], nowMs: number): readonly Finding[] {
  const windows = trials.flatMap(({ answer }) => answer?.message?.answers ?? []).flatMap(
    (record) => {
      if (record.type !== "RRSIG") return [];
      const from = timeOf(record.fields?.inception);
      const to = timeOf(record.fields?.expiration);
      return from === null || to === null ? [] : [{ from, to }];
    },
  );
  const now = new Date(nowMs).toISOString();
  if (windows.length === 0) {
    return [{
      severity: "info",
      area: "clock",
      line: `The clock says ${now}; nothing here tells whether that is right`,
    }];
  }
  const early = windows.every(({ from }) => nowMs < from);
  const late = windows.every(({ to }) => nowMs > to);
  return [
    early || late
      ? {
        severity: "critical",
        area: "clock",
        line: `The clock says ${now}, ${
          early ? "before" : "after"
        } every signature that the name servers show: DNSSEC and TLS fail with it`,
      }
      : {
        severity: "ok",
        area: "clock",
        line: `The clock says ${now}, within the signatures of the root (right to about a week)`,
      },
  ];
}

/** RFC 4034 §3.2: YYYYMMDDHHmmSS. */
function timeOf(value: unknown): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(String(value));
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
