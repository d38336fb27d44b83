/** What a filter selects: several values of one field, headers of tunnels and quoted packets, masks. */
import assert from "node:assert/strict";
import { captureOf } from "../../../tests/support/asked_capture.ts";
import {
  fromHex,
  HELLO,
  ipv4,
  ipv6,
  MAC,
  pcapFile,
  tcp,
  udp,
} from "../../../tests/support/pcap_samples.ts";
import { hostileTcp } from "../../../tests/support/hostile_tcp.ts";
import { withoutTimes } from "../../../tests/support/untimed_packets.ts";
import { BATCH_PACKETS } from "../batch.ts";
import { Filter } from "./filter.ts";
import { parseFilter } from "./parse_filter.ts";

const TCP = MAC + "0800" + ipv4(6, tcp(HELLO));
const UDP6 = MAC + "86dd" + ipv6(17, udp(1000, 53, "00"));
const GRE = MAC + "0800" +
  ipv4(47, "00000800" + ipv4(17, udp(7, 9, "00")).replace("0a010203", "c0000201"));
const UNREACHABLE = MAC + "0800" + ipv4(1, "0303000000000000" + ipv4(17, udp(7, 53, "")));
const VLAN = MAC + "8100" + "2064" + "0800" + ipv4(6, tcp(""));
const PACKETS = [TCP, UDP6, GRE, UNREACHABLE, VLAN];

/** Numbers of the packets that match. */
function matches(text: string, packets: readonly string[] = PACKETS): Promise<number[]> {
  return matchesIn(text, pcapFile(1, packets.map(fromHex)));
}

/** Numbers of the packets of a file that match. */
async function matchesIn(text: string, file: Uint8Array): Promise<number[]> {
  const filter = new Filter(parseFilter(text));
  const frames: number[] = [];
  await captureOf(file).walk(filter.needs, (batch) => {
    const mask = filter.select(batch);
    for (let row = 0; row < batch.packets.count; row++) {
      if (mask[row] === 1) frames.push(batch.packets.firstFrame + row);
    }
  });
  return frames;
}

Deno.test("a field with several values matches if one does, != only if all differ", async () => {
  assert.deepEqual(await matches("tcp.port == 9999"), [1, 5]);
  assert.deepEqual(await matches("tcp.port != 9999"), []);
  assert.deepEqual(await matches("tcp.port !== 9999"), [1, 5]);
  assert.deepEqual(await matches("tcp.port === 9999"), []);
  assert.deepEqual(await matches("all tcp.port > 9000"), [1, 5]);
  assert.deepEqual(await matches("not tcp.port == 9999"), [2, 3, 4]);
  assert.deepEqual(await matches("tcp.port != 80"), [1, 5]);
});

Deno.test("the headers outside and inside a tunnel both count", async () => {
  assert.deepEqual(await matches("ip.src == 192.0.2.1"), [3]);
  assert.deepEqual(await matches("ip.src == 10.1.2.3"), [1, 3, 4, 5]);
  assert.deepEqual(await matches("ip.proto == 47 and udp.port == 9"), [3]);
  assert.deepEqual(await matches("gre"), [3]);
});

Deno.test("a packet that an ICMP error quotes counts, as in Wireshark", async () => {
  assert.deepEqual(await matches("udp.port == 53"), [2, 4]);
  assert.deepEqual(await matches("udp and not icmp"), [2, 3]);
  assert.deepEqual(await matches("icmp.type == 3 && icmp.code == 3"), [4]);
});

Deno.test("octets, tags, sets and fields of one packet against each other", async () => {
  assert.deepEqual(await matches('tcp contains "ell"'), [1]);
  assert.deepEqual(await matches('frame matches "H.L+o"'), [1]);
  assert.deepEqual(await matches("tcp.payload[0:2] == 68:65"), [1]);
  assert.deepEqual(await matches("vlan.id in {1..99, 100}"), [5]);
  assert.deepEqual(await matches("vlan.priority == 1"), [5]);
  assert.deepEqual(await matches("ip.src == ip.dst"), []);
  assert.deepEqual(await matches("udp.srcport > udp.dstport"), [2]);
  assert.deepEqual(await matches("tcp xor vlan"), [1]);
  assert.deepEqual(await matches("frame.number >= 2 and frame.number < 4"), [2, 3]);
});

Deno.test("the second batch is judged like the first, with what the first left behind", async () => {
  const many = Array.from({ length: BATCH_PACKETS + 10 }, () => TCP);
  const last = Array.from({ length: 11 }, (_, index) => BATCH_PACKETS + index);
  assert.deepEqual(await matches(`frame.number > ${BATCH_PACKETS - 1}`, many), last);
  assert.equal((await matches("frame.time_delta == 1", many)).length, BATCH_PACKETS + 9);
  assert.deepEqual(await matches(`frame.time_relative == ${BATCH_PACKETS}`, many), [
    BATCH_PACKETS + 1,
  ]);
});

Deno.test("clauses count what each of them left", async () => {
  const filter = new Filter(parseFilter("ip && tcp && (vlan || gre)"));
  await captureOf(pcapFile(1, PACKETS.map(fromHex))).walk(filter.needs, (batch) => {
    filter.select(batch);
  });
  assert.deepEqual(filter.clauses, [
    { text: "ip", survived: 4 },
    { text: "tcp", survived: 2 },
    { text: "vlan or gre", survived: 1 },
  ]);
});

Deno.test("times count from the first packet that has one", async () => {
  const pcap = hostileTcp({ seed: 1, frames: 400, connections: 1 });
  const file = withoutTimes(pcap, (index) => index === 300 || index === 399);
  assert.deepEqual(await matchesIn("frame.time_relative == 0", file), [301]);
  assert.deepEqual(await matchesIn("frame.time_relative > 0", file), [400]);
});

Deno.test("sequence numbers count from the first header that was captured", async () => {
  const cut = hostileTcp({ seed: 1, frames: 1, connections: 1, snapLength: 30 });
  const whole = hostileTcp({ seed: 1, frames: 100, connections: 1 }).subarray(24);
  const frames = await matchesIn("tcp.seq <= 1", new Uint8Array([...cut, ...whole]));
  assert.equal(frames[0], 2);
});
