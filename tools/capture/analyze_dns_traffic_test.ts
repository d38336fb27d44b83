import assert from "node:assert/strict";
import {
  captureOf,
  dnsFindings,
  message,
  type TimedPacket,
  udpPacket,
} from "../../tests/support/dns_capture.ts";
import type { ToolContext } from "../../lib/mcp/define_tool.ts";
import type { Capture } from "../../lib/pcap/engine/question.ts";
import { askDns, type DnsParams } from "../../lib/pcap/questions/dns.ts";
import { analyzeDnsTraffic } from "./analyze_dns_traffic.ts";

const CLIENT = "192.0.2.10:40000";
const SERVER = "198.51.100.1:53";
const FACTS = {
  packets: 9,
  firstNs: 0,
  complete: true,
  limitedBy: null,
  truncatedAt: null,
  warnings: [],
  warningCounts: new Map(),
};

/** The tool's answer about a capture of these packets. */
async function analyze(packets: readonly TimedPacket[], topN = 10) {
  const dns = await dnsFindings(captureOf(packets));
  // The question asks for nothing else of a capture.
  const capture = { scan: () => Promise.resolve({ facts: FACTS, dns }) } as unknown as Capture;
  const { signal } = new AbortController();
  const captures = {
    ask: (_question: string, _paths: readonly string[], params: DnsParams) =>
      askDns(params, [capture], { signal }),
  };
  // The tool uses nothing else of its context.
  const cx = { signal, captures } as unknown as ToolContext;
  const input = { file_path: "a.pcap", max_packets: 0, top_n: topN };
  const answer = await analyzeDnsTraffic.run(input, cx);
  assert.deepEqual(analyzeDnsTraffic.output.parse(answer), answer);
  return answer;
}

function exchange(ms: number, id: number, name: string, waitMs: number, rcode = 0): TimedPacket[] {
  return [
    udpPacket(ms, CLIENT, SERVER, message("query", id, name)),
    udpPacket(ms + waitMs, SERVER, CLIENT, message("response", id, name, { flags: rcode })),
  ];
}

/** A packet of no interest, a minute later. */
const LATER = udpPacket(60_000, CLIENT, "198.51.100.1:9", new Uint8Array(1));

Deno.test("a capture whose lookups all went well is said to be so", async () => {
  const { summary } = await analyze([...exchange(0, 1, "a.com", 20), LATER]);
  assert.equal(
    summary,
    "1 query for 1 name to 1 server, nothing wrong; 95 % of 198.51.100.1's answers within 20.0 ms.",
  );
});

Deno.test("the worst is said first: a server that fell silent before what was merely slow", async () => {
  const silent = [1, 2, 3, 4].map((index) =>
    udpPacket(1000 * index, CLIENT, SERVER, message("query", index, `x${index}.com`))
  );
  const answer = await analyze([...exchange(0, 9, "slow.com", 300), ...silent, LATER]);
  assert.equal(
    answer.summary,
    "198.51.100.1 stopped answering at 1000 ms (4 queries since frame 3). In all 5 queries for 5 " +
      "names to 1 server; 95 % of 198.51.100.1's answers within 300 ms.",
  );
  assert.equal(answer.slow_count, 1);
  assert.equal(answer.unanswered_count, 4);
});

Deno.test("errors of servers are said with an example, names that do not exist are not", async () => {
  const failed = await analyze([
    ...exchange(0, 1, "a.com", 20, 3),
    ...exchange(50, 2, "b.com", 20, 2),
    LATER,
  ]);
  assert.equal(
    failed.summary,
    '1 answer (50 %) said SERVFAIL, for example to 192.0.2.10 for "b.com" (frame 4). In all 2 ' +
      "queries for 2 names to 1 server; 95 % of 198.51.100.1's answers within 20.0 ms.",
  );
  assert.deepEqual(failed.rcodes, { NXDOMAIN: 1, SERVFAIL: 1 });
  const fine = await analyze([...exchange(0, 1, "a.com", 20, 3), LATER]);
  assert.match(String(fine.summary), /, nothing wrong but 1 NXDOMAIN;/);
});

Deno.test("slow answers come with the time that clients lost", async () => {
  const { summary, client_time_lost_ms } = await analyze([
    ...exchange(0, 1, "a.com", 1500),
    ...exchange(2000, 2, "b.com", 700),
    LATER,
  ]);
  assert.ok(
    String(summary).startsWith(
      '2 answers took over 100 ms, the slowest 1500 ms for "a.com" (frame 2). In all 2 queries for ' +
        "2 names to 1 server; 95 % of 198.51.100.1's answers within ",
    ),
  );
  assert.ok(String(summary).endsWith("; clients lost 2000 ms waiting."));
  assert.equal(client_time_lost_ms, 2000);
});

Deno.test("a capture without DNS says so, and what else resolves names in it", async () => {
  const mdns = udpPacket(0, "192.0.2.10:5353", "224.0.0.251:5353", message("query", 0, "a.local"));
  assert.equal((await analyze([LATER])).summary, "No DNS in this capture.");
  assert.equal((await analyze([mdns])).summary, "No DNS in this capture, but 1 mDNS packet.");
});

Deno.test("lists are as long as was asked for, counts are of all", async () => {
  const packets = Array.from(
    { length: 30 },
    (_, index) => exchange(10 * index, index, `n${index}.com`, 150 + index),
  ).flat()
    .sort((a, b) => a.ms - b.ms);
  const answer = await analyze([...packets, LATER], 3);
  assert.equal((answer.slow_queries as unknown[]).length, 3);
  assert.equal(answer.slow_count, 30);
  assert.equal((answer.top_queried_domains as unknown[]).length, 3);
  assert.equal(answer.unique_domains, 30);
});
