/** Frames with each flag, as tshark 4.0.17 counts them (`tests/interop` holds every frame to it). */
import assert from "node:assert/strict";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import { walkPackets } from "../engine/walk.ts";
import { ConnectionCounter } from "./connection_counter.ts";

const CAPTURES = new URL("../../../tests/fixtures/captures/", import.meta.url);

/** Segments with each flag; only those that occur, and none that tshark does not know. */
async function countsOf(file: Uint8Array): Promise<Record<string, number>> {
  const counter = new ConnectionCounter();
  const options = {
    needs: { tcpFlags: true },
    maxPackets: 0,
    signal: new AbortController().signal,
  };
  await walkPackets(sourceOf(file), options, (batch) => counter.addBatch(batch));
  const { totals } = counter.finish();
  return Object.fromEntries(
    Object.entries(totals).map(([name, { segments }]) => [name, segments] as const).filter((
      [name, segments],
    ) => segments > 0 && name !== "syn_retransmission"),
  );
}

const COUNTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "mix-10000.pcap.gz": {
    retransmission: 16,
    fast_retransmission: 7,
    spurious_retransmission: 4,
    out_of_order: 2,
    lost_segment: 6,
    ack_lost_segment: 4,
    duplicate_ack: 130,
    keep_alive: 3,
    zero_window: 4,
    window_update: 1,
    reset: 7,
    dsack: 3,
  },
  "real-keepalive.pcap": { keep_alive: 6, keep_alive_ack: 6 },
  "real-loss1-rcv.pcap.gz": {
    retransmission: 34,
    fast_retransmission: 34,
    out_of_order: 3,
    lost_segment: 37,
    duplicate_ack: 249,
    window_update: 42,
    reset: 7,
  },
  "real-loss1-snd.pcap.gz": {
    retransmission: 27,
    fast_retransmission: 25,
    out_of_order: 10,
    duplicate_ack: 245,
    window_update: 41,
    reset: 7,
  },
  "real-portreuse.pcap": { reused_ports: 3, reset: 4 },
  "real-resets.pcap": { reset: 6 },
  "real-rtobackoff.pcap": { retransmission: 19 },
  "real-synblackhole.pcap": { retransmission: 6 },
  "real-zerowin.pcap.gz": {
    retransmission: 2,
    keep_alive: 4,
    zero_window: 5,
    window_full: 55,
    window_update: 2,
    dsack: 2,
  },
};

Deno.test("each capture has the flags that tshark counts", async () => {
  for (const [name, counts] of Object.entries(COUNTS)) {
    assert.deepEqual(await countsOf(await Deno.readFile(new URL(name, CAPTURES))), counts, name);
  }
});

Deno.test("TCP that obeys no rule has the flags that tshark counts", async () => {
  assert.deepEqual(await countsOf(hostileTcp({ seed: 6, frames: 20_000, connections: 4 })), {
    retransmission: 2493,
    fast_retransmission: 10,
    spurious_retransmission: 1062,
    out_of_order: 334,
    lost_segment: 1436,
    ack_lost_segment: 1993,
    duplicate_ack: 1986,
    keep_alive: 1375,
    keep_alive_ack: 149,
    zero_window: 4321,
    zero_window_probe: 471,
    zero_window_probe_ack: 65,
    window_full: 242,
    window_update: 462,
    reused_ports: 640,
    reset: 481,
    dsack: 1875,
  });
});
