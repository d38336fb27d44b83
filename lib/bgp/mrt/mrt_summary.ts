/**
 * What an MRT file is and what is in it, at a glance.
 *
 * @module
 */
import { SEGMENT } from "../codec/as_path_octets.ts";
import { MESSAGE, MESSAGE_KINDS } from "../codec/message_header.ts";
import { uint32At } from "../codec/octets.ts";
import { timeText } from "./found_route.ts";
import type { GeoPlace, MrtPeer, PeerIndex } from "./mrt_peer.ts";
import type { MrtRoute, MrtStateChange } from "./mrt_route.ts";
import type { MrtVisitor } from "./mrt_walk.ts";

/** Most peers and changes of state that are told. */
const PEERS_TOLD = 200;
const CHANGES_TOLD = 50;
const ORIGINS_TOLD = 10;
/** Most origins that are told apart: more than there are AS numbers in use. */
const ORIGINS_KNOWN = 500_000;

/** Counts of a family. */
interface FamilyCounts {
  readonly ipv4: number;
  readonly ipv6: number;
}

/** One peer; names and units are those of the wire. */
export interface PeerSummary {
  readonly peer: string;
  readonly peer_as: number;
  readonly router_id: string | null;
  readonly place: GeoPlace | null;
  /** Entries of tables. */
  readonly rib_paths: FamilyCounts;
  readonly announcements: FamilyCounts;
  readonly withdrawals: FamilyCounts;
  readonly state_changes: number;
}

/** The summary. Plain data. */
export interface MrtSummary {
  readonly collector: string | null;
  readonly view: string | null;
  readonly rib_paths: FamilyCounts;
  readonly announcements: FamilyCounts;
  readonly withdrawals: FamilyCounts;
  /** BGP messages that carry no routes, by name; UPDATE: End-of-RIB and empty ones. */
  readonly other_messages: Readonly<Record<string, number>>;
  readonly peer_count: number;
  /** Those with most routes first. */
  readonly peers: PeerSummary[];
  readonly origin_count: number;
  /** Those with most routes first, announcements and entries of tables together. */
  readonly top_origins: { readonly asn: number; readonly routes: number }[];
  readonly longest_as_path: number;
  /** The last ones, oldest first. */
  readonly state_changes: {
    readonly time: string;
    readonly peer: string;
    readonly peer_as: number;
    readonly from: string;
    readonly to: string;
  }[];
}

