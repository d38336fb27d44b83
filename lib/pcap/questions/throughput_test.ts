import assert from "node:assert/strict";
import { captureAt, captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { fromHex, ipv4, pcapFile, udp } from "../../../tests/support/pcap_samples.ts";
import { askThroughput } from "./throughput.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const RAW_IP = 101;

Deno.test("src is who sent more, and the opener is told beside it", async () => {
  const capture = await captureAt(`${FIXTURES}real-portreuse.pcap`);
  const answer = await askThroughput({ top_n: 1, sort_by: "bytes_total" }, [capture], UNHURRIED);
  assert.deepEqual(answer.conversations, [{
    src_ip: "10.98.0.2",
    src_port: 7006,
    dst_ip: "10.98.0.1",
    dst_port: 45000,
    protocol: "TCP",
    stream: 0,
    packets_total: 9,
    bytes_total: 1611,
    duration_seconds: 0.00025,
    start_time: "2026-11-21T01:54:31.668553Z",
    end_time: "2026-11-21T01:54:31.668803Z",
    packets_forward: 4,
    packets_reverse: 5,
    bytes_forward: 1272,
    bytes_reverse: 339,
    mbps_forward: 40.704,
    mbps_reverse: 10.848,
    mbps_total: 51.552,
    direction: "mostly_forward",
    initiator: "dst",
  }]);
  assert.equal(answer.conversations_analyzed, 4);
  assert.equal(answer.mbps_average, 0.056559);
});

/** UDP of 128 octets in all every second, then a gap of 97 seconds, then two packets at once. */
function burst(): Uint8Array {
  const packet = fromHex(ipv4(17, udp(1, 2, "00".repeat(100))));
  const file = pcapFile(RAW_IP, [packet, packet, packet, packet]);
  const view = new DataView(file.buffer);
  const record = 16 + packet.length;
  for (const index of [2, 3]) view.setUint32(24 + index * record, 1_700_000_099, true);
  return file;
}

Deno.test("the series shows the gap, the peak and how uneven it was", async () => {
  const capture = captureOf(burst());
  const answer = await askThroughput({ top_n: 20, sort_by: "mbps_total" }, [capture], UNHURRIED);
  const { series, burstiness } = answer;
  assert.equal(series?.bin_seconds, 2);
  assert.equal(series.start_time, "2023-11-14T22:13:20.000000Z");
  assert.equal(series.packets.length, 50);
  assert.deepEqual([series.packets[0], series.packets[1], series.packets[49]], [2, 0, 2]);
  assert.equal(series.mbps[49], 0.001024);
  assert.deepEqual(burstiness, {
    bin_seconds: 0.1,
    peak_mbps: 0.02048,
    peak_time: "2023-11-14T22:14:59.000000Z",
    peak_to_mean: 495.5,
    variation: 19.252,
    idle_percent: 99.697,
  });
});

Deno.test("without a duration there is no rate, and such conversations come last", async () => {
  const one = (port: number, octets: number) =>
    fromHex(ipv4(17, udp(port, 9, "00".repeat(octets))));
  const capture = captureOf(pcapFile(RAW_IP, [one(1, 1000), one(2, 10), one(2, 10)]));
  const { conversations } = await askThroughput(
    { top_n: 20, sort_by: "mbps_total" },
    [capture],
    UNHURRIED,
  );
  assert.deepEqual(conversations.map(({ src_port, mbps_total }) => [src_port, mbps_total]), [
    [2, 0.000608],
    [1, null],
  ]);
});

Deno.test("a capture of one packet, or of none, has neither rate nor series", async () => {
  const packet = fromHex(ipv4(17, udp(1, 2, "")));
  for (const packets of [[], [packet]]) {
    const capture = captureOf(pcapFile(RAW_IP, packets));
    const answer = await askThroughput({ top_n: 9, sort_by: "mbps_total" }, [capture], UNHURRIED);
    assert.deepEqual([answer.mbps_average, answer.series, answer.burstiness], [null, null, null]);
    assert.equal(answer.conversations.length, packets.length);
  }
});
