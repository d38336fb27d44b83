/** Which packets are listed and counted, what a row tells, and which clause lets nothing through. */
import assert from "node:assert/strict";
import { InputError } from "../../errors/mod.ts";
import { captureAt, captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { fromHex, ipv4, MAC, pcapFile, tcp, udp } from "../../../tests/support/pcap_samples.ts";
import { NO_CONDITIONS } from "../filter/no_conditions.ts";
import { askPackets, type PacketsAnswer, type PacketsParams } from "./packets.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url);

async function ask(file: string, params: Partial<PacketsParams>): Promise<PacketsAnswer> {
  const capture = await captureAt(new URL(file, FIXTURES).pathname);
  return await askPackets({ ...NO_CONDITIONS, max_results: 100, ...params }, [capture], UNHURRIED);
}

/** The info lines of packets of hexadecimal octets. */
async function infoOf(linkType: number, ...packets: string[]): Promise<string[]> {
  const capture = captureOf(pcapFile(linkType, packets.map(fromHex)));
  const params = { ...NO_CONDITIONS, max_results: 100 };
  const answer = await askPackets(params, [capture], UNHURRIED);
  return answer.packets.map(({ info }) => info);
}

Deno.test("all that match are counted, the first ones listed", async () => {
  const answer = await ask("mix-10000.pcap.gz", { filter: "tcp.flags.syn == 1", max_results: 2 });
  assert.equal(answer.filter_expression, "tcp.flags.syn == 1");
  assert.equal(answer.total_packets_scanned, 10_000);
  assert.equal(answer.matching_packets, 194);
  assert.deepEqual(answer.packets.map(({ packet_number }) => packet_number), [2, 4]);
  assert.equal(answer.complete, true);
});

Deno.test("a row tells times, ends, stream and what the packet says", async () => {
  const { packets } = await ask("real-portreuse.pcap", { max_results: 4 });
  assert.deepEqual(packets[0], {
    packet_number: 1,
    timestamp: "2026-11-21T01:54:31.668553Z",
    time_relative: 0,
    src_ip: "10.98.0.1",
    src_port: 45000,
    dst_ip: "10.98.0.2",
    dst_port: 7006,
    protocol: "TCP",
    length: 74,
    stream: 0,
    info: "45000 → 7006 [SYN] Seq=0 Win=64240 Len=0",
  });
  assert.equal(packets[1]?.info, "7006 → 45000 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0");
  assert.equal(packets[2]?.info, "45000 → 7006 [ACK] Seq=1 Ack=1 Win=63 Len=0");
});

Deno.test("conditions given one by one are one display filter", async () => {
  const answer = await ask("mix-10000.pcap.gz", {
    src_ip: "10.0.0.0/8",
    protocol: "TCP",
    port: 443,
    first_frame: 10,
    last_frame: 5000,
    since: 0.001,
    until: 2.5,
    filter: "tcp.len > 0",
  });
  assert.equal(
    answer.filter_expression,
    "frame.number >= 10 and frame.number <= 5000 and frame.time_relative >= 0.001 and " +
      "frame.time_relative < 2.5 and ip.src == 10.0.0.0/8 and tcp and " +
      "(tcp.port == 443 or udp.port == 443 or sctp.port == 443) and tcp.len > 0",
  );
  assert.deepEqual(
    answer.clauses.map(({ survived }) => survived),
    answer.clauses.map(({ survived }) => survived).sort((a, b) => b - a),
  );
  assert.equal(answer.clauses.at(-1)?.survived, answer.matching_packets);
  assert.ok(answer.total_packets_scanned < 10_000);
  assert.equal(answer.complete, true);
});

Deno.test("when nothing matches, the clauses tell which one removed the last packets", async () => {
  const { matching_packets, clauses } = await ask("mix-10000.pcap.gz", {
    filter: "tcp && tcp.flags.syn == 1 && tcp.port == 4 && ip.ttl < 3",
  });
  assert.equal(matching_packets, 0);
  assert.deepEqual(clauses, [
    { text: "tcp", survived: 9692 },
    { text: "tcp.flags.syn == 1", survived: 194 },
    { text: "tcp.port == 4", survived: 0 },
    { text: "ip.ttl < 3", survived: 0 },
  ]);
});

/** Asks a capture of the same file again and again. */
async function askAgain(
  file: string,
  indexBytes: number,
  ...all: Partial<PacketsParams>[]
): Promise<PacketsAnswer[]> {
  const capture = captureOf(await Deno.readFile(new URL(file, FIXTURES)), indexBytes);
  const answers: PacketsAnswer[] = [];
  for (const params of all) {
    const whole = { ...NO_CONDITIONS, max_results: 3, ...params };
    answers.push(await askPackets(whole, [capture], UNHURRIED));
  }
  return answers;
}

Deno.test("from the second filter on the index answers, in the same words", async () => {
  const questions: Partial<PacketsParams>[] = [
    { filter: "tcp.flags.syn == 1 && tcp.port == 443" },
    { filter: "tcp.analysis.retransmission", first_frame: 100, last_frame: 5000 },
    { src_ip: "10.0.0.0/8", protocol: "udp", since: 0.5, until: 2 },
    { port: 4 },
  ];
  const [first, ...read] = await askAgain("mix-10000.pcap.gz", 0, ...questions, ...questions);
  const known = await askAgain("mix-10000.pcap.gz", 2 ** 24, ...questions, ...questions);
  assert.deepEqual(known.map((one) => one.from_index), [
    false,
    ...Array.from({ length: 7 }, () => true),
  ]);
  assert.deepEqual(
    known.map((one) => ({ ...one, from_index: false })),
    [first, ...read],
  );
});

Deno.test("what the index does not know is read from the capture, with it or without", async () => {
  const filters = ["tcp", "udp", 'dns.qry.name contains "a"', "tcp.window_size_value == 0"];
  const answers = await askAgain(
    "mix-10000.pcap.gz",
    2 ** 24,
    ...filters.map((filter) => ({ filter })),
  );
  assert.deepEqual(answers.map((one) => one.from_index), [false, true, false, false]);
});

Deno.test("an index that does not fit is said, and the answers are the same", async () => {
  const [, second, third] = await askAgain(
    "mix-10000.pcap.gz",
    1000,
    ...["tcp", "udp", "tcp.flags.syn == 1"].map((filter) => ({ filter })),
  );
  assert.equal(second?.from_index, false);
  assert.deepEqual(second?.warnings, third?.warnings);
  assert.match(second?.warnings[0] ?? "", /does not fit pcap.index_bytes/);
  assert.equal(third?.matching_packets, 194);
});

Deno.test("an info line says what the packet is about", async () => {
  const query = "1234010000010000000000000161000001" + "0001";
  assert.deepEqual(
    await infoOf(
      1,
      MAC + "0800" + ipv4(17, udp(1000, 53, query)),
      MAC + "0800" + ipv4(17, udp(1000, 2000, "00")),
      MAC + "0800" + ipv4(6, tcp("474554202f6120485454502f312e310d0a0d0a")),
      MAC + "0800" + ipv4(1, "0800000012340005"),
      MAC + "0800" + ipv4(1, "0303000000000000" + ipv4(17, udp(1, 2, ""))),
      MAC + "0806" + "0001080006040001" + "0200000000010a010203" + "0000000000000a040506",
      MAC + "0806" + "0001080006040002" + "0200000000010a010203" + "0200000000020a040506",
      MAC + "0800" + ipv4(17, "00", 0x0064),
      MAC + "0800" + ipv4(6, "0050"),
    ),
    [
      "1000 → 53 Len=19 Standard query 0x1234 A a",
      "1000 → 2000 Len=1",
      "12345 → 9999 [PSH, ACK] Seq=1 Ack=1 Win=512 Len=19 GET /a HTTP/1.1",
      "Echo (ping) request id=0x1234, seq=5",
      "Destination unreachable (Port unreachable)",
      "Who has 10.4.5.6? Tell 10.1.2.3",
      "10.1.2.3 is at 02:00:00:00:00:01",
      "Fragment, offset 800, ID 0x1234",
      "eth:ip:tcp:_ws.malformed 36 bytes [malformed: tcp: cut by the end of the frame]",
    ],
  );
});

Deno.test("what cannot be filtered by is refused as input", async () => {
  const refused = (params: Partial<PacketsParams>, code: string, hint: RegExp) =>
    assert.rejects(
      ask("real-resets.pcap", params),
      (error) => error instanceof InputError && error.code === code && hint.test(error.hint),
    );
  await refused({ src_ip: "10.0.0.300" }, "input.address", /Give an address or a prefix/);
  await refused({ dst_ip: "host.example" }, "input.address", /Give an address or a prefix/);
  await refused({ protocol: "tpc" }, "input.protocol", /Did you mean .*tcp/);
  await refused({ filter: "ip.adr == 1" }, "input.filter", /Did you mean ip.addr/);
});
