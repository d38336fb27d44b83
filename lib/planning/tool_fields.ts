/**
 * Fields that the tools about planning share.
 *
 * @module
 */
import { z } from "zod";
import { renderPrefix } from "../ip/prefix.ts";
import { sayCount } from "../words/amount.ts";
import type { WrittenPrefix } from "./written_prefix.ts";

/** Time for arithmetic over the longest lists, milliseconds. */
export const PLANNING_BUDGET_MS = 20_000;
/** Notes, unread texts and the like that one answer lists; the rest is counted. */
const MAX_LISTED = 20;
/** Most VLANs of one map: more than there are ids, so that repeated ones are told and not refused. */
const MAX_VLANS = 5_000;

/** An address or a prefix. */
export function ipText(): z.ZodString {
  return z.string().max(64);
}

/** Many prefixes. */
export function cidrList(): z.ZodArray<z.ZodString> {
  return z.array(ipText()).max(10_000);
}

/** Input of every tool about VLANs. */
export function vlanMapInput() {
  const cidrs = [ipText(), z.array(ipText()).max(64)] as const;
  const named = z.strictObject({ cidr: z.union(cidrs), name: z.string().max(128).optional() });
  return z.record(z.string().max(16), z.union([...cidrs, named]))
    .refine((map) => Object.keys(map).length <= MAX_VLANS, `at most ${MAX_VLANS} VLANs`)
    .describe('VLAN id to CIDR, to several (IPv4 and IPv6), or to {"cidr", "name"}');
}

/** A VLAN id as input. */
export function vlanIdInput() {
  return z.union([z.int().min(0).max(99_999_999), z.string().max(16)]);
}

/** A count that may exceed what JSON numbers hold exactly. */
export function exactCountField() {
  return z.union([z.number(), z.string()]).describe("A decimal string above 2^53-1");
}

/** Outputs of every tool that takes a list of prefixes. */
export function listOutput() {
  return {
    input_count: z.number(),
    input_cidrs: z.array(z.string()).describe(`The first ${MAX_LISTED}, as read`),
    invalid_count: z.number(),
    invalid_cidrs: z.array(z.string()).describe(`The first ${MAX_LISTED}; left out of the answer`),
    notes: z.array(z.string()),
  };
}

/** What {@link listOutput} says of a list. */
export function listFields(
  { read, unread }: { readonly read: readonly WrittenPrefix[]; readonly unread: readonly string[] },
) {
  return {
    input_count: read.length + unread.length,
    input_cidrs: read.slice(0, MAX_LISTED).map(({ prefix }) => renderPrefix(prefix)),
    invalid_count: unread.length,
    invalid_cidrs: unread.slice(0, MAX_LISTED),
    notes: listed(notesOf(read)),
  };
}

/** What had to be noted when prefixes were read. */
export function notesOf(read: readonly WrittenPrefix[]): string[] {
  return read.flatMap(({ note }) => note ?? []);
}

/** The first of many sentences, and how many there are more. */
export function listed(sentences: readonly string[]): string[] {
  const more = sentences.length - MAX_LISTED;
  return more <= 0 ? [...sentences] : [...sentences.slice(0, MAX_LISTED), `and ${more} more`];
}

/** The end of a summary about a list of which some could not be read. */
export function sayUnread(count: number): string {
  return count === 0
    ? ""
    : `; ${sayCount(count, "entry", "entries")} could not be read and ${
      count === 1 ? "is" : "are"
    } left out`;
}
