import assert from "node:assert/strict";
import fc from "fast-check";
import { TelnetMachine } from "./machine.ts";
import { ScreenText } from "./screen_text.ts";

const FOLDER = new URL("../../tests/fixtures/looking_glass/transcripts/", import.meta.url);

/** The octets that FRR 8.4.4 sent, by the name of the recording (PROVENANCE.md is beside them). */
const recordings: ReadonlyMap<string, Uint8Array> = new Map(
  [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) => name.endsWith(".s2c.bin"))
    .sort().map((name) => [name, Deno.readFileSync(new URL(name, FOLDER))]),
);

function recording(name: string): Uint8Array {
  const octets = recordings.get(`${name}.s2c.bin`);
  assert.ok(octets !== undefined, name);
  return octets;
}

/** The text and the replies of a stream that comes in these pieces. */
function replay(pieces: Iterable<Uint8Array>): { text: string; reply: number[] } {
  const machine = new TelnetMachine(), screen = new ScreenText();
  const reply: number[] = [];
  for (const piece of pieces) {
    const received = machine.receive(piece);
    screen.write(received.data);
    reply.push(...received.reply);
  }
  return { text: screen.takeAll(), reply };
}

function* cut(stream: Uint8Array, places: Iterable<number>): Generator<Uint8Array> {
  let from = 0;
  for (const place of places) {
    yield stream.subarray(from, place);
    from = place;
  }
  yield stream.subarray(from);
}

Deno.test("the login of FRR reads as lines, and its options are answered", () => {
  const { text, reply } = replay([recording("frr84-login-wrong-password")]);
  assert.equal(
    text,
    "Route server for testing. Contact <noc@example.net> -- use responsibly!\n" +
      "User Access Verification\n\nPassword: \nPassword: \nPassword: \n" +
      "% Bad passwords, too many failures!\n",
  );
  assert.deepEqual(reply, [255, 253, 1, 255, 253, 3, 255, 252, 31]);
});

Deno.test("every recording gives the same text octet by octet and in random pieces", async (t) => {
  assert.equal(recordings.size, 14);
  for (const [name, stream] of recordings) {
    await t.step(name, () => {
      const whole = replay([stream]);
      assert.ok(whole.text.length > 100);
      // deno-lint-ignore no-control-regex -- control characters are what must be gone
      assert.doesNotMatch(whole.text, /[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]/);
      assert.deepEqual(replay(cut(stream, stream.keys())), whole);
      const places = fc.uniqueArray(fc.nat({ max: stream.length }), { maxLength: 40 });
      fc.assert(
        fc.property(
          places,
          (chosen) =>
            assert.deepEqual(replay(cut(stream, chosen.toSorted((a, b) => a - b))), whole),
        ),
        { numRuns: 10 },
      );
    });
  }
});

Deno.test("every recording of some kilobytes gives the same text at every split", async (t) => {
  const short = [...recordings].filter(([, stream]) => stream.length < 5_200);
  assert.equal(short.length, 8);
  for (const [name, stream] of short) {
    await t.step(name, () => {
      const whole = replay([stream]);
      for (let at = 0; at <= stream.length; at++) {
        assert.deepEqual(replay(cut(stream, [at])), whole);
      }
    });
  }
});
