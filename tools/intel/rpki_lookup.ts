/**
 * `rpki_lookup`: what ROAs say of a route.
 *
 * @module
 */
import { z } from "zod";
import { readAsn } from "../../lib/looking_glass/asn_input.ts";
import { InputError } from "../../lib/errors/mod.ts";
import { addressBits, parseAddressOrNull } from "../../lib/ip/address.ts";
import { parsePrefix, type Prefix, prefixOf, renderPrefix } from "../../lib/ip/prefix.ts";
import { IpSyntaxError, quoteText } from "../../lib/ip/syntax_error.ts";
import { defineTool, resolvers, rpkiSource } from "../../lib/mcp/define_tool.ts";
import type { RoaSnapshot } from "../../lib/registry/rpki/roa_payloads.ts";
import {
  type JudgedVrp,
  type OriginVerdict,
  validateOrigin,
} from "../../lib/route/origin_validation.ts";
import type { Vrp } from "../../lib/route/vrp_table.ts";

/** A first load of all payloads over a slow line, milliseconds. */
const BUDGET_MS = 120_000;

const roa = {
  prefix: z.string(),
  max_length: z.number(),
  asn: z.number().describe("0: nobody may originate it"),
};

/** Says what ROAs say of a route. */
export const rpkiLookup = defineTool({
  name: "rpki_lookup",
  title: "Validate the origin of a route",
  toolset: "intel",
  effect: "observe",
  reach: "open",
  description:
    "The validated ROA payloads that cover a prefix and, with an AS, the state of that route: valid, " +
    "invalid with the reason (asn, length) or not_found, and the ROA that would make it valid. Data " +
    "from intel.rpki: a JSON file of rpki-client or Routinator, an RTR cache, or a URL. For what " +
    "several services say of an announced address use ip_lookup.",
  input: () =>
    z.strictObject({
      prefix: z.string().min(1).max(64).describe(
        "IPv4 or IPv6 prefix; an address is its own prefix",
      ),
      asn: z.string().min(1).max(20).optional().describe(
        "Origin AS of the route, for example AS64496; without it only the payloads are shown",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      prefix: z.string(),
      asn: z.number().nullable(),
      state: z.enum(["valid", "invalid", "not_found"]).nullable().describe(
        "RFC 6811; null: no AS was given",
      ),
      reason: z.enum(["asn", "length", "none"]).nullable().describe(
        "Why not valid. asn: no payload is for this AS; length: those are for shorter prefixes; none: nothing covers the prefix",
      ),
      vrps: z.array(z.object({
        ...roa,
        matches: z.boolean().nullable(),
      })).describe("What covers the prefix, longest first"),
      fix: z.object({ ...roa, note: z.string() }).nullable().describe(
        "A ROA that would make the route valid",
      ),
      source: z.object({
        kind: z.enum(["file", "rtr", "url"]),
        name: z.string(),
        vrps_total: z.number(),
        made_at: z.string().nullable(),
        rtr: z.object({ version: z.number(), session: z.number(), serial: z.number() }).nullable(),
      }),
      problems: z.array(z.string()).optional().describe("What is missing from the data, or old"),
    }),
  needs: () => [rpkiSource, resolvers],
  budget: { ms: BUDGET_MS },
  pages: "vrps",
  run: async (given, cx) => {
    const prefix = readPrefix(given.prefix);
    const asn = given.asn === undefined ? null : readAsn("asn", given.asn);
    const snapshot = await (await cx.roaPayloads()).read(cx.signal);
    const verdict = asn === null ? null : validateOrigin(prefix, asn, snapshot.table);
    const covering = verdict?.covering ?? snapshot.table.covering(prefix);
    return {
      success: true,
      summary: verdict === null || asn === null
        ? sayCovering(prefix, covering)
        : sayVerdict(prefix, asn, verdict),
      prefix: renderPrefix(prefix),
      asn,
      state: verdict?.state ?? null,
      reason: verdict?.reason ?? null,
      vrps: covering.map((vrp: Vrp & Partial<JudgedVrp>) => ({
        ...roaReport(vrp),
        matches: vrp.allowsAsn === undefined || vrp.allowsLength === undefined
          ? null
          : vrp.allowsAsn && vrp.allowsLength,
      })),
      fix: verdict === null || verdict.fix === null
        ? null
        : { ...roaReport(verdict.fix), note: sayFix(verdict) },
      source: sourceReport(snapshot),
      ...(snapshot.problems.length === 0 ? {} : { problems: [...snapshot.problems] }),
    };
  },
});

function readPrefix(text: string): Prefix {
  const address = parseAddressOrNull(text.trim());
  if (address !== null) return prefixOf(address, addressBits(address.family));
  try {
    const { prefix, hostBitsSet } = parsePrefix(text.trim());
    if (!hostBitsSet) return prefix;
    throw new InputError(
      "prefix",
      `Cannot validate ${quoteText(text)}: bits are set behind the length`,
      { hint: `Give the prefix itself, ${renderPrefix(prefix)}, or one address.` },
    );
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError("prefix", error.message, { hint: `Wanted: ${error.expected}.` });
  }
}

function roaReport({ prefix, maxLength, asn }: Vrp) {
  return { prefix: renderPrefix(prefix), max_length: maxLength, asn };
}

function sourceReport({ kind, name, table, madeAtSec, rtr }: RoaSnapshot) {
  return {
    kind,
    name,
    vrps_total: table.size,
    made_at: madeAtSec === null ? null : instant(madeAtSec),
    rtr: rtr === null ? null : { ...rtr },
  };
}

/** RFC 3339, or null for a second that no calendar has. */
function instant(sec: number): string | null {
  const date = new Date(sec * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function sayCovering(prefix: Prefix, covering: readonly Vrp[]): string {
  const shown = renderPrefix(prefix);
  if (covering.length === 0) return `No ROA covers ${shown}: a route of it is not_found.`;
  const origins = new Set(
    covering.filter(({ maxLength, asn }) => asn !== 0 && prefix.length <= maxLength)
      .map(({ asn }) => `AS${asn}`),
  );
  return origins.size === 0
    ? `ROAs cover ${shown} and none lets anybody originate it: a route of it is invalid.`
    : `${shown} is valid from ${
      [...origins].slice(0, 8).join(", ")
    } and invalid from any other AS.`;
}

function sayVerdict(
  prefix: Prefix,
  asn: number,
  { state, reason, covering }: OriginVerdict,
): string {
  const route = `${renderPrefix(prefix)} from AS${asn}`;
  if (state === "valid") return `${route} is valid.`;
  if (state === "not_found") return `${route} is not_found: no ROA covers the prefix.`;
  if (reason === "length") {
    const longest = Math.max(
      ...covering.filter(({ allowsAsn }) => allowsAsn).map(({ maxLength }) => maxLength),
    );
    return `${route} is invalid: the ROAs of AS${asn} allow lengths up to /${longest}.`;
  }
  const others = [...new Set(covering.map((vrp) => vrp.asn))];
  return others.every((other) => other === 0)
    ? `${route} is invalid: a ROA for AS 0 says that nobody may originate it.`
    : `${route} is invalid: the ROAs are for ${
      others.slice(0, 8).map((other) => `AS${other}`).join(", ")
    }.`;
}

function sayFix({ reason }: OriginVerdict): string {
  switch (reason) {
    case "length":
      return "To be issued by the holder of the prefix. Raising the maximum length of the ROA that is there would do as well, and would make every longer prefix valid that somebody forges (RFC 9319).";
    case "none":
      return "To be issued by the holder of the prefix. Routes of it from any other AS, and of longer prefixes, then become invalid.";
    default:
      return "To be issued by the holder of the prefix, if this AS is meant to originate it; otherwise the announcement is what is wrong.";
  }
}
