import assert from "node:assert/strict";
import { hex } from "../../../tests/support/capture_bytes.ts";
import { captureAt, captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { fromHex, ipv4, pcapFile, tcp } from "../../../tests/support/pcap_samples.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import { askCompare, type CompareParams } from "./compare.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const AUTO: CompareParams = { mode: "auto", top_n: 10 };
const RAW_IP = 101;

Deno.test("sender and receiver of one path: what was lost between them, frame by frame", async () => {
  const sender = await captureAt(`${FIXTURES}real-loss1-snd.pcap.gz`);
  const receiver = await captureAt(`${FIXTURES}real-loss1-rcv.pcap.gz`);
  const answer = await askCompare(AUTO, [sender, receiver], UNHURRIED);
  assert.equal(answer.mode, "path");
  const { path } = answer;
  // The kernel of the sender counted 37 retransmitted segments; every one replaced a lost one.
  assert.equal(path?.first_to_second.lost, 37);
  assert.equal(path?.first_to_second.lost_frames[0], 91);
  assert.deepEqual([path?.first_to_second.reordered, path?.second_to_first.reordered], [0, 0]);
  assert.equal(path?.first_to_second.unseen_at_first, 0);
  // The relay delays by 10 ms each way, and both captures ran on one clock.
  const delay = path?.first_to_second.delay_ms;
  assert.ok(delay !== null && delay !== undefined && delay.min > 9.9 && delay.p50 < 10.5);
  assert.ok(Math.abs(path?.clock?.second_ahead_ms ?? 1) < 0.1);
  assert.deepEqual(path?.worst_flows.map(({ flow, lost }) => [flow, lost]), [
    ["10.99.0.1:57480 -> 10.99.0.2:5201 (tcp stream 1)", 37],
  ]);
  assert.deepEqual(answer.changes, []);
});

Deno.test("the other way round, the same packets are lost on the way back", async () => {
  const sender = await captureAt(`${FIXTURES}real-loss1-snd.pcap.gz`);
  const receiver = await captureAt(`${FIXTURES}real-loss1-rcv.pcap.gz`);
  const { path } = await askCompare(AUTO, [receiver, sender], UNHURRIED);
  assert.equal(path?.second_to_first.lost, 37);
  assert.equal(path?.second_to_first.lost_frames[0], 91);
});

Deno.test("captures without a common packet are compared by their figures", async () => {
  const before = await captureAt(`${FIXTURES}real-loss1-snd.pcap.gz`);
  const after = await captureAt(`${FIXTURES}real-zerowin.pcap.gz`);
  const answer = await askCompare(AUTO, [before, after], UNHURRIED);
  assert.equal(answer.mode, "before_after");
  assert.equal(answer.path, null);
  const change = answer.changes.find(({ figure }) => figure === "tcp_loss_percent");
  assert.deepEqual(change, {
    figure: "tcp_loss_percent",
    before: 0.874704,
    after: 0,
    change_percent: -100,
  });
});

/** Segments of one flow and its answers, `secFrom` on, translated if wanted. */
function segments(sources: readonly number[], secFrom: number, nat: boolean): Uint8Array {
  const frames = sources.map((seq) => {
    const segment = tcp("6869").replace(/^.{16}/, `3039270f${seq.toString(16).padStart(8, "0")}`);
    const packet = ipv4(6, segment);
    return fromHex(nat ? packet.replace("0a010203", "c0000201") : packet);
  });
  const file = pcapFile(RAW_IP, frames);
  new DataView(file.buffer).setUint32(24, secFrom, true);
  return file;
}

Deno.test("address translation between the points does not hide that packets are the same", async () => {
  const inside = captureOf(segments([1, 3, 5, 7], 1000, false));
  const outside = captureOf(segments([1, 3, 7], 1000, true));
  const { path, mode } = await askCompare(AUTO, [inside, outside], UNHURRIED);
  assert.deepEqual([mode, path?.matched_packets, path?.compared_packets], [
    "path",
    3,
    { first: 4, second: 3 },
  ]);
});

Deno.test("empty and hostile captures are compared without a fault", async () => {
  const empty = captureOf(hex("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000"));
  const nothing = await askCompare({ mode: "path", top_n: 1 }, [empty, empty], UNHURRIED);
  assert.equal(nothing.path?.matched_packets, 0);
  for (let seed = 0; seed < 4; seed++) {
    const one = captureOf(hostileTcp({ seed, frames: 1000, connections: 3 }));
    const other = captureOf(hostileTcp({ seed, frames: 800, connections: 3 }));
    const { path } = await askCompare(AUTO, [one, other], UNHURRIED);
    const both = (path?.first_to_second.arrived ?? 0) + (path?.second_to_first.arrived ?? 0);
    assert.ok(both <= (path?.matched_packets ?? 0));
  }
});
