/**
 * `compare_captures`: two points of one path, or one place at two times.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import type { CompareAnswer } from "../../lib/pcap/questions/compare.ts";
import { coverageOutput, filePath, SCAN_BUDGET_MS } from "../../lib/pcap/tool_fields.ts";
import { sayCount } from "../../lib/probe/statistics.ts";

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
  run: async ({ first, second, mode, top_n, max_packets }, cx) => {
    const answer = await cx.captures.ask("compare", [first, second], { mode, top_n }, {
      signal: cx.signal,
      maxPackets: max_packets,
      onProgress: (done, total) => cx.progress(done, total),
    });
    return { success: true, summary: sayComparison(answer), file_path: first, ...answer };
  },
});

/** Figures that a sentence names first, if they changed. */
const TELLING = [
  "tcp_loss_percent",
  "handshake_rtt_p50_ms",
  "connections_unanswered",
  "connections_refused",
  "dns_unanswered",
  "mbps",
] as const;

/** What a person would say of it. */
export function sayComparison({ path, changes, matched_share }: CompareAnswer): string {
  if (path !== null) {
    const { first_to_second: there, second_to_first: back, clock } = path;
    if (path.matched_packets === 0) return "No packet of one capture is in the other.";
    const delay = there.delay_ms === null ? "" : `, median delay ${there.delay_ms.p50} ms`;
    const apart = clock === null ? "" : `; the second clock is ${clock.second_ahead_ms} ms ahead`;
    return `${sayCount(path.matched_packets, "packet")} seen at both points; there: ${
      sayCount(there.lost, "packet")
    } of ${there.sent} lost${delay}; back: ${back.lost} of ${back.sent} lost; reordered ${there.reordered} there, ${back.reordered} back${apart}.`;
  }
  const shared = matched_share === null ? "" : ", the captures share no path";
  const told = TELLING.flatMap((figure) => {
    const change = changes.find((one) => one.figure === figure);
    return change === undefined ? [] : [`${figure} ${change.before} -> ${change.after}`];
  });
  return told.length === 0
    ? `Nothing of note changed${shared}.`
    : `Changed: ${told.join(", ")}${shared}.`;
}
