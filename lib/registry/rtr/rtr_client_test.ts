import assert from "node:assert/strict";
import { RemoteFailure } from "../../errors/mod.ts";
import { createIo } from "../../io/real.ts";
import {
  cacheResponse,
  endOfData,
  prefix4,
  prefix6,
  rtrPdu,
  type RtrScript,
  startRtrCache,
} from "../../../tests/support/rtr_cache.ts";
import { type JudgeService, RtrClient } from "./rtr_client.ts";

const GENEROUS_MS = 20_000;
const RESET = "0102000000000008";
const RESET_V0 = "0002000000000008";

/** Lets everything pass. */
const judge: JudgeService = (input) =>
  Promise.resolve({
    input,
    name: null,
    addresses: [input],
    decision: { effect: "allow", rule: "default", matched: null, reason: "", wouldAllow: null },
  });

/** Runs `use` with a client of a cache that follows `script`. */
async function withClient<T>(
  script: RtrScript,
  use: (sync: (signal?: AbortSignal) => ReturnType<RtrClient["sync"]>, client: RtrClient) => T,
): Promise<{ result: Awaited<T>; heard: readonly string[] }> {
  const cache = startRtrCache(script);
  const { net, clock } = createIo({ resolvers: [], dnsTimeoutMs: 500 });
  const label = `127.0.0.1:${cache.port}`;
  const client = new RtrClient({ host: "127.0.0.1", port: cache.port, label }, {
    net,
    clock,
    judge,
  });
  try {
    const sync = (signal = AbortSignal.timeout(GENEROUS_MS)) => client.sync(signal);
    return { result: await use(sync, client), heard: cache.heard };
  } finally {
    await cache.stop();
  }
}

const failing = async (script: RtrScript) => {
  const { result, heard } = await withClient(script, (sync) => sync().catch((error) => error));
  assert.ok(result instanceof RemoteFailure, String(result));
  return { error: result, heard };
};

Deno.test("everything is asked for once, then changes only", async () => {
  const answers = [
    [cacheResponse(), prefix4(1), prefix4(2), prefix6(), endOfData(4)],
    [cacheResponse(), prefix4(1, false), prefix4(3), endOfData(5)],
    [cacheResponse(), endOfData(5)],
  ];
  const { result, heard } = await withClient(
    (_, number) => answers[number - 1] ?? [],
    async (sync) => {
      const seen = [];
      for (let i = 0; i < 3; i++) {
        const { asked, serial, session, version, table } = await sync();
        seen.push(`${asked} ${version} ${session} ${serial} ${table.size}`);
      }
      return seen;
    },
  );
  assert.deepEqual(result, ["everything 1 7 4 3", "changes 1 7 5 3", "changes 1 7 5 3"]);
  assert.deepEqual(heard, [RESET, "010100070000000c00000004", "010100070000000c00000005"]);
});

Deno.test("every split of the stream gives the same", async () => {
  const whole = Uint8Array.from(
    [cacheResponse(), prefix4(1), prefix6(), endOfData(4)].flatMap((pdu) => [...pdu]),
  );
  const { result } = await withClient(
    () => Array.from(whole, (octet) => Uint8Array.of(octet)),
    async (sync) => (await sync()).table.size,
  );
  assert.equal(result, 2);
});

Deno.test("a cache of version 0 is asked in version 0, by whichever way it says so", async () => {
  const old = [cacheResponse(7, 0), prefix4(1, true, 0), endOfData(1, 7, 0)];
  const refusals: Readonly<Record<string, Uint8Array[]>> = {
    "an error report": [rtrPdu(0, 10, 4, "00000000 00000000")],
    "silence": [],
    "its own version": old,
  };
  for (const [way, refusal] of Object.entries(refusals)) {
    const { result, heard } = await withClient(
      (query) => query[0] === 0 ? old : refusal,
      async (sync) => [await sync(), await sync()],
    );
    assert.deepEqual(result.map(({ version, intervals }) => [version, intervals]), [
      [0, null],
      [0, null],
    ], way);
    const tail = heard.slice(way === "its own version" ? 0 : 1);
    assert.equal(tail[0], way === "its own version" ? RESET : RESET_V0, way);
    assert.equal(tail[1]?.slice(0, 4), "0001", way);
  }
});

