/**
 * `analyze_dns_traffic`: how name resolution went in a capture, and who waited for it.
 *
 * @module
 */
import { z } from "zod";
import { captures, defineTool } from "../../lib/mcp/define_tool.ts";
import { reportOn } from "../../lib/pcap/ask_captures.ts";
import type { DnsAnswer } from "../../lib/pcap/questions/dns.ts";
import { captureInput, coverageOutput, SCAN_BUDGET_MS } from "../../lib/pcap/tool_fields.ts";
import { sayCount, sayMs, sayPercent } from "../../lib/words/amount.ts";

/** Time lost that is worth a word, milliseconds. */
const LOST_WORTH_SAYING_MS = 1000;

const asked = { domain: z.string(), type: z.string(), client: z.string() };
const frames = z.array(z.number());
const counts = z.record(z.string(), z.number());
const multicast = z.object({
  packets: z.number(),
  queries: z.number(),
  responses: z.number(),
  hosts: z.number(),
  top_names: z.array(z.string()),
});

/** Analyses the DNS of a capture. */
export const analyzeDnsTraffic = defineTool({
  name: "analyze_dns_traffic",
  title: "Analyse DNS traffic",
  toolset: "capture",
  effect: "observe",
  reach: "local",
  description:
    "How name resolution went in a capture: slow, failed, unanswered and retried lookups, latency " +
    "percentiles and silence per server, time that clients lost, truncation and DNS over TCP, " +
    "search-list storms, A/AAAA skew, mDNS and LLMNR, with frames as evidence. Answers are matched " +
    "by addresses, ports, id, name and type. For DNS before one connection use explain_connection, " +
    "for single messages filter_packets. Reads the whole file once; later questions are free.",
  input: () =>
    z.strictObject({
      ...captureInput(),
      top_n: z.int().min(1).max(100).default(10).describe("Most entries of each list"),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      ...coverageOutput(),
      total_dns_packets: z.number().describe("Port 53: datagrams, and TCP segments with payload"),
      total_queries: z.number(),
      total_responses: z.number(),
      unique_domains: z.number().describe("At least so many, unless unique_domains_exact"),
      unique_domains_exact: z.boolean(),
      top_queried_domains: z.array(z.object({ domain: z.string(), count: z.number() })),
      failed_queries: z.array(z.object({
        ...asked,
        error: z.string(),
        server: z.string(),
        count: z.number(),
        frames,
      })),
      rcodes: counts,
      slow_queries: z.array(z.object({
        ...asked,
        response_time_ms: z.number().describe("From the first query to the answer"),
        server: z.string(),
        queries: z.number(),
        frames,
      })),
      slow_count: z.number().describe("Over 100 ms"),
      unanswered: z.array(z.object({
        ...asked,
        servers: z.array(z.string()),
        count: z.number(),
        queries: z.number(),
        asked_for_ms: z.number(),
        frames,
      })),
      unanswered_count: z.number(),
      open_at_end: z.number(),
      servers: z.array(z.object({
        server: z.string(),
        queries: z.number(),
        answers: z.number(),
        unanswered: z.number(),
        retries: z.number(),
        truncated: z.number(),
        rcodes: counts,
        p50_ms: z.number().optional(),
        p95_ms: z.number().optional(),
        p99_ms: z.number().optional(),
        max_ms: z.number().optional(),
        p50_last_ms: z.number().optional().describe("From the last query sent"),
        silent_since_ms: z.number().optional().describe("From the first packet"),
        silent_queries: z.number().optional(),
        silent_frame: z.number().optional(),
      })),
      server_count: z.number(),
      clients: z.array(z.object({
        client: z.string(),
        queries: z.number(),
        retries: z.number(),
        unanswered: z.number(),
        time_lost_ms: z.number(),
      })),
      client_time_lost_ms: z.number().describe(
        "Waiting beyond 100 ms per answered lookup; first to last query of unanswered ones",
      ),
      retries: z.number(),
      retries_to_other_server: z.number(),
      late_answers: z.number(),
      duplicate_answers: z.number(),
      unmatched_answers: z.number(),
      copies: z.number().describe("The same message within 1 ms: captured twice"),
      truncated: z.object({ count: z.number(), retried_by_tcp: z.number(), frames }),
      tcp: z.object({
        connections: z.number(),
        messages: z.number(),
        gaps: z.number(),
        given_up: z.number(),
      }),
      edns: z.object({
        queries: z.number(),
        sizes: z.array(z.object({ bytes: z.number(), count: z.number() })),
      }),
      search_storms: z.object({
        count: z.number(),
        wasted: z.number(),
        worst: z.array(z.object({
          name: z.string(),
          client: z.string(),
          suffixes: z.array(z.string()),
          bursts: z.number(),
          wasted: z.number(),
          frames,
        })),
      }),
      pair_skew: z.object({
        pairs: z.number(),
        skewed: z.number(),
        worst: z.array(z.object({
          domain: z.string(),
          client: z.string(),
          late: z.enum(["A", "AAAA"]),
          later_ms: z.number().nullable(),
          frames,
        })),
      }),
      malformed: z.object({ count: z.number(), faults: counts, frames }),
      cut: z.number().describe("Messages that the snap length made unreadable"),
      reassembled: z.number().describe("Messages out of IP fragments"),
      mdns: multicast,
      llmnr: multicast,
      not_kept: counts.describe("What found no room and is in no list"),
    }),
  needs: () => [captures],
  budget: { ms: SCAN_BUDGET_MS, chars: 10_000 },
  pages: "failed_queries",
  run: ({ file_path, max_packets, ...params }, cx) =>
    reportOn(
      cx,
      { question: "dns", paths: [file_path], params: params, max_packets },
      sayDns,
    ),
});

