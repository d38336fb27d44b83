import assert from "node:assert/strict";
import type { DnsAnswer } from "../io/dns_exchange.ts";
import { clockFindings, resolverFindings, type ResolverTrial } from "./resolver_health.ts";

function trial(over: Partial<DnsAnswer>, label = "192.0.2.53:53"): ResolverTrial {
  const answer: DnsAnswer = {
    server: { address: "192.0.2.53", port: 53, label },
    status: "found",
    transport: "udp",
    transportReason: null,
    queries: 1,
    ignoredDatagrams: 0,
    responseMs: 12.4,
    message: null,
    error: null,
    ...over,
  };
  return { label, answer, refused: null };
}

function signed(inception: string, expiration: string): ResolverTrial {
  const record = {
    ...{ name: ".", type: "RRSIG", ttl: 1, value: "" },
    fields: { inception, expiration },
  };
  // Of a message, only its answers are looked at.
  return trial({ message: { answers: [record] } as unknown as DnsAnswer["message"] });
}

Deno.test("servers that answer, are slow, fail, or may not be asked", () => {
  const silent = trial({ status: "timeout", responseMs: null }, "192.0.2.54:53");
  const refused = { label: "192.0.2.55:53", answer: null, refused: "Deno was not given it" };
  assert.deepEqual(
    resolverFindings([trial({}), trial({ responseMs: 900 }), silent, refused]).map((
      { severity, line },
    ) => `${severity}: ${line}`),
    [
      "ok: Name server 192.0.2.53:53 answers in 12 ms",
      "warning: Name server 192.0.2.53:53 answers in 900 ms",
      "warning: Name server 192.0.2.54:53 is of no use: timeout",
      "warning: 192.0.2.55:53 was not asked: Deno was not given it",
    ],
  );
  assert.equal(resolverFindings([silent])[0]?.severity, "critical");
  assert.equal(resolverFindings([])[0]?.severity, "critical");
});

Deno.test("a clock outside every signature is wrong, one inside is not", () => {
  const trials = [signed("20261115000000", "20261128000000")];
  const at = (time: string) => clockFindings(trials, Date.parse(time))[0]?.severity;
  assert.equal(at("2026-11-21T12:00:00Z"), "ok");
  assert.equal(at("2026-11-14T23:59:59Z"), "critical");
  assert.equal(at("2026-11-28T00:00:01Z"), "critical");
  assert.equal(clockFindings([trial({})], 0)[0]?.severity, "info");
  assert.equal(clockFindings([signed("garbage", "")], 0)[0]?.severity, "info");
});
