import assert from "node:assert/strict";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import {
  cacheResponse,
  endOfData,
  prefix4,
  startRtrCache,
} from "../../../tests/support/rtr_cache.ts";
import type { Config } from "../../config/config.ts";
import { RemoteFailure } from "../../errors/mod.ts";
import { defaultConfig } from "../../config/load.ts";
import { files } from "../../io/files.ts";
import type { HttpRequest } from "../../io/io.ts";
import { createIo } from "../../io/real.ts";
import { createRoaPayloads, type RoaPayloads } from "./roa_payloads.ts";

const ONE = { asn: "AS64496", prefix: "192.0.2.0/24", maxLength: 24, ta: "test" };
/** Two hours before the clock of the tests. */
const MADE_SEC = 1_750_000_000 - 7_200;
const documentOf = (...roas: readonly unknown[]): string =>
  JSON.stringify({ metadata: { generated: MADE_SEC }, roas });

interface Stage {
  readonly payloads: RoaPayloads;
  readonly clock: ManualClock;
  read(): Promise<string>;
}

/** Payloads by these keys of `intel.rpki`; `getHttp` is what HTTP gives. */
function stage(
  rpki: Partial<Config["intel"]["rpki"]>,
  getHttp: (request: HttpRequest) => string = () => "",
): Stage {
  const intel = defaultConfig().intel;
  const clock = new ManualClock();
  const io = createIo({ resolvers: [], dnsTimeoutMs: 500 });
  const payloads = createRoaPayloads({
    config: { intel: { ...intel, rpki: { ...intel.rpki, ...rpki } } },
    io: {
      clock,
      net: {
        ...io.net,
        getHttp: (request) =>
          Promise.resolve({
            url: request.url,
            status: 200,
            contentType: "application/json",
            body: new TextEncoder().encode(getHttp(request)),
          }),
      },
    },
    files,
    judge: (input) =>
      Promise.resolve({
        input,
        name: null,
        addresses: [input],
        decision: { effect: "allow", rule: "default", matched: null, reason: "", wouldAllow: null },
      }),
  });
  return {
    payloads,
    clock,
    read: async () => {
      const { kind, table, problems } = await payloads.read(AbortSignal.timeout(20_000));
      return [`${kind} ${table.size}`, ...problems].join("; ");
    },
  };
}

Deno.test("without a source the keys that set one are named", async () => {
  await assert.rejects(stage({}).read(), (error) => {
    assert.ok(error instanceof Error && "hint" in error && "code" in error);
    assert.equal(error.code, "env.rpki_source");
    assert.match(String(error.hint), /intel\.rpki\.file.*intel\.rpki\.rtr.*intel\.rpki\.url/);
    return true;
  });
});

Deno.test("a file is read once, and again when it has changed", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, documentOf(ONE));
    const { payloads, read } = stage({ file: path, rtr: "192.0.2.1:1", url: "https://x.example" });
    const signal = AbortSignal.timeout(20_000);
    const first = await payloads.read(signal);
    assert.deepEqual([first.kind, first.name, first.madeAtSec], ["file", path, MADE_SEC]);
    assert.equal(await payloads.read(signal), first);
    await Deno.writeTextFile(path, documentOf(ONE, { ...ONE, asn: 64497 }));
    assert.equal(await read(), "file 2");
    await Deno.remove(path);
    await assert.rejects(read(), { code: "env.file_absent" });
  } finally {
    await Deno.remove(path).catch(() => {});
  }
});

Deno.test("a document over HTTP is kept for ten minutes, longer if it cannot be renewed", async () => {
  let asked = 0;
  const { clock, read } = stage({ url: "https://rpki.example/vrps.json" }, () => {
    if (++asked === 2) throw new RemoteFailure("http", "Cannot get an answer");
    return documentOf(ONE);
  });
  assert.equal(await read(), "url 1");
  await clock.pass(599_999);
  assert.equal(await read(), "url 1");
  assert.equal(asked, 1);
  await clock.pass(1);
  assert.equal(await read(), "url 1; not renewed for 600 s: Cannot get an answer");
  assert.equal(await read(), "url 1");
  assert.equal(asked, 3);
});

Deno.test("an RTR cache is asked for changes every half minute, and trusted until its data expires", async () => {
  const cache = startRtrCache((_, number) =>
    number === 1 ? [cacheResponse(), prefix4(1), endOfData(4)] : [cacheResponse()]
  );
  try {
    const { clock, payloads, read } = stage({ rtr: `127.0.0.1:${cache.port}` });
    const { rtr, madeAtSec } = await payloads.read(AbortSignal.timeout(20_000));
    assert.deepEqual([rtr, madeAtSec], [{ version: 1, session: 7, serial: 4 }, null]);
    await clock.pass(29_999);
    assert.equal(await read(), "rtr 1");
    assert.equal(cache.heard.length, 1);
    await clock.pass(1);
    assert.match(await read(), /^rtr 1; not renewed for 30 s: .*closed the connection/);
    await clock.pass(7_200_000);
    await assert.rejects(read(), { code: "remote.rtr" });
  } finally {
    await cache.stop();
  }
});

Deno.test("entries of every maker are read; wrong and expired ones are counted", async () => {
  const { read } = stage({ url: "https://rpki.example/vrps.json" }, () =>
    documentOf(
      ONE,
      { ...ONE, asn: 0 },
      { ...ONE, expires: 1 },
      { ...ONE, expires: 1_999_999_999 },
      { ...ONE, prefix: "192.0.2.1/24" },
      { ...ONE, maxLength: 23 },
      { ...ONE, maxLength: 33 },
      { ...ONE, maxLength: "24" },
      { ...ONE, asn: "AS4294967296" },
      { ...ONE, prefix: 7 },
      null,
      "roa",
      { asn: 4_200_000_000, prefix: "2001:db8::/32", maxLength: 128 },
    ));
  assert.equal(
    await read(),
    "url 3; 8 of 13 entries left out: of another form; 1 of 13 entries left out: expired",
  );
});

Deno.test("another kind of document is refused with its field, and none is kept", async () => {
  const documents = [
    "",
    "<html>",
    "[]",
    '{"roas": 7}',
    '{"roas": [{}]}',
    JSON.stringify({ roas: Array(2_000).fill({ asn: 1 }).concat(ONE) }),
  ];
  for (const text of documents) {
    const { read } = stage({ url: "https://rpki.example/vrps.json" }, () => text);
    await assert.rejects(read(), { code: "remote.answer" }, text.slice(0, 40));
  }
});

Deno.test("old and empty data is used and said to be so", async () => {
  const { read } = stage({ url: "https://rpki.example/vrps.json" }, () =>
    JSON.stringify({
      metadata: { buildtime: new Date((1_750_000_000 - 90_000) * 1000).toISOString() },
      roas: [],
    }));
  assert.equal(await read(), "url 0; the data is 25 hours old; the source has no payloads at all");
});
