import assert from "node:assert/strict";
import { PermissionMissing, RemoteFailure } from "../../lib/errors/mod.ts";
import type { DialRequest } from "../../lib/io/io.ts";
import { renderPorts } from "../../lib/probe/tcp_scan.ts";
import { loopbackContext, type LoopbackOptions } from "../../tests/loopback_context.ts";
import { batchPortCheck } from "./batch_port_check.ts";

async function check(
  args: Record<string, unknown>,
  options: LoopbackOptions = {},
): Promise<Record<string, unknown>> {
  const input = batchPortCheck.input.parse({ target: "127.0.0.1", ...args });
  return batchPortCheck.output.parse(await batchPortCheck.run(input, loopbackContext(options)));
}

type Row = { port: number; state: string; evidence: string; error_code?: string };

const never = (request: DialRequest): Promise<never> =>
  new Promise((_resolve, reject) =>
    request.signal.addEventListener("abort", () => reject(request.signal.reason))
  );
const refuse = (): Promise<never> =>
  Promise.reject(new RemoteFailure("connect", "x", { detail: { failure: "refused" } }));

Deno.test("ports keep their order, repeated ones count once, states are summed up as ranges", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  try {
    const answer = await check({ ports: [port, 9, 7, 8, port, 7] });
    assert.equal(answer.success, true);
    assert.equal(answer.complete, true);
    assert.deepEqual((answer.results as Row[]).map((row) => [row.port, row.state]), [
      [port, "open"],
      [9, "closed"],
      [7, "closed"],
      [8, "closed"],
    ]);
    assert.equal(answer.open, `${port}`);
    assert.equal(answer.closed, "7-9");
    assert.equal(answer.filtered, "");
    assert.equal(answer.total_ports, 4);
    assert.equal(answer.open_ports, 1);
    assert.equal(answer.closed_ports, 3);
    assert.equal(
      answer.summary,
      `1 of 4 ports on 127.0.0.1 are open (${port}), 3 closed, 0 filtered`,
    );
  } finally {
    listener.close();
  }
});

Deno.test("silent ports are filtered, and wait for their timeout, as many at once as allowed", async () => {
  const startMs = performance.now();
  const answer = await check({ ports: [1, 2, 3, 4, 5, 6], timeout: 0.1, max_concurrent: 3 }, {
    net: { dial: (request) => request.port === 5 ? refuse() : never(request) },
  });
  const elapsedMs = performance.now() - startMs;
  assert.equal(answer.filtered, "1-4,6");
  assert.equal(answer.closed, "5");
  assert.deepEqual((answer.results as Row[])[0]?.evidence, "silence");
  assert.ok(elapsedMs >= 190, `${elapsedMs} ms`);
});

for (
  const [maxConcurrent, expected] of [
    [7, 7],
    // The context has limits.concurrency: 16.
    [256, 16],
  ] as const
) {
  Deno.test(`${expected} connects are under way at once where ${maxConcurrent} were asked for`, async () => {
    let now = 0;
    let most = 0;
    const ports = Array.from({ length: 60 }, (_, index) => index + 1);
    await check({ ports, max_concurrent: maxConcurrent }, {
      net: {
        dial: async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, 1));
          now--;
          return await refuse();
        },
      },
    });
    assert.equal(most, expected);
  });
}

Deno.test("a call that ends early says which ports were not checked", async () => {
  const controller = new AbortController();
  const running = check({ ports: [1, 2, 3, 4], max_concurrent: 2, timeout: 5 }, {
    signal: controller.signal,
    net: { dial: (request) => request.port === 1 ? refuse() : never(request) },
  });
  setTimeout(() => controller.abort(), 20);
  const answer = await running;
  assert.equal(answer.success, false);
  assert.equal(answer.complete, false);
  assert.equal(answer.closed, "1");
  assert.equal(answer.unchecked, "2-4");
  assert.match(String(answer.summary), /3 were not checked to the end/);
});

Deno.test("a port without permission has an error code of its own; all of them are an error", async () => {
  const missing = () => new PermissionMissing("net", "x", { flag: "--allow-net=127.0.0.1:2" });
  const answer = await check({ ports: [1, 2] }, {
    net: { dial: (request) => request.port === 2 ? Promise.reject(missing()) : refuse() },
  });
  assert.equal((answer.results as Row[])[1]?.error_code, "permission.net");
  assert.equal(answer.unchecked, "2");
  await assert.rejects(
    check({ ports: [1, 2] }, { net: { dial: () => Promise.reject(missing()) } }),
    {
      code: "permission.net",
    },
  );
});

Deno.test("an address without a route is left for the next one", async () => {
  const answer = await check({ target: "dual.example", ports: [1, 2, 3], max_concurrent: 1 }, {
    names: { "dual.example": ["2001:db8::1", "192.0.2.1"] },
    net: {
      dial: ({ address }) =>
        address === "192.0.2.1" ? refuse() : Promise.reject(
          new RemoteFailure("connect", "x", { detail: { failure: "network_unreachable" } }),
        ),
    },
  });
  assert.equal(answer.closed, "1-3");
  assert.equal(answer.resolved_ip, "192.0.2.1");
});

Deno.test("a bug in the door is a bug, and leaves nothing running", async () => {
  await assert.rejects(
    check({ ports: [1, 2, 3] }, { net: { dial: () => Promise.reject(new TypeError("ours")) } }),
    TypeError,
  );
});

Deno.test("progress is told now and then, not for every port", async () => {
  const told: number[] = [];
  await check({ ports: Array.from({ length: 1000 }, (_, index) => index + 1) }, {
    net: { dial: refuse },
    onProgress: (done) => told.push(done),
  });
  assert.equal(told.length, 50);
  assert.equal(told.at(-1), 1000);
});

Deno.test("a thousand loopback ports are checked in well under two seconds", async () => {
  const startMs = performance.now();
  const answer = await check({ ports: Array.from({ length: 1000 }, (_, index) => index + 1) });
  assert.equal(answer.total_ports, 1000);
  assert.equal(answer.filtered_ports, 0);
  assert.ok(performance.now() - startMs < 2000);
});

Deno.test("port sets are written briefly", () => {
  assert.equal(renderPorts([]), "");
  assert.equal(renderPorts([443, 22, 80, 81, 82, 22]), "22,80-82,443");
  assert.equal(renderPorts([1, 2]), "1-2");
});

Deno.test("senseless port lists do not pass the schema", () => {
  for (
    const ports of [
      [],
      [0],
      [65536],
      [-1],
      [1.5],
      ["80"],
      Array(1025).fill(1),
    ]
  ) {
    assert.equal(batchPortCheck.input.safeParse({ target: "a", ports }).success, false);
  }
  const one = { target: "a", ports: [1] };
  assert.equal(batchPortCheck.input.safeParse({ ...one, max_concurrent: 257 }).success, false);
  assert.equal(batchPortCheck.input.safeParse({ ...one, timeout: -1 }).success, false);
});
