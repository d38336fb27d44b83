import assert from "node:assert/strict";
import { systemClock } from "./clock.ts";
import { HostTurns } from "./host_turns.ts";
import { getHttp } from "./http_get.ts";
import type { HttpAnswer, HttpRequest } from "./io.ts";
import { RemoteFailure } from "../errors/mod.ts";
import { runFenced } from "../../tests/support/fenced.ts";

const JSON_HEADERS = { "content-type": "application/json; charset=utf-8" };
const GENEROUS_MS = 20_000;

const ask = (url: string, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> =>
  getHttp({
    url,
    plain: true,
    accept: ["application/json"],
    maxBytes: 100_000,
    signal: AbortSignal.timeout(GENEROUS_MS),
    configLine: 'looking_glass.http_sources: ["ripestat"]',
    ...more,
  }, { turns: new HostTurns(systemClock, 0), userAgent: "netglass/1.2.3" });

const failed = async (answer: Promise<HttpAnswer>): Promise<RemoteFailure> => {
  try {
    await answer;
  } catch (error) {
    assert.ok(error instanceof RemoteFailure, String(error));
    assert.equal(error.code, "remote.http");
    return error;
  }
  throw new Error("it was answered");
};

/** Runs `use` against a server on loopback. */
async function served(
  handle: (request: Request) => Response | Promise<Response>,
  use: (base: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response() },
    handle,
  );
  try {
    await use(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

/** Runs `use` against a server that sends `octets` to whoever connects, and closes. */
async function servedOctets(octets: string, use: (base: string) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode(octets));
      connection.close();
    }
  })();
  try {
    await use(`http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`);
  } finally {
    listener.close();
    await serving;
  }
}

/** A body that never ends; `onCancel` is told when nobody reads it any more. */
const endless = (chunk: Uint8Array<ArrayBuffer>, pauseMs: number, onCancel: () => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) =>
      new Promise((resolve) => {
        timer = setTimeout(() => {
          controller.enqueue(chunk);
          resolve();
        }, pauseMs);
      }),
    cancel: () => {
      clearTimeout(timer);
      onCancel();
    },
  }, { highWaterMark: 0 });
};

Deno.test("a whole answer comes with its media type, and the request says who asks", async () => {
  let seen = new Headers();
  await served((request) => {
    seen = request.headers;
    return new Response('{"a":1}', { headers: { ...JSON_HEADERS, "set-cookie": "id=1" } });
  }, async (base) => {
    const answer = await ask(`${base}/x?y=1`);
    assert.equal(new TextDecoder().decode(answer.body), '{"a":1}');
    assert.equal(answer.contentType, "application/json");
    assert.equal(answer.status, 200);
    assert.equal(answer.url, `${base}/x?y=1`);
    await ask(`${base}/x`);
  });
  assert.deepEqual([...seen].map(([name]) => name).sort(), [
    "accept",
    "accept-encoding",
    "accept-language",
    "host",
    "user-agent",
  ]);
  assert.equal(seen.get("user-agent"), "netglass/1.2.3");
});

Deno.test("404 is a failure with its status and the server's words", async () => {
  await served(
    () => Response.json({ error: "no\n such  AS" }, { status: 404 }),
    async (base) => {
      const error = await failed(ask(base));
      assert.equal(error.detail.failure, "status");
      assert.equal(error.detail.status, 404);
      assert.equal(error.detail.remote_said, '{"error":"no\\n such AS"}');
      assert.equal(error.retryable, false);
    },
  );
});

Deno.test("429 with Retry-After says when, and the host is left alone until then", async () => {
  let requests = 0;
  await served(() => {
    requests++;
    return new Response("slow down", { status: 429, headers: { "retry-after": "120" } });
  }, async (base) => {
    const turns = new HostTurns(systemClock, 0);
    const request = {
      url: base,
      plain: true,
      accept: ["application/json"],
      maxBytes: 1000,
      signal: AbortSignal.timeout(GENEROUS_MS),
      configLine: "",
    };
    const first = await failed(getHttp(request, { turns, userAgent: "netglass" }));
    assert.equal(first.detail.retry_after_sec, 120);
    assert.equal(first.hint, "Ask again in 120 s.");
    const second = await failed(getHttp(request, { turns, userAgent: "netglass" }));
    assert.equal(second.detail.failure, "rate_limited");
    assert.equal(second.detail.retry_after_sec, 120);
  });
  assert.equal(requests, 1);
});

Deno.test("a redirect is followed within the origin", async () => {
  await served(
    (request) =>
      new URL(request.url).pathname === "/asn/1"
        ? new Response("<html>", { status: 302, headers: { location: "/guest/asn/1" } })
        : Response.json([1]),
    async (base) => assert.equal((await ask(`${base}/asn/1`)).url, `${base}/guest/asn/1`),
  );
});

