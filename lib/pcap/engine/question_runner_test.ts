import assert from "node:assert/strict";
import { CaptureDirectory, udpCapture } from "../../../tests/support/test_captures.ts";
import { openCapture } from "../../io/capture_file.ts";
import { BATCH_PACKETS } from "../batch.ts";
import { type CaptureStore, HeldCapture, storeOfFile } from "./held_capture.ts";
import { type Order, QuestionRunner, type QuestionTable } from "./question_runner.ts";

/** Questions of these tests. */
const table: QuestionTable = {
  scanned: async (_params, [capture]) => (await capture?.scan())?.facts.packets,
  walked: async (_params, [capture]) => {
    let packets = 0;
    await capture?.walk({}, (batch) => void (packets += batch.packets.count));
    return packets;
  },
  first: async (_params, [capture]) => {
    const facts = await capture?.walk({}, () => false);
    return facts?.packets;
  },
  both: async (_params, captures) =>
    (await Promise.all(captures.map((one) => one.scan()))).map(({ facts }) => facts.packets),
};

interface Watched {
  opened: number;
  reads: number;
  closed: number;
  changed: boolean;
}

/** A capture whose handling is counted. */
function watch(path: string): { held: () => HeldCapture; seen: Watched } {
  const seen: Watched = { opened: 0, reads: 0, closed: 0, changed: false };
  const held = (): HeldCapture => {
    const store = storeOfFile(openCapture(path, () => true));
    const watched: CaptureStore = {
      identity: store.identity,
      open() {
        seen.opened++;
        const source = store.open();
        return {
          ...source,
          readSync(into) {
            seen.reads++;
            return source.readSync(into);
          },
        };
      },
      share: store.share,
      assertUnchanged() {
        if (seen.changed) throw new Error("changed");
      },
      close() {
        seen.closed++;
        store.close();
      },
    };
    return new HeldCapture(watched);
  };
  return { held, seen };
}

function order(question: string, maxPackets = 0): Order {
  return { question, params: {}, maxPackets };
}

const patient = { signal: new AbortController().signal, onProgress: () => {} };

async function withCapture(
  packets: number,
  act: (capture: { held: () => HeldCapture; seen: Watched }) => Promise<void>,
): Promise<void> {
  await using directory = await CaptureDirectory.make();
  await act(watch(directory.write("a.pcap", udpCapture(packets))));
}

Deno.test("a second question about a scan does not read the capture again", () =>
  withCapture(1_000, async ({ held, seen }) => {
    const runner = new QuestionRunner(table);
    assert.equal(await runner.run(order("scanned"), [held()], patient), 1_000);
    const { reads } = seen;
    assert.equal(await runner.run(order("scanned"), [held()], patient), 1_000);
    assert.deepEqual(seen, { opened: 1, reads, closed: 2, changed: false });
  }));

Deno.test("questions at the same time join one scan, and it closes what it has opened", () =>
  withCapture(50_000, async ({ held, seen }) => {
    const runner = new QuestionRunner(table);
    const answers = await Promise.all(
      [1, 2, 3].map(() => runner.run(order("scanned"), [held()], patient)),
    );
    assert.deepEqual(answers, [50_000, 50_000, 50_000]);
    assert.deepEqual([seen.opened, seen.closed], [1, 3]);
  }));

Deno.test("another limit of packets is another scan", () =>
  withCapture(1_000, async ({ held, seen }) => {
    const runner = new QuestionRunner(table);
    assert.equal(await runner.run(order("scanned", 10), [held()], patient), 10);
    assert.equal(await runner.run(order("scanned"), [held()], patient), 1_000);
    assert.equal(seen.opened, 2);
  }));

