import assert from "node:assert/strict";
import { findProgram, gatedTest, runProgram } from "../../../tests/interop/daemon.ts";
import { captureAt, captureOf, UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { fromHex, HELLO, ipv4, pcapFile, tcp, udp } from "../../../tests/support/pcap_samples.ts";
import { InputError } from "../../errors/mod.ts";
import { askPacket, type PacketAnswer } from "./packet.ts";

const CAPTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const RAW_IP = 101;

async function recorded(
  name: string,
  packet_number: number,
  max_bytes = 32,
): Promise<PacketAnswer> {
  const capture = await captureAt(`${CAPTURES}${name}.pcap`);
  return askPacket({ packet_number, max_bytes }, [capture], UNHURRIED);
}

Deno.test("the frame is a layer with times, lengths and the path", async () => {
  const answer = await recorded("real-resets", 2);
  assert.equal(answer.protocols, "eth:ip:tcp");
  assert.equal(answer.link_type, "ETHERNET");
  assert.equal(answer.complete, true);
  assert.equal(answer.scanned_packets >= 2, true);
  const [frame] = answer.layers;
  assert.equal(frame?.name, "frame");
  const value = (name: string) => frame?.fields.find((field) => field.name === name)?.value;
  assert.equal(value("frame.number"), 2);
  assert.equal(value("frame.len"), 54);
  assert.equal(value("frame.protocols"), "eth:ip:tcp");
  assert.equal(
    answer.timestamp?.slice(0, 17),
    new Date(Number(value("frame.time_epoch")) * 1000).toISOString().slice(0, 17),
  );
});

Deno.test("a packet tells its stream, direction and the packet before it in the flow", async () => {
  const { flow } = await recorded("real-portreuse", 11);
  assert.equal(flow?.stream, "tcp:1");
  assert.equal(flow?.direction, "server_to_client");
  assert.equal(flow?.previous_packet, 10);
  assert.ok((flow?.since_previous_ms ?? -1) >= 0);
  const first = await recorded("real-portreuse", 10);
  assert.equal(first.flow?.previous_packet, null);
  assert.equal(first.flow?.since_previous_ms, null);
  assert.deepEqual(first.flow?.analysis.map(({ name }) => name), ["tcp.analysis.reused_ports"]);
});

Deno.test("a SYN that is sent again says so", async () => {
  const { flow } = await recorded("real-synblackhole", 2);
  assert.deepEqual(
    flow?.analysis.map(({ name }) => name).includes("tcp.analysis.retransmission"),
    true,
  );
  assert.equal(flow?.previous_packet, 1);
  assert.equal(Math.round((flow?.since_previous_ms ?? 0) / 1000), 1);
});

Deno.test("payload is shown as a dump up to max_bytes, with the offset in the packet", async () => {
  const capture = captureOf(pcapFile(RAW_IP, [fromHex(ipv4(17, udp(1, 2, HELLO.repeat(8))))]));
  const answer = await askPacket({ packet_number: 1, max_bytes: 20 }, [capture], UNHURRIED);
  assert.deepEqual(answer.payload, {
    offset: 28,
    captured_bytes: 40,
    shown_bytes: 20,
    dump: [
      "001c  68 65 6c 6c 6f 68 65 6c 6c 6f 68 65 6c 6c 6f 68  hellohellohelloh",
      "002c  65 6c 6c 6f                                      ello",
    ],
  });
  const none = await askPacket({ packet_number: 1, max_bytes: 0 }, [capture], UNHURRIED);
  assert.deepEqual(none.payload?.dump, []);
});

Deno.test("a packet in a later batch keeps its context", async () => {
  const packets = Array.from(
    { length: 600 },
    (_, index) => fromHex(ipv4(17, udp(1000 + index % 2, 53000, HELLO))),
  );
  const capture = captureOf(pcapFile(RAW_IP, packets));
  const answer = await askPacket({ packet_number: 590, max_bytes: 0 }, [capture], UNHURRIED);
  assert.equal(answer.flow?.previous_packet, 588);
  assert.equal(answer.flow?.since_previous_ms, 2000);
  assert.equal(answer.flow?.stream, "udp:1");
});

Deno.test("a number beyond the capture is refused, saying how many there are", async () => {
  const capture = captureOf(pcapFile(RAW_IP, [fromHex(ipv4(6, tcp("")))]));
  await assert.rejects(
    askPacket({ packet_number: 7, max_bytes: 0 }, [capture], UNHURRIED),
    (error) =>
      error instanceof InputError && error.code === "input.packet_number" &&
      error.message === "Cannot find packet 7: the capture has 1 packet",
  );
});

Deno.test("where the file is damaged, the refusal says where reading ended", async () => {
  const file = pcapFile(RAW_IP, [fromHex(ipv4(6, tcp(""))), fromHex(ipv4(6, tcp("")))]);
  const capture = captureOf(file.subarray(0, file.length - 10));
  await assert.rejects(
    askPacket({ packet_number: 2, max_bytes: 0 }, [capture], UNHURRIED),
    (error) =>
      error instanceof InputError &&
      error.message.startsWith(
        "Cannot find packet 2: the capture has 1 packet; what follows byte 80 is damaged (",
      ),
  );
});

Deno.test("what is wrong with a packet is named with layer, place and limit", async () => {
  const capture = captureOf(pcapFile(RAW_IP, [fromHex(ipv4(17, "03e807d000030000" + HELLO))]));
  const answer = await askPacket({ packet_number: 1, max_bytes: 0 }, [capture], UNHURRIED);
  assert.deepEqual(answer.malformed, {
    layer: "udp",
    offset: 20,
    what: "length field is smaller than the header",
  });
});

const COMPARED = [
  "frame.time_epoch",
  "frame.time_relative",
  "frame.time_delta",
  "frame.len",
  "frame.cap_len",
  "tcp.stream",
  "tcp.time_delta",
];

gatedTest(
  "tshark has the same times, lengths and streams for every recorded packet",
  () => findProgram("tshark") === null ? "tshark is not installed" : null,
  async () => {
    for (const name of ["real-portreuse", "real-resets"]) {
      const args = ["-n", "-r", `${CAPTURES}${name}.pcap`, "-T", "fields"];
      const text = await runProgram("tshark", [...args, ...COMPARED.flatMap((one) => ["-e", one])]);
      const rows = text.trimEnd().split("\n");
      assert.ok(rows.length > 20);
      for (const [index, row] of rows.entries()) {
        const { flow, layers } = await recorded(name, index + 1);
        const value = (field: string) =>
          Number(layers[0]?.fields.find((one) => one.name === field)?.value ?? 0);
        const ours = [
          ...COMPARED.slice(0, 5).map(value),
          Number(flow?.stream?.replace("tcp:", "")),
          (flow?.since_previous_ms ?? 0) / 1000,
        ];
        const theirs = row.split("\t").map(Number);
        ours.forEach((one, column) =>
          assert.ok(
            Math.abs(one - (theirs[column] ?? NaN)) < 1e-6,
            `${name} ${index + 1} ${COMPARED[column]}: ${one}, ${theirs[column]}`,
          )
        );
      }
    }
  },
);