Deno.test("a redirect to another host is reported and not followed", async () => {
  for (
    const location of ["https://evil.example/x", "http://127.0.0.1:9/", "//[::1]/", "http://["]
  ) {
    await served(
      () => new Response(null, { status: 301, headers: { location } }),
      async (base) => {
        const error = await failed(ask(base));
        assert.equal(error.detail.failure, "redirect");
        assert.equal(error.detail.location, location);
      },
    );
  }
});

Deno.test("a redirect to a host that was named is followed, without credentials", async () => {
  await served(() => Response.json("there"), async (other) => {
    const { host } = new URL(other);
    const from = async (location: string, redirectHosts: readonly string[]) => {
      let answer: HttpAnswer | null = null;
      await served(
        () => new Response(null, { status: 302, headers: { location } }),
        async (base) => void (answer = await ask(base, { redirectHosts })),
      );
      return answer;
    };
    assert.equal((await from(`${other}/x`, [host]))?.["url"], `${other}/x`);
    for (const location of [`http://user:secret@${host}/x`, `${other}/x`]) {
      const named = location.includes("secret") ? [host] : ["127.0.0.1", host.replace(/.$/, "")];
      assert.equal((await failed(from(location, named) as never)).detail.failure, "redirect");
    }
  });
});

Deno.test("redirects in circles end", async () => {
  let requests = 0;
  await served(() => {
    requests++;
    return new Response(null, { status: 307, headers: { location: "/again" } });
  }, async (base) => {
    assert.equal((await failed(ask(base))).detail.failure, "redirect");
  });
  assert.equal(requests, 4);
});

Deno.test("a body of 100 MB is refused by what it announces", async () => {
  await served(
    () =>
      new Response(endless(new Uint8Array(65_536), 0, () => {}), {
        headers: { ...JSON_HEADERS, "content-length": "100000000" },
      }),
    async (base) => {
      const error = await failed(ask(base));
      assert.equal(error.detail.failure, "too_large");
      assert.match(error.message, /larger than 100000 bytes$/);
    },
  );
});

Deno.test("a body without end is left at the cap", async () => {
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  await served(
    () => new Response(endless(new Uint8Array(65_536), 0, resolve), { headers: JSON_HEADERS }),
    async (base) => {
      assert.equal((await failed(ask(base))).detail.failure, "too_large");
      await cancelled;
    },
  );
});

Deno.test("a body of exactly the cap is whole", async () => {
  await served(
    () => new Response("x".repeat(100_000), { headers: JSON_HEADERS }),
    async (base) => assert.equal((await ask(base)).body.length, 100_000),
  );
});

Deno.test("a small body that unpacks to 400 MB is left at the cap, and memory with it", async () => {
  // In a process of its own, so that nothing else grows.
  const { failure, packedBytes, grewBytes } = await runFenced(
    ["--allow-net=127.0.0.1", "--allow-read"],
    `
    import { createIo } from "root/lib/io/real.ts";
    const megabyte = new Uint8Array(1_000_000);
    let left = 400;
    const zeros = new ReadableStream({
      pull: (controller) => left-- > 0 ? controller.enqueue(megabyte) : controller.close(),
    });
    const packing = zeros.pipeThrough(new CompressionStream("gzip"));
    const packed = await new Response(packing).arrayBuffer();
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response(packed, { headers }),
    );
    const { net } = createIo({ resolvers: [], dnsTimeoutMs: 100 });
    const before = Deno.memoryUsage().rss;
    const error = await net.getHttp({
      url: "http://127.0.0.1:" + server.addr.port,
      plain: true,
      accept: ["application/json"],
      maxBytes: 100_000,
      signal: AbortSignal.timeout(${GENEROUS_MS}),
      configLine: "",
    }).catch((error) => error);
    const grewBytes = Deno.memoryUsage().rss - before;
    await server.shutdown();
    return { failure: error.detail.failure, packedBytes: packed.byteLength, grewBytes };`,
  ) as { failure: string; packedBytes: number; grewBytes: number };
  assert.equal(failure, "too_large");
  assert.ok(packedBytes < 500_000);
  assert.ok(grewBytes < 100_000_000, `memory grew by ${grewBytes} bytes`);
});

Deno.test("another media type is a failure: a portal answers with a page", async () => {
  for (const type of ["text/html", "application/jsonp", "", "application/json+x"]) {
    await served(
      () => new Response(new TextEncoder().encode("{}"), { headers: { "content-type": type } }),
      async (base) => {
        const error = await failed(ask(base));
        assert.equal(error.detail.failure, "content_type");
        assert.equal(error.detail.status, 200);
      },
    );
  }
});

Deno.test("a slow drip ends at the deadline", async () => {
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  await served(
    () => new Response(endless(new Uint8Array(1), 20, resolve), { headers: JSON_HEADERS }),
    async (base) => {
      const error = await failed(ask(base, { signal: AbortSignal.timeout(200) }));
      assert.equal(error.detail.failure, "timeout");
      assert.equal(error.detail.stage, "answer");
      assert.equal(error.retryable, true);
      await cancelled;
    },
  );
});

