import assert from "node:assert/strict";
import type { Tool } from "../../lib/mcp/define_tool.ts";
import { captureAt, captureOf } from "../../tests/support/asked_capture.ts";
import { askTool } from "../../tests/support/asked_tool.ts";
import { fromHex, HELLO, ipv6, pcapFile, tcp } from "../../tests/support/pcap_samples.ts";
import { analyzeThroughput } from "./analyze_throughput.ts";
import { getConversations } from "./get_conversations.ts";
import { getProtocolHierarchy } from "./get_protocol_hierarchy.ts";
import { pcapSummary } from "./pcap_summary.ts";

const FIXTURE = new URL("../../tests/fixtures/captures/real-portreuse.pcap", import.meta.url);
const ABOUT = { args: { file_path: "a.pcap" } };

const SAID: readonly (readonly [Tool, string, string, string])[] = [
  [
    getConversations,
    "4 conversations; most packets: 10.98.0.1:45000 to 10.98.0.2:7006 by TCP, 9 packets, 1.61 kB in 250 µs.",
    "1 conversation; most packets: [2001:db8::1]:12345 to [2001:db8::2]:9999 by TCP, 1 packet, 65 bytes in 0 s.",
    "No IP conversation in this capture.",
  ],
  [
    analyzeThroughput,
    "56.6 kbit/s on average, at most 12.9 Mbit/s over 1 ms at 2026-11-21 01:54:31 UTC; fastest of " +
    "4 conversations: 10.98.0.2 to 10.98.0.1 by TCP, 51.6 Mbit/s for 250 µs.",
    "No duration, so no average rate.",
    "No IP conversation in this capture.",
  ],
  [
    getProtocolHierarchy,
    "35 packets, 6.38 kB, 4 protocols; by the innermost: tcp 100 %.",
    "1 packet, 65 bytes, 4 protocols; by the innermost: tcp 100 %.",
    "No packets in this capture.",
  ],
  [
    pcapSummary,
    "35 packets, 6.38 kB in 0.902 s from 2026-11-21 01:54:31 UTC, 56.6 kbit/s on average; " +
    "4 conversations, most packets from 10.98.0.1.",
    "1 packet, 65 bytes in 0 s from 2023-11-14 22:13:20 UTC; 1 conversation, most packets " +
    "from 2001:db8::1.",
    "No packets in this capture.",
  ],
];

for (const [tool, connections, onePacket, nothing] of SAID) {
  Deno.test(`${tool.name} says what is in the capture, and gives every field it promises`, async () => {
    const captures = [
      await captureAt(FIXTURE.pathname),
      captureOf(pcapFile(101, [fromHex(ipv6(6, tcp(HELLO)))])),
      captureOf(pcapFile(101, [])),
    ];
    const said = [];
    for (const capture of captures) said.push((await askTool(tool, [capture], ABOUT)).summary);
    assert.deepEqual(said, [connections, onePacket, nothing]);
  });
}

Deno.test("what of the file was not read is said after the sentence of every tool", async () => {
  const file = pcapFile(101, [fromHex(ipv6(6, tcp(HELLO))), fromHex(ipv6(6, tcp(HELLO)))]);
  const { summary, complete, truncated_at } = await askTool(
    getProtocolHierarchy,
    [captureOf(file.subarray(0, -1))],
    ABOUT,
  );
  assert.equal(
    summary,
    "1 packet, 65 bytes, 4 protocols; by the innermost: tcp 100 %. What follows byte 105 is damaged " +
      "or missing, at least in part.",
  );
  assert.deepEqual([complete, truncated_at], [false, 105]);
});
