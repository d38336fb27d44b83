import assert from "node:assert/strict";
import {
  block,
  interfaceBlock,
  join,
  option,
  packetBlock,
  pcap,
  type PcapRecord,
  section,
  words,
} from "../../../tests/fuzz/capture_writer.ts";
import { captureAt, captureOf } from "../../../tests/support/asked_capture.ts";
import { fromHex, ipv4, ipv6, MAC } from "../../../tests/support/pcap_samples.ts";
import type { CaptureQuality, QualityCode, QualityFinding } from "./finding.ts";
import { gradeQuality, type QualityEvidence } from "./grade.ts";

const CAPTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const RAW_IP = 101;

async function gradeOf(
  file: Uint8Array,
  ackedUnseen: QualityEvidence["ackedUnseen"] = null,
): Promise<CaptureQuality> {
  const { facts, quality } = await captureOf(file).scan();
  return gradeQuality({ facts, quality, ackedUnseen });
}

function findingOf({ findings }: CaptureQuality, code: QualityCode): QualityFinding {
  const found = findings.find((one) => one.code === code);
  assert.ok(found, `${code} in ${findings.map((one) => one.code).join(", ")}`);
  return found;
}

function word(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, "0");
}

interface Shape {
  readonly from?: "client" | "server";
  readonly port?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly flags?: number;
  /** Octets of payload. */
  readonly size?: number;
  readonly id?: number;
  readonly ttl?: number;
  readonly mss?: number;
}

const SYN = 0x02, RST = 0x04, ACK = 0x10;