Deno.test("a silent server ends at the deadline", async () => {
  const { promise: silence, resolve } = Promise.withResolvers<void>();
  await served(
    async () => {
      await silence;
      return new Response();
    },
    async (base) => {
      const error = await failed(ask(base, { signal: AbortSignal.timeout(100) }));
      assert.equal(error.detail.failure, "timeout");
      resolve();
    },
  );
});

Deno.test("cancellation ends the request at once", async () => {
  const stop = new AbortController();
  await served(
    () => {
      stop.abort();
      return new Response(endless(new Uint8Array(1), 20, () => {}), { headers: JSON_HEADERS });
    },
    async (base) => {
      const error = await failed(ask(base, { signal: stop.signal }));
      assert.equal(error.detail.failure, "cancelled");
    },
  );
  assert.equal(
    (await failed(ask("http://127.0.0.1:9", { signal: AbortSignal.abort() }))).detail.failure,
    "cancelled",
  );
});

Deno.test("answers that break are told apart", async () => {
  const cases: readonly [string, string][] = [
    [
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{}",
      "cut_short",
    ],
    [
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1,2,\r\n",
      "cut_short",
    ],
    [
      "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello",
      "encoding",
    ],
    ["220 mail.example ESMTP\r\n", "protocol"],
    [`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(300_000)}\r\n`, "protocol"],
    ["", "reset"],
  ];
  for (const [octets, failure] of cases) {
    await servedOctets(octets, async (base) => {
      assert.equal((await failed(ask(base))).detail.failure, failure, octets.slice(0, 80));
    });
  }
});

Deno.test("a refused connection and a server without TLS are told apart", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const refused = await failed(ask(`http://127.0.0.1:${port}`));
  assert.equal(refused.detail.failure, "refused");
  assert.equal(
    refused.message,
    `Cannot get an answer from "127.0.0.1:${port}": the host refused the connection`,
  );
  await served(() => new Response(), async (base) => {
    const error = await failed(ask(base.replace("http:", "https:")));
    assert.equal(error.detail.failure, "tls");
  });
});

Deno.test("a certificate that nobody vouches for is not accepted", async () => {
  const fixtures = new URL("../../tests/fixtures/tls/", import.meta.url);
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    cert: await Deno.readTextFile(new URL("self_signed.pem", fixtures)),
    key: await Deno.readTextFile(new URL("server.key", fixtures)),
  }, () => Response.json({}));
  const error = await failed(ask(`https://127.0.0.1:${server.addr.port}`));
  assert.equal(error.detail.failure, "tls");
  await server.shutdown();
});

Deno.test("http is for what the caller marks, and URLs hold no credentials", async () => {
  await assert.rejects(ask("http://127.0.0.1:9", { plain: false }), TypeError);
  await assert.rejects(ask("file:///etc/passwd"), TypeError);
  await assert.rejects(ask("https://a:b@127.0.0.1:9"), TypeError);
});

const FENCED_ASK = `
  import { createIo } from "root/lib/io/real.ts";
  const { net } = createIo({ resolvers: [], dnsTimeoutMs: 100 });
  return await net.getHttp({
    url: "https://localhost/",
    accept: ["application/json"],
    maxBytes: 1000,
    signal: new AbortController().signal,
    configLine: 'looking_glass.http_sources: ["ripestat"]',
  });`;

Deno.test("a missing permission names the flag and the configuration line", async () => {
  const error = await runFenced(["--allow-net=localhost:444", "--allow-read"], FENCED_ASK);
  assert.deepEqual(error, {
    name: "PermissionMissing",
    code: "permission.net",
    message: 'Cannot get an answer from "localhost": Deno was not given --allow-net=localhost:443',
    detail: {
      flag: "--allow-net=localhost:443",
      config_line: 'looking_glass.http_sources: ["ripestat"]',
    },
  });
});

Deno.test("a name that leads into the deny list is refused as such", async () => {
  const flags = ["--allow-net=localhost:443", "--deny-net=127.0.0.0/8,[::1]", "--allow-read"];
  const error = await runFenced(flags, FENCED_ASK) as Record<string, unknown>;
  assert.equal(error.code, "permission.net");
  assert.match(String(error.message), /deny list/);
  assert.match(
    String((error.detail as { flag: string }).flag),
    /^--deny-net=(127\.0\.0\.1|\[::1\])$/,
  );
});

Deno.test("a proxy of the environment in the deny list is refused, and named", async () => {
  const flags = ["--allow-net=localhost:443", "--deny-net=192.0.2.7", "--allow-read"];
  const proxy = "http://192.0.2.7:3128";
  const error = await runFenced(flags, FENCED_ASK, { HTTPS_PROXY: proxy, https_proxy: proxy });
  assert.deepEqual((error as { detail: unknown }).detail, {
    flag: "--deny-net=192.0.2.7",
    denied: true,
  });
});
