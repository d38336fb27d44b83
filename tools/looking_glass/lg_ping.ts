/**
 * `lg_ping`: ping from a route server.
 *
 * @module
 */
import { z } from "zod";
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

/** Pings from a route server. */
export const lgPing = defineTool({
  name: "lg_ping",
  title: "Ping from a route server",
  toolset: "looking_glass",
  effect: "observe",
  reach: "open",
  description:
    "Has a public route server ping a host, to see it from elsewhere; only servers whose operator " +
    "offers it (supports_ping in list_servers). For a ping from here use ping.",
  input: () =>
    z.strictObject({
      ip: z.string().min(1).max(255).describe("Address or host name; a name is resolved here"),
      server: serverInput().describe("Default: the first enabled server that offers ping"),
      format: formatInput(),
      timeout: deadlineInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      type: z.literal("ping"),
      ip: z.string().describe("The address that was pinged"),
      reachable: z.boolean().nullable().describe("null: the router does not say"),
      stats: z.object({
        sent: z.number().nullable(),
        received: z.number().nullable(),
        success_rate: z.number().nullable().describe("Percent"),
        min_ms: z.number().nullable(),
        avg_ms: z.number().nullable(),
        max_ms: z.number().nullable(),
      }),
      ...answerOutput(),
    }),
  needs: () => [routeServers, resolvers],
  guards: ({ ip }) => [reachHost(ip)],
  budget: {
    ms: ({ timeout }, config) =>
      (timeout === undefined ? config.looking_glass.deadline_ms : timeout * 1000) +
      AFTERTHOUGHT_MS,
  },
  aliases: ["ping_host"],
  run: async ({ ip, server, format, timeout }, cx) => {
    const { glass } = await cx.lookingGlass();
    const from = glass.find(server, "ping");
    const address = routerTarget(cx.judged(ip).addresses, from);
    const answer = await glass.ask(from, { kind: "ping", address: address.value }, {
      signal: cx.signal,
      ...(timeout === undefined ? {} : { deadlineMs: timeout * 1000 }),
    });
    const { sent, received, minMs, avgMs, maxMs } = expectAnswer(answer, "ping");
    const isWhole = answer.complete && sent !== null && received !== null;
    return {
      success: isWhole,
      summary: isWhole
        ? `From ${from.name}, ${address.text} answered ${received} of ${sent} pings${
          avgMs === null ? "" : `, ${avgMs} ms on average`
        }.`
        : `${from.name} did not say how its pings to ${address.text} ended.`,
      type: "ping" as const,
      ip: address.text,
      reachable: received === null ? null : received > 0,
      stats: {
        sent,
        received,
        success_rate: sent === null || received === null || sent === 0
          ? null
          : Math.round(1000 * received / sent) / 10,
        min_ms: minMs,
        avg_ms: avgMs,
        max_ms: maxMs,
      },
      ...answerFacts(answer, format),
    };
  },
});
