/**
 * Adj-RIBs-In as maps of prefix texts: what a speaker writes, to be compared with.
 *
 * @module
 */
import { Ipv4NlriCursor, Ipv6NlriCursor } from "../../lib/bgp/codec/nlri.ts";
import { OUTCOME, type UpdateParts } from "../../lib/bgp/codec/update_parts.ts";
import type { FamilyIndex } from "../../lib/bgp/family.ts";
import type { RibReader } from "../../lib/bgp/rib/rib_reader.ts";
import type { IngestCounts, RibPeer, RibWriter } from "../../lib/bgp/rib/rib_writer.ts";
import { type Prefix, renderPrefix } from "../../lib/ip/prefix.ts";

/** What happened to it, for tests to look at. */
export type RibCall =
  | { readonly kind: "up"; readonly peer: RibPeer }
  | { readonly kind: "override"; readonly prefix: string; readonly localPref: number | null };

/** The tables. A path is its prefix text with whether it is stale. */
export class PlainAdjRibIn implements RibWriter, Pick<RibReader, "peerPaths"> {
  readonly calls: RibCall[] = [];
  readonly #paths = new Map<string, Map<string, boolean>>();

  /** The prefixes of a peer. */
  prefixes(peer: number): readonly string[] {
    return [0, 1].flatMap((family) => [...this.#of(peer, family === 0 ? 0 : 1).keys()]).sort();
  }

  /** Those of them that are stale. */
  stale(peer: number): readonly string[] {
    return [0, 1].flatMap((family) => [...this.#of(peer, family === 0 ? 0 : 1)])
      .filter(([, isStale]) => isStale).map(([text]) => text).sort();
  }

  peerPaths(peer: number): readonly [number, number] {
    return [this.#of(peer, 0).size, this.#of(peer, 1).size];
  }

  freshPaths(peer: number): number {
    return this.peerPaths(peer)[0] + this.peerPaths(peer)[1] - this.stale(peer).length;
  }

  /** A peer announces an IPv4 prefix (by default all that it has) anew. */
  refresh(peer: number, prefix?: string): void {
    const paths = this.#of(peer, 0);
    for (const text of prefix === undefined ? [...paths.keys()] : [prefix]) paths.set(text, false);
  }

  peerUp(peer: RibPeer): void {
    this.calls.push({ kind: "up", peer });
  }

  ingest(peer: number, parts: UpdateParts): IngestCounts {
    const { octets } = parts;
    const body4 = (start: number, end: number) => texts4(octets, start, end);
    const gone = [
      ...body4(parts.withdrawnStart, parts.withdrawnEnd),
      ...texts6(octets, parts.unreachStart, parts.unreachEnd),
    ];
    const here = [
      ...body4(parts.nlriStart, parts.nlriEnd),
      ...texts6(octets, parts.reachStart, parts.reachEnd),
    ];
    const isWithdrawn = parts.outcome === OUTCOME.treatAsWithdraw;
    for (const text of isWithdrawn ? [...gone, ...here] : gone) {
      this.#of(peer, familyOf(text)).delete(text);
    }
    if (!isWithdrawn) { for (const text of here) this.#of(peer, familyOf(text)).set(text, false); }
    return {
      announced: isWithdrawn ? 0 : here.length,
      withdrawn: gone.length,
      bestChanged: 0,
    };
  }

  markStale(peer: number, family: FamilyIndex): void {
    const paths = this.#of(peer, family);
    for (const text of paths.keys()) paths.set(text, true);
  }

  sweep(peer: number, family: FamilyIndex, what: "stale" | "all", limit: number): boolean {
    const paths = this.#of(peer, family);
    const due = [...paths].filter(([, isStale]) => what === "all" || isStale);
    for (const [text] of due.slice(0, limit)) paths.delete(text);
    return due.length > limit;
  }

  collect(): boolean {
    return false;
  }

  overrideLocalPref(prefix: Prefix, _peer: number | null, localPref: number | null): void {
    this.calls.push({ kind: "override", prefix: renderPrefix(prefix), localPref });
  }

  useOrigins(): void {}

  revalidate(): boolean {
    return false;
  }

  #of(peer: number, family: FamilyIndex): Map<string, boolean> {
    const key = `${peer} ${family}`;
    let paths = this.#paths.get(key);
    if (paths === undefined) this.#paths.set(key, paths = new Map());
    return paths;
  }
}

function familyOf(text: string): FamilyIndex {
  return text.includes(":") ? 1 : 0;
}

function texts4(octets: Uint8Array, start: number, end: number): string[] {
  const cursor = new Ipv4NlriCursor().open(octets, start, end, false);
  const texts: string[] = [];
  while (cursor.next()) {
    const { address, length } = cursor;
    texts.push(renderPrefix({ family: 4, value: BigInt(address), length }));
  }
  return texts;
}

function texts6(octets: Uint8Array, start: number, end: number): string[] {
  const cursor = new Ipv6NlriCursor().open(octets, start, end, false);
  const texts: string[] = [];
  while (cursor.next()) {
    const { word0, word1, word2, word3, length } = cursor;
    const value = [word0, word1, word2, word3].reduce(
      (all, word) => all << 32n | BigInt(word >>> 0),
      0n,
    );
    texts.push(renderPrefix({ family: 6, value, length }));
  }
  return texts;
}
