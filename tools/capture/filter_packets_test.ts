/** What the two tools that list packets ask, answer and refuse. */
import assert from "node:assert/strict";
import { InputError, PolicyDenied } from "../../lib/errors/mod.ts";
import type { Tool } from "../../lib/mcp/define_tool.ts";
import { captureAt } from "../../tests/support/asked_capture.ts";
import { askTool } from "../../tests/support/asked_tool.ts";
import { customFilter } from "./custom_filter.ts";
import { filterPackets } from "./filter_packets.ts";

const FIXTURE = new URL("../../tests/fixtures/captures/real-portreuse.pcap", import.meta.url);

async function answerOf(
  tool: Tool,
  given: Record<string, unknown>,
  allow_custom_filters = true,
): Promise<Record<string, unknown>> {
  const capture = await captureAt(FIXTURE.pathname);
  const args = { file_path: "a.pcap", ...given };
  return await askTool(tool, [capture], { args, pcap: { allow_custom_filters } });
}

Deno.test("filter_packets says how many match, and why none does", async () => {
  const summaries = [];
  for (
    const given of [
      { protocol: "tcp", port: 7006, max_results: 3 },
      { filter: "tcp.flags.reset == 1" },
      { first_frame: 7, last_frame: 7 },
      { max_results: 2 },
      { src_ip: "10.98.0.1", port: 80 },
      { protocol: "udp" },
      { protocol: "udp", port: 7006 },
    ]
  ) {
    summaries.push((await answerOf(filterPackets, given)).summary);
  }
  assert.deepEqual(summaries, [
    "35 of 35 packets match tcp and (tcp.port == 7006 or udp.port == 7006 or sctp.port == 7006); the first 3 are listed.",
    "4 of 35 packets match tcp.flags.reset == 1.",
    "1 of 7 packets matches frame.number >= 7 and frame.number <= 7.",
    "35 packets, no condition given; the first 2 are listed.",
    "None of 35 packets matches ip.src == 10.98.0.1 and (tcp.port == 80 or udp.port == 80 or " +
    "sctp.port == 80). tcp.port == 80 or udp.port == 80 or sctp.port == 80 removed the last 20.",
    "None of 35 packets matches udp.",
    "None of 35 packets matches udp and (tcp.port == 7006 or udp.port == 7006 or sctp.port == 7006). " +
    "No packet at all satisfies udp.",
  ]);
});

Deno.test("custom_filter takes either grammar, and answers to the peer's name", async () => {
  const display = await answerOf(customFilter, { filter_expression: "tcp.flags & 4" });
  const capture = await answerOf(customFilter, {
    filter_expression: "tcp[tcpflags] & tcp-rst != 0",
  });
  assert.equal(display.matching_packets, 4);
  assert.deepEqual(capture.packets, display.packets);
  assert.deepEqual(customFilter.aliases, ["custom_scapy_filter"]);
});

Deno.test("filters of the caller's own are refused where the configuration does", async () => {
  const denied = (error: unknown) =>
    error instanceof PolicyDenied && error.code === "policy.allow_custom_filters" &&
    error.detail["config_key"] === "pcap.allow_custom_filters";
  await assert.rejects(answerOf(customFilter, { filter_expression: "tcp" }, false), denied);
  await assert.rejects(answerOf(filterPackets, { filter: "tcp" }, false), denied);
  assert.equal((await answerOf(filterPackets, { protocol: "tcp" }, false)).matching_packets, 35);
});

Deno.test("a range that ends before it begins is refused", async () => {
  const range = (error: unknown) => error instanceof InputError && error.code === "input.range";
  await assert.rejects(answerOf(filterPackets, { first_frame: 8, last_frame: 7 }), range);
  await assert.rejects(answerOf(filterPackets, { since: 2, until: 1 }), range);
});