/** What a person would say of it, the worst thing first. */
function sayDns(answer: DnsAnswer): string {
  if (answer.total_dns_packets === 0) {
    const others = [
      answer.mdns.packets > 0 ? sayCount(answer.mdns.packets, "mDNS packet") : "",
      answer.llmnr.packets > 0 ? sayCount(answer.llmnr.packets, "LLMNR packet") : "",
    ].filter((one) => one !== "");
    return `No DNS in this capture${others.length > 0 ? `, but ${others.join(" and ")}` : ""}.`;
  }
  const worst = [silence, unansweredShare, failures, slowness, storms, skew]
    .map((say) => say(answer)).find((sentence) => sentence !== "") ?? "";
  const scale = `${sayCount(answer.total_queries, "query", "queries")} for ${
    answer.unique_domains_exact ? "" : "at least "
  }${sayCount(answer.unique_domains, "name")} to ${sayCount(answer.server_count, "server")}`;
  const lost = answer.client_time_lost_ms > LOST_WORTH_SAYING_MS
    ? `; clients lost ${sayMs(answer.client_time_lost_ms)} waiting`
    : "";
  const absent = answer.rcodes["NXDOMAIN"] ?? 0;
  const fine = absent === 0 ? "nothing wrong" : `nothing wrong but ${absent} NXDOMAIN`;
  const all = `${worst === "" ? `${scale}, ${fine}` : `In all ${scale}`}${latency(answer)}`;
  return `${worst}${worst === "" ? "" : ". "}${all}${lost}.`;
}

function latency({ servers }: DnsAnswer): string {
  const busiest = servers[0];
  return busiest?.p95_ms === undefined
    ? ""
    : `; 95 % of ${busiest.server}'s answers within ${sayMs(busiest.p95_ms)}`;
}

function silence({ servers }: DnsAnswer): string {
  const silent = servers.filter((one) => one.silent_queries !== undefined)
    .sort((a, b) => (b.silent_queries ?? 0) - (a.silent_queries ?? 0))[0];
  if (silent === undefined) return "";
  const queries = sayCount(silent.silent_queries ?? 0, "query", "queries");
  return silent.answers === 0
    ? `${silent.server} never answered (${queries}, from frame ${silent.silent_frame})`
    : `${silent.server} stopped answering at ${
      sayMs(silent.silent_since_ms ?? 0)
    } (${queries} since frame ${silent.silent_frame})`;
}

function unansweredShare({ unanswered_count, unanswered }: DnsAnswer): string {
  const [first] = unanswered;
  if (first === undefined) return "";
  return `Nobody answered ${sayCount(unanswered_count, "lookup")}, for example ${first.type} of ${
    JSON.stringify(first.domain)
  } (frame ${first.frames[0]})`;
}

function failures({ rcodes, total_responses, failed_queries }: DnsAnswer): string {
  const bad = Object.entries(rcodes).filter(([name]) => name !== "NOERROR" && name !== "NXDOMAIN")
    .sort((a, b) => b[1] - a[1])[0];
  if (bad === undefined) return "";
  const [name, count] = bad;
  const share = sayPercent(100 * count / total_responses);
  const example = failed_queries.find(({ error }) => error === name);
  return `${sayCount(count, "answer")} (${share}) said ${name}` +
    (example === undefined
      ? ""
      : `, for example to ${example.client} for ${JSON.stringify(example.domain)} (frame ${
        example.frames[0]
      })`);
}

function slowness({ slow_count, slow_queries }: DnsAnswer): string {
  const [worst] = slow_queries;
  if (worst === undefined) return "";
  return `${sayCount(slow_count, "answer")} took over 100 ms, the slowest ${
    sayMs(worst.response_time_ms)
  } for ${JSON.stringify(worst.domain)} (frame ${worst.frames[1]})`;
}

function storms({ search_storms: { wasted, worst } }: DnsAnswer): string {
  const [first] = worst;
  if (first === undefined) return "";
  return `Search lists cost ${sayCount(wasted, "answer")} NXDOMAIN, most for ${
    JSON.stringify(first.name)
  } (frame ${first.frames[0]})`;
}

function skew({ pair_skew: { skewed, worst } }: DnsAnswer): string {
  const [first] = worst;
  if (first === undefined) return "";
  return `${sayCount(skewed, "time")} A and AAAA came over 100 ms apart, worst for ${
    JSON.stringify(first.domain)
  } (frame ${first.frames[0]})`;
}
