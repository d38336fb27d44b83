/**
 * Fields and readers that the tools about our tables share.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../../errors/mod.ts";
import { addressBits, parseAddress } from "../../ip/address.ts";
import { parseAsNumber } from "../../ip/as_number.ts";
import { parsePrefix, type Prefix, prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { parseAsPathPattern } from "../../route/as_path_pattern.ts";
import { parseCommunity } from "../../route/community.ts";
import { orInputError } from "../or_input_error.ts";
import type { AttributeFilter } from "./attribute_filter.ts";

/** Objects whose fields depend on what there is. */
export function rows() {
  return z.array(z.record(z.string(), z.unknown())).readonly();
}

/** A prefix or an address. */
export function prefixInput() {
  return z.string().min(2).max(64);
}

/** How routes stand to the prefix that is asked for. */
export function matchInput() {
  return z.enum(["exact", "longest", "covered", "covering"]);
}

/** An AS number, in any notation that {@link readAsn} reads. */
export function asnInput() {
  return z.union([z.int().min(0).max(4_294_967_295), z.string().min(1).max(20)]);
}

/** What the attributes of a route must hold. */
export function attributeInput() {
  return {
    origin_asn: asnInput().optional().describe("AS that originates the route"),
    via_asn: asnInput().optional().describe("AS anywhere in the AS path"),
    as_path: z.string().min(1).max(300).optional().describe(
      'Pattern over AS paths: "^3356 .* 15169$"; . is one AS, .* any number, 3356+ with prepends, ' +
        "[1 2] one of them",
    ),
    community: z.string().min(1).max(64).optional().describe(
      "64500:1, 64500:1:2, rt:64500:1 or a name such as no-export",
    ),
  };
}

/** Reads what {@link attributeInput} asked for. */
export function readAttributes(
  { origin_asn, via_asn, as_path, community }: {
    readonly origin_asn?: string | number | undefined;
    readonly via_asn?: string | number | undefined;
    readonly as_path?: string | undefined;
    readonly community?: string | undefined;
  },
): AttributeFilter {
  return {
    originAsn: origin_asn === undefined ? null : readAsn("origin_asn", origin_asn),
    viaAsn: via_asn === undefined ? null : readAsn("via_asn", via_asn),
    asPath: as_path === undefined ? null : parseAsPathPattern(as_path),
    community: community === undefined ? null : parseCommunity(community),
  };
}

/** What a text named. */
export interface NamedPrefix {
  /** Of an address: the prefix that holds it alone. */
  readonly prefix: Prefix;
  readonly isAddress: boolean;
  /** Canonical. */
  readonly text: string;
}

/**
 * Reads a prefix or an address.
 *
 * @throws {InputError} `input.prefix`
 */
export function readPrefix(text: string): NamedPrefix {
  return orInputError("prefix", () => {
    if (!text.includes("/")) {
      const address = parseAddress(text);
      const prefix = prefixOf(address, addressBits(address.family));
      return { prefix, isAddress: true, text: renderPrefix(prefix).replace(/\/\d+$/, "") };
    }
    const { prefix, hostBitsSet } = parsePrefix(text);
    if (!hostBitsSet) return { prefix, isAddress: false, text: renderPrefix(prefix) };
    throw new InputError("prefix", `Cannot use "${text}": it has bits behind its length`, {
      hint: `Write ${renderPrefix(prefix)}, or the address without a length.`,
    });
  });
}

/**
 * Reads an AS number.
 *
 * @throws {InputError} `input.<field>`
 */
export function readAsn(field: string, text: string | number): number {
  return orInputError(field, () => parseAsNumber(String(text)));
}
