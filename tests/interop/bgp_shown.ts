/**
 * What a server shows of its sessions, as far as tests ask: bgp_get_peers, bgp_session_doctor and
 * bgp_get_rib, with types.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import type { NetglassInside } from "./bgp_rig.ts";
import { poll } from "./route_server_rig.ts";

/** What ended an attempt or a session. */
export interface ShownIncident {
  readonly time: string;
  readonly kind: string;
  readonly state: string;
  readonly detail: string;
  readonly notification: { readonly code: number; readonly subcode: number } | null;
}

/** A peer as bgp_get_peers shows it. */
export interface ShownPeer {
  readonly state: string;
  readonly prefixes_received: number;
  readonly sessions_established: number;
  readonly is_disabled: boolean;
  readonly counters: { readonly queued_bytes: number };
  readonly last_error: ShownIncident | null;
}

/** What the doctor says of a peer. */
export interface ShownDiagnosis {
  readonly verdict: string;
  readonly explanation: string;
  readonly next_steps: readonly string[];
  /** Oldest first. */
  readonly evidence: readonly ShownIncident[];
}

/** The listener as the doctor shows it. */
export interface ShownListener {
  readonly address: string | null;
  readonly port: number | null;
  readonly problem: string | null;
  readonly strangers: number;
  readonly recent_strangers: readonly string[];
}

/** One path as bgp_get_rib shows it. */
export interface ShownPath {
  readonly network: string;
  readonly peer: string;
  readonly stale?: boolean;
}

/** The peer of this name. */
export async function shownPeer(netglass: NetglassInside, peer: string): Promise<ShownPeer> {
  const { peers } = await netglass.call("bgp_get_peers", { peer }) as { peers: ShownPeer[] };
  const [only] = peers;
  ok(only !== undefined);
  return only;
}

/** Waits until the peer is as wanted. */
export async function untilPeerIs(
  netglass: NetglassInside,
  peer: string,
  what: string,
  isSo: (peer: ShownPeer) => boolean,
): Promise<void> {
  await poll(`${peer} ${what}`, async () => isSo(await shownPeer(netglass, peer)));
}

/** Waits until the session with every one of these is up. */
export async function untilUp(netglass: NetglassInside, ...peers: string[]): Promise<void> {
  for (const peer of peers) {
    await untilPeerIs(netglass, peer, "is up", ({ state }) => state === "Established");
  }
}

/** The doctor's word on the peer of this name. */
export async function diagnosisOf(netglass: NetglassInside, peer: string): Promise<ShownDiagnosis> {
  const { diagnoses } = await netglass.call("bgp_session_doctor", { peer }) as {
    diagnoses: ShownDiagnosis[];
  };
  const [only] = diagnoses;
  ok(only !== undefined);
  return only;
}

/** What ended sessions with a peer, in one word each: `4/0` and the like, or the kind; oldest first. */
export async function endsOf(netglass: NetglassInside, peer: string): Promise<string[]> {
  const { evidence } = await diagnosisOf(netglass, peer);
  return evidence.map(({ kind, notification }) =>
    notification === null ? kind : `${kind} ${notification.code}/${notification.subcode}`
  );
}

/** Whether and where the server waits for peers. */
export async function listenerOf(netglass: NetglassInside): Promise<ShownListener> {
  return (await netglass.call("bgp_session_doctor")).listener as ShownListener;
}

/** All paths of a prefix, or of every prefix. */
export async function pathsIn(netglass: NetglassInside, prefix?: string): Promise<ShownPath[]> {
  const { routes } = await netglass.call("bgp_get_rib", {
    ...(prefix === undefined ? {} : { prefix }),
    best_only: false,
  });
  return routes as ShownPath[];
}
