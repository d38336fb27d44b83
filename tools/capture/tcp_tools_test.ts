import assert from "node:assert/strict";
import type { Tool } from "../../lib/mcp/define_tool.ts";
import { captureAt } from "../../tests/support/asked_capture.ts";
import { askTool } from "../../tests/support/asked_tool.ts";
import { compareCaptures } from "./compare_captures.ts";
import { findTcpIssues } from "./find_tcp_issues.ts";

const CAPTURES = new URL("../../tests/fixtures/captures/", import.meta.url).pathname;

async function said(tool: Tool, names: readonly string[], args: Record<string, unknown>) {
  const captures = await Promise.all(names.map((name) => captureAt(`${CAPTURES}${name}`)));
  return (await askTool(tool, captures, { args })).summary;
}

const issuesOf = (name: string) => said(findTcpIssues, [name], { file_path: "a.pcap" });

Deno.test("find_tcp_issues says the worst first, and where tshark counts otherwise", async () => {
  assert.equal(
    await issuesOf("real-loss1-snd.pcap.gz"),
    "37 retransmissions (0.87 % of segments, medium severity) and 2 other issues in 6333 TCP " +
      "packets of 2 connections. tshark would count 27 retransmissions; by octets and timestamps " +
      "there were 37.",
  );
  assert.equal(
    await issuesOf("real-synblackhole.pcap"),
    "1 unanswered connection (100 % of connections, high severity) and 1 other issue in 7 TCP " +
      "packets of 1 connection.",
  );
  assert.equal(
    await issuesOf("real-keepalive.pcap"),
    "No issues in 21 TCP packets of 1 connection.",
  );
});

const compared = (first: string, second: string, mode = "auto") =>
  said(compareCaptures, [first, second], { first: "a.pcap", second: "b.pcap", mode });

Deno.test("compare_captures says what was lost and delayed each way, or what changed", async () => {
  assert.equal(
    await compared("real-loss1-snd.pcap.gz", "real-loss1-rcv.pcap.gz"),
    "6307 packets seen at both points. First to second: 37 of 4226 packets lost (0.88 %), median " +
      "delay 10.1 ms. Second to first: 31 of 2137 packets lost (1.5 %), median delay 10.1 ms.",
  );
  assert.equal(
    await compared("real-zerowin.pcap.gz", "real-rtobackoff.pcap"),
    "Changed: TCP loss 0 -> 38.8 %, median handshake 0.036 -> 0.059 ms, rate 0.415 -> 0.0774 Mbit/s; " +
      "the captures share no path.",
  );
  assert.equal(
    await compared("real-zerowin.pcap.gz", "real-rtobackoff.pcap", "path"),
    "2 packets seen at both points, too few to tell which way they went.",
  );
});