Deno.test("who leaves a scan does not stop it for the others, also if they came later", () =>
  withCapture(200_000, async ({ held, seen }) => {
    const runner = new QuestionRunner(table);
    const leave = new AbortController();
    const left = runner.run(order("scanned"), [held()], { ...patient, signal: leave.signal });
    const stays = runner.run(order("scanned"), [held()], patient);
    leave.abort(new Error("left"));
    await assert.rejects(left, /left/);
    assert.equal(await stays, 200_000);
    assert.deepEqual([seen.opened, seen.closed], [1, 2]);
  }));

Deno.test("a scan that nobody waits for is stopped and closes its capture", () =>
  withCapture(200_000, async ({ held, seen }) => {
    const runner = new QuestionRunner(table);
    const leave = new AbortController();
    const left = runner.run(order("scanned"), [held()], {
      signal: leave.signal,
      onProgress: () => leave.abort(new Error("left")),
    });
    await assert.rejects(left, /left/);
    while (seen.closed === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    // 200,000 packets are 14.4 MB, which take 55 reads.
    assert.equal(seen.reads < 50, true, `${seen.reads} reads`);
    assert.equal(await runner.run(order("scanned"), [held()], patient), 200_000);
  }));

Deno.test("a scan that is cancelled while it waits for its turn never reads", () =>
  withCapture(50_000, async ({ held, seen }) => {
    const runner = new QuestionRunner(table);
    const leave = new AbortController();
    const others = [1, 2].map((limit) =>
      runner.run(order("scanned", 40_000 + limit), [held()], patient)
    );
    const waiting = runner.run(order("scanned"), [held()], { ...patient, signal: leave.signal });
    leave.abort(new Error("left"));
    await assert.rejects(waiting, /left/);
    assert.deepEqual(await Promise.all(others), [40_001, 40_002]);
    assert.deepEqual([seen.opened, seen.closed], [2, 3]);
  }));

Deno.test("a capture that changed under a scan gives no answer, and nothing of it is kept", () =>
  withCapture(1_000, async ({ held, seen }) => {
    const runner = new QuestionRunner(table);
    seen.changed = true;
    await assert.rejects(runner.run(order("scanned"), [held()], patient), /changed/);
    await assert.rejects(runner.run(order("walked"), [held()], patient), /changed/);
    seen.changed = false;
    assert.equal(await runner.run(order("scanned"), [held()], patient), 1_000);
    assert.equal(seen.closed, 3);
  }));

Deno.test("a walk starts at the first packet each time, and a visitor can end it", () =>
  withCapture(3_000, async ({ held }) => {
    const runner = new QuestionRunner(table);
    assert.equal(await runner.run(order("walked"), [held()], patient), 3_000);
    assert.equal(await runner.run(order("walked", 300), [held()], patient), 300);
    assert.equal(await runner.run(order("first"), [held()], patient), BATCH_PACKETS);
    assert.equal(await runner.run(order("walked"), [held()], patient), 3_000);
  }));

Deno.test("a question about two captures gets both, and progress adds up to both", async () => {
  await using directory = await CaptureDirectory.make();
  const first = watch(directory.write("a.pcap", udpCapture(100_000)));
  const second = watch(directory.write("b.pcap", udpCapture(120_000)));
  const totals: number[] = [];
  const dones: number[] = [];
  const answer = await new QuestionRunner(table).run(
    order("both"),
    [first.held(), second.held()],
    {
      ...patient,
      onProgress: (done, total) => {
        dones.push(done);
        totals.push(total);
      },
    },
  );
  assert.deepEqual(answer, [100_000, 120_000]);
  assert.deepEqual(dones, dones.toSorted((a, b) => a - b));
  assert.deepEqual(totals, totals.toSorted((a, b) => a - b));
  assert.equal(totals.every((total) => total <= 24 + 100_000 * 72 + 24 + 120_000 * 72), true);
});

Deno.test("a question that is not there is a fault of ours, and the capture is let go", () =>
  withCapture(1, async ({ held, seen }) => {
    await assert.rejects(new QuestionRunner(table).run(order("absent"), [held()], patient), {
      name: "TypeError",
    });
    assert.equal(seen.closed, 1);
  }));
