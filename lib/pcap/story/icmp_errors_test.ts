import assert from "node:assert/strict";
import fc from "fast-check";
import { UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { captureOf, type TimedPacket, udpPacket } from "../../../tests/support/dns_capture.ts";
import { icmpError } from "../../../tests/support/talk.ts";
import { walkPackets } from "../engine/walk.ts";
import { type IcmpError, IcmpWatch } from "./icmp_errors.ts";

/** The errors about the flow of the first packet. */
async function errorsOf(packets: readonly TimedPacket[]): Promise<readonly IcmpError[]> {
  let watch: IcmpWatch | null = null;
  const options = { needs: { flows: true }, maxPackets: 0, signal: UNHURRIED.signal };
  await walkPackets(sourceOf(captureOf(packets)), options, (batch) => {
    const { reader } = batch.flows;
    if (reader === null) return;
    const known = watch ??= new IcmpWatch(reader, 0);
    for (let row = 0; row < batch.packets.count; row++) known.add(batch, row);
  });
  return (watch as IcmpWatch | null)?.finish().errors ?? [];
}

const DATAGRAM4 = udpPacket(0, "192.0.2.1:4000", "192.0.2.2:5000", new Uint8Array(20));
const DATAGRAM6 = udpPacket(0, "[2001:db8::1]:4000", "[2001:db8::2]:5000", new Uint8Array(20));

Deno.test("a port unreachable is about the side whose packet it quotes", async () => {
  const error = icmpError(1, "192.0.2.2", "192.0.2.1", [3, 3, 0], DATAGRAM4.octets);
  const [found] = await errorsOf([DATAGRAM4, error]);
  assert.equal(found?.text, "Destination unreachable (Port unreachable)");
  assert.deepEqual([found?.side, found?.from, found?.mtu, found?.frame], [0, "192.0.2.2", null, 2]);
});

Deno.test("ICMPv6 packet too big tells its MTU, also where extension headers are quoted", async () => {
  const plain = icmpError(1, "2001:db8::9", "2001:db8::1", [2, 0, 1280], DATAGRAM6.octets);
  const extended = Uint8Array.from([
    ...DATAGRAM6.octets.subarray(0, 6),
    0,
    ...DATAGRAM6.octets.subarray(7, 40),
    ...[17, 0, 1, 4, 0, 0, 0, 0],
    ...DATAGRAM6.octets.subarray(40),
  ]);
  const again = icmpError(2, "2001:db8::9", "2001:db8::1", [2, 0, 1280], extended);
  const errors = await errorsOf([DATAGRAM6, plain, again]);
  assert.deepEqual(errors.map(({ mtu, quotedBytes }) => [mtu, quotedBytes]), [
    [1280, 68],
    [1280, 68],
  ]);
});

Deno.test("an echo that carries a packet is no error, nor is one about other ports", async () => {
  const echo = icmpError(1, "192.0.2.2", "192.0.2.1", [0, 0, 0], DATAGRAM4.octets);
  const other = udpPacket(0, "192.0.2.1:4001", "192.0.2.2:5000", new Uint8Array(20));
  const error = icmpError(2, "192.0.2.2", "192.0.2.1", [3, 3, 0], other.octets);
  assert.deepEqual(await errorsOf([DATAGRAM4, echo, error]), []);
});

Deno.test("whatever an error quotes, it is read without a fault", async () => {
  const quoted = fc.tuple(
    fc.constantFrom(DATAGRAM4.octets, DATAGRAM6.octets),
    fc.uint8Array({ maxLength: 48 }),
    fc.nat(64),
  );
  await fc.assert(
    fc.asyncProperty(quoted, async ([packet, noise, length]) => {
      const octets = Uint8Array.from(packet);
      noise.forEach((octet, index) => octets[index] = (octets[index] ?? 0) ^ (octet & 0x45));
      const error = icmpError(1, "192.0.2.2", "192.0.2.1", [3, 4, 0], octets.subarray(0, length));
      assert.ok((await errorsOf([DATAGRAM4, error])).length <= 1);
    }),
    { numRuns: 60 },
  );
});
