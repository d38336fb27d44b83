/**
 * Policy as the pipeline and the tools use it: judging a host with all its addresses, judging a
 * name that is only asked about, and explaining either without doing it.
 *
 * @module
 */
import type { Decision, JudgedTarget } from "./decision.ts";

/** One judged address of an explanation. */
export interface AddressVerdict {
  /** Canonical address. */
  readonly address: string;
  /** The IPv4 address inside an IPv4-mapped, NAT64 or 6to4 one, or null. */
  readonly embeds: string | null;
  readonly decision: Decision;
}

/** What would happen to a target. */
export interface TargetExplanation {
  readonly input: string;
  readonly name: string | null;
  readonly addresses: readonly AddressVerdict[];
  readonly decision: Decision;
}

/** The policy of one configuration. */
export interface Policy {
  /**
   * Parses, resolves and judges a host; every address must pass.
   * @throws {InputError} `input.target` @throws {PolicyDenied} @throws {RemoteFailure} `remote.dns_*`
   */
  judgeHost(text: string, signal: AbortSignal): Promise<JudgedTarget>;
  /**
   * Judges the host of a service that the configuration itself names (a route server, an HTTP
   * source): as {@link judgeHost}, but `security.allowed_targets` does not matter.
   * @throws {InputError} `input.target` @throws {PolicyDenied} @throws {RemoteFailure} `remote.dns_*`
   */
  judgeService(host: string, signal: AbortSignal): Promise<JudgedTarget>;
  /**
   * Judges a name that is only looked up (its addresses are not reached).
   * @throws {InputError} @throws {PolicyDenied}
   */
  judgeQuery(text: string): JudgedTarget;
  /** Judges one address that turned up later (a name server, a redirect). */
  decideAddress(address: string): Decision;
  /** What would happen, and which rule decides; resolves names, dials nothing. Never throws PolicyDenied. */
  explainTarget(text: string, signal: AbortSignal): Promise<TargetExplanation>;
  /** Whether a file would be readable as a capture, and which rule decides. */
  explainPath(path: string): Promise<{ input: string; decision: Decision }>;
  /** Whether every, some or no address of a prefix may be reached, and which rules decide. */
  explainPrefix(
    prefix: string,
  ): {
    input: string;
    prefix: string;
    effect: "allow" | "deny" | "partial";
    decisions: readonly (Decision & { readonly range: string })[];
  };
}
