/**
 * Which of two connections to one peer is kept (RFC 4271 §6.8, RFC 6286 §2.3).
 *
 * @module
 */

/** Both speakers and both connections, when the second of two OPENs has come. */
export interface Collision {
  readonly localRouterId: number;
  readonly remoteRouterId: number;
  readonly localAs: number;
  readonly remoteAs: number;
  /** Who began the connection whose OPEN came just now, and the other one. */
  readonly newer: "active" | "passive";
  readonly older: "active" | "passive";
}

/**
 * `newer` or `older`. Of two that began on different sides, the one whose beginner has the higher BGP
 * Identifier, or AS where these are equal, is kept. Where both began on the same side that says
 * nothing, and the newer one is kept: whoever connects twice has lost the first.
 */
export function decideCollision(collision: Collision): "newer" | "older" {
  const { localRouterId, remoteRouterId, localAs, remoteAs, newer, older } = collision;
  if (newer === older) return "newer";
  const isLocalHigher = localRouterId === remoteRouterId
    ? localAs > remoteAs
    : localRouterId > remoteRouterId;
  return (newer === "active") === isLocalHigher ? "newer" : "older";
}
