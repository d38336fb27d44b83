import assert from "node:assert/strict";
import { generateCapture } from "../../../bench/generate_capture.ts";
import { NASTY_CAPTURES } from "../../../tests/fuzz/nasty_captures.ts";
import { Random } from "../../../tests/fuzz/random.ts";
import { pcapFile } from "../../../tests/support/pcap_samples.ts";
import { StartedFeeder } from "../../../tests/support/started_feeder.ts";
import { CaptureDirectory, gzip, udpCapture } from "../../../tests/support/test_captures.ts";
import { openCapture } from "../../io/capture_file.ts";
import { PathTable } from "../dissect/path_table.ts";
import { BATCH_PACKETS } from "../batch.ts";
import type { FlowReader } from "../flow/flow_reader.ts";
import { questions } from "../questions/mod.ts";
import { fillRing, makeRing } from "./byte_ring.ts";
import type { Feeder } from "./feeder.ts";
import { NO_CONDITIONS } from "../filter/no_conditions.ts";
import { HeldCapture, type SharedBytes, storeOfFile } from "./held_capture.ts";
import type { Capture, QuestionContext } from "./question.ts";
import { QuestionRunner, type QuestionTable } from "./question_runner.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const patient = { signal: new AbortController().signal, onProgress: () => {} };
const needs = { flows: true, options: true, tcpFlags: true } as const;

/** All that can be read of a flow. */
function flowFacts(flows: FlowReader, id: number): unknown {
  return [
    flows.protocol(id),
    flows.tenant(id),
    flows.initiator(id),
    flows.firstNs(id),
    flows.lastNs(id),
    flows.firstFrame(id),
    flows.stream(id),
    flows.tcpNumber(id),
    flows.isReused(id),
    flows.flowOfTcp(flows.tcpNumber(id)),
    ([0, 1] as const).map((side) => [
      flows.address(id, side),
      flows.port(id, side),
      flows.packets(id, side),
      flows.octets(id, side),
      flows.baseSequence(id, side),
    ]),
  ];
}

/** What comes of a scan, as far as it can be asked for. */
async function everything(captures: readonly Capture[], cx: QuestionContext): Promise<unknown> {
  const scan = await captures[0]?.scan();
  assert.ok(scan !== undefined);
  const { facts, flows, hierarchy, packets, traffic } = scan;
  const hosts = flows.hosts();
  const { size, opened, evicted, tcpSize } = flows;
  return {
    scan: { facts, hierarchy, packets, traffic, hosts },
    counts: { size, opened, evicted, tcpSize },
    flows: Array.from({ length: size }, (_, id) => flowFacts(flows, id)),
    summary: await questions.summary({}, captures, cx),
    conversations: await questions.conversations(
      { top_n: 50, sort_by: "packets" },
      captures,
      cx,
    ),
    throughput: await questions.throughput({ top_n: 50, sort_by: "bytes_total" }, captures, cx),
    tcpIssues: await questions.tcp_issues({ top_n: 50 }, captures, cx),
    dns: await questions.dns({ top_n: 50 }, captures, cx),
  };
}

/** Filters that look at columns, at headers, at flows and at what was found of segments. */
const FILTERS = [
  "tcp.port == 443 && tcp.flags.syn == 1",
  "ip.addr == 10.0.0.0/8 || arp || icmp.type == 3",
  'dns.qry.name contains "a" && udp.stream < 100',
  "tcp.analysis.retransmission && tcp.stream > 2",
  "vlan.id && frame.time_relative >= 0.5",
];

/** How many packets each filter selects, and each of its clauses leaves. */
async function selected(captures: readonly Capture[], cx: QuestionContext): Promise<unknown> {
  const answers = [];
  for (const filter of FILTERS) {
    // No packet is listed: that would read the capture again, up to the last of them.
    const params = { ...NO_CONDITIONS, filter, max_results: 0 };
    answers.push(await questions.packets(params, captures, cx));
  }
  return answers;
}

const table: QuestionTable = {
  selected: (_params, captures, cx) => selected(captures, cx),
  everything: (_params, captures, cx) => everything(captures, cx),
  packets: async (_params, [capture]) => (await capture?.scan())?.facts.packets,
};

function held(path: string): HeldCapture {
  return new HeldCapture(storeOfFile(openCapture(path, () => true)));
}

/** A capture that only another thread can read. */
function heldForOther(path: string): HeldCapture {
  const open = (): never => {
    throw new Error(`"${path}" is read in this thread`);
  };
  return new HeldCapture({ ...storeOfFile(openCapture(path, () => true)), open });
}

function alone(): QuestionRunner {
  return new QuestionRunner(table);
}

