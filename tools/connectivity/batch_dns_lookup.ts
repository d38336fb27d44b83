/**
 * `batch_dns_lookup`: many names, one record type, the configured name servers.
 *
 * @module
 */
import pLimit from "p-limit";
import { z } from "zod";
import { NetglassError } from "../../lib/errors/mod.ts";
import { defineTool, resolvers, type ToolContext, udp } from "../../lib/mcp/define_tool.ts";
import { queryEach } from "../../lib/policy/decision.ts";
import { configuredServers, isTrustworthy, lookUp } from "../../lib/io/dns_lookup.ts";
import { questionName } from "../../lib/probe/dns_lookup.ts";
import { QUERY_TYPES, recordReport, recordSchema } from "../../lib/probe/dns_report.ts";

const MAX_QUERIES = 256;

const input = () =>
  z.strictObject({
    queries: z.array(z.string().min(1).max(255)).min(1).max(MAX_QUERIES).describe(
      "Names or addresses, at most 256",
    ),
    record_type: z.enum(QUERY_TYPES).default("A").describe("For all; an address is always PTR"),
  });

const item = () =>
  z.object({
    query: z.string(),
    success: z.boolean(),
    found: z.boolean(),
    status: z.string().describe("As in dns_lookup, or error"),
    records: z.array(recordSchema()),
    response_time_ms: z.number().optional(),
    error: z.string().optional(),
    error_code: z.string().optional(),
  });

const output = () =>
  z.object({
    success: z.boolean().describe("Every query was tried"),
    summary: z.string(),
    record_type: z.string(),
    total_queries: z.number(),
    successful: z.number().describe("Trustworthy answers, absence included"),
    found: z.number(),
    failed: z.number(),
    complete: z.boolean(),
    results: z.array(item()).describe("In the order of queries"),
  });

type Input = z.output<ReturnType<typeof input>>;
type Result = z.output<ReturnType<typeof item>>;

/** Looks up many names. */
export const batchDnsLookup = defineTool({
  name: "batch_dns_lookup",
  title: "Look up many DNS names",
  toolset: "connectivity",
  effect: "observe",
  reach: "open",
  description:
    "Asks the configured name servers for up to 256 names or addresses of one record type; each has " +
    "its own status and error. For flags, other name servers or comparison use dns_lookup.",
  input,
  output,
  needs: () => [resolvers, udp],
  guards: ({ queries }) => queryEach(queries),
  pages: "results",
  budget: {
    // Two tries by UDP and one by TCP for each configured server, in as many rounds as it takes.
    ms: ({ queries }, config) =>
      Math.min(
        300_000,
        5_000 + Math.ceil(queries.length / config.limits.concurrency) *
            (config.dns.resolvers.length + 1) * 3 * config.dns.timeout_ms,
      ),
  },
  run: async (given, cx) => {
    const limit = pLimit(cx.config.limits.concurrency);
    const total = given.queries.length;
    let done = 0;
    const results = await Promise.all(
      given.queries.map((query) =>
        limit(async () => {
          const result = await one(query, given, cx);
          cx.progress(++done, total, `${done} of ${total} names`);
          return result;
        })
      ),
    );
    const successful = results.filter((result) => result.success).length;
    const found = results.filter((result) => result.found).length;
    const complete = results.every((result) => result.error_code !== NOT_TRIED);
    return {
      success: complete,
      summary: `${found} of ${total} names have ${given.record_type} records, ${
        successful - found
      } have none, ${total - successful} could not be looked up`,
      record_type: given.record_type,
      total_queries: total,
      successful,
      found,
      failed: total - successful,
      complete,
      results,
    };
  },
});

/** The call ended before this query's turn or answer. */
const NOT_TRIED = "env.deadline";

async function one(query: string, given: Input, cx: ToolContext): Promise<Result> {
  const failed = (error: string, error_code: string): Result => ({
    query,
    success: false,
    found: false,
    status: "error",
    records: [],
    error,
    error_code,
  });
  if (cx.signal.aborted) return failed("Not tried: the call ended before", NOT_TRIED);
  try {
    const { name, reverse } = questionName(cx.judged(query), query);
    const type = reverse ? "PTR" : given.record_type;
    const { answer } = await lookUp(
      { name, type, dnssec: false, edns: true },
      configuredServers(cx.io.net.resolvers),
      {
        net: cx.io.net,
        clock: cx.io.clock,
        transport: "auto",
        timeoutMs: cx.config.dns.timeout_ms,
        signal: cx.signal,
      },
    );
    if (cx.signal.aborted && answer.message === null) {
      return failed("Not finished: the call ended before the answer came", NOT_TRIED);
    }
    const success = isTrustworthy(answer);
    return {
      query,
      success,
      found: answer.status === "found",
      status: answer.status,
      records: answer.message?.answers.map(recordReport) ?? [],
      ...(answer.responseMs === null ? {} : { response_time_ms: answer.responseMs }),
      ...(success ? {} : {
        error: answer.error?.message ?? `${answer.server.label} answered ${answer.message?.rcode}`,
        error_code: answer.error?.code ?? `remote.dns_${answer.status}`,
      }),
    };
  } catch (error) {
    if (!(error instanceof NetglassError)) throw error;
    return failed(error.message, error.code);
  }
}
