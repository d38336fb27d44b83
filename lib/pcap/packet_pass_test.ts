import assert from "node:assert/strict";
import { generateCapture } from "../../bench/generate_capture.ts";
import { sourceOf } from "../../tests/support/capture_bytes.ts";
import { hostileTcp } from "../../tests/support/hostile_tcp.ts";
import { fromHex, MAC, pcapFile } from "../../tests/support/pcap_samples.ts";
import { PathTable } from "./dissect/path_table.ts";
import { walkPackets } from "./engine/walk.ts";
import { type PacketFindings, PacketPass } from "./packet_pass.ts";
import type { PassBatch } from "./pass.ts";
import { ScanPass } from "./scan.ts";

/** Everything that a pass says of a capture and of its first `flows` flows. */
function said(pass: PacketPass, flows: number): unknown {
  const { tcp: { connection, affected, began, ended, ...tcp }, ...others } = pass.finish();
  const lists = [affected(-1, 50), began("complete", 50), began("no_syn", 50), ended("open", 50)];
  const each = Array.from({ length: Math.min(flows, 5000) }, (_, flow) => connection(flow));
  return { others, tcp, lists, each };
}

/** Walks over a capture, and holds what the kernel makes of it to what TypeScript does. */
async function compare(
  file: Uint8Array,
  change: (batch: PassBatch) => void = () => {},
): Promise<PacketFindings> {
  const paths = new PathTable();
  const compiled = new PacketPass(paths), twin = new PacketPass(paths);
  let flows = 0;
  const { signal } = new AbortController();
  const options = { needs: ScanPass.needs, maxPackets: 0, signal, paths };
  await walkPackets(sourceOf(file), options, (batch) => {
    assert.ok(batch.arena);
    change(batch);
    compiled.addBatch(batch);
    const { packets, dissected, flows: ofFlows, options, tcpFlags } = batch;
    twin.addBatch({ packets, dissected, flows: ofFlows, options, tcpFlags });
    const { count, firstFrame } = packets;
    for (const id of ofFlows.flow.subarray(0, count)) flows = Math.max(flows, id + 1);
    if (flows > 20) return;
    assert.deepEqual(said(compiled, flows), said(twin, flows), `after frame ${firstFrame + count}`);
  });
  assert.deepEqual(said(compiled, flows), said(twin, flows));
  return twin.finish();
}

Deno.test("the kernel and TypeScript count the same of captures of real hosts", async () => {
  const folder = new URL("../../tests/fixtures/captures/", import.meta.url);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  for (const name of names.filter((name) => name.includes(".pcap"))) {
    await compare(Deno.readFileSync(new URL(name, folder)));
  }
});

Deno.test("the kernel and TypeScript count the same of hostile TCP, cut anywhere", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const wish = { seed, frames: 2000, connections: 1 + seed % 5, isStamped: seed % 2 === 0 };
    assert.ok((await compare(hostileTcp(wish))).tcp.segments > 1000);
    const { quality } = await compare(hostileTcp({ ...wish, snapLength: 20 + seed * 10 }));
    assert.ok(quality.snapLength.headersCut.count + quality.snapLength.payloadCut.count > 8);
  }
});

Deno.test("the kernel and TypeScript agree on copies, clocks, origins and sizes of any kind", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const file = hostileTcp({ seed, frames: 4000, connections: 3, isStamped: true });
    const { quality, packets } = await compare(file, ({ packets, dissected, flows }) => {
      for (let row = 0; row < packets.count; row++) {
        const frame = packets.firstFrame + row;
        // A packet and its copy, at times after or far from the first.
        dissected.ipId[row] = frame % 7 === 0 ? 0 : frame >> 1;
        dissected.seq[row] = frame >> 1;
        dissected.payloadWire[row] = frame % 1500 === 0 ? 9000 : 10;
        packets.interfaceId[row] = seed % 2 === 0 ? 0 : frame >> 9 & 1;
        packets.linkType[row] = frame >> 10;
        packets.wireLength[row] = frame % 11 === 0 ? 4_294_967_295 : frame % 12_000;
        packets.noTime[row] = frame > 2000 && frame % 900 === 0 ? 1 : 0;
        flows.flow[row] = flows.flow[row] === -1 ? -1 : 0;
        flows.direction[row] = 0;
        const leap = seed === 3 ? 1e24 : seed === 4 ? 9.1e21 : 61e9;
        flows.timeNs[row] = frame * 1000 +
          (frame % 1777 === 0 ? leap : frame % 613 === 0 ? -2e6 : 0);
      }
    });
    assert.ok(quality.duplicates.copies.count > 100, `seed ${seed}`);
    assert.ok(quality.clock.backwards.count > 2 && quality.clock.withoutTime.count > 0);
    assert.equal(packets.interfaces.length, seed % 2 === 0 ? 1 : 2);
    assert.ok(quality.offload.above1460.count > 0 && quality.linkTypes.length > 2);
  }
});

Deno.test("the kernel and TypeScript count the same of thousands of connections", async () => {
  const out = Deno.makeTempFileSync();
  generateCapture({ packets: 60_000, flows: 3000, snapLength: 100, out });
  const file = Deno.readFileSync(out);
  Deno.removeSync(out);
  const { tcp } = await compare(file);
  assert.ok(tcp.connections > 2000, `${tcp.connections}`);
  // Ids of flows are given again in the midst of others.
  await compare(file, ({ packets, flows }) => {
    for (let row = 0; row < packets.count; row++) {
      if ((flows.flow[row] ?? -1) >= 0) flows.flow[row] = (flows.flow[row] ?? 0) % 300;
    }
  });
});

/** A segment of host 10.0.0.1, port `port`, to port 80 of 10.0.0.2, or back. */
function segment(port: number, isBack: boolean, seq: number, ack: number, bits: number) {
  const hex = (value: number, octets: number) => value.toString(16).padStart(2 * octets, "0");
  const ports = isBack ? hex(80, 2) + hex(port, 2) : hex(port, 2) + hex(80, 2);
  const ends = isBack ? "0a0000020a000001" : "0a0000010a000002";
  return fromHex(
    `${MAC}0800` + `450000280000400040060000${ends}` +
      `${ports}${hex(seq, 4)}${hex(ack, 4)}50${hex(bits, 1)}020000000000`,
  );
}

Deno.test("the least capture with the most findings has room for all of them", async () => {
  const RESET = 0x14, ALL = 0x16; // RST ACK, and SYN RST ACK
  const frames: Uint8Array[] = [];
  for (let port = 1000; port < 1200; port++) {
    frames.push(segment(port, false, 100, 500, RESET), segment(port, true, 900, 700, ALL));
  }
  // Then, what was not there yet, in the first flow and in a new one.
  frames.push(segment(1000, true, 1, 90_000, 0x10), segment(1000, false, 7, 1, 0x14));
  frames.push(segment(2000, false, 100, 500, RESET), segment(2000, true, 900, 700, ALL));
  const { tcp } = await compare(pcapFile(1, frames));
  assert.equal(tcp.notKept, 0);
  const findings = Object.values(tcp.totals).reduce((sum, { segments }) => sum + segments, 0);
  assert.ok(findings > frames.length * 1.5, `${findings} findings in ${frames.length} packets`);
});

Deno.test("a pass without packets has counted nothing", () => {
  const { hierarchy, packets, traffic, tcp } = new PacketPass(new PathTable()).finish();
  assert.equal(hierarchy.frames, 0);
  assert.equal(packets.leastOctets, null);
  assert.equal(traffic, null);
  assert.equal(tcp.connections, 0);
});
