/**
 * A change as answers show it.
 *
 * @module
 */
import { renderPrefix } from "../../ip/prefix.ts";
import type { RouteChange } from "../bgp_service.ts";
import type { PeerNames } from "./peer_names.ts";

/** Renders a change. Of `best`: the peer that has it now and before, null for none. */
export function changeRow(change: RouteChange, names: PeerNames): Record<string, unknown> {
  const { atMs, prefix, kind, peer, pathId, before, asPath, nextHop } = change;
  const nameOf = (index: number): string | null => index < 0 ? null : names.of(index).name;
  return {
    time: new Date(atMs).toISOString(),
    network: renderPrefix(prefix),
    kind,
    peer: nameOf(peer),
    ...(pathId === 0 ? {} : { path_id: pathId }),
    ...(kind === "best" ? { before: nameOf(before) } : {}),
    ...(asPath === null ? {} : { as_path: asPath }),
    ...(nextHop === null ? {} : { next_hop: nextHop }),
  };
}
