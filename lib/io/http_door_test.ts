import assert from "node:assert/strict";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { RemoteFailure } from "../errors/mod.ts";
import { HttpDoor } from "./http_door.ts";
import type { HttpRequest } from "./io.ts";

/** A door to a server on loopback that counts, with time that stands still. */
async function atDoor(
  handle: (path: string) => Response | Promise<Response>,
  use: (at: {
    ask: (path: string, signal?: AbortSignal) => Promise<string>;
    clock: ManualClock;
    asked: readonly string[];
  }) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const path = new URL(request.url).pathname;
    asked.push(path);
    return handle(path);
  });
  const clock = new ManualClock();
  const door = new HttpDoor({ userAgent: "netglass/1.2.3", clock });
  const ask = async (path: string, signal = AbortSignal.timeout(20_000)): Promise<string> => {
    const request: HttpRequest = {
      url: `http://127.0.0.1:${server.addr.port}${path}`,
      plain: true,
      accept: ["application/json"],
      maxBytes: 10_000_000,
      signal,
      configLine: "",
    };
    const { body } = await door.get(request);
    return body.length > 100 ? `${body.length} bytes` : new TextDecoder().decode(body);
  };
  try {
    await use({ ask, clock, asked });
  } finally {
    await server.shutdown();
  }
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "answered",
    (error) => error instanceof RemoteFailure ? error.detail.failure : error,
  );

Deno.test("the same question within a minute sends nothing", async () => {
  await atDoor((path) => Response.json(path), async ({ ask, clock, asked }) => {
    assert.equal(await ask("/a"), '"/a"');
    await clock.pass(59_999);
    assert.equal(await ask("/a"), '"/a"');
    assert.deepEqual(asked, ["/a"]);
    await clock.pass(1);
    await ask("/a");
    assert.deepEqual(asked, ["/a", "/a"]);
  });
});

Deno.test("questions to one host go out a second apart", async () => {
  await atDoor((path) => Response.json(path), async ({ ask, clock, asked }) => {
    await ask("/a");
    const second = ask("/b");
    await clock.pass(999);
    assert.deepEqual(asked, ["/a"]);
    await clock.pass(1);
    assert.equal(await second, '"/b"');
  });
});

Deno.test("equal questions in flight share one request", async () => {
  await atDoor((path) => Response.json(path), async ({ ask, asked }) => {
    assert.deepEqual(await Promise.all([ask("/a"), ask("/a"), ask("/a")]), [
      '"/a"',
      '"/a"',
      '"/a"',
    ]);
    assert.deepEqual(asked, ["/a"]);
  });
});

Deno.test("one who leaves does not end the request of the others; the last one does", async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  await atDoor(async (path) => {
    await gate;
    return Response.json(path);
  }, async ({ ask, clock, asked }) => {
    const [one, two] = [new AbortController(), new AbortController()];
    const first = failureOf(ask("/a", one.signal));
    const second = ask("/a", two.signal);
    await clock.pass(0);
    one.abort();
    assert.equal(await first, "cancelled");
    open();
    assert.equal(await second, '"/a"');
    assert.deepEqual(asked, ["/a"]);
  });
});

Deno.test("nobody joins a request that everybody has left", async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  await atDoor(async (path) => {
    await gate;
    return Response.json(path);
  }, async ({ ask, clock }) => {
    const only = new AbortController();
    const left = failureOf(ask("/a", only.signal));
    await clock.pass(0);
    only.abort();
    const late = ask("/a");
    assert.equal(await left, "cancelled");
    await clock.pass(1000);
    open();
    assert.equal(await late, '"/a"');
  });
});

Deno.test("failures are not kept", async () => {
  let isUp = false;
  await atDoor(
    () => isUp ? Response.json(1) : new Response("", { status: 500 }),
    async ({ ask, clock }) => {
      assert.equal(await failureOf(ask("/a")), "status");
      isUp = true;
      const again = ask("/a");
      await clock.pass(1000);
      assert.equal(await again, "1");
    },
  );
});

Deno.test("what is kept is bounded in number and octets", async () => {
  const big = JSON.stringify("x".repeat(6_000_000));
  await atDoor((path) =>
    new Response(path.startsWith("/big") ? big : "1", {
      headers: { "content-type": "application/json" },
    }), async ({ ask, clock, asked }) => {
    const askInTurn = async (path: string): Promise<void> => {
      const answer = ask(path);
      await clock.pass(1000);
      await answer;
    };
    // Three bodies of 6 MB are more than 16 MiB: the first is gone, the others are there.
    for (const path of ["/big1", "/big2", "/big3"]) await askInTurn(path);
    await ask("/big2");
    await ask("/big3");
    assert.equal(asked.length, 3);
    await askInTurn("/big1");
    assert.equal(asked.length, 4);
  });
});

Deno.test("a request that is late before it begins sends nothing", async () => {
  await atDoor(() => Response.json(1), async ({ ask, asked }) => {
    assert.equal(await failureOf(ask("/a", AbortSignal.abort())), "cancelled");
    assert.deepEqual(asked, []);
  });
});