Deno.test("a reset, another session and changes to something else all begin anew", async () => {
  const first = [cacheResponse(), prefix4(1), endOfData(4)];
  const anew = [cacheResponse(8), prefix4(2), prefix4(3), endOfData(1, 8)];
  const second: Readonly<Record<string, Uint8Array[]>> = {
    "a cache reset": [rtrPdu(1, 8, 0, "")],
    "another session": [cacheResponse(8), endOfData(1, 8)],
    "an announcement twice": [cacheResponse(), prefix4(1), endOfData(5)],
    "a withdrawal of nothing": [cacheResponse(), prefix4(9, false), endOfData(5)],
  };
  for (const [way, answer] of Object.entries(second)) {
    const { result, heard } = await withClient(
      (_, number) => [first, answer, anew][number - 1] ?? [],
      async (sync) => (await sync(), await sync()),
    );
    assert.deepEqual([result.asked, result.session, result.table.size], ["everything", 8, 2], way);
    assert.equal(heard[2], RESET, way);
  }
});

Deno.test("a notification in between is not part of the answer", async () => {
  const { result } = await withClient(
    () => [
      rtrPdu(0, 0, 3, "00000009"),
      cacheResponse(),
      rtrPdu(1, 0, 7, "00000009"),
      rtrPdu(1, 9, 0, "00".repeat(115)),
      prefix4(1),
      endOfData(4),
    ],
    async (sync) => (await sync()).table.size,
  );
  assert.equal(result, 1);
});

Deno.test("a cache without data says so, with its words", async () => {
  const { error } = await failing(() => [rtrPdu(1, 10, 2, "00000000 00000004 77616974")]);
  assert.equal(error.code, "remote.rtr");
  assert.equal(error.retryable, true);
  assert.deepEqual([error.detail.error_code, error.detail.remote_said], [2, "wait"]);
});

Deno.test("what breaks the protocol is refused, and the cache is told why", async () => {
  const wrong: readonly (readonly [number, readonly Uint8Array[]])[] = [
    [0, [prefix4(1)]],
    [0, [endOfData(1)]],
    [0, [cacheResponse(), cacheResponse()]],
    [0, [cacheResponse(), prefix4(1), endOfData(1, 8)]],
    [0, [rtrPdu(1, 8, 0, "")]],
    [0, [cacheResponse(), rtrPdu(1, 8, 0, "")]],
    [0, [cacheResponse(), rtrPdu(1, 4, 0, "01 19 18 00 c0000200 00000001")]],
    [0, [Uint8Array.fromHex("01030007ffffffff")]],
    [4, [rtrPdu(3, 3, 7, "")]],
    [5, [cacheResponse(), rtrPdu(1, 11, 0, "00000000")]],
    [6, [cacheResponse(), prefix4(1, false), endOfData(1)]],
    [7, [cacheResponse(), prefix4(1), prefix4(1), endOfData(1)]],
    [8, [cacheResponse(), prefix4(1, true, 0)]],
  ];
  for (const [code, answer] of wrong) {
    const { error, heard } = await failing(() => answer);
    assert.equal(error.code, "remote.rtr");
    // Type 10, and the code behind it.
    const report = heard.at(-1)?.slice(0, 8);
    assert.match(String(report), new RegExp(`^0[01]0a000${code}$`), error.message);
  }
});

Deno.test("an answer that breaks off changes nothing", async () => {
  const answers = [
    [cacheResponse(), prefix4(1), endOfData(4)],
    [cacheResponse(), prefix4(2), prefix4(3).subarray(0, 11)],
  ];
  const { result } = await withClient(
    (_, number) => answers[number - 1] ?? [],
    async (sync, client) => {
      await sync();
      await assert.rejects(sync(), { code: "remote.rtr", retryable: true });
      return client.data;
    },
  );
  assert.deepEqual([result?.serial, result?.table.size], [4, 1]);
});

Deno.test("a cache that never answers costs the caller's patience, no more", async () => {
  const { result } = await withClient(
    () => "hold",
    (sync) => sync(AbortSignal.timeout(200)).catch((error) => error),
  );
  assert.ok(result instanceof RemoteFailure);
  assert.equal(result.detail.failure, "timeout");
});
