import assert from "node:assert/strict";
import { policyFor, type PolicyOptions } from "../../tests/support/policy_for.ts";
import { createIo } from "../io/real.ts";
import { judgeHttp } from "./judged_http.ts";

/** The code of what asking `source.example` came to, and what was asked. */
async function ask(
  addresses: readonly string[],
  security: PolicyOptions["security"] = {},
): Promise<{ readonly code: string | null; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const io = createIo({ resolvers: [], dnsTimeoutMs: 100 });
  const net: typeof io.net = {
    ...io.net,
    getHttp: ({ url }) => {
      asked.push(url);
      return Promise.resolve({
        url,
        status: 200,
        contentType: "application/json",
        body: new Uint8Array(),
      });
    },
  };
  const policy = policyFor({ security, names: { "source.example": addresses } });
  const judged = judgeHttp({ ...io, net }, policy);
  const code = await judged.net.getHttp({
    url: "https://source.example/data?resource=AS64496",
    accept: ["application/json"],
    maxBytes: 1_000,
    signal: new AbortController().signal,
    configLine: "",
  }).then(() => null, (error: { code: string }) => error.code);
  return { code, asked };
}

Deno.test("a service that no rule denies is asked, whatever security.allowed_targets lists", async () => {
  assert.deepEqual(await ask(["192.0.2.1", "2001:db8::1"], { allowed_targets: ["10.0.0.0/8"] }), {
    code: null,
    asked: ["https://source.example/data?resource=AS64496"],
  });
});

Deno.test("a service of which one address lies in a denied range is not asked", async () => {
  const denials: readonly [readonly string[], PolicyOptions["security"], string][] = [
    [["192.0.2.1", "2001:db8::1"], { blocked_targets: ["2001:db8::/32"] }, "blocked_targets"],
    [["192.0.2.1"], { blocked_targets: ["*.example"] }, "blocked_targets"],
    [["fd00::1"], { block_private: true }, "block_private"],
    [["::ffff:169.254.169.254"], {}, "block_cloud_metadata"],
  ];
  for (const [addresses, security, rule] of denials) {
    assert.deepEqual(await ask(addresses, security), { code: `policy.${rule}`, asked: [] });
  }
});
