/**
 * The fields of one entry of `bgp.originate.allowed_prefixes`.
 *
 * @module
 */
import { MAX_AS_NUMBER } from "./bgp_peer_fields.ts";
import { checkCommunity, checkPrefix } from "./check_bgp_text.ts";
import { checkIdentifier } from "./check_text.ts";
import type { FieldRow } from "./row.ts";

/** Every field, in the order of `config.yaml`. */
export const allowedPrefixFields: readonly FieldRow[] = [
  {
    path: "prefix",
    type: "text",
    default: null,
    required: true,
    unit: "prefix",
    check: checkPrefix,
    doc: "what may be announced.",
  },
  {
    path: "ge",
    type: "integer",
    default: null,
    nullable: true,
    unit: "prefix length",
    min: 0,
    max: 128,
    doc: "shortest length beneath the prefix; null: that of the prefix.",
  },
  {
    path: "le",
    type: "integer",
    default: null,
    nullable: true,
    unit: "prefix length",
    min: 0,
    max: 128,
    doc: "longest length beneath the prefix; null: that of ge.",
  },
  {
    path: "origin_as",
    type: "integer",
    default: null,
    nullable: true,
    min: 1,
    max: MAX_AS_NUMBER,
    unit: "AS number",
    doc:
      "the AS that it may come from, for a list that several speakers share: where it is not bgp.local_as nothing of the entry is announced; null: bgp.local_as, whichever that is.",
  },
  {
    path: "peers",
    type: "list",
    default: [],
    unit: "name of a peer",
    check: checkIdentifier,
    doc: "who may hear it; empty: every peer.",
  },
  {
    path: "communities",
    type: "list",
    default: [],
    unit: "community such as 64500:1, 64500:1:2 or graceful-shutdown",
    check: checkCommunity,
    doc: "what a caller may attach to it beside bgp.originate.communities.",
  },
];
