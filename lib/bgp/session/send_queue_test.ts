import assert from "node:assert/strict";
import fc from "fast-check";
import { SendQueue, type SendQueueEvents } from "./send_queue.ts";

const QUIET: SendQueueEvents = { onProgress() {}, onDrain() {}, onFailure() {} };

/** Waits for what waits for nothing but the loop. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("however little a write takes, every octet goes out once, in order, and is reported when it is out", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40, size: "max" }), {
        maxLength: 30,
        size: "max",
      }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 }),
      async (messages, portions) => {
        const out: number[] = [];
        const writtenAt: number[] = [];
        let turn = 0;
        const queue = new SendQueue(
          {
            write(bytes) {
              const taken = bytes.subarray(0, portions[turn++ % portions.length]);
              out.push(...taken);
              return Promise.resolve(taken.length);
            },
          },
          1_000_000,
          QUIET,
        );
        for (const message of messages) {
          assert.ok(queue.push(message, () => void writtenAt.push(out.length)));
        }
        while (queue.bytes > 0) await settled();
        await settled();
        assert.deepEqual(out, messages.flatMap((message) => [...message]));
        assert.equal(writtenAt.length, messages.length);
        let end = 0;
        for (const [index, message] of messages.entries()) {
          end += message.length;
          assert.ok((writtenAt[index] ?? 0) >= end, "reported before it was out");
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("many small messages leave in few writes", async () => {
  let writes = 0;
  const queue = new SendQueue(
    {
      write(bytes) {
        writes++;
        return Promise.resolve(bytes.length);
      },
    },
    1_000_000,
    QUIET,
  );
  for (let count = 0; count < 2_000; count++) queue.push(new Uint8Array(100), null);
  while (queue.bytes > 0) await settled();
  assert.ok(writes <= 5, `${writes} writes`);
});

Deno.test("an end drops what waits, finishes the message that has begun, and adds its own", async () => {
  const out: number[] = [];
  let release = (): void => {};
  const queue = new SendQueue(
    {
      async write(bytes) {
        if (out.length === 0) await new Promise<void>((resolve) => release = resolve);
        const taken = bytes.subarray(0, 2);
        out.push(...taken);
        return taken.length;
      },
    },
    1_000_000,
    QUIET,
  );
  let reported = 0;
  queue.push(Uint8Array.of(1, 1, 1), () => reported++);
  queue.push(Uint8Array.of(2, 2, 2), () => reported++);
  const finished = queue.finish(Uint8Array.of(9));
  release();
  await finished;
  assert.deepEqual([out, reported], [[1, 1, 1, 9], 0]);
});

Deno.test("a write that fails is told once, and nothing more is written", async () => {
  const failures: unknown[] = [];
  const queue = new SendQueue(
    { write: () => Promise.reject(new Error("gone")) },
    1_000_000,
    { ...QUIET, onFailure: (error) => void failures.push(error) },
  );
  queue.push(new Uint8Array(10), null);
  queue.push(new Uint8Array(10), null);
  await settled();
  assert.equal(failures.length, 1);
});
