/**
 * UPDATEs that are malformed, kept whole as evidence (RFC 7606 §6): the first of each fault, and one
 * every ten minutes of those that go on: a peer must not fill the record.
 *
 * @module
 */
import { HEADER_BYTES } from "../codec/message_header.ts";
import { prefixesOf } from "../codec/nlri_prefixes.ts";
import type { CodecTraits } from "../codec/traits.ts";
import { FINDINGS, type UpdateFinding } from "../codec/update_findings.ts";
import type { UpdateParts } from "../codec/update_parts.ts";

/** Between two UPDATEs with the same fault that are kept, milliseconds. */
const KEEP_APART_MS = 600_000;
/** Most prefixes of one UPDATE that are told. */
const PREFIXES_MAX = 20;

/** One of them. */
export interface MalformedUpdate {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** What is wrong with it and what was done. */
  readonly finding: UpdateFinding;
  /** Type of the attribute that is at fault, or null: none in particular. */
  readonly attribute: number | null;
  /** UPDATEs of the peer with this fault since the start, this one among them. */
  readonly count: number;
  /** Prefixes that it announces, as far as they could be read: how many, and at most 20 of them. */
  readonly announcedCount: number;
  readonly announced: readonly string[];
  /** The whole message, a copy. */
  readonly message: Uint8Array;
}

/** Chooses what is kept of one peer. */
export class MalformedUpdates {
  readonly #counts = new Uint32Array(FINDINGS.length);
  readonly #keptAtMs = new Float64Array(FINDINGS.length).fill(-Infinity);

  /**
   * Counts an UPDATE that was walked, `parts.finding` telling its fault; `start` and `end` are the
   * places of its body, with its header in front. Null: one like it was kept a short while ago.
   */
  take(
    parts: UpdateParts,
    start: number,
    end: number,
    traits: CodecTraits,
    nowMs: number,
  ): MalformedUpdate | null {
    const finding = FINDINGS[parts.finding];
    if (finding === undefined) return null;
    const count = (this.#counts[parts.finding] ?? 0) + 1;
    this.#counts[parts.finding] = count;
    if (nowMs - (this.#keptAtMs[parts.finding] ?? 0) < KEEP_APART_MS) return null;
    this.#keptAtMs[parts.finding] = nowMs;
    const announced: string[] = [];
    let announcedCount = 0;
    for (const { text } of prefixesOf(parts, "announced", traits)) {
      if (announcedCount++ < PREFIXES_MAX) announced.push(text);
    }
    return {
      atMs: nowMs,
      finding: { ...finding },
      attribute: parts.findingAttribute === -1 ? null : parts.findingAttribute,
      count,
      announcedCount,
      announced,
      message: parts.octets.slice(start - HEADER_BYTES, end),
    };
  }
}
