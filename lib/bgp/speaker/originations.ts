/**
 * The routes that we originate, each with its end.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import type { Origination } from "../bgp_service.ts";

/** Our routes, by id and by prefix. */
export class Originations {
  readonly #byId = new Map<string, Origination>();
  /** Oldest first. */
  readonly #byPrefix = new Map<string, readonly Origination[]>();

  get(id: string): Origination | null {
    return this.#byId.get(id) ?? null;
  }

  /** Oldest first. */
  all(): readonly Origination[] {
    return [...this.#byId.values()];
  }

  /** Puts it in the place of what had its id; returns the prefixes whose announcement may change. */
  put(origination: Origination): readonly Prefix[] {
    const before = this.take(origination.id);
    this.#byId.set(origination.id, origination);
    const key = renderPrefix(origination.prefix);
    this.#byPrefix.set(key, [...this.#byPrefix.get(key) ?? [], origination]);
    return before === null || renderPrefix(before.prefix) === key
      ? [origination.prefix]
      : [before.prefix, origination.prefix];
  }

  /** Takes it out; null if there is none of this id. */
  take(id: string): Origination | null {
    const origination = this.#byId.get(id);
    if (origination === undefined) return null;
    this.#byId.delete(id);
    const key = renderPrefix(origination.prefix);
    const others = (this.#byPrefix.get(key) ?? []).filter((one) => one !== origination);
    if (others.length === 0) this.#byPrefix.delete(key);
    else this.#byPrefix.set(key, others);
    return origination;
  }

  /** What is announced for a prefix to a peer: of several the newest that names the peer. */
  find(prefixText: string, peer: number): Origination | null {
    return this.#byPrefix.get(prefixText)?.findLast(({ peers }) => peers.includes(peer)) ?? null;
  }
}
