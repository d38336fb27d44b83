import assert from "node:assert/strict";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { onEthernet } from "../../../tests/support/ethernet_frames.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import { withoutTimes } from "../../../tests/support/untimed_packets.ts";
import { walkPackets } from "../engine/walk.ts";
import { TcpFlagAnalyzer } from "../tcp/flag_analyzer.ts";
import { TcpFlagColumns } from "../tcp/flag_columns.ts";
import { TcpOptionColumns } from "../tcp/option_columns.ts";
import { parseTcpOptions } from "../tcp/options.ts";

const needs = { flows: true, options: true, tcpFlags: true } as const;

/** Walks over a capture with the kernel and holds what it says to what TypeScript says. */
async function compare(
  file: Uint8Array,
): Promise<{ segments: number; flagged: number; flags: readonly number[] }> {
  const options = new TcpOptionColumns();
  const tcpFlags = new TcpFlagColumns();
  const twin = new TcpFlagAnalyzer();
  let segments = 0;
  let flagged = 0;
  const flags: number[] = [];
  const signal = new AbortController().signal;
  await walkPackets(sourceOf(file), { needs, maxPackets: 0, signal }, (batch) => {
    const { count } = batch.packets;
    parseTcpOptions(batch.packets, batch.dissected, options);
    twin.addBatch({ ...batch, options, tcpFlags });
    for (const [name, column] of Object.entries(options)) {
      const kernels = batch.options[name as keyof TcpOptionColumns] as Int32Array;
      const rows = (one: Int32Array) => [...one.subarray(0, count)];
      assert.deepEqual(rows(kernels), rows(column as Int32Array), name);
    }
    for (let row = 0; row < count; row++) {
      const frame = batch.packets.firstFrame + row;
      assert.equal(batch.tcpFlags.flags[row], tcpFlags.flags[row], `flags of frame ${frame}`);
      assert.equal(batch.tcpFlags.duplicateAck[row], tcpFlags.duplicateAck[row], `frame ${frame}`);
      if ((batch.flows.tcp[row] ?? -1) >= 0) segments++;
      if (tcpFlags.flags[row] !== 0) flagged++;
      flags.push(tcpFlags.flags[row] ?? 0);
    }
  });
  return { segments, flagged, flags };
}

Deno.test("the kernel reads options and flags segments as TypeScript does, whatever comes", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const file = hostileTcp({ seed, frames: 3000, connections: 1 + seed % 5 });
    for (const form of [file, onEthernet(file)]) {
      const { segments, flagged } = await compare(form);
      assert.ok(segments > 2000 && flagged > 200, `seed ${seed}: ${segments}, ${flagged}`);
    }
  }
});

Deno.test("the kernel and TypeScript agree where the capture cuts segments anywhere", async () => {
  for (let snapLength = 20; snapLength <= 100; snapLength += 3) {
    const file = hostileTcp({ seed: snapLength, frames: 600, connections: 2, snapLength });
    await compare(file);
    await compare(onEthernet(file));
  }
});

Deno.test("the kernel and TypeScript agree where packets have no time", async () => {
  const raw = hostileTcp({ seed: 1, frames: 2000, connections: 3 });
  for (const pcap of [raw, onEthernet(raw)]) {
    await compare(withoutTimes(pcap, (index) => index % 5 !== 0));
    await compare(withoutTimes(pcap, () => false));
  }
});

Deno.test("a packet that is cut within its TCP header says nothing of the segments after it", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const pcap = hostileTcp({ seed, frames: 1000, connections: 4 });
    const cut = hostileTcp({ seed, frames: 50, connections: 4, snapLength: 30 });
    const both = new Uint8Array([...cut, ...pcap.subarray(24)]);
    assert.deepEqual((await compare(both)).flags.slice(50), (await compare(pcap)).flags);
  }
});