/** Internet checksum of hexadecimal octets (RFC 1071). */
function checksum(hex: string): number {
  let sum = 0;
  for (const two of hex.padEnd(Math.ceil(hex.length / 4) * 4, "0").match(/..../g) ?? []) {
    sum += Number.parseInt(two, 16);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** A TCP segment in IPv4 with right checksums, hexadecimal. */
function segment(shape: Shape = {}): string {
  const { from = "client", port = 1024, seq = 1, ack = 1, flags = ACK, size = 0 } = shape;
  const { id = 1, ttl = 64, mss } = shape;
  const ports = from === "client" ? word(port, 2) + word(80, 2) : word(80, 2) + word(port, 2);
  const options = mss === undefined ? "" : `0204${word(mss, 2)}`;
  const head = `${ports}${word(seq, 4)}${word(ack, 4)}${mss === undefined ? 50 : 60}${
    word(flags, 1)
  }ffff`;
  const rest = `0000${options}${"61".repeat(size)}`;
  const addresses = from === "client" ? "0a0000010a000002" : "0a0000020a000001";
  const length = (head.length + 4 + rest.length) / 2;
  const sum = checksum(`${addresses}0006${word(length, 2)}${head}0000${rest}`);
  const start = `4500${word(20 + length, 2)}${word(id, 2)}0000${word(ttl, 1)}06`;
  return `${start}${word(checksum(`${start}0000${addresses}`), 2)}${addresses}${head}${
    word(sum, 2)
  }${rest}`;
}

/** Packets a millisecond apart, unless they say when. */
function file(packets: readonly (string | PcapRecord)[], linkType = RAW_IP): Uint8Array {
  return pcap(
    packets.map((one, index) =>
      typeof one === "string" ? { data: fromHex(one), fraction: index * 1000 } : one
    ),
    { linkType },
  );
}

/** A clean talk of both sides: handshake, then a question and an answer again and again. */
function talk(rounds: number): string[] {
  const packets = [
    segment({ seq: 0, ack: 0, flags: SYN, mss: 1460, id: 1 }),
    segment({ from: "server", seq: 0, flags: SYN | ACK, mss: 1460, id: 2 }),
  ];
  for (let round = 0; round < rounds; round++) {
    const at = 1 + 10 * round;
    packets.push(segment({ seq: at, ack: at, size: 10, id: 3 + 2 * round }));
    packets.push(segment({ from: "server", seq: at, ack: at + 10, size: 10, id: 4 + 2 * round }));
  }
  return packets;
}

Deno.test("a clean capture is good and has no findings", async () => {
  assert.deepEqual(await gradeOf(file(talk(100))), {
    grade: "good",
    findings: [],
    consequences: [],
  });
  assert.deepEqual(await gradeOf(file([])), { grade: "good", findings: [], consequences: [] });
});

Deno.test("a recorded capture with cut payload is fair, and says at which length", async () => {
  const { facts, quality } = await (await captureAt(`${CAPTURES}real-portreuse.pcap`)).scan();
  const { grade, findings, consequences } = gradeQuality({ facts, quality, ackedUnseen: null });
  assert.equal(grade, "fair");
  assert.deepEqual(findings, [{
    code: "payload_cut",
    severity: "medium",
    text: "4 packets (11.4 %) cut to 200 octets by the snap length.",
    count: 4,
    frames: [6, 15, 24, 33],
  }]);
  assert.equal(consequences.length, 1);
});

Deno.test("packets cut within a header make a capture poor", async () => {
  const cut = talk(10).map((hex, index) => ({
    data: fromHex(hex).subarray(0, 30),
    fraction: index,
    wire: hex.length / 2,
  }));
  const quality = await gradeOf(file(cut));
  assert.equal(quality.grade, "poor");
  const { count, frames, text } = findingOf(quality, "headers_cut");
  assert.equal(count, 22);
  assert.deepEqual(frames, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(text, "22 packets (100.0 %) cut within a header; the shortest has 30 octets.");
});

/** Every packet, and each again after `delayUsec`, changed by `change`. */
function twice(packets: readonly string[], delayUsec: number, change = (hex: string) => hex) {
  return packets.flatMap((hex, index) => [
    { data: fromHex(hex), fraction: index * 1000 },
    { data: fromHex(change(hex)), fraction: index * 1000 + delayUsec },
  ]);
}

Deno.test("a mirror port that copies twice is found, with the typical delay", async () => {
  const quality = await gradeOf(file(twice(talk(20), 7)));
  assert.equal(quality.grade, "poor");
  const { count, frames, text } = findingOf(quality, "duplicate_frames");
  assert.equal(count, 42);
  assert.deepEqual(frames.slice(0, 3), [2, 4, 6]);
  assert.equal(
    text,
    "42 packets (50.0 %) captured again, typically 7.0 µs later, alike, so mirrored twice or duplicated by the network.",
  );
});

Deno.test("copies with another MAC, VLAN, TTL and header checksum are those of a router's two sides", async () => {
  const packets = talk(20).map((hex) => MAC + "0800" + hex);
  const routed = (hex: string) =>
    `${MAC.slice(12)}${MAC.slice(0, 12)}81000005${hex.slice(24, 44)}3f06aaaa${hex.slice(52)}`;
  const { text, count } = findingOf(
    await gradeOf(file(twice(packets, 200, routed), 1)),
    "duplicate_frames",
  );
  assert.equal(count, 42);
  assert.match(
    text,
    /typically 200 µs later, with another TTL, so captured on both sides of a router\.$/,
  );
});

Deno.test("a retransmission is no copy: its identification is another", async () => {
  const again = talk(20).map((hex, index) =>
    `${hex.slice(0, 8)}${word(9000 + index, 2)}${hex.slice(12)}`
  );
  const packets = talk(20).flatMap((hex, index) => [hex, again[index] ?? ""]);
  assert.deepEqual((await gradeOf(file(packets))).findings, []);
});

Deno.test("segments with one identification and checksum are told apart by where they stand", async () => {
  const bare = (shape: Shape) => segment({ ...shape, id: 7 }).replace(/^(.{72}).{4}/, "$10000");
  const packets = [0, 1, 2, 3].map((index) => bare({ seq: 1 + 10 * index, size: 10 }));
  packets.push(bare({ seq: 31, size: 11 }));
  const { quality } = await captureOf(file(packets)).scan();
  assert.equal(quality.duplicates.copies.count, 0);
});

Deno.test("without identification a segment is a copy within a millisecond only, an ACK never", async () => {
  const bare = (hex: string) => ipv6(6, hex.slice(40));
  const data = bare(segment({ size: 5 }));
  const ack = bare(segment({}));
  const at = (hex: string, fraction: number) => ({ data: fromHex(hex), fraction });
  const copies = async (...packets: PcapRecord[]) =>
    (await captureOf(file(packets)).scan()).quality.duplicates.copies.count;
  assert.equal(await copies(at(data, 0), at(data, 900)), 1);
  assert.equal(await copies(at(data, 0), at(data, 2000)), 0);
  assert.equal(await copies(at(ack, 0), at(ack, 10)), 0);
});

Deno.test("an identification that comes again later is no copy", async () => {
  const one = segment({ size: 5 });
  const packets = [{ data: fromHex(one) }, { data: fromHex(one), fraction: 60_000 }];
  assert.deepEqual((await gradeOf(file(packets))).findings, []);
});

Deno.test("segments larger than the MSS were taken above offload", async () => {
  const large = segment({ seq: 5000, size: 4380, id: 77 });
  const quality = await gradeOf(file([...talk(10), large]));
  assert.equal(quality.grade, "good");
  assert.deepEqual(quality.findings, [{
    code: "offload",
    severity: "low",
    text:
      "1 TCP segment of up to 4380 octets where the greatest MSS is 1460: taken above segmentation or receive offload.",
    count: 1,
    frames: [23],
  }]);
});

Deno.test("large segments of a link that carries them are no offload", async () => {
  const packets = [
    segment({ seq: 0, ack: 0, flags: SYN, mss: 65_495 }),
    segment({ from: "server", seq: 0, flags: SYN | ACK, mss: 65_495 }),
    segment({ size: 32_000 }),
  ];
  assert.deepEqual((await gradeOf(file(packets))).findings, []);
});

Deno.test("checksums are sampled: what the card should fill in and what is wrong are told apart", async () => {
  // Addresses, protocol and 30 octets of segment, summed by hand.
  const partial = (hex: string) => `${hex.slice(0, 72)}1427${hex.slice(76)}`;
  const wrong = (hex: string) => `${hex.slice(0, 72)}dead${hex.slice(76)}`;
  const offloaded = await gradeOf(
    file(talk(100).map((hex, index) => index < 2 ? hex : partial(hex))),
  );
  assert.deepEqual(offloaded.findings.map(({ code, count }) => [code, count]), [[
    "checksum_offload",
    3,
  ]]);
  assert.equal(offloaded.grade, "good");
  const bad = await gradeOf(file(talk(100).map((hex, index) => index < 2 ? hex : wrong(hex))));
  assert.deepEqual(bad.findings.map(({ code, count }) => [code, count]), [["bad_checksums", 3]]);
  assert.deepEqual(bad.findings[0]?.frames, [64, 128, 192]);
});

Deno.test("connections with one direction only are found if that side acknowledges", async () => {
  const half = [2, 3, 4, 5].flatMap((port) => [
    segment({ port, seq: 0, ack: 0, flags: SYN, id: port }),
    segment({ port, id: port + 100 }),
    segment({ port, size: 10, id: port + 200 }),
  ]);
  const quality = await gradeOf(file([...talk(10), ...half]));
  assert.equal(quality.grade, "poor");
  const { count, frames, text } = findingOf(quality, "one_sided");
  assert.equal(count, 4);
  assert.deepEqual(frames, [23, 26, 29, 32]);
  assert.equal(
    text,
    "One direction only of 4 of 5 TCP connections (80.0 %), though that side acknowledges what it got.",
  );
});

Deno.test("a connection that nobody answers is not one-sided", async () => {
  const syn = [1, 2, 3, 4].map((id) => segment({ seq: 0, ack: 0, flags: SYN, id }));
  assert.deepEqual((await gradeOf(file(syn))).findings, []);
  const refused = [1, 2].flatMap((port) => [
    segment({ port, seq: 0, ack: 0, flags: SYN, id: port }),
    segment({ port, from: "server", seq: 0, flags: RST | ACK, id: port }),
  ]);
  assert.deepEqual((await gradeOf(file(refused))).findings, []);
});

Deno.test("time that runs backwards is told with how much", async () => {
  const packets = talk(10).map((hex, index) => ({
    data: fromHex(hex),
    fraction: index < 9 ? 500_000 + index : index,
  }));
  const quality = await gradeOf(file(packets));
  assert.equal(quality.grade, "fair");
  const { count, frames, text } = findingOf(quality, "clock_backwards");
  assert.deepEqual([count, frames], [1, [10]]);
  assert.equal(text, "Time runs backwards at 1 packet, by up to 500.0 ms.");
});

Deno.test("packets out of order by less than a millisecond are nothing to tell", async () => {
  const packets = talk(10).map((hex, index) => ({
    data: fromHex(hex),
    fraction: 10_000 + index * 1000 - (index % 2) * 1900,
  }));
  assert.deepEqual((await gradeOf(file(packets))).findings, []);
});

Deno.test("a leap ahead in a steady run is told, an idle time in a sparse one is not", async () => {
  const steady = talk(100).map((hex, index) => ({
    data: fromHex(hex),
    sec: index < 150 ? 1_700_000_000 : 1_700_000_300,
    fraction: index * 1000,
  }));
  const { count, frames, text, severity } = findingOf(await gradeOf(file(steady)), "clock_forward");
  assert.deepEqual([count, frames, severity], [1, [151], "low"]);
  assert.match(text, /the longest 300\.0 s/);
  const sparse = talk(100).map((hex, index) => ({
    data: fromHex(hex),
    sec: 1_700_000_000 + index * 20 + (index < 150 ? 0 : 300),
  }));
  assert.deepEqual((await gradeOf(file(sparse))).findings, []);
});

/** A pcapng file of one interface with options, then blocks. */
function pcapng(...blocks: Uint8Array[]): Uint8Array {
  return join(section(), ...blocks);
}

Deno.test("drops that the capturing host counted are told before anything else", async () => {
  const packets = talk(100).map((hex) => packetBlock(fromHex(hex)));
  const statistics = block(
    "little",
    5,
    join(
      words("little", [4, 0], [4, 0], [4, 0]),
      option("little", 5, words("little", [8, 50n])),
      option("little", 0, new Uint8Array(0)),
    ),
  );
  const quality = await gradeOf(pcapng(interfaceBlock(RAW_IP), ...packets, statistics));
  assert.equal(quality.grade, "poor");
  assert.equal(quality.findings[0]?.code, "dropped_by_capture");
  assert.equal(quality.findings[0]?.text, "The capturing host dropped 50 packets of 252 (19.8 %).");
  assert.match(quality.consequences[0] ?? "", /distrust loss/);
});

Deno.test("packets without a time and of several link types are told", async () => {
  const simple = (hex: string) =>
    block(
      "little",
      3,
      join(
        words("little", [4, hex.length / 2]),
        fromHex(hex),
        new Uint8Array(-(hex.length / 2) & 3),
      ),
    );
  const timeless = await gradeOf(pcapng(interfaceBlock(RAW_IP), ...talk(5).map(simple)));
  assert.equal(timeless.grade, "poor");
  assert.equal(findingOf(timeless, "no_timestamps").count, 12);
  const mixed = await gradeOf(
    pcapng(
      interfaceBlock(RAW_IP),
      interfaceBlock(1),
      simple(ipv4(99, "")),
      packetBlock(fromHex(`${MAC}0800${segment()}`), { from: 1 }),
    ),
  );
  assert.equal(
    findingOf(mixed, "mixed_link_types").text,
    "Packets of 2 link types: RAW, ETHERNET.",
  );
});

Deno.test("a file that ends within a packet is no reason for distrust, one damaged before is", async () => {
  const whole = file(talk(100));
  const cut = await gradeOf(whole.subarray(0, whole.length - 5));
  assert.equal(cut.grade, "good");
  assert.deepEqual(cut.findings.map(({ code }) => code), ["cut_at_end"]);
  assert.deepEqual(cut.consequences, []);
  const garbage = whole.slice();
  garbage.fill(0xff, 2000, 2400);
  const damaged = await gradeOf(garbage);
  assert.equal(damaged.grade, "poor");
  assert.match(findingOf(damaged, "damaged").text, /^Bytes from \d+ on were given up: /);
});

Deno.test("ACKs for data that was not captured count where somebody counted them", async () => {
  const quality = await gradeOf(file(talk(100)), { count: 3, frames: [5, 9, 11] });
  assert.equal(quality.grade, "poor");
  assert.deepEqual(findingOf(quality, "acked_unseen").frames, [5, 9, 11]);
  assert.deepEqual((await gradeOf(file(talk(100)), { count: 0, frames: [] })).findings, []);
});

Deno.test("the worst finding stands first and decides the grade", async () => {
  const large = segment({ seq: 5000, size: 4380, id: 77 });
  const quality = await gradeOf(
    file([...twice(talk(20), 7), { data: fromHex(large), fraction: 900_000 }]),
  );
  assert.deepEqual(quality.findings.map(({ code }) => code), ["duplicate_frames", "offload"]);
  assert.equal(quality.grade, "poor");
});
