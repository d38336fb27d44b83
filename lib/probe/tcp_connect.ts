/**
 * One TCP connect and what its outcome proves: open, closed, filtered or unreachable.
 *
 * @module
 */
import { RemoteFailure } from "../errors/mod.ts";
import type { Clock, Connection, Net } from "../io/io.ts";

/**
 * `filtered`: something on the way swallows or forbids the connect; `unreachable`: no route, the
 * question did not get there; `unknown`: the check was stopped before an outcome.
 */
export type PortState = "open" | "closed" | "filtered" | "unreachable" | "unknown";

/** How a state is known. */
export type Evidence =
  | "connected"
  | "refused"
  | "reset"
  | "silence"
  | "host_unreachable"
  | "network_unreachable"
  | "stopped"
  | "not_permitted"
  | "local_error";

/** What each evidence is, and how far it carries (RFC 9293 §3.5.2, RFC 1122 §4.2.3.9). */
export const EVIDENCE: Readonly<Record<Evidence, { state: PortState; meaning: string }>> = {
  connected: { state: "open", meaning: "the handshake completed: SYN-ACK came back" },
  refused: {
    state: "closed",
    meaning:
      "the connect was refused: a RST, or an ICMP port unreachable, which the system reports alike",
  },
  reset: { state: "closed", meaning: "the connection was reset during the handshake" },
  silence: { state: "filtered", meaning: "nothing came back before the timeout" },
  host_unreachable: {
    state: "filtered",
    meaning:
      "ICMP host unreachable or administratively prohibited came back, or the last router found no such neighbor",
  },
  network_unreachable: {
    state: "unreachable",
    meaning: "no route: this host has none, or ICMP network unreachable came back",
  },
  stopped: { state: "unknown", meaning: "the call ended before this check did" },
  not_permitted: { state: "unknown", meaning: "the permission flags do not cover this port" },
  local_error: { state: "unknown", meaning: "this host could not make the connection" },
};

/** The end of one connect. */
export interface ConnectOutcome {
  readonly state: PortState;
  readonly evidence: Evidence;
  /** Until the outcome; for `silence` the time waited. */
  readonly elapsedMs: number;
  /** The connection, if it is open; the caller closes it. */
  readonly connection: Connection | null;
}

/** Where to connect. */
export interface ConnectTarget {
  /** Host name as judged, or null. */
  readonly name: string | null;
  readonly address: string;
  readonly port: number;
  readonly judged: readonly string[];
}

/**
 * Connects once. `signal` is the deadline of this connect, `call` that of the whole call.
 *
 * @throws {PermissionMissing} `permission.net`
 */
export async function connectOnce(
  doors: { readonly net: Pick<Net, "dial">; readonly clock: Pick<Clock, "monotonicMs"> },
  target: ConnectTarget,
  signal: AbortSignal,
  call: AbortSignal,
): Promise<ConnectOutcome> {
  const startMs = doors.clock.monotonicMs();
  const outcome = (evidence: Evidence, connection: Connection | null = null): ConnectOutcome => ({
    state: EVIDENCE[evidence].state,
    evidence,
    elapsedMs: Math.round((doors.clock.monotonicMs() - startMs) * 1000) / 1000,
    connection,
  });
  const { name, ...rest } = target;
  try {
    return outcome(
      "connected",
      await doors.net.dial({ ...rest, ...(name === null ? {} : { name }), signal }),
    );
  } catch (error) {
    if (call.aborted) return outcome("stopped");
    if (signal.aborted) return outcome("silence");
    const evidence = error instanceof RemoteFailure ? evidenceOf(error) : null;
    // What this host itself could not do says nothing of the port; the error's own words do.
    if (evidence === null) throw error;
    return outcome(evidence);
  }
}

function evidenceOf(error: RemoteFailure): Evidence | null {
  switch (error.detail.failure) {
    case "refused":
    case "reset":
    case "host_unreachable":
    case "network_unreachable":
      return error.detail.failure;
    // The system's own connect timeout, before ours.
    case "timeout":
      return "silence";
    case "cancelled":
      return "stopped";
    default:
      return null;
  }
}

/** Deadlines for many short waits of one length, on one timer. */
export class Deadlines {
  readonly #pending = new Map<AbortController, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly clock: Pick<Clock, "monotonicMs">, readonly waitMs: number) {}

  /** Starts one wait; `done` must be called when it is over. */
  start(): { readonly signal: AbortSignal; readonly done: () => void } {
    const controller = new AbortController();
    this.#pending.set(controller, this.clock.monotonicMs() + this.waitMs);
    this.#timer ??= setTimeout(() => this.#expire(), this.waitMs);
    return { signal: controller.signal, done: () => this.#pending.delete(controller) };
  }

  /** Ends every wait now. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const controller of this.#pending.keys()) controller.abort();
    this.#pending.clear();
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = this.clock.monotonicMs();
    // All waits are of one length, so the map is in order of their ends.
    for (const [controller, endMs] of this.#pending) {
      // Timers may fire a little early.
      if (endMs > nowMs + 1) {
        this.#timer = setTimeout(() => this.#expire(), endMs - nowMs);
        return;
      }
      this.#pending.delete(controller);
      controller.abort(new DOMException("No answer in time", "TimeoutError"));
    }
  }
}
