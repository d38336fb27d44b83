/**
 * Routes of some peers for others, where the configuration says so: found in the tables when they
 * are sent, and followed by the change log.
 *
 * @module
 */
import type { Prefix } from "../../ip/prefix.ts";
import type { BgpSpeaker } from "../bgp_service.ts";
import type { FamilyIndex } from "../family.ts";
import type { OutboundRoute } from "../outbound_route.ts";
import type { RibReader } from "../rib/rib_reader.ts";
import type { SpeakerSettings } from "../settings.ts";
import { passOn } from "./pass_on.ts";
import type { PeerLink } from "./peer_link.ts";
import type { Slices } from "./slices.ts";

/** Prefixes of the tables that one step looks at. */
const WALK_STEP = 1_024;
/** Changes that one step follows. */
const CHANGES_STEP = 256;

/** What transit stands on. */
export interface TransitParts {
  readonly settings: Pick<SpeakerSettings, "localAs" | "peers">;
  readonly reader: RibReader;
  readonly changes: BgpSpeaker["changes"];
  readonly slices: Slices;
  /** By the index of the peer. */
  readonly links: readonly PeerLink[];
}

/** Transit. */
export class Transit {
  readonly #parts: TransitParts;
  readonly #isWanted: boolean;
  /** The next change to be followed. */
  #seq = 0;

  constructor(parts: TransitParts) {
    this.#parts = parts;
    this.#isWanted = parts.settings.peers.some(({ transitFrom }) => transitFrom.length > 0);
  }

  /** What the peer is told of a prefix, as far as it is another peer's; null: nothing. */
  choose(prefix: Prefix, { settings: to, exportSession }: PeerLink): OutboundRoute | null {
    if (to.transitFrom.length === 0) return null;
    const { reader, settings: { peers, localAs } } = this.#parts;
    return reader.read(() => {
      const id = reader.find(prefix);
      const best = id === -1 ? null : reader.best(id);
      const from = best === null ? undefined : peers[best.peer];
      if (best === null || from === undefined || !to.transitFrom.includes(from.name)) return null;
      const attributes = reader.attributes(best.attributes);
      const extendedCommunities = reader.scan.extendedCommunities(best.attributes);
      const { localPref } = best;
      const learned = { prefix, attributes, extendedCommunities, localPref, from };
      return passOn(learned, localAs, to, exportSession).route;
    });
  }

  /** The prefixes of a family that a peer may be told of, in batches. */
  *candidates(
    { settings: { transitFrom } }: PeerLink,
    family: FamilyIndex,
  ): Generator<readonly Prefix[], undefined> {
    if (transitFrom.length === 0) return;
    const { reader, settings: { peers } } = this.#parts;
    let from: Prefix | null = null;
    do {
      const batch: Prefix[] = [];
      let looks = 0;
      const next: { prefix: Prefix | null } = { prefix: null };
      reader.read(() =>
        reader.walk(family, { within: null, from }, (id) => {
          if (looks++ === WALK_STEP) {
            next.prefix = reader.prefixOf(id);
            return false;
          }
          const source = peers[reader.best(id)?.peer ?? -1];
          if (source !== undefined && transitFrom.includes(source.name)) {
            batch.push(reader.prefixOf(id));
          }
        })
      );
      from = next.prefix;
      yield batch;
    } while (from !== null);
  }

  /** Something changed in the tables. */
  follow(): void {
    if (this.#isWanted) this.#parts.slices.add("transit", () => this.#step());
  }

  #step(): boolean {
    const { changes, settings: { peers } } = this.#parts;
    const targets = this.#parts.links.filter(({ settings }) => settings.transitFrom.length > 0);
    if (this.#seq < changes.firstSeq) {
      // The log has gone round: everything is looked at anew.
      this.#seq = changes.nextSeq;
      for (const link of targets) {
        link.out.markSent();
        link.sendAgain();
      }
      return false;
    }
    const seen = changes.read(this.#seq, CHANGES_STEP, "brief");
    for (const { kind, prefix, peer } of seen) {
      // Nobody is told of other attributes of a path that is not best (RFC 4271 §9.2).
      if (kind !== "best" && !(kind === "update" && this.#isBest(prefix, peer))) continue;
      const source = peers[peer]?.name ?? "";
      for (const { out, settings } of targets) {
        if (kind === "best" || settings.transitFrom.includes(source)) out.mark(prefix);
      }
    }
    this.#seq += seen.length;
    return seen.length === CHANGES_STEP;
  }

  #isBest(prefix: Prefix, peer: number): boolean {
    const { reader } = this.#parts;
    return reader.read(() => {
      const id = reader.find(prefix);
      return id !== -1 && reader.best(id)?.peer === peer;
    });
  }
}
