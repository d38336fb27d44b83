import assert from "node:assert/strict";
import { generateCapture } from "../../../bench/generate_capture.ts";
import { findProgram, gatedTest } from "../../../tests/interop/daemon.ts";
import { captureAt, captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { scanFile } from "../../../tests/support/capture_scan.ts";
import { fromHex, ipv4, ipv6, pcapFile, tcp, udp } from "../../../tests/support/pcap_samples.ts";
import type { FlowReader, Side } from "../flow/flow_reader.ts";
import { askConversations, type ConversationsParams } from "./conversations.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const RAW_IP = 101;

Deno.test("connections on the same ports are told apart, their opener is src", async () => {
  const capture = await captureAt(`${FIXTURES}real-portreuse.pcap`);
  const params: ConversationsParams = { top_n: 2, sort_by: "start" };
  const answer = await askConversations(params, [capture], UNHURRIED);
  assert.equal(answer.total_conversations, 4);
  assert.equal(answer.complete, true);
  assert.deepEqual(answer.evicted, { conversations: 0, packets: 0, bytes: 0 });
  assert.deepEqual(answer.conversations.map(({ first_frame, stream }) => [first_frame, stream]), [
    [1, 0],
    [10, 1],
  ]);
  assert.deepEqual(answer.conversations[0], {
    src_ip: "10.98.0.1",
    src_port: 45000,
    dst_ip: "10.98.0.2",
    dst_port: 7006,
    protocol: "TCP",
    packets: 9,
    bytes: 1611,
    packets_forward: 5,
    bytes_forward: 339,
    packets_reverse: 4,
    bytes_reverse: 1272,
    start_time: "2026-11-21T01:54:31.668553Z",
    duration_seconds: 0.00025,
    stream: 0,
    first_frame: 1,
  });
});

/** A packet a second: DNS by IPv4 and back, 5 octets of TCP by IPv6, an echo by IPv4. */
const MIXED = captureOf(pcapFile(
  RAW_IP,
  [
    ipv4(17, udp(40000, 53, "00".repeat(30))),
    ipv4(17, udp(40000, 53, "00".repeat(30))),
    ipv6(6, tcp("00".repeat(500))),
    ipv4(1, "0800000000010001"),
    ipv4(99, ""),
    ipv4(17, udp(40000, 53, "")),
  ].map(fromHex),
));

async function listed(sort_by: ConversationsParams["sort_by"]): Promise<string[]> {
  const { conversations } = await askConversations({ top_n: 20, sort_by }, [MIXED], UNHURRIED);
  return conversations.map((one) =>
    `${one.protocol} ${one.packets} ${one.bytes} ${one.duration_seconds} ${one.src_port}`
  );
}

const DNS = "UDP 3 144 5 40000";
const DATA = "TCP 1 560 0 12345";
const ECHO = "ICMP 1 28 0 null";
const OTHER = "IP/99 1 20 0 null";

Deno.test("conversations are ordered as asked, equal ones as they came", async () => {
  assert.deepEqual(await listed("packets"), [DNS, DATA, ECHO, OTHER]);
  assert.deepEqual(await listed("bytes"), [DATA, DNS, ECHO, OTHER]);
  assert.deepEqual(await listed("duration"), [DNS, DATA, ECHO, OTHER]);
  assert.deepEqual(await listed("start"), [DNS, DATA, ECHO, OTHER]);
});

/** One conversation of one of tshark's tables: ends, frames each way, start and duration. */
const TABLE_LINE =
  /^(\S+) +<-> (\S+) +(\d+) [\d,]+ \w+ +(\d+) [\d,]+ \w+ +(\d+) [\d,]+ \w+ +([\d.]+) +([\d.]+)$/;

async function tshark(...args: string[]): Promise<string[]> {
  const program = findProgram("tshark") ?? "tshark";
  const child = new Deno.Command(program, { args: ["-n", ...args], stderr: "null" });
  return new TextDecoder().decode((await child.output()).stdout).trimEnd().split("\n");
}

type Pair<T> = readonly [T, T];

/** Durations by conversation: its ends, the frames that each sent, its start. */
type Table = Map<string, number>;

/** The same text whichever end comes first. */
function textOf([a, b]: Pair<string>, [fromA, fromB]: Pair<number>, start: number): string {
  const frames = a < b ? `${a} ${fromA} ${b} ${fromB}` : `${b} ${fromB} ${a} ${fromA}`;
  return `${frames} ${start.toFixed(6)}`;
}

async function tableOfTshark(path: string, table: string): Promise<Table> {
  const rows = (await tshark("-r", path, "-q", "-z", `conv,${table}`)).map((text) =>
    TABLE_LINE.exec(text)
  ).filter((match) => match !== null);
  return new Map(rows.map(([, a = "", b = "", toA, toB, , start, duration]) => [
    textOf([a, b], [Number(toB), Number(toA)], Number(start)),
    Number(duration),
  ]));
}

/** Our conversations of a protocol as such a table. */
function tableOf(flows: FlowReader, protocol: number, startNs: number): Table {
  const table: Table = new Map();
  for (let id = 0; id < flows.size; id++) {
    if (flows.protocol(id) !== protocol || flows.port(id, 0) < 0) continue;
    const end = (side: Side): string => `${flows.address(id, side)}:${flows.port(id, side)}`;
    const start = (flows.firstNs(id) - startNs) / 1e9;
    const frames = [flows.packets(id, 0), flows.packets(id, 1)] as const;
    const duration = (flows.lastNs(id) - flows.firstNs(id)) / 1e9;
    table.set(textOf([end(0), end(1)], frames, start), duration);
  }
  return table;
}

function assertSameTable(ours: Table, theirs: Table): void {
  assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
  for (const [text, duration] of ours) {
    // tshark rounds to four decimals.
    assert.ok(Math.abs(duration - (theirs.get(text) ?? NaN)) < 0.000_051, text);
  }
}

/** Frames between the addresses of a family, whatever the ports. */
function pairsOf(flows: FlowReader, length: 4 | 16): string[] {
  const pairs = new Map<string, number>();
  for (let id = 0; id < flows.size; id++) {
    if (flows.addressLength(id) !== length) continue;
    for (const side of [0, 1] as const) {
      const to = side === 0 ? 1 : 0;
      const key = `${flows.address(id, side)} ${flows.address(id, to)}`;
      pairs.set(key, (pairs.get(key) ?? 0) + flows.packets(id, side));
    }
  }
  return [...pairs].filter(([, frames]) => frames > 0).map(([key, frames]) => `${key} ${frames}`)
    .sort();
}

async function pairsOfTshark(path: string, table: string): Promise<string[]> {
  const rows = (await tshark("-r", path, "-q", "-z", `conv,${table}`)).map((text) =>
    TABLE_LINE.exec(text)
  ).filter((match) => match !== null);
  return rows.flatMap(([, a, b, toA, toB]) => [
    ...(toB === "0" ? [] : [`${a} ${b} ${toB}`]),
    ...(toA === "0" ? [] : [`${b} ${a} ${toA}`]),
  ]).sort();
}

/** Octets per stream number, which the tables only tell rounded. */
async function streamsOfTshark(
  path: string,
  protocol: "tcp" | "udp",
): Promise<Map<number, number>> {
  const fields = ["-e", `${protocol}.stream`, "-e", "frame.len"];
  const streams = new Map<number, number>();
  for (const text of await tshark("-r", path, "-Y", protocol, "-T", "fields", ...fields)) {
    if (text === "") continue;
    const [stream = NaN, octets = NaN] = text.split("\t").map(Number);
    streams.set(stream, (streams.get(stream) ?? 0) + octets);
  }
  return streams;
}

async function assertLikeTshark(path: string): Promise<void> {
  const { flows, facts } = await scanFile(path);
  const firstNs = facts.firstNs ?? 0;
  assertSameTable(tableOf(flows, 6, firstNs), await tableOfTshark(path, "tcp"));
  assertSameTable(tableOf(flows, 17, firstNs), await tableOfTshark(path, "udp"));
  assert.deepEqual(pairsOf(flows, 4), await pairsOfTshark(path, "ip"));
  assert.deepEqual(pairsOf(flows, 16), await pairsOfTshark(path, "ipv6"));
  for (const [number, protocol] of [[6, "tcp"], [17, "udp"]] as const) {
    const streams = new Map<number, number>();
    for (let id = 0; id < flows.size; id++) {
      if (flows.protocol(id) !== number) continue;
      streams.set(flows.stream(id), flows.octets(id, 0) + flows.octets(id, 1));
    }
    assert.deepEqual(streams, await streamsOfTshark(path, protocol));
  }
}

const missing = () => findProgram("tshark") === null ? "tshark is not installed" : null;

gatedTest("tshark counts the same conversations in every fixture", missing, async () => {
  for (const { name } of Deno.readDirSync(FIXTURES)) {
    if (name.endsWith(".pcap")) await assertLikeTshark(`${FIXTURES}${name}`);
  }
});

gatedTest("tshark counts the same conversations in a generated capture", missing, async () => {
  const directory = await Deno.makeTempDir();
  try {
    const out = `${directory}/generated.pcap`;
    generateCapture({ packets: 20_000, out, flows: 200, snapLength: 128 });
    await assertLikeTshark(out);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
