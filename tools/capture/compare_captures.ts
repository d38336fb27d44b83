/**
 * `compare_captures`: two points of one path, or one place at two times.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import type { CompareAnswer } from "../../lib/pcap/questions/compare.ts";
import { coverageOutput, filePath, SCAN_BUDGET_MS } from "../../lib/pcap/tool_fields.ts";
import { sayCount, sayMs } from "../../lib/words/amount.ts";

const maybe = () => z.number().nullable();

function direction() {
  return z.object({
    sent: z.number(),
    arrived: z.number(),
    lost: z.number(),
    loss_percent: maybe(),
    lost_frames: z.array(z.number()).readonly().describe("In the capture passed first"),
    reordered: z.number(),
    unseen_at_first: z.number().describe("Seen at the far point only: missed by the near capture"),
    delay_ms: z.object({ min: maybe(), p50: maybe(), p95: maybe(), p99: maybe(), max: maybe() })
      .nullable(),
  });
}

function captureFigures() {
  return z.object({
    file_path: z.string(),
    quality: z.enum(["good", "fair", "poor"]),
    figures: z.record(z.string(), maybe()),
  });
}

/** Compares two captures. */
export const compareCaptures = defineTool({
  name: "compare_captures",
  title: "Compare two captures",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "Compares two captures. Taken at two points of one path (client and server side): packets seen " +
    "at both, lost between them per direction with frames, one-way delay, reordering, and how far " +
    "the clocks are apart; address translation in between does no harm, segmentation offload at one " +
    "side only does. Taken at one place at two times (before and after a change): what changed in " +
    "loss, round trips, resets, DNS, rate. Reads both files.",
  input: () =>
    z.strictObject({
      first: filePath().describe("Capture at the near point, or from before"),
      second: filePath().describe("Capture at the far point, or from after"),
      mode: z.enum(["auto", "path", "before_after"]).default("auto").describe(
        "What the captures are; auto: path if packets of one are in the other",
      ),
      top_n: z.int().min(1).max(50).default(10).describe("Flows with most loss to list"),
      max_packets: z.int().min(0).max(4_294_967_295).default(0).describe(
        "Most packets to read of each; 0: all, as far as pcap.max_packets allows",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      mode: z.enum(["path", "before_after"]),
      matched_share: maybe().describe("Packets of the smaller capture found in the other, 0 to 1"),
      path: z.object({
        compared_packets: z.object({ first: z.number(), second: z.number() }),
        matched_packets: z.number(),
        matched_share: z.number(),
        common_flows: z.number(),
        packets_not_compared: z.number().describe("Beyond the two million that are compared"),
        clock: z.object({
          second_ahead_ms: z.number(),
          drift_ppm: z.number(),
          two_way: z.boolean().describe("False: delays are above the fastest packet only"),
        }).nullable(),
        first_to_second: direction(),
        second_to_first: direction(),
        worst_flows: z.array(z.object({
          flow: z.string(),
          sent: z.number(),
          lost: z.number(),
          loss_percent: z.number(),
        })),
      }).nullable(),
      first: captureFigures(),
      second: captureFigures(),
      changes: z.array(z.object({
        figure: z.string(),
        before: z.number(),
        after: z.number(),
        change_percent: maybe(),
      })),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS },
  pages: "changes",
  run: ({ first, second, max_packets, ...params }, cx) =>
    reportOn(
      cx,
      { question: "compare", paths: [first, second], params, max_packets },
      sayComparison,
    ),
});

/** Figures that a sentence names if they changed, with their unit. */
const TELLING = [
  ["tcp_loss_percent", "TCP loss", " %"],
  ["handshake_rtt_p50_ms", "median handshake", " ms"],
  ["connections_unanswered", "unanswered connections", ""],
  ["connections_refused", "refused connections", ""],
  ["dns_unanswered", "unanswered DNS lookups", ""],
  ["mbps", "rate", " Mbit/s"],
] as const;

type Path = NonNullable<CompareAnswer["path"]>;
type Direction = Path["first_to_second"];

/** What a person would say of it. */
export function sayComparison({ path, changes, matched_share }: CompareAnswer): string {
  if (path !== null) {
    const { matched_packets, first_to_second: there, second_to_first: back } = path;
    if (matched_packets === 0) return "No packet of one capture is in the other.";
    const both = `${sayCount(matched_packets, "packet")} seen at both points`;
    if (there.sent + back.sent === 0) return `${both}, too few to tell which way they went.`;
    return `${both}. First to second: ${sayDirection(there)}. Second to first: ${
      sayDirection(back)
    }.${sayClocks(path.clock)}`;
  }
  const shared = matched_share === null ? "" : "; the captures share no path";
  const told = TELLING.flatMap(([figure, words, unit]) => {
    const change = changes.find((one) => one.figure === figure);
    if (change === undefined) return [];
    const [before, after] = [change.before, change.after].map((value) =>
      Number(value.toPrecision(3))
    );
    return before === after ? [] : [`${words} ${before} -> ${after}${unit}`];
  });
  return told.length === 0
    ? `Nothing of note changed${shared}.`
    : `Changed: ${told.join(", ")}${shared}.`;
}

function sayDirection({ sent, lost, loss_percent, delay_ms, reordered }: Direction): string {
  if (sent === 0) return "nothing sent";
  const share = lost === 0 ? "" : ` (${Number((loss_percent ?? 0).toPrecision(2))} %)`;
  const delay = delay_ms === null ? "" : `, median delay ${sayMs(delay_ms.p50)}`;
  const overtaken = reordered === 0 ? "" : `, ${reordered} overtaken`;
  return `${lost} of ${sayCount(sent, "packet")} lost${share}${delay}${overtaken}`;
}

/** Clocks that differ by less are as good as the same, milliseconds. */
const CLOCKS_APART_MS = 1;

function sayClocks(clock: Path["clock"]): string {
  if (clock === null || Math.abs(clock.second_ahead_ms) < CLOCKS_APART_MS) return "";
  const { second_ahead_ms: aheadMs, two_way } = clock;
  const guess = two_way ? "" : ", the shortest delay included";
  return ` The second clock is ${sayMs(Math.abs(aheadMs))} ${
    aheadMs > 0 ? "ahead" : "behind"
  }${guess}.`;
}
