import assert from "node:assert/strict";
import type { ToolContext } from "../../lib/mcp/define_tool.ts";
import { askExplain, type ExplainParams } from "../../lib/pcap/questions/explain.ts";
import { captureAt, UNHURRIED } from "../../tests/support/asked_capture.ts";
import { explainConnection } from "./explain_connection.ts";

const CAPTURES = new URL("../../tests/fixtures/captures/", import.meta.url).pathname;

/** What the tool answers; the schema of its output knows every field of it. */
async function explained(name: string, args: Record<string, unknown>) {
  const capture = await captureAt(`${CAPTURES}${name}`);
  const ask = (question: string, _paths: readonly string[], params: ExplainParams) => {
    assert.equal(question, "explain");
    return askExplain(params, [capture], UNHURRIED);
  };
  const cx = { signal: UNHURRIED.signal, progress() {}, captures: { ask } };
  const input = explainConnection.input.parse({ file_path: "a.pcap", ...args });
  const answer = await explainConnection.run(input, cx as unknown as ToolContext);
  assert.deepEqual(explainConnection.output.strict().parse(answer), answer);
  return answer;
}

Deno.test("explain_connection says the main cause first, then what it was and how it ended", async () => {
  const { summary } = await explained("real-keepalive.pcap", { stream: "tcp:0" });
  assert.equal(
    summary,
    "It waited for the server: 7.0 s, 87 % of the time (longest 7.0 s, between frames 5 and 20: " +
      "the client had sent its request, the server's answer was due; nothing more came, the server " +
      "closed). tcp:0, 10.98.0.1:49734 to 10.98.0.2:7002, took 8 s, 735 bytes out, 668 bytes back; " +
      "2 stalls; both sides closed, the server first.",
  );
  const refused = await explained("real-resets.pcap", { packet_number: 2 });
  assert.match(`${refused.summary}`, /^The server refused the connection: RST 24\.0 µs after/);
});

Deno.test("a stream can be a number with a protocol, or both in one text", async () => {
  const streams = [
    { stream: 2 },
    { stream: "2" },
    { stream: "tcp:2", protocol: "udp" },
    { endpoints: ["10.98.0.2:7999", "10.98.0.1:58872"] },
  ];
  for (const args of streams) {
    assert.equal((await explained("real-resets.pcap", args)).stream, "tcp:2");
  }
  const { stream, end } = await explained("mix-10000.pcap.gz", { stream: 0, protocol: "udp" });
  assert.deepEqual([stream, end], ["udp:0", null]);
});
