import assert from "node:assert/strict";
import fc from "fast-check";
import { findProgram, gatedTest, runProgram } from "../../../tests/interop/daemon.ts";
import { captureAt, captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { fromHex, ipv4, pcapFile, udp } from "../../../tests/support/pcap_samples.ts";
import { InputError } from "../../errors/mod.ts";
import { askStream, type StreamAnswer, type StreamParams } from "./stream.ts";

const CAPTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const RAW_IP = 101;

const PARAMS: StreamParams = {
  stream: null,
  packet_number: null,
  endpoints: null,
  protocol: "tcp",
  direction: "both",
  format: "text",
  offset: 0,
  max_bytes: 4096,
};

function ascii(text: string): string {
  return Array.from(text, (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

function word(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, "0");
}

const SYN = 0x02, ACK = 0x10, PSH = 0x18;

/** A segment of 10.0.0.1:1024 (client) to 10.0.0.2:80, or back. */
function segment(
  from: "client" | "server",
  seq: number,
  ack: number,
  flags: number,
  payload = "",
): string {
  const ports = from === "client" ? word(1024, 2) + word(80, 2) : word(80, 2) + word(1024, 2);
  const header = `${ports}${word(seq, 4)}${word(ack, 4)}50${word(flags, 1)}ffff00000000`;
  const packet = ipv4(6, header + payload);
  const addresses = from === "client" ? "0a0000010a000002" : "0a0000020a000001";
  return packet.replace("0a0102030a040506", addresses);
}

function capture(...packets: string[]) {
  return captureOf(pcapFile(RAW_IP, packets.map(fromHex)));
}

const HANDSHAKE = [
  segment("client", 100, 0, SYN),
  segment("server", 500, 101, SYN | ACK),
  segment("client", 101, 501, ACK),
];

function ask(
  packets: readonly string[],
  params: Partial<StreamParams> = {},
): Promise<StreamAnswer> {
  return askStream({ ...PARAMS, stream: "tcp:0", ...params }, [capture(...packets)], UNHURRIED);
}

/** Segments as `C 0 #4 text`, gaps as `C 0 #4 <3>`. */
function lines({ segments }: StreamAnswer): string[] {
  return segments.map((one) =>
    `${one.from === "client" ? "C" : "S"} ${one.offset} #${one.packet_number} ` +
    (one.missing_bytes === undefined ? one.text ?? one.hex ?? "" : `<${one.missing_bytes}>`)
  );
}

const TALK = [
  ...HANDSHAKE,
  segment("client", 101, 501, PSH, ascii("GET ")),
  segment("client", 105, 501, PSH, ascii("/\r\n")),
  segment("server", 501, 108, PSH, ascii("200 OK")),
  segment("client", 108, 507, PSH, ascii("bye")),
];

Deno.test("payload comes in order, one segment per run of a direction", async () => {
  const answer = await ask(TALK);
  assert.deepEqual(lines(answer), ["C 0 #4 GET /\r\n", "S 0 #6 200 OK", "C 7 #7 bye"]);
  assert.equal(answer.client, "10.0.0.1:1024");
  assert.equal(answer.server, "10.0.0.2:80");
  assert.equal(answer.first_frame, 1);
  assert.equal(answer.began_before, false);
  assert.equal(answer.truncated, false);
  assert.equal(answer.next_offset, null);
  assert.deepEqual(answer.segments.map(({ time_relative }) => time_relative), [3, 5, 6]);
  assert.deepEqual(answer.totals, {
    client: { bytes: 10, missing_bytes: 0, repeated_bytes: 0 },
    server: { bytes: 6, missing_bytes: 0, repeated_bytes: 0 },
  });
});

Deno.test("segments out of order and sent again are put right and counted", async () => {
  const answer = await ask([
    ...HANDSHAKE,
    segment("client", 105, 501, PSH, ascii("efgh")),
    segment("client", 101, 501, PSH, ascii("abcd")),
    segment("client", 101, 501, PSH, ascii("abcd")),
  ]);
  assert.deepEqual(lines(answer), ["C 0 #5 abcdefgh"]);
  assert.equal(answer.totals.client.repeated_bytes, 4);
});

Deno.test("octets that the capture lacks are a gap, where the other side acknowledged them", async () => {
  const answer = await ask([
    ...HANDSHAKE,
    segment("server", 504, 101, PSH, ascii("lo")),
    segment("client", 101, 506, PSH, ascii("next?")),
    segment("server", 506, 106, PSH, ascii("yes")),
  ]);
  assert.deepEqual(lines(answer), ["S 0 #4 <3>", "S 3 #4 lo", "C 0 #5 next?", "S 5 #6 yes"]);
  assert.equal(answer.totals.server.missing_bytes, 3);
});

Deno.test("one side alone can be asked for", async () => {
  assert.deepEqual(lines(await ask(TALK, { direction: "client" })), ["C 0 #4 GET /\r\nbye"]);
  assert.deepEqual(lines(await ask(TALK, { direction: "server" })), ["S 0 #6 200 OK"]);
});

Deno.test("a window of octets can be taken, and the next one", async () => {
  const first = await ask(TALK, { max_bytes: 9 });
  assert.deepEqual(lines(first), ["C 0 #4 GET /\r\n", "S 0 #6 20"]);
  assert.equal(first.truncated, true);
  assert.equal(first.next_offset, 9);
  const second = await ask(TALK, { max_bytes: 9, offset: 9 });
  assert.deepEqual(lines(second), ["S 2 #6 0 OK", "C 7 #7 bye"]);
  assert.equal(second.truncated, false);
  assert.deepEqual(second.totals, first.totals);
});

Deno.test("whatever the segments, windows one after another give what one large window does", async () => {
  const piece = fc.record({
    from: fc.constantFrom("client" as const, "server" as const),
    seq: fc.nat(60),
    ack: fc.nat(60),
    size: fc.nat(12),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 20 }),
      fc.integer({ min: 1, max: 15 }),
      async (pieces, max_bytes) => {
        const packets = [
          ...HANDSHAKE,
          ...pieces.map(({ from, seq, ack, size }) => {
            const [own, other] = from === "client" ? [101, 501] : [501, 101];
            const octets = Array.from({ length: size }, (_, at) => word((seq + at) & 0xff, 1)).join(
              "",
            );
            return segment(from, own + seq, other + ack, PSH, octets);
          }),
        ];
        const whole = await ask(packets, { format: "hex", max_bytes: 65_536 });
        const wanted = whole.segments.map(({ hex }) => hex ?? "").join("");
        const octets = whole.segments.reduce((sum, { bytes }) => sum + bytes, 0);
        assert.equal(octets, whole.totals.client.bytes + whole.totals.server.bytes);
        let shown = "";
        for (let offset: number | null = 0; offset !== null;) {
          const part: StreamAnswer = await ask(packets, { format: "hex", max_bytes, offset });
          for (const { hex = "" } of part.segments) shown += hex;
          offset = part.next_offset;
        }
        assert.equal(shown, wanted);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("hexadecimal shows the same octets", async () => {
  assert.deepEqual(lines(await ask(TALK, { format: "hex", direction: "server" })), [
    "S 0 #6 323030204f4b",
  ]);
});

Deno.test("what is no UTF-8 is escaped and said to be binary", async () => {
  const answer = await ask([...HANDSHAKE, segment("client", 101, 501, PSH, "61ff62")]);
  assert.deepEqual(answer.segments.map(({ text, encoding }) => [text, encoding]), [[
    "a\\xffb",
    "binary",
  ]]);
});

Deno.test("a long run is cut into segments that can be shown whole", async () => {
  const text = "x".repeat(1400);
  const answer = await ask([
    ...HANDSHAKE,
    segment("client", 101, 501, PSH, ascii(text)),
    segment("client", 1501, 501, PSH, ascii(text)),
  ]);
  assert.deepEqual(answer.segments.map(({ offset, bytes }) => [offset, bytes]), [[0, 1900], [
    1900,
    900,
  ]]);
});

Deno.test("a conversation can be named by a packet and by its ends", async () => {
  const other = ipv4(17, udp(7, 8, ascii("x")));
  const packets = [other, ...TALK];
  const byPacket = await ask(packets, { stream: null, packet_number: 7 });
  assert.equal(byPacket.stream, "tcp:0");
  assert.equal(byPacket.first_frame, 2);
  const byEnds = await ask(packets, { stream: null, endpoints: ["10.0.0.2:80", "10.0.0.1:1024"] });
  assert.deepEqual(byEnds.segments, byPacket.segments);
});

Deno.test("a conversation named in two ways is refused: they may not mean the same one", async () => {
  await assert.rejects(ask(TALK, { stream: "tcp:0", packet_number: 3 }), {
    code: "input.stream",
    message: "Cannot choose a stream by stream and packet_number at once",
  });
});

Deno.test("each datagram of UDP is a segment of its own", async () => {
  const answer = await ask(
    [
      ipv4(17, udp(1000, 53, ascii("ask"))),
      ipv4(17, udp(1000, 53, ascii("ask"))),
    ],
    { stream: "udp:0" },
  );
  assert.deepEqual(lines(answer), ["C 0 #1 ask", "C 3 #2 ask"]);
});

Deno.test("a datagram that the capture cut says what is missing", async () => {
  const file = pcapFile(RAW_IP, [fromHex(ipv4(17, udp(1000, 53, ascii("answer"))).slice(0, -4))]);
  // The length on the wire, two octets more than was kept.
  file[36] = 34;
  const params = { ...PARAMS, stream: "udp:0" };
  const answer = await askStream(params, [captureOf(file)], UNHURRIED);
  assert.deepEqual(answer.segments.map(({ text, missing_bytes }) => [text, missing_bytes]), [[
    "answ",
    2,
  ]]);
  assert.equal(answer.totals.client.missing_bytes, 2);
});

Deno.test("a datagram in fragments is whole", async () => {
  const datagram = udp(1000, 53, ascii("abcdefghijklmnop"));
  const answer = await ask(
    [ipv4(17, datagram.slice(0, 32), 0x2000), ipv4(17, datagram.slice(32), 2)],
    { stream: "udp:0" },
  );
  assert.deepEqual(lines(answer), ["C 0 #2 abcdefghijklmnop"]);
});

Deno.test("a connection that began before the capture is said to have", async () => {
  const answer = await ask(TALK.slice(3));
  assert.equal(answer.began_before, true);
  assert.deepEqual(lines(answer)[0], "C 0 #1 GET /\r\n");
});

Deno.test("names of streams that are not there or not right are refused with an example", async () => {
  const code = (reason: string) => (error: unknown) =>
    error instanceof InputError && error.code === `input.${reason}` && error.hint !== "";
  await assert.rejects(ask(TALK, { stream: "tcp:9" }), code("stream"));
  await assert.rejects(ask(TALK, { stream: "sctp:1" }), code("stream"));
  await assert.rejects(ask(TALK, { stream: null }), code("stream"));
  await assert.rejects(ask(TALK, { stream: null, packet_number: 99 }), code("packet_number"));
  const echo = ipv4(1, "0800000000010001");
  await assert.rejects(ask([echo], { stream: null, packet_number: 1 }), code("packet_number"));
  await assert.rejects(
    ask(TALK, { stream: null, endpoints: ["10.0.0.2", "10.0.0.1:1"] }),
    code("endpoints"),
  );
  await assert.rejects(
    ask(TALK, { stream: null, endpoints: ["10.0.0.2:1", "10.0.0.1:1"] }),
    code("endpoints"),
  );
});

/** Payload of a stream by side as `tshark -z follow` prints it: the other side's lines are indented. */
async function followed(path: string, stream: number): Promise<{ client: string; server: string }> {
  const text = await runProgram("tshark", [
    "-n",
    "-r",
    path,
    "-q",
    "-z",
    `follow,tcp,raw,${stream}`,
  ]);
  const payload = text.split("\n").filter((one) => /^\t?[0-9a-f]+$/.test(one));
  return {
    client: payload.filter((one) => !one.startsWith("\t")).join(""),
    server: payload.filter((one) => one.startsWith("\t")).map((one) => one.slice(1)).join(""),
  };
}

gatedTest(
  "tshark follows the recorded connections to the same octets",
  () => findProgram("tshark") === null ? "tshark is not installed" : null,
  async () => {
    let octets = 0;
    for (
      const [name, streams] of [["real-keepalive", 1], ["real-portreuse", 4], [
        "real-resets",
        6,
      ]] as const
    ) {
      const path = `${CAPTURES}${name}.pcap`;
      for (let number = 0; number < streams; number++) {
        const params = {
          ...PARAMS,
          stream: `tcp:${number}`,
          format: "hex" as const,
          max_bytes: 65_536,
        };
        const { segments } = await askStream(params, [await captureAt(path)], UNHURRIED);
        const side = (from: string) =>
          segments.filter((one) => one.from === from).map(({ hex }) => hex ?? "").join("");
        assert.deepEqual(
          { client: side("client"), server: side("server") },
          await followed(path, number),
          `${name} ${number}`,
        );
        octets += side("client").length / 2 + side("server").length / 2;
      }
    }
    assert.ok(octets > 500);
  },
);
