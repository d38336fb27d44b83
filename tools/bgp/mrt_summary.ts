/**
 * `mrt_summary`: what an MRT file is and what is in it.
 *
 * @module
 */
import { z } from "zod";
import { askMrt } from "../../lib/bgp/mrt/ask_mrt.ts";
import {
  MRT_BUDGET_MS,
  mrtFilePath,
  readFactsOutput,
  sayReadFacts,
} from "../../lib/bgp/mrt/tool_fields.ts";
import type { MrtAnswers } from "../../lib/bgp/mrt/mrt_question.ts";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";

const text = z.string().nullable();
const families = () => z.object({ ipv4: z.number(), ipv6: z.number() });

/** Summarizes an MRT file. */
export const mrtSummary = defineTool({
  name: "mrt_summary",
  title: "Summarize an MRT file",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "What an MRT file of a route collector is and what is in it: kinds of records, time span, peers " +
    "with their routes, announcements, withdrawals and changes of state, the origins with most " +
    "routes, damaged places. The first thing to ask of a RIB or UPDATE file; then mrt_search. Reads " +
    "the whole file: about a second for each million routes. Reads plain files and gzip; of bzip2 " +
    "it says that it must be recompressed.",
  input: () => z.strictObject({ file_path: mrtFilePath() }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      file_path: z.string(),
      ...readFactsOutput(),
      collector: text.describe("BGP identifier"),
      view: text,
      rib_paths: families(),
      announcements: families(),
      withdrawals: families(),
      other_messages: z.record(z.string(), z.number()),
      peer_count: z.number(),
      peers: z.array(z.object({
        peer: z.string(),
        peer_as: z.number(),
        router_id: text,
        place: z.object({ latitude: z.number(), longitude: z.number() }).nullable(),
        rib_paths: families(),
        announcements: families(),
        withdrawals: families(),
        state_changes: z.number(),
      })),
      origin_count: z.number(),
      top_origins: z.array(z.object({ asn: z.number(), routes: z.number() })),
      longest_as_path: z.number(),
      state_changes: z.array(z.object({
        time: z.string(),
        peer: z.string(),
        peer_as: z.number(),
        from: z.string(),
        to: z.string(),
      })),
    }),
  needs: () => [captures],
  budget: { ms: MRT_BUDGET_MS },
  pages: "peers",
  run: async ({ file_path }, cx) => {
    const answer = await askMrt(cx, file_path, { kind: "summary" });
    return { success: true, summary: saySummary(answer), file_path, ...answer };
  },
});

/** What a person would say of it. */
export function saySummary(answer: MrtAnswers["summary"]): string {
  const { rib_paths, announcements, withdrawals, peer_count, origin_count } = answer;
  const both = ({ ipv4, ipv6 }: typeof rib_paths) => ipv4 + ipv6;
  const parts = [
    both(rib_paths) > 0 ? `a table of ${sayCount(both(rib_paths), "path")}` : "",
    both(announcements) > 0 ? sayCount(both(announcements), "announcement") : "",
    both(withdrawals) > 0 ? sayCount(both(withdrawals), "withdrawal") : "",
  ].filter((part) => part !== "");
  const what = parts.length === 0 ? "no routes" : parts.join(", ");
  const from = `from ${sayCount(peer_count, "peer")} and ${
    sayCount(origin_count, "origin AS", "origin ASes")
  }`;
  const when = answer.first_time === null
    ? ""
    : answer.first_time === answer.last_time
    ? `, written ${answer.first_time}`
    : `, ${answer.first_time} to ${answer.last_time}`;
  return `${what[0]!.toUpperCase()}${what.slice(1)} ${from}${when}.${sayReadFacts(answer)}`;
}
