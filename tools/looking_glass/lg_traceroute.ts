/**
 * `lg_traceroute`: traceroute from a route server.
 *
 * @module
 */
import { z } from "zod";
import type { RouterTrace } from "../../lib/looking_glass/answer.ts";
import { expectAnswer } from "../../lib/looking_glass/expect_answer.ts";
import { routerTarget } from "../../lib/looking_glass/router_target.ts";
import {
  AFTERTHOUGHT_MS,
  answerFacts,
  answerOutput,
  deadlineInput,
  formatInput,
  serverInput,
} from "../../lib/looking_glass/tool_fields.ts";
import { defineTool, resolvers, routeServers } from "../../lib/mcp/define_tool.ts";
import { reachHost } from "../../lib/policy/decision.ts";
import { sayCount } from "../../lib/words/amount.ts";

/** A trace takes long where hops are silent: three probes of three seconds each, hop after hop. */
const TRACE_DEADLINE_MS = 60_000;

/** Traces the path from a route server. */
export const lgTraceroute = defineTool({
  name: "lg_traceroute",
  title: "Traceroute from a route server",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "Has a public route server trace the path to a host, as seen from elsewhere; only servers whose " +
    "operator offers it (supports_traceroute in list_servers). For a trace from here use traceroute " +
    "or mtr. Silent hops make it slow: up to a minute.",
  input: () =>
    z.strictObject({
      ip: z.string().min(1).max(255).describe("Address or host name; a name is resolved here"),
      server: serverInput().describe("Default: the first enabled server that offers traceroute"),
      format: formatInput(),
      timeout: deadlineInput().describe("Seconds, then what has come is answered; default 60"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      type: z.literal("traceroute"),
      ip: z.string(),
      target_hostname: z.string().nullable(),
      reached: z.boolean(),
      total_hops: z.number(),
      hops: z.array(z.object({
        hop_number: z.number(),
        host: z.string().nullable(),
        ip: z.string().nullable().describe("First that answered; null: silent"),
        asn: z.number().nullable(),
        times_ms: z.array(z.number()),
        rtt_avg_ms: z.number().nullable(),
        others: z.array(z.string()).optional().describe("More routers of the hop (ECMP)"),
        marks: z.array(z.string()).optional(),
        mpls: z.array(z.string()).optional(),
      })),
      ...answerOutput(),
    }),
  needs: () => [routeServers, resolvers],
  guards: ({ ip }) => [reachHost(ip)],
  budget: { ms: ({ timeout }) => (timeout ?? TRACE_DEADLINE_MS / 1000) * 1000 + AFTERTHOUGHT_MS },
  aliases: ["traceroute_host"],
  run: async ({ ip, server, format, timeout }, cx) => {
    const { glass } = await cx.lookingGlass();
    const from = glass.find(server, "traceroute");
    const judged = cx.judged(ip);
    const address = routerTarget(judged.addresses, from);
    const answer = await glass.ask(from, { kind: "traceroute", address: address.value }, {
      signal: cx.signal,
      deadlineMs: timeout === undefined ? TRACE_DEADLINE_MS : timeout * 1000,
    });
    const trace = expectAnswer(answer, "traceroute");
    return {
      success: answer.complete,
      summary: sayTrace(from.name, address.text, trace, answer.complete),
      type: "traceroute" as const,
      ip: address.text,
      target_hostname: judged.name,
      reached: trace.reached,
      total_hops: trace.hops.length,
      hops: trace.hops.map(hopReport),
      ...answerFacts(answer, format),
    };
  },
});

function hopReport({ hop, probes }: RouterTrace["hops"][number]) {
  const answered = probes.find(({ address }) => address !== null);
  const times = probes.flatMap(({ rttMs }) => rttMs === null ? [] : [rttMs]);
  const others = distinct(probes.map(({ address }) => address))
    .filter((address) => address !== answered?.address);
  const marks = distinct(probes.map(({ mark }) => mark));
  const mpls = distinct(probes.map((probe) => probe.mpls));
  return {
    hop_number: hop,
    host: answered?.name ?? null,
    ip: answered?.address ?? null,
    asn: answered?.asn ?? null,
    times_ms: times,
    rtt_avg_ms: times.length === 0
      ? null
      : Math.round(100 * times.reduce((sum, time) => sum + time, 0) / times.length) / 100,
    ...(others.length === 0 ? {} : { others }),
    ...(marks.length === 0 ? {} : { marks }),
    ...(mpls.length === 0 ? {} : { mpls }),
  };
}

function distinct(texts: readonly (string | null)[]): string[] {
  return [...new Set(texts.filter((text) => text !== null))];
}

function sayTrace(
  server: string,
  target: string,
  { hops, reached }: RouterTrace,
  isComplete: boolean,
): string {
  const end = reached
    ? `reached in ${sayCount(hops.length, "hop")}`
    : `not reached, ${sayCount(hops.length, "hop")} shown`;
  return `From ${server}, ${target} was ${end}${
    isComplete ? "" : "; the trace was cut before its end"
  }.`;
}
