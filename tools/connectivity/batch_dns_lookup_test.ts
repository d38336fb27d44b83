import assert from "node:assert/strict";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { reply, startScriptedDnsServer } from "../../tests/scripted_dns_server.ts";
import { batchDnsLookup } from "./batch_dns_lookup.ts";

type Row = {
  query: string;
  success: boolean;
  found: boolean;
  status: string;
  error_code?: string;
  records: { value: string }[];
};

Deno.test("each query has a result of its own, in order", async () => {
  const server = await startScriptedDnsServer((query) => {
    if (query.name.startsWith("gone")) return [reply(query, { rcode: 3 })];
    if (query.name.startsWith("broken")) return [reply(query, { rcode: 2 })];
    if (query.type === "PTR") {
      return [reply(query, { answers: [{ type: "PTR", name: query.name, data: "h.example" }] })];
    }
    return [reply(query, { answers: [{ type: "A", name: query.name, data: "192.0.2.1" }] })];
  });
  try {
    const told: number[] = [];
    const cx = loopbackContext({
      resolvers: [server.endpoint],
      denied: ["secret.example"],
      onProgress: (done) => told.push(done),
    });
    const queries = [
      "a.example",
      "gone.example",
      "broken.example",
      "secret.example",
      "192.0.2.9",
      "a.example",
    ];
    const input = batchDnsLookup.input.parse({ queries });
    const answer = batchDnsLookup.output.parse(await batchDnsLookup.run(input, cx));
    const rows = answer.results as Row[];
    assert.deepEqual(rows.map((row) => row.query), queries);
    assert.deepEqual(rows.map((row) => row.status), [
      "found",
      "nxdomain",
      "servfail",
      "error",
      "found",
      "found",
    ]);
    assert.deepEqual(rows.map((row) => row.error_code), [
      undefined,
      undefined,
      "remote.dns_servfail",
      "policy.blocked_targets",
      undefined,
      undefined,
    ]);
    assert.equal(rows[4]?.records[0]?.value, "h.example");
    assert.equal(answer.success, true);
    assert.equal(answer.successful, 4);
    assert.equal(answer.found, 3);
    assert.equal(answer.failed, 2);
    assert.equal(told.at(-1), 6);
    assert.deepEqual(
      batchDnsLookup.guards(input)[3],
      { kind: "query", text: "secret.example", perItem: true },
    );
  } finally {
    await server.stop();
  }
});

Deno.test("256 names are looked up in one call without a stall", async () => {
  const server = await startScriptedDnsServer((query) => [
    reply(query, { answers: [{ type: "A", name: query.name, data: "192.0.2.1" }] }),
  ]);
  try {
    const queries = Array.from({ length: 256 }, (_, index) => `h${index}.example`);
    const startMs = performance.now();
    const answer = await batchDnsLookup.run(
      batchDnsLookup.input.parse({ queries }),
      loopbackContext({ resolvers: [server.endpoint] }),
    );
    assert.equal(answer.found, 256);
    assert.ok(performance.now() - startMs < 3000);
  } finally {
    await server.stop();
  }
});

Deno.test("queries that the end of the call left over are said to be untried", async () => {
  const answer = await batchDnsLookup.run(
    batchDnsLookup.input.parse({ queries: ["a.example"] }),
    loopbackContext({ signal: AbortSignal.abort() }),
  );
  assert.equal(answer.complete, false);
  assert.equal(answer.success, false);
  assert.equal((answer.results as Row[])[0]?.error_code, "env.deadline");
});

Deno.test("without any name server each item says so", async () => {
  const answer = await batchDnsLookup.run(
    batchDnsLookup.input.parse({ queries: ["a.example"] }),
    loopbackContext(),
  );
  assert.equal((answer.results as Row[])[0]?.error_code, "env.no_resolver");
  const resolversFlag = "--allow-read=/etc/resolv.conf";
  const unread = await batchDnsLookup.run(
    batchDnsLookup.input.parse({ queries: ["a.example"] }),
    loopbackContext({ net: { resolversFlag } }),
  );
  assert.equal((unread.results as Row[])[0]?.error_code, "permission.resolvers");
});

Deno.test("senseless lists do not pass the schema", () => {
  for (const queries of [[], [""], Array(257).fill("a.example"), ["x".repeat(300)]]) {
    assert.equal(batchDnsLookup.input.safeParse({ queries }).success, false);
  }
});
