import assert from "node:assert/strict";
import { reply, startScriptedDnsServer } from "../../tests/scripted_dns_server.ts";
import { reverseHost } from "./reverse.ts";

const NXDOMAIN = 3;

Deno.test("an address has its first PTR name, without the final dot; IPv6 too", async () => {
  const server = await startScriptedDnsServer((query) => [
    reply(query, { answers: [{ type: "PTR", name: query.name, data: "r2.example.net" }] }),
  ]);
  try {
    const { signal } = new AbortController();
    assert.equal(await reverseHost("192.0.2.7", signal, [server.endpoint]), "r2.example.net");
    assert.equal(await reverseHost("2001:db8::7", signal, [server.endpoint]), "r2.example.net");
    assert.deepEqual(server.queries.map((query) => query.name.replace(/\.$/, "")), [
      "7.2.0.192.in-addr.arpa",
      "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
    ]);
  } finally {
    await server.stop();
  }
});

Deno.test("no such name, no name server and a fired signal are all 'none'", async () => {
  const server = await startScriptedDnsServer((query) => [reply(query, { rcode: NXDOMAIN })]);
  try {
    const { signal } = new AbortController();
    assert.equal(await reverseHost("192.0.2.7", signal, [server.endpoint]), null);
    assert.equal(await reverseHost("192.0.2.7", signal, []), null);
    assert.equal(await reverseHost("192.0.2.7", AbortSignal.abort(), [server.endpoint]), null);
  } finally {
    await server.stop();
  }
});

Deno.test("a silent name server holds nobody past the signal", async () => {
  const server = await startScriptedDnsServer(() => []);
  try {
    const startedMs = performance.now();
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 150);
    assert.equal(await reverseHost("192.0.2.7", stop.signal, [server.endpoint]), null);
    clearTimeout(timer);
    assert.ok(performance.now() - startedMs < 10_000);
  } finally {
    await server.stop();
  }
});
