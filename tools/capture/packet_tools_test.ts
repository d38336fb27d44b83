import assert from "node:assert/strict";
import type { Tool } from "../../lib/mcp/define_tool.ts";
import type { Capture } from "../../lib/pcap/engine/question.ts";
import { captureAt, captureOf } from "../../tests/support/asked_capture.ts";
import { askTool } from "../../tests/support/asked_tool.ts";
import { DETAIL_SAMPLES } from "../../tests/support/detail_samples.ts";
import { fromHex, pcapFile, SAMPLES } from "../../tests/support/pcap_samples.ts";
import { followStream } from "./follow_stream.ts";
import { pcapPacket } from "./pcap_packet.ts";

const CAPTURES = new URL("../../tests/fixtures/captures/", import.meta.url).pathname;

/** The answer of a tool about `capture`. */
async function answerOf(tool: Tool, capture: Capture, args: Record<string, unknown>) {
  return await askTool(tool, [capture], { args: { file_path: "a.pcap", ...args } });
}

Deno.test("pcap_packet says what a packet is, between whom and what is notable", async () => {
  const resets = await captureAt(`${CAPTURES}real-resets.pcap`);
  const { summary } = await answerOf(pcapPacket, resets, { packet_number: 2 });
  assert.equal(
    summary,
    "Packet 2: eth:ip:tcp, 10.98.0.2:7999 to 10.98.0.1:58858 (tcp:0), 0.02 ms after packet 1, " +
      "no payload; RST, ACK.",
  );
  const blackhole = await captureAt(`${CAPTURES}real-synblackhole.pcap`);
  const again = await answerOf(pcapPacket, blackhole, { packet_number: 2 });
  assert.match(`${again.summary}`, /; SYN; retransmission/);
});

Deno.test("pcap_packet tells an ICMP error, a bad checksum and a malformed packet in one line", async () => {
  const said = async (name: string) => {
    const sample = [...SAMPLES, ...DETAIL_SAMPLES].find((one) => one.name === name);
    assert.ok(sample);
    const capture = captureOf(pcapFile(sample.linkType, [fromHex(sample.hex)]));
    return (await answerOf(pcapPacket, capture, { packet_number: 1 })).summary;
  };
  assert.equal(
    await said("ICMP fragmentation needed"),
    "Packet 1: raw:ip:icmp, 10.1.2.3 to 10.4.5.6, 28 bytes of payload; destination unreachable, " +
      "fragmentation needed, but DF is set; ip checksum left to the network card, " +
      "icmp checksum left to the network card.",
  );
  assert.match(
    `${await said("UDP length 3")}`,
    /malformed: udp at octet 20 length field is smaller than the header\.$/,
  );
});

Deno.test("follow_stream says who sent how much, and how to go on", async () => {
  const capture = await captureAt(`${CAPTURES}real-portreuse.pcap`);
  const whole = await answerOf(followStream, capture, { stream: "tcp:0" });
  assert.equal(
    whole.summary,
    "tcp:0, 10.98.0.1:45000 to 10.98.0.2:7006: 1 byte from the client, " +
      "134 bytes (866 not captured) from the server.",
  );
  const part = await answerOf(followStream, capture, { packet_number: 10, max_bytes: 20 });
  assert.equal(
    part.summary,
    "tcp:1, 10.98.0.1:45000 to 10.98.0.2:7006: 1 byte from the client, " +
      "134 bytes (866 not captured) from the server; 20 bytes shown, go on with offset 20.",
  );
});

Deno.test("follow_stream takes a stream as conversations are listed: a number and a protocol", async () => {
  const capture = await captureAt(`${CAPTURES}real-portreuse.pcap`);
  assert.equal((await answerOf(followStream, capture, { stream: 1 })).stream, "tcp:1");
  await assert.rejects(answerOf(followStream, capture, { stream: 0, protocol: "udp" }), {
    code: "input.stream",
  });
});
