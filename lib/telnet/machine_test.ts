import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeLine, TelnetMachine } from "./machine.ts";

const IAC = 255, DONT = 254, DO = 253, WONT = 252, WILL = 251, SB = 250, GA = 249, AYT = 246;
const NOP = 241, SE = 240;
const ECHO = 1, SGA = 3, TTYPE = 24, NAWS = 31, LINEMODE = 34;

/** Everything that comes of a stream, given in these pieces. */
function receive(pieces: Iterable<Uint8Array>): { data: number[]; reply: number[] } {
  const machine = new TelnetMachine();
  const data: number[] = [], reply: number[] = [];
  for (const piece of pieces) {
    const received = machine.receive(piece);
    data.push(...received.data);
    reply.push(...received.reply);
  }
  return { data, reply };
}

function of(...octets: number[]): { data: number[]; reply: number[] } {
  return receive([Uint8Array.from(octets)]);
}

Deno.test("the greeting of FRR is answered with DO ECHO, DO SGA and WONT NAWS", () => {
  const received = of(
    ...[72, 105, IAC, WILL, ECHO, IAC, WILL, SGA, IAC, DONT, LINEMODE, IAC, DO, NAWS, 62],
  );
  assert.deepEqual(received, {
    data: [72, 105, 62],
    reply: [IAC, DO, ECHO, IAC, DO, SGA, IAC, WONT, NAWS],
  });
});

Deno.test("options that we do not take are refused in both directions", () => {
  assert.deepEqual(of(IAC, WILL, 0, IAC, WILL, 200).reply, [IAC, DONT, 0, IAC, DONT, 200]);
  assert.deepEqual(of(IAC, DO, TTYPE, IAC, DO, ECHO).reply, [IAC, WONT, TTYPE, IAC, WONT, ECHO]);
});

Deno.test("a request that repeats the last one gets no answer", () => {
  assert.deepEqual(of(IAC, WILL, ECHO, IAC, WILL, ECHO).reply, [IAC, DO, ECHO]);
  assert.deepEqual(of(IAC, DO, NAWS, IAC, DO, NAWS, IAC, DO, NAWS).reply, [IAC, WONT, NAWS]);
  assert.deepEqual(of(IAC, WONT, ECHO, IAC, DONT, SGA).reply, []);
});

Deno.test("the server takes an option back, and that is confirmed once", () => {
  assert.deepEqual(
    of(IAC, WILL, ECHO, IAC, WONT, ECHO, IAC, WONT, ECHO).reply,
    [IAC, DO, ECHO, IAC, DONT, ECHO],
  );
});

Deno.test("a server that changes its mind for ever hears eight answers an option and direction", () => {
  const loop = Array.from({ length: 1_000 }, () => [IAC, WILL, ECHO, IAC, WONT, ECHO]).flat();
  assert.equal(of(...loop).reply.length, 8 * 3);
  const every = Array.from({ length: 256 }, (_, option) => option).flatMap((option) =>
    Array.from({ length: 20 }, () => [WILL, WONT, DO, DONT].flatMap((verb) => [IAC, verb, option]))
      .flat()
  );
  assert.equal(of(...every).reply.length, 2 * 256 * 8 * 3);
});

Deno.test("IAC IAC is one octet 255 of data", () => {
  assert.deepEqual(of(1, IAC, IAC, 2, IAC, IAC).data, [1, 255, 2, 255]);
});

Deno.test("commands without an option vanish, whichever they are", () => {
  assert.deepEqual(of(1, IAC, NOP, 2, IAC, GA, 3, IAC, AYT, 4, IAC, 5, 6, IAC, SE, 7), {
    data: [1, 2, 3, 4, 6, 7],
    reply: [],
  });
});

Deno.test("a subnegotiation is skipped with all that is in it", () => {
  const inside = [TTYPE, 1, IAC, IAC, 65, IAC, NOP, 66];
  assert.deepEqual(of(1, IAC, SB, ...inside, IAC, SE, 2), { data: [1, 2], reply: [] });
});

Deno.test("a subnegotiation of a megabyte in small pieces leaves nothing behind", () => {
  const machine = new TelnetMachine();
  machine.receive(Uint8Array.of(IAC, SB, TTYPE));
  for (let sent = 0; sent < 1_048_576; sent += 1_024) {
    assert.equal(machine.receive(new Uint8Array(1_024).fill(65)).data.length, 0);
  }
  assert.deepEqual([...machine.receive(Uint8Array.of(IAC, SE, 7)).data], [7]);
});

Deno.test("a subnegotiation whose end is lost ends at the next request", () => {
  assert.deepEqual(of(IAC, SB, TTYPE, 1, IAC, DO, NAWS, 5), {
    data: [5],
    reply: [IAC, WONT, NAWS],
  });
});

/** Octets of which every third or so belongs to telnet. */
const octets = fc.uint8Array({ maxLength: 64 }).chain((plain) =>
  fc.array(fc.constantFrom(IAC, IAC, DONT, DO, WONT, WILL, SB, SE, NOP, ECHO, NAWS, 65), {
    maxLength: 64,
  }).map((telnet) => Uint8Array.from([...plain, ...telnet, ...plain]))
);

Deno.test("every split of a stream gives the same data and the same replies", () =>
  fc.assert(fc.property(octets, (stream) => {
    const whole = receive([stream]);
    assert.deepEqual(receive(Array.from(stream, (octet) => Uint8Array.of(octet))), whole);
    for (let at = 0; at <= stream.length; at++) {
      assert.deepEqual(receive([stream.subarray(0, at), stream.subarray(at)]), whole);
    }
  })));

Deno.test("no stream gives more data than it has octets, nor any reply but to its requests", () =>
  fc.assert(
    fc.property(octets, (stream) => {
      const { data, reply } = receive([stream]);
      const requests = stream.filter((octet) => octet >= WILL && octet <= DONT).length;
      assert.ok(data.length <= stream.length);
      assert.equal(reply.length % 3, 0);
      assert.ok(reply.length / 3 <= requests);
    }),
    { numRuns: 10_000 },
  ));

Deno.test("a line goes to the wire as UTF-8 with CR LF", () => {
  assert.deepEqual([...encodeLine("né")], [0x6e, 0xc3, 0xa9, 13, 10]);
  assert.deepEqual([...encodeLine("")], [13, 10]);
});

Deno.test("a line with a control character is not encoded", () => {
  for (const text of ["a\nb", "a\r", "\t", "\x03", "\x1b[A", "\x7f", "\u009b"]) {
    assert.throws(() => encodeLine(text), /it holds a control character/);
  }
});
