/**
 * Two BGP sessions tied to each other without a socket: what one sends, the other walks with the real
 * codec and reports, one turn of the loop later.
 *
 * @module
 */
import { HEADER_BYTES, MESSAGE } from "../../lib/bgp/codec/message_header.ts";
import { decodeRouteRefresh } from "../../lib/bgp/codec/route_refresh.ts";
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";
import { OUTCOME } from "../../lib/bgp/codec/update_parts.ts";
import { UpdateWalker } from "../../lib/bgp/codec/update_walk.ts";
import { noCounts } from "../../lib/bgp/session/no_counts.ts";
import type {
  Negotiated,
  Session,
  SessionCounters,
  SessionEvents,
  SessionIncident,
  SessionState,
} from "../../lib/bgp/session/session.ts";
import type { PeerSettings, SpeakerSettings } from "../../lib/bgp/settings.ts";

/** What one of the two ends has been told to do, for tests to look at. */
export type EndCall =
  | { readonly kind: "enable" }
  | { readonly kind: "disable"; readonly text: string }
  | { readonly kind: "reset"; readonly code: number; readonly subcode: number }
  | { readonly kind: "stop"; readonly text: string };

/** What can be changed of what a session agrees on. */
export type NegotiatedParts = Partial<
  Pick<Negotiated, "routeRefresh" | "enhancedRefresh" | "gracefulRestart" | "theirs">
>;

/** One end. */
export class MemorySession implements Session {
  state: SessionState = "Idle";
  negotiated: Negotiated | null = null;
  readonly counters: SessionCounters = noCounts();
  readonly calls: EndCall[] = [];
  /** Everything sent since the session came up. */
  sent: Uint8Array[] = [];
  /** Messages that still fit its queue; set to 0, it takes none. */
  room = Infinity;
  /** False: the kernel takes nothing, and `onWritten` is kept. */
  isTaken = true;
  other: MemorySession | null = null;
  #unwritten: (() => void)[] = [];
  #walker: UpdateWalker | null = null;

  constructor(
    readonly speaker: SpeakerSettings,
    readonly peer: PeerSettings,
    readonly events: SessionEvents,
  ) {}

  enable(): void {
    this.calls.push({ kind: "enable" });
  }

  disable(text: string): void {
    this.calls.push({ kind: "disable", text });
    this.down(false);
  }

  reset(code: number, subcode: number, _data: Uint8Array): void {
    this.calls.push({ kind: "reset", code, subcode });
    this.down(false);
  }

  accept(): void {
    throw new TypeError("Nothing is accepted without a socket");
  }

  stop(text: string): Promise<void> {
    this.calls.push({ kind: "stop", text });
    this.down(false);
    return Promise.resolve();
  }

  send(message: Uint8Array, onWritten?: () => void): boolean {
    if (this.state !== "Established" || this.room === 0) return false;
    this.room--;
    this.sent.push(message);
    const { other } = this;
    setTimeout(() => other?.receive(message), 0);
    if (onWritten === undefined) return true;
    if (this.isTaken) setTimeout(onWritten, 0);
    else this.#unwritten.push(onWritten);
    return true;
  }

  /** The kernel takes what it had not taken, and there is room. */
  drain(): void {
    this.room = Infinity;
    this.isTaken = true;
    for (const onWritten of this.#unwritten.splice(0)) onWritten();
    this.events.onDrain();
  }

  /** Comes up. */
  up(parts: NegotiatedParts = {}): void {
    const isEbgp = this.speaker.localAs !== this.peer.remoteAs;
    const localAddress = this.peer.localAddress ?? "127.0.0.1";
    const traits: CodecTraits = {
      as4: true,
      extendedMessage: false,
      families: [
        this.peer.families.includes("ipv4-unicast"),
        this.peer.families.includes("ipv6-unicast"),
      ],
      addPathReceive: [false, false],
      addPathSend: [false, false],
      extendedNextHop: false,
      isEbgp,
      localAs: this.speaker.localAs,
      peerAs: this.peer.remoteAs,
      localAddresses: [localAddress],
    };
    this.#walker = new UpdateWalker(traits);
    this.sent = [];
    this.state = "Established";
    this.counters.established++;
    this.events.onState("Established", "OPEN and KEEPALIVE came");
    this.negotiated = {
      traits,
      holdTimeSec: 90,
      keepaliveSec: 30,
      routerId: 0x0a00_0001,
      routeRefresh: true,
      enhancedRefresh: false,
      gracefulRestart: null,
      ours: [],
      theirs: [],
      localAddress,
      localPort: 40_000,
      remotePort: 179,
      direction: "active",
      ...parts,
    };
    this.events.onEstablished(this.negotiated);
  }

  /** Ends. */
  down(isGraceful: boolean): void {
    if (this.state !== "Established") return;
    this.state = "Idle";
    this.negotiated = null;
    this.#unwritten = [];
    this.room = Infinity;
    this.isTaken = true;
    const incident: SessionIncident = {
      atMs: 0,
      kind: "closed",
      direction: null,
      state: "Established",
      code: null,
      subcode: null,
      data: null,
      detail: "the connection was closed",
    };
    this.events.onState("Idle", incident.detail);
    this.events.onDown(incident, isGraceful);
  }

  /** A message comes in. */
  receive(message: Uint8Array): void {
    if (this.state !== "Established" || this.#walker === null) return;
    this.counters.messagesIn++;
    if (message[18] === MESSAGE.routeRefresh) {
      const read = decodeRouteRefresh(message, HEADER_BYTES, message.length);
      if ("fault" in read) throw new TypeError(read.fault.why);
      const family = read.refresh.afi === 1 ? 0 : 1;
      // A ROUTE-REFRESH of ours has one of the three.
      return this.events.onRefresh(family, read.refresh.subtype as 0 | 1 | 2);
    }
    this.counters.updatesIn++;
    const parts = this.#walker.walk(message, HEADER_BYTES, message.length);
    if (parts.outcome === OUTCOME.reset) throw new TypeError(`A reset, finding ${parts.finding}`);
    this.events.onUpdate(parts);
  }
}

/** Ties two ends to each other. */
export function tie(a: MemorySession, b: MemorySession): void {
  a.other = b;
  b.other = a;
}