/** Names of states (RFC 6396 §4.4.1) by number. */
const STATES = ["", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"];

/** Counts by kind of route and family, in the order of `COUNTED`. */
type Counts = [number, number, number, number, number, number];
const COUNTED: Readonly<Record<MrtRoute["kind"], 0 | 2 | 4>> = {
  rib: 0,
  announce: 2,
  withdraw: 4,
};

interface PeerCounts {
  readonly routes: Counts;
  stateChanges: number;
}

/** A summary while the file is read. */
export class SummaryVisitor implements MrtVisitor {
  readonly #peers = new Map<MrtPeer, PeerCounts>();
  readonly #origins = new Map<number, number>();
  readonly #messages = new Map<number, number>();
  readonly #changes: MrtStateChange[] = [];
  #index: PeerIndex | null = null;
  #places: readonly (GeoPlace | null)[] = [];
  #longestPath = 0;
  #lastPeer: MrtPeer | null = null;
  #lastCounts: PeerCounts | null = null;

  onPeers(index: PeerIndex): void {
    this.#index = index;
    for (const peer of index.peers) this.#countsOf(peer);
  }

  onPlaces(places: readonly (GeoPlace | null)[]): void {
    this.#places = places;
  }

  onRoute(route: MrtRoute): void {
    const counts = route.peer === this.#lastPeer && this.#lastCounts !== null
      ? this.#lastCounts
      : this.#countsOf(route.peer);
    this.#lastPeer = route.peer;
    this.#lastCounts = counts;
    const at = COUNTED[route.kind] + (route.family === 4 ? 0 : 1);
    counts.routes[at] = (counts.routes[at] ?? 0) + 1;
    if (route.kind !== "withdraw") this.#addPath(route);
  }

  onStateChange(change: MrtStateChange): void {
    this.#countsOf(change.peer).stateChanges++;
    this.#changes.push(change);
    if (this.#changes.length > 2 * CHANGES_TOLD) this.#changes.splice(0, CHANGES_TOLD);
  }

  onMessage(type: number): void {
    this.#messages.set(type, (this.#messages.get(type) ?? 0) + 1);
  }

  /** What was seen so far. */
  summary(): MrtSummary {
    const all = [...this.#peers.values()].reduce(
      (sum, { routes }) => sum.map((count, n) => count + (routes[n] ?? 0)),
      [0, 0, 0, 0, 0, 0],
    );
    const origins = [...this.#origins].sort(([a, most], [b, more]) => more - most || a - b);
    return {
      collector: this.#index?.collector ?? null,
      view: this.#index?.view || null,
      ...families(all),
      other_messages: Object.fromEntries(
        [...this.#messages].map(([type, count]) => [messageName(type), count]),
      ),
      peer_count: this.#peers.size,
      peers: this.#peerSummaries(),
      origin_count: this.#origins.size,
      top_origins: origins.slice(0, ORIGINS_TOLD).map(([asn, routes]) => ({ asn, routes })),
      longest_as_path: this.#longestPath,
      state_changes: this.#changes.slice(-CHANGES_TOLD).map((change) => ({
        time: timeText(
          change.timestampSec,
          change.record === "bgp4mp_et" ? change.microseconds : null,
        ),
        peer: change.peer.address,
        peer_as: change.peer.asn,
        from: stateName(change.from),
        to: stateName(change.to),
      })),
    };
  }

  #peerSummaries(): PeerSummary[] {
    const places = new Map(this.#index?.peers.map((peer, n) => [peer, this.#places[n] ?? null]));
    const sum = ({ routes }: PeerCounts) => routes.reduce((all, count) => all + count, 0);
    return [...this.#peers].sort(([, a], [, b]) => sum(b) - sum(a)).slice(0, PEERS_TOLD)
      .map(([peer, { routes, stateChanges }]) => ({
        peer: peer.address,
        peer_as: peer.asn,
        router_id: peer.routerId,
        place: places.get(peer) ?? null,
        ...families(routes),
        state_changes: stateChanges,
      }));
  }

  #countsOf(peer: MrtPeer): PeerCounts {
    let counts = this.#peers.get(peer);
    if (counts === undefined) {
      this.#peers.set(peer, counts = { routes: [0, 0, 0, 0, 0, 0], stateChanges: 0 });
    }
    return counts;
  }

  #addPath({ parts: { pathOctets, pathStart, pathEnd } }: MrtRoute): void {
    let length = 0, last: number = SEGMENT.set;
    for (let at = pathStart; at < pathEnd;) {
      last = pathOctets[at] ?? 0;
      const count = pathOctets[at + 1] ?? 0;
      length += last === SEGMENT.sequence ? count : last === SEGMENT.set ? 1 : 0;
      at += 2 + 4 * count;
    }
    if (length > this.#longestPath) this.#longestPath = length;
    if (last !== SEGMENT.sequence) return;
    const origin = uint32At(pathOctets, pathEnd - 4);
    const seen = this.#origins.get(origin);
    if (seen !== undefined || this.#origins.size < ORIGINS_KNOWN) {
      this.#origins.set(origin, (seen ?? 0) + 1);
    }
  }
}

function families(counts: readonly number[]) {
  const pair = (at: number): FamilyCounts => ({ ipv4: counts[at] ?? 0, ipv6: counts[at + 1] ?? 0 });
  return { rib_paths: pair(0), announcements: pair(2), withdrawals: pair(4) };
}

function messageName(type: number): string {
  if (type === MESSAGE.update) return "UPDATE without routes";
  return MESSAGE_KINDS[type - 1]?.name ?? `type ${type}`;
}

function stateName(state: number): string {
  return STATES[state] || `state ${state}`;
}
