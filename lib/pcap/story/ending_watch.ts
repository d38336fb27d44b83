/**
 * How a TCP connection ended: who closed it or reset it, and after what.
 *
 * @module
 */
import { CLIENT, FIN, type FlowPacket, otherRole, type Role, RST, SYN } from "./flow_packet.ts";
import type { Moment } from "./turn_watch.ts";

/** What came before a RST. */
export type ResetContext =
  /** The other side's SYN: it refused the connection. */
  | "refusal"
  /** It had closed, and data came all the same. */
  | "data_after_close"
  /** It had closed itself. */
  | "own_close"
  /** The other side had closed. */
  | "others_close"
  /** Data of the other side, which it had not answered. */
  | "data"
  /** Data of its own. */
  | "own_data"
  /** Nothing but the handshake. */
  | "handshake";

/** The RST that ended a connection. */
export interface ResetFacts extends Moment {
  readonly role: Role;
  readonly context: ResetContext;
  /** The packet before it. */
  readonly after: Moment;
}

/** How a connection ended. */
export interface EndingFindings {
  /** First FIN of client and server. */
  readonly fins: readonly [Moment | null, Moment | null];
  readonly reset: ResetFacts | null;
  /** RSTs in all. */
  readonly resets: number;
}

/** Watches for the end. */
export class EndingWatch {
  readonly #fins: [Moment | null, Moment | null] = [null, null];
  #reset: ResetFacts | null = null;
  #resets = 0;
  #last: { frame: number; ns: number; role: Role; flags: number } | null = null;
  /** Who sent data last, and the frame of it. */
  #speaker: Role | null = null;
  #speakerFrame = 0;

  /** Takes the next packet of the flow. */
  add(packet: FlowPacket): void {
    if (!packet.hasHeader) return;
    const { flags, role, frame, ns, payload } = packet;
    if ((flags & RST) !== 0) {
      this.#resets++;
      this.#reset ??= this.#resetOf(packet);
    } else if ((flags & FIN) !== 0) this.#fins[role] ??= { frame, ns };
    if (payload > 0 && (flags & RST) === 0) {
      this.#speaker = role;
      this.#speakerFrame = frame;
    }
    if (this.#last === null) this.#last = { frame, ns, role, flags };
    else {
      this.#last.frame = frame;
      this.#last.ns = ns;
      this.#last.role = role;
      this.#last.flags = flags;
    }
  }

  /** What was seen. */
  finish(): EndingFindings {
    return { fins: this.#fins, reset: this.#reset, resets: this.#resets };
  }

  #resetOf({ frame, ns, role }: FlowPacket): ResetFacts {
    const last = this.#last ?? { frame, ns, role, flags: 0 };
    const after = { frame: last.frame, ns: last.ns };
    return { frame, ns, role, context: this.#context(role), after };
  }

  #context(role: Role): ResetContext {
    const own = this.#fins[role];
    const other = this.#fins[otherRole(role)];
    const last = this.#last;
    if (last !== null && last.role !== role && (last.flags & SYN) !== 0) {
      return last.role === CLIENT ? "refusal" : "handshake";
    }
    if (own !== null) {
      const isAfter = this.#speaker === otherRole(role) && this.#speakerFrame > own.frame;
      return isAfter ? "data_after_close" : "own_close";
    }
    if (other !== null) return "others_close";
    if (this.#speaker === null) return "handshake";
    return this.#speaker === role ? "own_data" : "data";
  }
}
