import assert from "node:assert/strict";
import fc from "fast-check";
import { messageOf, octetsOf } from "../../../tests/support/bgp_octets.ts";
import { Framer } from "./frame.ts";
import { encodeKeepalive } from "./message_header.ts";

/** Feeds `stream` in pieces of these sizes, again and again; the types and bodies that came out. */
function framed(stream: Uint8Array, sizes: readonly number[], isExtended = false) {
  const framer = new Framer();
  framer.isExtended = isExtended;
  const messages: string[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const room = framer.room();
    assert.ok(room.length > 0);
    const size = Math.min(sizes[turn % sizes.length] ?? 1, room.length, stream.length - at);
    room.set(stream.subarray(at, at + size));
    framer.filled(size);
    at += size;
    while (framer.next()) {
      const body = framer.octets.subarray(framer.bodyStart, framer.bodyEnd);
      messages.push(`${framer.type} ${body.toHex()}`);
    }
    if (framer.fault !== null) break;
  }
  return { messages, fault: framer.fault };
}

const UPDATE = messageOf(2, octetsOf("0000 0000"));

for (
  const [name, stream, subcode, data] of [
    ["a wrong marker", messageOf(4, octetsOf(""), { marker: "ff".repeat(15) + "fe" }), 1, ""],
    ["HTTP", new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"), 1, ""],
    ["a TLS client hello", octetsOf("16030100"), 1, ""],
    ["a length of 18", messageOf(4, octetsOf(""), { length: 18 }), 2, "0012"],
    ["a length of 4097", messageOf(2, octetsOf(""), { length: 4097 }), 2, "1001"],
    ["a length of 65535", messageOf(2, octetsOf(""), { length: 65535 }), 2, "ffff"],
    ["type 0", messageOf(0, octetsOf("")), 3, "00"],
    ["type 6", messageOf(6, octetsOf("0000")), 3, "06"],
    ["type 99", messageOf(99, octetsOf("")), 3, "63"],
    ["a KEEPALIVE with a body", messageOf(4, octetsOf("00")), 2, "0014"],
    ["an OPEN of 28 octets", messageOf(1, octetsOf("04fde8005a0a000001")), 2, "001c"],
    ["an UPDATE of 22 octets", messageOf(2, octetsOf("000000")), 2, "0016"],
    ["a NOTIFICATION of 20 octets", messageOf(3, octetsOf("06")), 2, "0014"],
    ["a ROUTE-REFRESH of 22 octets", messageOf(5, octetsOf("000100")), 2, "0016"],
  ] as const
) {
  Deno.test(`${name} is met by NOTIFICATION 1/${subcode}, in one piece and octet by octet`, () => {
    for (const sizes of [[8192], [1]]) {
      const { messages, fault } = framed(stream, sizes);
      assert.deepEqual(messages, []);
      assert.deepEqual([fault?.code, fault?.subcode, fault?.data.toHex()], [1, subcode, data]);
    }
  });
}

Deno.test("one wrong octet of the marker is enough: nobody waits for the rest", () => {
  assert.equal(framed(octetsOf("ff47"), [2]).fault?.subcode, 1);
  assert.equal(framed(octetsOf("ffff"), [2]).fault, null);
});

Deno.test("an UPDATE of 65,535 octets is framed where RFC 8654 was agreed on, an OPEN never is", () => {
  const body = new Uint8Array(65_535 - 19);
  const stream = messageOf(2, body);
  assert.equal(framed(stream, [1460], true).messages[0], `2 ${body.toHex()}`);
  assert.equal(framed(messageOf(1, new Uint8Array(4078)), [8192], true).fault?.subcode, 2);
  assert.equal(framed(messageOf(1, new Uint8Array(4077)), [8192], true).fault, null);
});

Deno.test("the buffer grows with a burst and is given back when the peer is quiet", () => {
  const framer = new Framer();
  const take = (octets: Uint8Array): void => {
    for (let at = 0; at < octets.length;) {
      const room = framer.room(), piece = octets.subarray(at, at + room.length);
      room.set(piece);
      framer.filled(piece.length);
      at += piece.length;
      while (framer.next());
    }
  };
  take(Uint8Array.from({ length: 400_000 }, (_, index) => UPDATE[index % UPDATE.length] ?? 0));
  assert.equal(framer.octets.length, 131_072);
  const rest = (UPDATE.length - 400_000 % UPDATE.length) % UPDATE.length;
  take(UPDATE.subarray(UPDATE.length - rest));
  for (let index = 0; index < 100; index++) take(encodeKeepalive());
  assert.deepEqual([framer.octets.length, framer.fault], [8_192, null]);
});

Deno.test("what follows a fault is not read", () => {
  const framer = new Framer();
  const stream = Uint8Array.of(...messageOf(9, octetsOf("")), ...encodeKeepalive());
  framer.room().set(stream);
  framer.filled(stream.length);
  assert.equal(framer.next(), false);
  assert.equal(framer.next(), false);
  assert.equal(framer.fault?.subcode, 3);
});

Deno.test("a message that is cut by the end of the stream is waited for", () => {
  assert.deepEqual(framed(UPDATE.subarray(0, 21), [8192]), { messages: [], fault: null });
});

Deno.test("messages come out the same wherever the stream is split", () => {
  const message = fc.uint8Array({ maxLength: 4096 - 23, size: "max" }).map((rest) =>
    messageOf(2, Uint8Array.of(0, 0, 0, 0, ...rest))
  );
  const stream = fc.array(fc.oneof(message, fc.constant(encodeKeepalive())), {
    maxLength: 30,
    size: "max",
  });
  fc.assert(
    fc.property(
      stream,
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 5 }),
      (messages, sizes) => {
        const octets = Uint8Array.from(messages.flatMap((one) => [...one]));
        const expected = messages.map((one) => `${one[18]} ${one.subarray(19).toHex()}`);
        assert.deepEqual(framed(octets, sizes), { messages: expected, fault: null });
      },
    ),
    { numRuns: 60 },
  );
});
