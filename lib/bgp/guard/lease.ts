/**
 * What we announce, until when, who asked for it and why; and what became of it.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import type { Origination, SendReport } from "../bgp_service.ts";

/** Where a lease stands: the first three are live. */
export type LeaseState = "planned" | "pending" | "announced" | "withdrawn" | "expired";

/** Who wanted a change and why. */
export interface Asker {
  /**
   * What its end takes the route back, where the configuration wants that: a session of HTTP, or
   * `process` where the server ends with its client; null: nothing does.
   */
  readonly connection: string | null;
  /** The call that the audit record has. */
  readonly callId: string;
  /** In the caller's words. */
  readonly reason: string;
}

/** A call as the guard sees it. */
export interface Caller {
  /** As in `Asker`. */
  readonly connection: string | null;
  /** Fires where nobody waits for the change any more. */
  readonly signal: AbortSignal;
}

/** One route of ours. */
export interface Lease {
  /** Of the plan that it was made by. */
  readonly id: string;
  asker: Asker;
  readonly createdMs: number;
  route: Origination;
  state: LeaseState;
  /** Why it stands there, one sentence, or null. */
  note: string | null;
  /** The last report of the speaker. */
  report: SendReport | null;
  renewals: number;
  endedMs: number | null;
}

/** Ended leases that are remembered. */
const MAX_ENDED = 200;

/** True while it is, or may come to be, out there. */
export function isLive({ state }: Lease): boolean {
  return state !== "withdrawn" && state !== "expired";
}

/** `announced` once a peer's socket took it, else `pending` with the reason. */
export function stateOf(report: SendReport): { state: LeaseState; note: string | null } {
  const sent = report.peers.filter(({ state }) => state === "sent");
  if (sent.length > 0) return { state: "announced", note: null };
  const why = report.peers.map(({ peer, reason, state }) => `${peer}: ${reason ?? state}`);
  return {
    state: "pending",
    note: why.length === 0 ? "no peer may have it" : why.slice(0, 5).join("; "),
  };
}

/** The leases, in the order in which they were made. */
export class LeaseBook {
  readonly #leases = new Map<string, Lease>();

  get(id: string): Lease | null {
    return this.#leases.get(id) ?? null;
  }

  all(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  live(): readonly Lease[] {
    return this.all().filter(isLive);
  }

  /** The live lease of this very prefix, or null. */
  liveOf(prefix: Prefix): Lease | null {
    const text = renderPrefix(prefix);
    return this.live().find(({ route }) => renderPrefix(route.prefix) === text) ?? null;
  }

  add(lease: Lease): void {
    this.#leases.set(lease.id, lease);
    const ended = this.all().filter((one) => !isLive(one));
    for (const one of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) {
      this.#leases.delete(one.id);
    }
  }
}
