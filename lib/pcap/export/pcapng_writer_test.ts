/** What is written reads back as it was, by our own reader and by tshark. */
import assert from "node:assert/strict";
import { captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { fromHex, ipv4, MAC, tcp } from "../../../tests/support/pcap_samples.ts";
import { findProgram, gatedTest, runProgram } from "../../../tests/interop/daemon.ts";
import { NO_CONDITIONS } from "../filter/no_conditions.ts";
import { askExport, type ExportAnswer } from "../questions/export.ts";
import { PcapngWriter } from "./pcapng_writer.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url);
const FRAME = fromHex(MAC + "0800" + ipv4(6, tcp("68656c6c6f")));

function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Time, interface, lengths and octets of every packet, as our reader has them. */
async function packetsOf(file: Uint8Array): Promise<unknown[]> {
  const seen: unknown[] = [];
  const facts = await captureOf(file).walk({}, ({ packets }) => {
    for (let row = 0; row < packets.count; row++) {
      const start = packets.offset[row] ?? 0;
      const captured = packets.capturedLength[row] ?? 0;
      seen.push([
        packets.timeSec[row],
        packets.timeNsec[row],
        packets.linkType[row],
        packets.fcsLength[row],
        packets.wireLength[row],
        packets.bytes.slice(start, start + captured).join(),
      ]);
    }
  });
  assert.deepEqual([facts.complete, facts.warnings], [true, []]);
  return seen;
}

async function exported(
  file: string,
  filter: string,
  limits: { limit_packets?: number; limit_bytes?: number } = {},
): Promise<ExportAnswer> {
  const bytes = await Deno.readFile(new URL(file, FIXTURES));
  const params = { ...NO_CONDITIONS, filter, limit_packets: 1e6, limit_bytes: 1e8, ...limits };
  return await askExport(params, [captureOf(bytes)], UNHURRIED);
}

Deno.test("interfaces, times, lengths and octets are kept", async () => {
  const writer = new PcapngWriter("netglass", "two interfaces");
  const packet = { bytes: FRAME, wireLength: 1500, timeSec: 1_700_000_000, timeNsec: 123_456_789 };
  writer.add({ id: 0, linkType: 1, fcsLength: 0 }, packet);
  writer.add({ id: 3, linkType: 101, fcsLength: 4 }, {
    bytes: FRAME.subarray(14, 33),
    wireLength: 45,
    timeSec: 4_500_000_000,
    timeNsec: 1,
  });
  const size = writer.sizeBytes;
  const file = joinChunks(writer.finish());
  assert.equal(file.length, size);
  assert.deepEqual(await packetsOf(file), [
    [1_700_000_000, 123_456_789, 1, 0, 1500, FRAME.join()],
    [4_500_000_000, 1, 101, 4, 45, FRAME.subarray(14, 33).join()],
  ]);
});

Deno.test("chunks grow as packets come, and a packet larger than one fits", async () => {
  const writer = new PcapngWriter("netglass", "");
  const on = { id: 0, linkType: 1, fcsLength: 0 };
  const large = new Uint8Array(3_000_001).fill(7);
  for (const bytes of [FRAME, large, FRAME]) {
    writer.add(on, { bytes, wireLength: bytes.length, timeSec: 1, timeNsec: 0 });
  }
  const chunks = writer.finish();
  assert.equal(chunks.length, 3);
  const packets = await packetsOf(joinChunks(chunks));
  assert.deepEqual(packets.map((one) => (one as number[])[4]), [59, 3_000_001, 59]);
});

Deno.test("everything exported is the capture itself", async () => {
  const original = await Deno.readFile(new URL("real-resets.pcap", FIXTURES));
  const { chunks, exported_packets } = await exported("real-resets.pcap", "frame");
  assert.equal(exported_packets, 29);
  assert.deepEqual(await packetsOf(joinChunks(chunks)), await packetsOf(original));
});

Deno.test("an export ends at its bounds and says at which", async () => {
  const few = await exported("real-resets.pcap", "tcp", { limit_packets: 5 });
  assert.deepEqual([few.exported_packets, few.export_limited_by], [5, "limit_packets"]);
  const small = await exported("real-resets.pcap", "tcp", { limit_bytes: 1024 });
  assert.equal(small.export_limited_by, "limit_bytes");
  assert.ok(small.exported_packets > 0 && joinChunks(small.chunks).length <= 1024);
  const all = await exported("real-resets.pcap", "tcp", { limit_packets: 29 });
  assert.deepEqual([all.exported_packets, all.export_limited_by, all.complete], [29, null, true]);
});

gatedTest(
  "tshark reads what was exported as what was asked for",
  () => findProgram("tshark") === null ? "tshark is not installed" : null,
  async () => {
    const fields = ["frame.time_epoch", "frame.len", "frame.cap_len", "ip.src", "tcp.seq_raw"];
    const rows = (path: string, ...more: string[]) =>
      runProgram("tshark", [
        "-n",
        "-r",
        path,
        ...more,
        "-T",
        "fields",
        ...fields.flatMap((one) => ["-e", one]),
      ]);
    const { chunks } = await exported("mix-10000.pcap.gz", "tcp.flags.syn == 1 || dns");
    const path = await Deno.makeTempFile({ suffix: ".pcapng" });
    try {
      await Deno.writeFile(path, joinChunks(chunks));
      const original = new URL("mix-10000.pcap.gz", FIXTURES).pathname;
      const wanted = await rows(original, "-Y", "tcp.flags.syn == 1 || dns");
      assert.equal(await rows(path), wanted);
      const told = await runProgram("capinfos", [path]);
      assert.match(told, /Capture application:\s+netglass/);
      assert.match(told, /Capture comment:\s+Packets that match tcp.flags.syn == 1 or dns/);
    } finally {
      await Deno.remove(path);
    }
  },
);
