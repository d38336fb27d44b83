/**
 * `batch_ping`: which of many hosts answer.
 *
 * @module
 */
import pLimit from "p-limit";
import { z } from "zod";
import { NetglassError, Unavailable } from "../../lib/errors/mod.ts";
import type { Config } from "../../lib/config/config.ts";
import { defineTool, resolvers, run, type ToolContext } from "../../lib/mcp/define_tool.ts";
import { reachEach } from "../../lib/policy/decision.ts";
import { pickAddress } from "../../lib/probe/hop_address.ts";
import { pingAddress, pingBudgetMs } from "../../lib/probe/ping.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** Seconds between the probes to one host: half of ping's, since many hosts wait their turn. */
const INTERVAL_SEC = 0.5;
/** Longest run of one call, milliseconds. */
const LONGEST_MS = 600_000;

const input = () =>
  z.strictObject({
    targets: z.array(z.string().min(1).max(255)).min(1).max(256).describe(
      "Host names or addresses",
    ),
    count: z.int().min(1).max(100).default(4).describe("Probes per host, two a second"),
    timeout: z.int().min(1).max(60).default(5).describe("Seconds to wait for a reply"),
    max_concurrent: z.int().min(1).max(50).default(10).describe(
      "Hosts at a time; limits.concurrency caps it",
    ),
    family: z.enum(["auto", "ipv4", "ipv6"]).default("auto").describe("Address family"),
  });

const item = () =>
  z.object({
    target: z.string(),
    resolved_ip: z.string().nullable(),
    success: z.boolean(),
    reachable: z.boolean(),
    packets_sent: z.number(),
    packets_received: z.number(),
    packet_loss_percent: z.number().nullable(),
    avg_latency_ms: z.number().nullable(),
    error: z.string().optional(),
    error_code: z.string().optional(),
    hint: z.string().optional(),
  });

const output = () =>
  z.object({
    success: z.boolean().describe("Every host was tried; not whether they answer"),
    summary: z.string(),
    complete: z.boolean(),
    total_targets: z.number(),
    successful: z.number().describe("Hosts that answer"),
    failed: z.number().describe("Hosts that do not, or could not be tried"),
    errors: z.number().describe("Of those, hosts that could not be tried"),
    results: z.array(item()).describe("In the order of targets"),
  });

type Input = z.output<ReturnType<typeof input>>;
type Item = z.output<ReturnType<typeof item>>;

/** Pings many hosts. */
export const batchPing = defineTool({
  name: "batch_ping",
  title: "Ping many hosts",
  toolset: "connectivity",
  effect: "observe",
  reach: "open",
  description:
    "Pings up to 256 hosts at once and says which answer, with loss and average latency; each host " +
    "has its own error. For single probes, jitter and ICMP errors of one host use ping.",
  input,
  output,
  needs: () => [run("ping"), resolvers],
  guards: ({ targets }) => reachEach(targets),
  pages: "results",
  budget: {
    ms: ({ targets, count, timeout, max_concurrent }, config) => {
      const rounds = Math.ceil(targets.length / concurrency(max_concurrent, config));
      return 2 * config.dns.timeout_ms +
        Math.min(rounds * pingBudgetMs(count, timeout, INTERVAL_SEC), LONGEST_MS);
    },
  },
  run: async (given, cx) => {
    const limit = pLimit(concurrency(given.max_concurrent, cx.config));
    const total = given.targets.length;
    let done = 0;
    const results = await Promise.all(given.targets.map((target) =>
      limit(async () => {
        const result = await pingOne(target, given, cx);
        cx.progress(++done, total, `${done} of ${total} hosts`);
        return result;
      })
    ));
    const answering = results.filter((result) => result.reachable).length;
    const errors = results.filter((result) => result.error_code !== undefined).length;
    const complete = !results.some((result) => result.error_code === NOT_FINISHED);
    return {
      success: complete,
      summary: `${answering} of ${sayCount(total, "host")} ${
        answering === 1 ? "answers" : "answer"
      }${errors === 0 ? "" : `, ${errors} could not be tried`}${
        complete ? "" : "; stopped before all were done"
      }`,
      complete,
      total_targets: total,
      successful: answering,
      failed: total - answering,
      errors,
      results,
    };
  },
});

/** The call ended before this host was done. */
const NOT_FINISHED = "env.deadline";

function concurrency(wanted: number, config: Config): number {
  return Math.max(1, Math.min(wanted, config.limits.concurrency));
}

async function pingOne(target: string, given: Input, cx: ToolContext): Promise<Item> {
  let address: string | null = null;
  try {
    address = pickAddress(cx.judged(target), given.family);
    if (cx.signal.aborted) {
      throw new Unavailable("deadline", `Cannot ping "${target}": the call ended before`, {
        hint: "Ask for fewer targets or a smaller count in one call.",
      });
    }
    const report = await pingAddress(cx.io.programs, {
      label: target,
      address,
      count: given.count,
      timeoutSec: given.timeout,
      intervalSec: INTERVAL_SEC,
      signal: cx.signal,
    });
    return {
      target,
      resolved_ip: address,
      success: report.success,
      reachable: report.reachable,
      packets_sent: report.packets_sent,
      packets_received: report.packets_received,
      packet_loss_percent: report.packet_loss_percent,
      avg_latency_ms: report.avg_latency_ms,
      ...(report.complete ? {} : {
        error: "Stopped before the last probe",
        error_code: NOT_FINISHED,
      }),
    };
  } catch (error) {
    if (!(error instanceof NetglassError)) throw error;
    return {
      target,
      resolved_ip: address,
      success: false,
      reachable: false,
      packets_sent: 0,
      packets_received: 0,
      packet_loss_percent: null,
      avg_latency_ms: null,
      error: error.message,
      error_code: error.code,
      ...(error.hint === "" ? {} : { hint: error.hint }),
    };
  }
}
