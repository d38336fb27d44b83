import assert from "node:assert/strict";
import { CaptureDirectory, udpCapture } from "../../../tests/support/test_captures.ts";
import type { Act } from "../../../tests/support/failing_worker.ts";
import type { Config } from "../../config/config.ts";
import { defaultConfig } from "../../config/load.ts";
import { CaptureService } from "./capture_service.ts";
import type { Captures } from "./captures.ts";
import { createCaptures } from "./create_captures.ts";
import { type PooledThread, ThreadPool } from "./thread_pool.ts";
import { WorkerThread } from "./worker_thread.ts";

const FIXTURES = new URL("../../../tests/fixtures/captures/", import.meta.url).pathname;
const FAILING = new URL("../../../tests/support/failing_worker.ts", import.meta.url);
const FAILING_FEEDER = new URL("../../../tests/support/failing_feeder.ts", import.meta.url);
const WORKER = new URL("./scan_worker.ts", import.meta.url);
const FEEDER = new URL("./feed_worker.ts", import.meta.url);
const patient = { signal: new AbortController().signal };

function pcapConfig(change: Partial<Config["pcap"]>): Config["pcap"] {
  return { ...defaultConfig().pcap, ...change };
}

/** The service over a directory, stopped at the end. */
async function withCaptures(
  change: Partial<Config["pcap"]>,
  act: (captures: Captures) => Promise<void>,
): Promise<void> {
  const captures = createCaptures(pcapConfig(change));
  try {
    await act(captures);
  } finally {
    await captures.stop();
  }
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return "answered";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

Deno.test("a worker answers as this thread does", async () => {
  const names = [...Deno.readDirSync(FIXTURES)].map(({ name }) => name)
    .filter((name) => name.endsWith(".pcap")).sort();
  assert.equal(names.length > 3, true);
  const answers = (isolation: "worker" | "inline") => {
    const given: unknown[] = [];
    return withCaptures({ allowed_paths: [FIXTURES], isolation }, async (captures) => {
      for (const name of names) {
        given.push(await captures.ask("hierarchy", [FIXTURES + name], {}, patient));
      }
    }).then(() => given);
  };
  assert.deepEqual(await answers("worker"), await answers("inline"));
});

for (const isolation of ["worker", "inline"] as const) {
  Deno.test(`${isolation}: a repeated question gets the very answer, a changed file another one`, async () => {
    await using directory = await CaptureDirectory.make();
    const path = directory.write("a.pcap", udpCapture(10));
    await withCaptures({ allowed_paths: [directory.path], isolation }, async (captures) => {
      const first = await captures.ask("hierarchy", [path], {}, patient);
      assert.equal(first.total_packets, 10);
      assert.equal(await captures.ask("hierarchy", [path], {}, patient), first);
      directory.write("a.pcap", udpCapture(20));
      assert.equal((await captures.ask("hierarchy", [path], {}, patient)).total_packets, 20);
    });
  });

  Deno.test(`${isolation}: the call and the configuration limit the packets, the lower one counts`, async () => {
    await using directory = await CaptureDirectory.make();
    const path = directory.write("a.pcap", udpCapture(1_000));
    const change = { allowed_paths: [directory.path], isolation, max_packets: 500 };
    await withCaptures(change, async (captures) => {
      const packets = async (maxPackets: number) =>
        (await captures.ask("hierarchy", [path], {}, { ...patient, maxPackets })).total_packets;
      assert.deepEqual([await packets(0), await packets(300), await packets(800)], [500, 300, 500]);
    });
  });

  Deno.test(`${isolation}: what is no capture, and what may not be read, is said as what it is`, async () => {
    await using directory = await CaptureDirectory.make();
    await using elsewhere = await CaptureDirectory.make();
    const secret = elsewhere.write("secret.pcap", udpCapture(1));
    const text = directory.write("text.pcap", new TextEncoder().encode("no capture at all"));
    const links = Deno.build.os === "windows" ? [] : [`${directory.path}/link.pcap`];
    for (const link of links) await Deno.symlink(secret, link);
    await withCaptures({ allowed_paths: [directory.path], isolation }, async (captures) => {
      const code = (path: string) => codeOf(captures.ask("hierarchy", [path], {}, patient));
      assert.equal(await code(text), "decode.unknown_format");
      assert.equal(await code(directory.path), "env.file_kind");
      for (const path of [secret, `${directory.path}/absent.pcap`, "/dev/null", ...links]) {
        assert.equal(await code(path), "policy.allowed_paths", path);
      }
    });
  });

  Deno.test({
    name: `${isolation}: a FIFO is refused at once`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await using directory = await CaptureDirectory.make();
      const path = `${directory.path}/fifo`;
      await new Deno.Command("mkfifo", { args: [path] }).output();
      await withCaptures({ allowed_paths: [directory.path], isolation }, async (captures) => {
        const asked = captures.ask("hierarchy", [path], {}, patient);
        assert.equal(await codeOf(asked), "env.file_kind");
      });
    },
  });

  Deno.test(`${isolation}: this thread goes on with its work during a scan, and hears of progress`, async () => {
    await using directory = await CaptureDirectory.make();
    const path = directory.write("a.pcap", udpCapture(200_000));
    await withCaptures({ allowed_paths: [directory.path], isolation }, async (captures) => {
      let ticks = 0;
      const ticking = setInterval(() => ticks++, 1);
      const progress: number[] = [];
      const asked = captures.ask("hierarchy", [path], {}, {
        ...patient,
        onProgress: (done, total) => {
          assert.equal(total, 24 + 200_000 * 72);
          progress.push(done);
        },
      });
      const answer = await asked;
      clearInterval(ticking);
      assert.equal(answer.total_packets, 200_000);
      assert.equal(ticks > 0, true);
      assert.equal(progress.length > 0, true);
    });
  });

  Deno.test(`${isolation}: a question that is cancelled ends at once with the reason given`, async () => {
    await using directory = await CaptureDirectory.make();
    const path = directory.write("a.pcap", udpCapture(200_000));
    const small = directory.write("b.pcap", udpCapture(5));
    await withCaptures({ allowed_paths: [directory.path], isolation }, async (captures) => {
      const cancel = new AbortController();
      const reason = new Error("nobody waits");
      const asked = captures.ask("hierarchy", [path], {}, {
        signal: cancel.signal,
        onProgress: () => cancel.abort(reason),
      });
      await assert.rejects(asked, reason);
      const aborted = { signal: AbortSignal.abort(reason) };
      await assert.rejects(captures.ask("hierarchy", [small], {}, aborted), reason);
      assert.equal((await captures.ask("hierarchy", [small], {}, patient)).total_packets, 5);
    });
  });

  Deno.test(`${isolation}: stopping ends a scan, and nothing is answered afterwards`, async () => {
    await using directory = await CaptureDirectory.make();
    const path = directory.write("a.pcap", udpCapture(1_000_000));
    const captures = createCaptures(pcapConfig({ allowed_paths: [directory.path], isolation }));
    const started = Promise.withResolvers<void>();
    const asked = codeOf(
      captures.ask("hierarchy", [path], {}, { ...patient, onProgress: () => started.resolve() }),
    );
    await started.promise;
    await captures.stop();
    assert.equal(await asked, "env.shutdown");
    assert.equal(await codeOf(captures.ask("hierarchy", [path], {}, patient)), "env.shutdown");
  });
}

