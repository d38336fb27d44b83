/**
 * What changes most: prefixes by how often they changed, and how often a path went and came back.
 *
 * @module
 */
import type { RouteChange } from "../bgp_service.ts";
import { pathKey, PrefixTexts } from "./prefix_texts.ts";

/** One prefix, counted over a window. */
export interface PrefixChurn {
  readonly prefix: string;
  announce: number;
  update: number;
  withdraw: number;
  best: number;
  /** How often a path came back after it had been withdrawn. */
  flaps: number;
  lastMs: number;
}

/** Counts changes. */
export class Churn {
  changes = 0;
  flaps = 0;
  /** Changes of paths by index of the peer, best paths aside. */
  readonly byPeer = new Map<number, { changes: number; flaps: number }>();
  readonly #texts = new PrefixTexts();
  readonly #prefixes = new Map<string, PrefixChurn>();
  readonly #withdrawn = new Set<string>();

  add({ prefix, kind, peer, pathId, atMs }: RouteChange): void {
    const text = this.#texts.of(prefix);
    const row = this.#rowOf(text);
    this.changes++;
    row[kind]++;
    row.lastMs = atMs;
    if (kind === "best") return;
    const isFlap = kind === "announce" && this.#withdrawn.size > 0 &&
      this.#withdrawn.delete(pathKey(text, peer, pathId));
    if (kind === "withdraw") this.#withdrawn.add(pathKey(text, peer, pathId));
    const ofPeer = this.byPeer.get(peer) ?? { changes: 0, flaps: 0 };
    this.byPeer.set(peer, ofPeer);
    ofPeer.changes++;
    if (!isFlap) return;
    row.flaps++;
    ofPeer.flaps++;
    this.flaps++;
  }

  get prefixCount(): number {
    return this.#prefixes.size;
  }

  /** Prefixes that changed, or that flapped. */
  countOf(by: "changes" | "flaps"): number {
    return this.#rows(by).length;
  }

  /** The prefixes with most changes, or flaps, of which there is one at least. */
  top(by: "changes" | "flaps", limit: number): readonly PrefixChurn[] {
    return this.#rows(by)
      .sort((a, b) => weightOf(b, by) - weightOf(a, by) || b.lastMs - a.lastMs)
      .slice(0, limit);
  }

  #rows(by: "changes" | "flaps"): PrefixChurn[] {
    return [...this.#prefixes.values()].filter((row) => weightOf(row, by) > 0);
  }

  #rowOf(prefix: string): PrefixChurn {
    let row = this.#prefixes.get(prefix);
    if (row === undefined) {
      row = { prefix, announce: 0, update: 0, withdraw: 0, best: 0, flaps: 0, lastMs: 0 };
      this.#prefixes.set(prefix, row);
    }
    return row;
  }
}

function weightOf(row: PrefixChurn, by: "changes" | "flaps"): number {
  return by === "flaps" ? row.flaps : row.announce + row.update + row.withdraw + row.best;
}
