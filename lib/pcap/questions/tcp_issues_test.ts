import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { captureAt, captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { fromHex, ipv4, MAC, pcapFile, tcp } from "../../../tests/support/pcap_samples.ts";
import { askTcpIssues, type TcpIssuesAnswer } from "./tcp_issues.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;

async function issuesOf(name: string): Promise<TcpIssuesAnswer> {
  return await askTcpIssues({ top_n: 3 }, [await captureAt(`${FIXTURES}${name}`)], UNHURRIED);
}

/** Count and severity by type of issue. */
function found({ issues }: TcpIssuesAnswer): Record<string, string> {
  return Object.fromEntries(
    issues.map(({ issue_type, count, severity }) => [issue_type, `${count} ${severity}`]),
  );
}

Deno.test("of a mixed capture, every issue has the count that its generator put in", async () => {
  const answer = await issuesOf("mix-10000.pcap.gz");
  assert.deepEqual(found(answer), {
    reset: "7 medium",
    retransmission: "13 low",
    spurious_retransmission: "3 low",
    out_of_order: "2 low",
    zero_window: "4 low",
    duplicate_ack: "130 low",
  });
  assert.equal(answer.capture_quality.grade, "fair");
  assert.deepEqual(answer.capture_quality.findings.map(({ code }) => code), ["acked_unseen"]);
  assert.equal(answer.tshark_compatible.retransmission, 16);
});

Deno.test("of 1 % loss seen by the receiver, 37 are proven where tshark counts 34", async () => {
  const answer = await issuesOf("real-loss1-rcv.pcap.gz");
  assert.equal(answer.loss.retransmissions, 37);
  assert.equal(answer.loss.lost_upstream, 37);
  assert.equal(answer.loss.vantage, "receiver");
  assert.equal(answer.tshark_compatible.retransmission, 34);
  const [retransmission] = answer.issues.filter((one) => one.issue_type === "retransmission");
  assert.equal(retransmission?.source, "loss");
  assert.deepEqual(retransmission?.affected_flows, [
    "10.99.0.1:57480 -> 10.99.0.2:5201 (tcp stream 1)",
  ]);
});

/** Records of `count` SYNs on Ethernet, each of a connection of its own, as they lie in a file. */
function synRecords(count: number): Uint8Array {
  const frames = Array.from({ length: count }, (_, index) => {
    const frame = fromHex(`${MAC}0800${ipv4(6, tcp(""))}`);
    const view = new DataView(frame.buffer);
    view.setUint32(14 + 12, 0x0a010000 + index);
    view.setUint8(14 + 20 + 13, 0x02);
    return frame;
  });
  return pcapFile(1, frames).subarray(24);
}

Deno.test("one transfer tells where the capture was taken, wherever it stands among many connections", async () => {
  const plain = gunzipSync(await Deno.readFile(`${FIXTURES}real-loss1-snd.pcap.gz`));
  for (const before of [0, 1, 2, 1_100]) {
    const file = Buffer.concat([
      plain.subarray(0, 24),
      synRecords(before),
      plain.subarray(24),
      synRecords(1_200),
    ]);
    const { loss, total_connections } = await askTcpIssues(
      { top_n: 3 },
      [captureOf(file)],
      UNHURRIED,
    );
    assert.deepEqual([loss.vantage, loss.confidence], ["sender", "high"], `${before}`);
    assert.ok(total_connections > 1_200);
  }
});

Deno.test("a receiver that does not read is what held its connection up", async () => {
  const answer = await issuesOf("real-zerowin.pcap.gz");
  assert.equal(found(answer).zero_window, "5 high");
  const [slow] = answer.slow_connections;
  assert.deepEqual([slow?.limited_by, slow?.sender, slow?.confidence], [
    "receiver_window",
    "client",
    "high",
  ]);
  assert.equal(answer.zero_window.times, 2);
});

Deno.test("refused, unanswered and healthy connections are told apart", async () => {
  const resets = await issuesOf("real-resets.pcap");
  assert.deepEqual(found(resets), { reset: "3 high", connection_refused: "3 high" });
  const blackhole = await issuesOf("real-synblackhole.pcap");
  assert.deepEqual(found(blackhole), {
    retransmission: "6 high",
    connection_unanswered: "1 high",
  });
  const flows = resets.issues.map(({ issue_type, affected_flows, frames }) => [
    issue_type,
    affected_flows.map((flow) => flow.replace(/^.*stream (\d+).*$/, "$1")).join(" "),
    frames,
  ]);
  assert.deepEqual(flows, [
    ["connection_refused", "0 1 2", [2, 4, 6]],
    ["reset", "3 4 5", [12, 18, 29]],
  ]);
  const keepalive = await issuesOf("real-keepalive.pcap");
  assert.deepEqual([found(keepalive), keepalive.has_issues], [{}, false]);
});

Deno.test("a connection of which nothing ever came is shown by the packet that opened it", async () => {
  const syn = fromHex(ipv4(6, tcp("").replace(/^(.{26})../, "$102")));
  const { issues } = await askTcpIssues({ top_n: 3 }, [captureOf(pcapFile(101, [syn]))], UNHURRIED);
  assert.deepEqual(
    issues.map((one) => [one.issue_type, one.count, one.affected_flows.length, one.frames]),
    [["connection_unanswered", 1, 1, [1]]],
  );
});
