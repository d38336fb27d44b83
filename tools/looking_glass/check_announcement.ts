/**
 * `check_announcement`: whether a prefix reaches the internet as it was meant to.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../../lib/errors/mod.ts";
import { containsPrefix, type Prefix } from "../../lib/ip/prefix.ts";
import { quoteText } from "../../lib/ip/syntax_error.ts";
import {
  checkAnnouncement as judgeAnnouncement,
  sayAnnouncement,
} from "../../lib/looking_glass/announcement.ts";
import { asnInput, readAsn } from "../../lib/looking_glass/asn_input.ts";
import { parseDestination } from "../../lib/looking_glass/destination.ts";
import { gatherViews, saySilentArchives } from "../../lib/looking_glass/gather_views.ts";
import {
  AFTERTHOUGHT_MS,
  archivesOutput,
  rows,
  vantagesInput,
} from "../../lib/looking_glass/tool_fields.ts";
import { defineTool, httpSources, resolvers, routeServers } from "../../lib/mcp/define_tool.ts";
import { LONGER_MIN } from "../../lib/route/route_query.ts";

/** Judges an announcement against what was meant. */
export const checkAnnouncement = defineTool({
  name: "check_announcement",
  title: "Check an announcement",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "Is my prefix reaching the internet as I meant it? Asks many route servers (and archives if " +
    "enabled) and judges each against expected origins, upstreams and lengths: as_expected, " +
    "not_seen, covered_only, wrong_origin, moas, unexpected_upstream, too_specific, rpki_invalid or " +
    "unknown, with paths as evidence, then all together, gravest first. To look without expectations " +
    "use route_compare.",
  input: () =>
    z.strictObject({
      prefix: z.string().min(2).max(80).describe("The announced prefix, 192.0.2.0/24"),
      expected_origins: z.array(asnInput()).min(1).max(16).describe(
        "AS numbers that may originate it",
      ),
      expected_upstreams: z.array(asnInput()).max(32).default([]).describe(
        "AS numbers that may stand next to the origin; default: any",
      ),
      max_length: z.int().min(0).max(128).optional().describe(
        "Longest prefix that may be announced inside of it",
      ),
      allowed_more_specifics: z.array(z.string().min(2).max(80)).max(64).default([]).describe(
        "Prefixes inside of it that are meant",
      ),
      ...vantagesInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean().describe("All who were asked answered in full"),
      summary: z.string(),
      prefix: z.string(),
      verdict: z.string().describe("The gravest, or as_expected"),
      expected_origins: z.array(z.number()).readonly(),
      expected_upstreams: z.array(z.number()).readonly(),
      reasons: rows().describe("verdict, vantage_count, vantages, found"),
      vantages: rows().describe("verdict, also, evidence, error …; those that deviate first"),
      vantage_count: z.number(),
      unseen_origins: z.array(z.number()).readonly(),
      unseen_upstreams: z.array(z.number()).readonly(),
      limits: z.array(z.string()).readonly().describe("What cannot be seen from here"),
      archives: archivesOutput(),
    }),
  needs: () => [routeServers, httpSources, resolvers],
  budget: {
    ms: ({ timeout }, config) =>
      (timeout === undefined ? config.looking_glass.deadline_ms : timeout * 1000) +
      AFTERTHOUGHT_MS,
  },
  run: async (given, cx) => {
    const { servers, archives, timeout } = given;
    const prefix = readPrefix("prefix", given.prefix);
    const expectation = {
      prefix,
      origins: given.expected_origins.map((text) => readAsn("expected_origins", text)),
      upstreams: given.expected_upstreams.map((text) => readAsn("expected_upstreams", text)),
      maxLength: readMaxLength(given.max_length, prefix),
      moreSpecifics: given.allowed_more_specifics.map((text) => readInside(text, prefix)),
    };
    const gathered = await gatherViews(await cx.lookingGlass(), { prefix }, {
      servers,
      archives,
      // What lies inside of a shorter one is too much to ask for; the limits of the answer say so.
      moreSpecifics: prefix.length >= LONGER_MIN[prefix.family],
      signal: cx.signal,
      ...(timeout === undefined ? {} : { deadlineMs: timeout * 1000 }),
      onProgress: cx.progress,
    });
    const check = judgeAnnouncement(expectation, gathered.views);
    return {
      success: gathered.isWhole,
      summary: `${sayAnnouncement(check)}${saySilentArchives(gathered.archives)}.`,
      ...check,
      archives: gathered.archives,
    };
  },
});

function readPrefix(field: string, text: string): Prefix {
  const destination = parseDestination(text);
  if ("prefix" in destination) return destination.prefix;
  throw new InputError(field, `Cannot check ${quoteText(text)}: it is an address, not a prefix`, {
    hint: "Give the prefix that is announced, for example 192.0.2.0/24.",
  });
}

function readInside(text: string, around: Prefix): Prefix {
  const prefix = readPrefix("allowed_more_specifics", text);
  if (prefix.length > around.length && containsPrefix(around, prefix)) return prefix;
  throw new InputError(
    "allowed_more_specifics",
    `Cannot allow ${quoteText(text)}: it does not lie inside of the prefix`,
    { hint: "Give prefixes that are longer than the announced one and inside of it." },
  );
}

function readMaxLength(length: number | undefined, { length: own, family }: Prefix): number | null {
  if (length === undefined) return null;
  const most = family === 4 ? 32 : 128;
  if (length >= own && length <= most) return length;
  throw new InputError("max_length", `Cannot check with max_length ${length}`, {
    hint: `Give a length from ${own}, that of the prefix, to ${most}.`,
  });
}
