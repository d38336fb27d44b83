import assert from "node:assert/strict";
import { captureAt, captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { fromHex, ipv4, ipv6, pcapFile, tcp, udp } from "../../../tests/support/pcap_samples.ts";
import { askSummary } from "./summary.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const RAW_IP = 101;

Deno.test("the summary of a capture tells its span, sizes, rates and hosts", async () => {
  const capture = await captureAt(`${FIXTURES}real-portreuse.pcap`);
  const answer = await askSummary({}, [capture], UNHURRIED);
  assert.equal(answer.packet_count, 35);
  assert.equal(answer.capture_duration_seconds, 0.902141);
  assert.equal(answer.start_time, "2026-11-21T01:54:31.668553Z");
  assert.equal(answer.end_time, "2026-11-21T01:54:32.570694Z");
  assert.equal(answer.file_size_bytes, 3498);
  assert.deepEqual([answer.wire_bytes, answer.captured_bytes], [6378, 2914]);
  assert.deepEqual(answer.average, {
    mbps: 0.056559,
    packets_per_second: 38.797,
    packet_bytes: 182.229,
  });
  assert.deepEqual(answer.packet_sizes, {
    smallest: 66,
    largest: 1066,
    classes: [
      { from_bytes: 64, to_bytes: 127, packets: 31 },
      { from_bytes: 1024, to_bytes: 1518, packets: 4 },
    ],
  });
  assert.deepEqual(answer.top_talkers, [
    { ip: "10.98.0.1", packets: 20, bytes: 1356 },
    { ip: "10.98.0.2", packets: 15, bytes: 5022 },
  ]);
  assert.deepEqual(answer.tcp_issues_summary, { resets: 4, sack: 0 });
  assert.deepEqual(answer.link_types, { ETHERNET: 35 });
  assert.equal(answer.interfaces[0]?.snap_length, 200);
  assert.equal(answer.format.container, "pcap");
});

Deno.test("IPv6 hosts are hosts, in one list with those of IPv4", async () => {
  const packets = [ipv6(6, tcp("")), ipv6(17, udp(1, 2, "")), ipv4(17, udp(1, 2, ""))];
  const capture = captureOf(pcapFile(RAW_IP, packets.map(fromHex)));
  const answer = await askSummary({}, [capture], UNHURRIED);
  assert.deepEqual(answer.top_talkers.map(({ ip, packets }) => [ip, packets]), [
    ["2001:db8::1", 2],
    ["10.1.2.3", 1],
  ]);
  assert.deepEqual([answer.unique_src_ips, answer.unique_dst_ips], [2, 2]);
  assert.equal(answer.hosts_exact, true);
  assert.equal(answer.total_conversations, 3);
});

Deno.test("a capture without packets is summarized without numbers that do not exist", async () => {
  const answer = await askSummary({}, [captureOf(pcapFile(RAW_IP, []))], UNHURRIED);
  assert.equal(answer.packet_count, 0);
  assert.equal(answer.capture_duration_seconds, null);
  assert.equal(answer.start_time, null);
  assert.deepEqual(answer.average, { mbps: null, packets_per_second: null, packet_bytes: null });
  assert.deepEqual(answer.top_talkers, []);
});
