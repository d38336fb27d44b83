/**
 * What each of our peers shows of one prefix: the paths that it sent, since when, or when it took
 * them back; and whether its silence means anything.
 *
 * @module
 */
import type { Prefix } from "../../ip/prefix.ts";
import type { AsPath } from "../../route/as_path.ts";
import type { PeerStatus } from "../bgp_service.ts";
import { IPV4_UNICAST, IPV6_UNICAST } from "../family.ts";
import type { Ineligible, RibReader } from "../rib/rib_reader.ts";

/** A path that a peer sent. */
export interface SeenPath {
  readonly asPath: AsPath;
  /** When it was received or last changed, milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly isBest: boolean;
  /** Kept from before a restart of the peer. */
  readonly isStale: boolean;
  readonly ineligible: Ineligible;
}

/** One peer. */
export interface PeerSight {
  readonly peer: PeerStatus;
  /** `unsure`: see `problem`; the others as of the looking glass. */
  readonly state: "seen" | "covered" | "default_only" | "not_seen" | "unsure";
  /** To the very prefix. */
  readonly paths: readonly SeenPath[];
  /** The longest prefix around it that the peer sent, or null. */
  readonly covering: Prefix | null;
  /** Why its silence says nothing, or null. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** Looks at the tables once, for all enabled peers. */
export function peerSights(
  rib: RibReader,
  peers: readonly PeerStatus[],
  prefix: Prefix,
): readonly PeerSight[] {
  return rib.read(() => {
    const around = rib.covering(prefix).map((id) => ({
      prefix: rib.prefixOf(id),
      paths: rib.paths(id),
    }));
    return peers.filter(({ settings }) => settings.enabled).map((peer) => {
      const { index } = peer.settings;
      const sent = around.filter(({ paths }) => paths.some((path) => path.peer === index));
      const own = sent.find((one) => one.prefix.length === prefix.length);
      const covering = sent.find((one) => one.prefix.length < prefix.length)?.prefix ?? null;
      const paths = (own?.paths ?? []).filter((path) => path.peer === index).map((path) => ({
        asPath: rib.attributes(path.attributes).asPath,
        sinceMs: path.receivedMs,
        isBest: path.isBest,
        isStale: path.isStale,
        ineligible: path.ineligible,
      }));
      const problem = paths.length > 0 ? null : problemOf(peer, prefix);
      return { peer, state: stateOf(paths, covering, problem), paths, covering, problem };
    });
  });
}

function stateOf(
  paths: readonly SeenPath[],
  covering: Prefix | null,
  problem: PeerSight["problem"],
): PeerSight["state"] {
  if (paths.length > 0) return "seen";
  if (problem !== null) return "unsure";
  if (covering === null) return "not_seen";
  return covering.length === 0 ? "default_only" : "covered";
}

function problemOf(
  { settings, state, reason, negotiated, endOfRib }: PeerStatus,
  prefix: Prefix,
): PeerSight["problem"] {
  const family = prefix.family === 4 ? IPV4_UNICAST : IPV6_UNICAST;
  if (state !== "Established") {
    return { code: "remote.bgp_session", message: `Its session is ${state}: ${reason}` };
  }
  const isExchanged = negotiated?.traits.families[family.index] ??
    settings.families.includes(family.name);
  if (!isExchanged) {
    return { code: "remote.bgp_family", message: `It does not exchange ${family.name}` };
  }
  // Who did not announce graceful restart need not send the mark (RFC 4724 §3).
  if (negotiated?.gracefulRestart?.families[family.index] && !endOfRib[family.index]) {
    return {
      code: "remote.bgp_loading",
      message: `It has not ended its first transfer of ${family.name}: more may come`,
    };
  }
  return null;
}