/** A service over workers that misbehave. */
async function withFailing(
  act: (
    ask: (act: Act, signal?: AbortSignal) => Promise<unknown>,
    launched: () => number,
  ) => Promise<void>,
): Promise<void> {
  await using directory = await CaptureDirectory.make();
  const path = directory.write("a.pcap", udpCapture(1));
  let launched = 0;
  const pool = new ThreadPool(1, () => {
    launched++;
    return new WorkerThread({ module: FAILING, isolated: false, dropWithinMs: 50 });
  });
  const service = new CaptureService(pcapConfig({ allowed_paths: [directory.path] }), pool);
  try {
    await act(
      (what, signal) =>
        service.ask("hierarchy", [path], { act: what }, signal ? { signal } : patient),
      () => launched,
    );
  } finally {
    await service.stop();
  }
}

Deno.test("a worker that dies fails its questions, may be asked again, and is replaced", () =>
  withFailing(async (ask, launched) => {
    const waiting = ask("wait");
    const dying = ask("die");
    for (const asked of [waiting, dying]) {
      await assert.rejects(asked, { code: "env.capture_worker", retryable: true });
    }
    assert.deepEqual(await ask("answer"), { total_packets: 1 });
    assert.equal(launched(), 2);
  }));

Deno.test("a worker that does not drop a cancelled question is ended and replaced", () =>
  withFailing(async (ask, launched) => {
    const cancel = new AbortController();
    const hanging = ask("hang", cancel.signal);
    cancel.abort(new Error("nobody waits"));
    await assert.rejects(hanging, /nobody waits/);
    // It sits behind the one that hangs.
    await assert.rejects(ask("wait"), { code: "env.capture_worker" });
    assert.deepEqual(await ask("answer"), { total_packets: 1 });
    assert.equal(launched(), 2);
  }));

Deno.test("a worker whose feeder dies fails its scan, may be asked again, and is replaced", async () => {
  await using directory = await CaptureDirectory.make();
  const path = directory.write("a.pcap", udpCapture(100_000));
  const feedModules = [FAILING_FEEDER, FEEDER];
  const pool = new ThreadPool(
    1,
    () => {
      const feedModule = feedModules.shift() ?? null;
      return new WorkerThread({ module: WORKER, feedModule, isolated: false });
    },
  );
  const service = new CaptureService(pcapConfig({ allowed_paths: [directory.path] }), pool);
  try {
    const asked = service.ask("hierarchy", [path], {}, patient);
    await assert.rejects(asked, { code: "env.capture_worker", retryable: true });
    const { total_packets } = await service.ask("hierarchy", [path], {}, patient);
    assert.equal(total_packets, 100_000);
    assert.equal(feedModules.length, 0);
  } finally {
    await service.stop();
  }
});

Deno.test("questions beyond the bound are refused at once, and there is room again afterwards", async () => {
  await using directory = await CaptureDirectory.make();
  const path = directory.write("a.pcap", udpCapture(1));
  const release = Promise.withResolvers<void>();
  const slow: PooledThread = {
    outstanding: 0,
    isDead: false,
    ask: async (order, { files }) => {
      await release.promise;
      for (const file of files) file.close();
      return { answer: order.maxPackets, identities: files.map(({ identity }) => identity) };
    },
    stop() {},
  };
  const service = new CaptureService(
    pcapConfig({ allowed_paths: [directory.path] }),
    new ThreadPool(1, () => slow),
  );
  const ask = (maxPackets: number) =>
    service.ask("hierarchy", [path], {}, { ...patient, maxPackets });
  const waiting = Array.from({ length: 64 }, (_, index) => ask(index + 1));
  await assert.rejects(ask(65), { code: "env.capture_queue", retryable: true });
  release.resolve();
  await Promise.all(waiting);
  assert.equal(await codeOf(ask(65)), "answered");
});
