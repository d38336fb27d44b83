/**
 * What policy says about a target, path or prefix: the vocabulary that the pipeline, the tools and
 * the audit record share.
 *
 * @module
 */

/** The answer of one decision. */
export interface Decision {
  readonly effect: "allow" | "deny";
  /** The rule that decided, for example `security.block_private` or `default`. */
  readonly rule: string;
  /** The pattern or range inside the rule that matched, or null. */
  readonly matched: string | null;
  /** One sentence for a person. */
  readonly reason: string;
  /** The configuration line that would change a denial, or null if nothing may. */
  readonly wouldAllow: string | null;
}

/** A host that policy has let pass. */
export interface JudgedTarget {
  /** As the caller wrote it. */
  readonly input: string;
  /** Canonical host name (lower case, A-labels, no trailing dot), or null for an address literal. */
  readonly name: string | null;
  /** Canonical addresses, all of them judged and allowed, in the resolver's order, IPv4 and IPv6. */
  readonly addresses: readonly string[];
  readonly decision: Decision;
}

/** A fact about a call that policy must judge. Tools state facts; they never decide. */
export type Guard = {
  readonly kind: "host";
  /** The text of the caller: a host name or an address. */
  readonly text: string;
  /** A denial of this one is the item's error, not the call's (batch tools). */
  readonly perItem?: boolean;
} | {
  /** A name that is only looked up, not reached: the pattern rules hold, its addresses do not matter. */
  readonly kind: "query";
  readonly text: string;
  readonly perItem?: boolean;
};

/** The call will reach this host. */
export function reachHost(text: string): Guard {
  return { kind: "host", text };
}

/** The call will reach each of these hosts, each with an outcome of its own. */
export function reachEach(texts: readonly string[]): readonly Guard[] {
  return texts.map((text) => ({ kind: "host", text, perItem: true }));
}

/** The call asks a name server about this name and reaches nothing of that name. */
export function queryName(text: string): Guard {
  return { kind: "query", text };
}

/** The call asks about each of these names, each with an outcome of its own. */
export function queryEach(texts: readonly string[]): readonly Guard[] {
  return texts.map((text) => ({ kind: "query", text, perItem: true }));
}
