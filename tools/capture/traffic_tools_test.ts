import assert from "node:assert/strict";
import type { Tool, ToolContext } from "../../lib/mcp/define_tool.ts";
import type { Capture } from "../../lib/pcap/engine/question.ts";
import { askConversations } from "../../lib/pcap/questions/conversations.ts";
import { askHierarchy } from "../../lib/pcap/questions/hierarchy.ts";
import { askSummary } from "../../lib/pcap/questions/summary.ts";
import { askThroughput } from "../../lib/pcap/questions/throughput.ts";
import { captureAt, captureOf, UNHURRIED } from "../../tests/support/asked_capture.ts";
import { fromHex, HELLO, ipv6, pcapFile, tcp } from "../../tests/support/pcap_samples.ts";
import { analyzeThroughput } from "./analyze_throughput.ts";
import { getConversations } from "./get_conversations.ts";
import { getProtocolHierarchy } from "./get_protocol_hierarchy.ts";
import { pcapSummary } from "./pcap_summary.ts";

const FIXTURE = new URL("../../tests/fixtures/captures/real-portreuse.pcap", import.meta.url);
const ASKED = {
  conversations: askConversations,
  hierarchy: askHierarchy,
  summary: askSummary,
  throughput: askThroughput,
};

/** The answer of a tool about `capture`; the schema of its output knows every field of it. */
async function answerOf(tool: Tool, capture: Capture): Promise<Record<string, unknown>> {
  const ask = (question: keyof typeof ASKED, _paths: readonly string[], params: never) =>
    ASKED[question](params, [capture], UNHURRIED);
  const cx = { signal: UNHURRIED.signal, progress() {}, captures: { ask } };
  const input = tool.input.parse({ file_path: "a.pcap" });
  const answer = await tool.run(input, cx as unknown as ToolContext);
  assert.deepEqual(tool.output.strict().parse(answer), answer);
  assert.equal(answer.file_path, "a.pcap");
  assert.equal(answer.success, true);
  return answer;
}

const SAID: readonly (readonly [Tool, string, string, string])[] = [
  [
    getConversations,
    "4 conversations; first 10.98.0.1:45000 to 10.98.0.2:7006 by TCP: 9 packets, 1.61 kB.",
    "1 conversation; first [2001:db8::1]:12345 to [2001:db8::2]:9999 by TCP: 1 packet, 65 bytes.",
    "No IP conversation in this capture.",
  ],
  [
    analyzeThroughput,
    "0.057 Mbit/s on average, at most 12.888 Mbit/s over 0.001 s at 2026-11-21T01:54:31.668000Z; " +
    "first of 4 conversations by rate: 10.98.0.2 to 10.98.0.1 by TCP, 51.552 Mbit/s.",
    "No duration, so no average rate.",
    "No IP conversation in this capture.",
  ],
  [
    getProtocolHierarchy,
    "35 packets, 6.38 kB, 4 protocols; packets end in tcp 100 %.",
    "1 packet, 65 bytes, 4 protocols; packets end in tcp 100 %.",
    "No packets in this capture.",
  ],
  [
    pcapSummary,
    "35 packets, 6.38 kB in 0.902 s from 2026-11-21T01:54:31.668553Z, 0.057 Mbit/s on average; " +
    "4 conversations, most packets from 10.98.0.1.",
    "1 packet, 65 bytes in 0 s from 2023-11-14T22:13:20.000000Z; 1 conversation, most packets " +
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
    for (const capture of captures) said.push((await answerOf(tool, capture)).summary);
    assert.deepEqual(said, [connections, onePacket, nothing]);
  });
}