/** A runner that has every scan fed, whatever its size. */
function fed(feeder: Feeder): QuestionRunner {
  const runner = new QuestionRunner(table);
  runner.useFeeder(feeder, () => true);
  return runner;
}

/** What a runner answers about a capture; an error as what it says. */
async function ask(
  runner: QuestionRunner,
  capture: HeldCapture,
  { question = "everything", maxPackets = 0 } = {},
): Promise<unknown> {
  try {
    return await runner.run({ question, params: {}, maxPackets }, [capture], patient);
  } catch (error) {
    const { code, message, detail } = error as { code: string; message: string; detail: unknown };
    if (code === undefined) throw error;
    return { code, message, detail };
  }
}

/** Waits until the feeder has dropped what nobody waits for. */
async function untilFree(feeder: Feeder): Promise<void> {
  while (!feeder.isFree) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Holds the answers of two threads to those of one. */
async function compare(
  feeder: Feeder,
  path: string,
  { question = "everything", maxPackets = 0 } = {},
): Promise<unknown> {
  const expected = await ask(alone(), held(path), { question, maxPackets });
  const answer = await ask(fed(feeder), heldForOther(path), { question, maxPackets });
  assert.deepEqual(answer, expected, path);
  assert.equal(feeder.isFree, true);
  return answer;
}

Deno.test("two threads find in the fixtures what one finds", async () => {
  using started = new StartedFeeder();
  let compared = 0;
  for (const { name } of Deno.readDirSync(FIXTURES)) {
    if (!/\.pcap(ng)?(\.gz)?$/.test(name)) continue;
    await compare(started.feeder, FIXTURES + name);
    compared++;
  }
  assert.ok(compared >= 9, `${compared} captures`);
});

Deno.test("two threads find in a large capture what one finds, plain, in gzip, and of its head", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  const path = `${directory.path}/large.pcap`;
  generateCapture({ packets: 200_000, out: path, snapLength: 128, flows: 2_000, seed: 3 });
  await compare(started.feeder, path);
  for (
    const limit of [
      1,
      BATCH_PACKETS - 1,
      BATCH_PACKETS,
      BATCH_PACKETS + 1,
      100_000,
      200_000,
      200_001,
    ]
  ) {
    await compare(started.feeder, path, { maxPackets: limit });
  }
  await compare(started.feeder, directory.write("large.gz", await gzip(Deno.readFileSync(path))));
});

Deno.test("two threads filter as one does", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  const path = `${directory.path}/large.pcap`;
  generateCapture({ packets: 50_000, out: path, snapLength: 128, flows: 500, seed: 4 });
  const answers = await compare(started.feeder, path, { question: "selected" });
  const matching = (answers as { matching_packets: number }[]).map((one) => one.matching_packets);
  assert.ok(matching.every((count) => count > 0), `${matching}`);
  for (const { name } of Deno.readDirSync(FIXTURES)) {
    if (!/\.pcap(ng)?(\.gz)?$/.test(name)) continue;
    await compare(started.feeder, FIXTURES + name, { question: "selected" });
  }
});

Deno.test("two threads say of every nasty capture what one says", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  let refused = 0;
  for (const [index, { bytes, outcome }] of NASTY_CAPTURES.entries()) {
    const answer = await compare(started.feeder, directory.write(`${index}.pcap`, bytes()));
    if (!("refused" in outcome)) continue;
    assert.equal((answer as { code: string }).code, outcome.refused);
    refused++;
  }
  assert.ok(refused > 0);
});

Deno.test("records longer than rooms are at first come through whole", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  const random = new Random(5);
  const frames = [60, 300_000, 2_000_000, 61, 62, 16_000_000, 63, 5_000_000, 1_000].map(
    (length) => {
      const frame = new Uint8Array(length);
      frame.set([
        2,
        0,
        0,
        0,
        0,
        1,
        2,
        0,
        0,
        0,
        0,
        2,
        8,
        0,
        0x45,
        0,
        0xff,
        0xff,
        0,
        0,
        0,
        0,
        64,
        17,
      ]);
      frame.set([10, 0, 0, random.below(250), 10, 0, 1, random.below(250)], 26);
      return frame;
    },
  );
  const file = pcapFile(1, frames);
  new DataView(file.buffer).setUint32(16, 16_777_216, true);
  const path = directory.write("jumbo.pcap", file);
  const { scan } = await compare(started.feeder, path) as { scan: { facts: { packets: number } } };
  assert.equal(scan.facts.packets, 9);
});

