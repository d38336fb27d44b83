/**
 * Attributes that make good UPDATEs, and what a walker made of one, as a text.
 *
 * @module
 */
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";
import { FINDINGS } from "../../lib/bgp/codec/update_findings.ts";
import type { UpdateParts } from "../../lib/bgp/codec/update_parts.ts";
import { UpdateWalker } from "../../lib/bgp/codec/update_walk.ts";
import { attributeHex, bgpTraits, updateBody } from "./bgp_octets.ts";

/** In hexadecimal. */
export const ORIGIN = attributeHex(0x40, 1, "00");
/** Sequence of 65010 and 64500. */
export const AS_PATH = attributeHex(0x40, 2, "0202 0000fdf2 0000fbf4");
export const NEXT_HOP = attributeHex(0x40, 3, "c000020a");
export const GOOD = ORIGIN + AS_PATH + NEXT_HOP;
/** 203.0.113.0/24. */
export const NLRI = "18cb0071";
/** 2001:db8::/32 with the next hop fd00::10. */
export const REACH = attributeHex(
  0x80,
  14,
  "0002 01 10 fd000000000000000000000000000010 00 20 20010db8",
);
export const GOOD_IPV6 = REACH + ORIGIN + AS_PATH;

export const IBGP: Partial<CodecTraits> = { isEbgp: false, peerAs: 65_000 };
export const SHORT: Partial<CodecTraits> = { as4: false };

/** What a fresh walker makes of a body; valid as long as nothing else walks with it. */
export function walk(body: Uint8Array, changes: Partial<CodecTraits> = {}): UpdateParts {
  return new UpdateWalker(bgpTraits(changes)).walk(body, 0, body.length);
}

/** Name of the finding, or null. */
export function findingName({ finding }: UpdateParts): string | null {
  return FINDINGS[finding]?.name ?? null;
}

/** `ok`, `withdraw <finding>`, `discard <finding>`, or `3/1 <finding> <data>`. */
export function outcome(parts: UpdateParts): string {
  const name = findingName(parts);
  if (parts.outcome === 2) {
    return `${parts.errorCode}/${parts.errorSubcode} ${name} ${parts.errorData.toHex()}`.trim();
  }
  if (parts.outcome === 1) return `withdraw ${name}`;
  return name === null ? "ok" : `discard ${name}`;
}

/** Attributes behind the three of GOOD, with one prefix in the body. */
export const more = (attributes: string): Uint8Array =>
  updateBody({ attributes: GOOD + attributes, nlri: NLRI });