Deno.test("bytes that another thread reads are fed as well, and an error of it arrives", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  const path = directory.write("a.pcap", udpCapture(50_000));
  const walk = async (): Promise<number> => {
    using file = openCapture(path, () => true);
    const ring = makeRing(file.sizeBytes);
    const filling = fillRing(ring, file);
    const bytes = { kind: "ring", ring, sizeBytes: file.sizeBytes } as const;
    const options = { ...patient, needs, maxPackets: 0, readsDns: false, paths: new PathTable() };
    try {
      return (await started.feeder.walk(bytes, options, () => {})).facts.packets;
    } finally {
      await filling;
    }
  };
  assert.equal(await walk(), 50_000);
  const asked = walk();
  Deno.utimeSync(path, 1, 1);
  await assert.rejects(asked, { code: "env.file_changed" });
});

Deno.test("a capture that is not the same any more is not fed", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  const capture = held(directory.write("a.pcap", udpCapture(10)));
  const bytes = capture.store.share();
  capture.release();
  directory.write("a.pcap", udpCapture(20));
  const options = { ...patient, needs, maxPackets: 0, readsDns: false, paths: new PathTable() };
  const walk = () => started.feeder.walk(bytes, options, () => {});
  await assert.rejects(walk, { code: "env.file_changed" });
  await Deno.remove(`${directory.path}/a.pcap`);
  await assert.rejects(walk, { code: "policy.allowed_paths" });
  assert.equal(started.feeder.isFree, true);
});

Deno.test("a file that shrinks while it is fed ends where it ends, and gives no answer", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  const path = directory.write("a.pcap", udpCapture(200_000));
  const { size, mtime } = Deno.statSync(path);
  using file = openCapture(path, () => true);
  const bytes: SharedBytes = { kind: "file", identity: file.identity };
  const options = { ...patient, needs, maxPackets: 0, readsDns: false, paths: new PathTable() };
  const { facts } = await started.feeder.walk(bytes, options, ({ packets }) => {
    // The feeder is at most its slots and rooms ahead, which is a tenth of the file.
    if (packets.firstFrame === 1) Deno.truncateSync(path, size / 2);
  });
  assert.ok(mtime !== null);
  assert.deepEqual([facts.complete, facts.packets], [false, 99_999]);
  assert.deepEqual(facts.warnings.map(({ code }) => code), ["file_shrank"]);
  assert.equal(file.hasChanged(), true);
});

Deno.test("a scan that is cancelled at any moment lets go, and the feeder can feed again", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  const plain = udpCapture(60_000);
  const paths = [
    directory.write("a.pcap", plain),
    directory.write("b.pcap", await gzip(plain)),
  ] as const;
  const random = new Random(11);
  for (let round = 0; round < 40; round++) {
    const runner = fed(started.feeder);
    const cancel = new AbortController();
    const reason = new Error("nobody waits");
    const order = { question: "packets", params: {}, maxPackets: 0 };
    const path = random.pick(paths);
    const asked = runner.run(order, [held(path)], { ...patient, signal: cancel.signal });
    const cancelled = round % 4 === 0 ? Promise.resolve() : new Promise<void>((resolve) => {
      setTimeout(resolve, random.below(12));
    });
    cancelled.then(() => cancel.abort(reason));
    const answer = await asked.catch((error: unknown) => error);
    assert.ok(answer === reason || answer === 60_000, String(answer));
    // It may be fed or not: the feeder has perhaps not let go yet.
    if (round % 3 === 0) {
      assert.equal(await ask(runner, held(path), { question: "packets" }), 60_000);
    } else await untilFree(started.feeder);
  }
  await untilFree(started.feeder);
  assert.equal(
    await ask(fed(started.feeder), heldForOther(paths[0]), { question: "packets" }),
    60_000,
  );
});

Deno.test("of two scans at once one is fed, and both are answered", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  const paths = [40_000, 50_000].map((count) =>
    directory.write(`${count}.pcap`, udpCapture(count))
  );
  const runner = fed(started.feeder);
  const answers = await Promise.all(
    paths.map((path) => ask(runner, held(path), { question: "packets" })),
  );
  assert.deepEqual(answers, [40_000, 50_000]);
});

Deno.test("what a visitor throws ends the walk, and the feeder is free again", async () => {
  using started = new StartedFeeder();
  await using directory = await CaptureDirectory.make();
  using file = openCapture(directory.write("a.pcap", udpCapture(60_000)), () => true);
  const bytes: SharedBytes = { kind: "file", identity: file.identity };
  const options = { ...patient, needs, maxPackets: 0, readsDns: false, paths: new PathTable() };
  const fault = new Error("a fault of an analyzer");
  const walk = started.feeder.walk(bytes, options, () => {
    throw fault;
  });
  await assert.rejects(walk, fault);
  await untilFree(started.feeder);
});
