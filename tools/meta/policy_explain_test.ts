import { deepEqual, equal, rejects } from "node:assert/strict";
import { configFor, policyFor, type PolicyOptions } from "../../tests/support/policy_for.ts";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { policyExplain } from "./policy_explain.ts";

async function explain(
  given: unknown,
  options: PolicyOptions & { readonly granted?: readonly string[] } = {},
) {
  const { granted = ["192.0.2.10"] } = options;
  const cx = {
    ...loopbackContext({ net: { mayConnect: (host) => Promise.resolve(granted.includes(host)) } }),
    config: configFor(options),
    policy: policyFor(options),
  };
  const answer = await policyExplain.run(policyExplain.input.parse(given), cx);
  return policyExplain.output.parse(answer) as Record<string, unknown>;
}

Deno.test("a denied target is an answer, not an error", async () => {
  deepEqual(await explain({ target: "169.254.169.254" }), {
    success: true,
    summary: "169.254.169.254 may not be reached: rule security.block_cloud_metadata denies it",
    kind: "target",
    effect: "deny",
    rule: "security.block_cloud_metadata",
    matched: "169.254.169.254",
    reason:
      '"169.254.169.254" is a metadata endpoint (AWS: EC2 instance metadata; also Azure, Google Cloud, Oracle, OpenStack, DigitalOcean, Hetzner, IBM, Vultr)',
    would_allow: "security.block_cloud_metadata: false",
    name: null,
    addresses: [{
      address: "169.254.169.254",
      embeds: null,
      effect: "deny",
      rule: "security.block_cloud_metadata",
      matched: "169.254.169.254",
    }],
  });
});

Deno.test("a name is denied by any of its addresses, which the summary names", async () => {
  const answer = await explain({ target: "innocent.example" }, {
    names: { "innocent.example": ["8.8.8.8", "64:ff9b::a9fe:a9fe"] },
  });
  equal(answer.effect, "deny");
  equal(
    answer.summary,
    "innocent.example (64:ff9b::a9fe:a9fe) may not be reached: rule security.block_cloud_metadata denies it",
  );
});

Deno.test("an allowed target says which pattern allows it", async () => {
  const answer = await explain({ target: "192.0.2.10" }, {
    security: { allowed_targets: ["192.0.2.0/24"] },
  });
  deepEqual([answer.effect, answer.rule, answer.matched, answer.would_allow], [
    "allow",
    "security.allowed_targets",
    "192.0.2.0/24",
    null,
  ]);
  equal(answer.summary, "192.0.2.10 may be reached (security.allowed_targets)");
});

Deno.test("an allowed target that no flag covers is said to be out of reach of TCP tools", async () => {
  const names = { "www.example": ["8.8.8.8"] };
  const answer = await explain({ target: "www.example" }, { names });
  equal(answer.tcp_permitted, false);
  equal(
    answer.summary,
    "www.example may be reached (default), but Deno's flags do not let TCP tools dial it",
  );
  const granted = ["www.example"];
  equal((await explain({ target: "www.example" }, { names, granted })).tcp_permitted, true);
});

Deno.test("a prefix under several rules is partial and lists its ranges", async () => {
  const answer = await explain({ prefix: "169.254.169.252/30" });
  deepEqual([answer.effect, answer.rule, answer.reason], [
    "partial",
    null,
    "1 of 3 ranges are denied",
  ]);
  equal(
    answer.summary,
    "Some of 169.254.169.252/30 may not be reached: security.block_cloud_metadata",
  );
});

Deno.test("a long list of ranges is cut and says so", async () => {
  const answer = await explain({ prefix: "0.0.0.0/0" }, { security: { block_private: true } });
  equal(Array.isArray(answer.ranges) && answer.ranges.length, 32);
  equal(Number(answer.ranges_total) > 32, true);
  equal(/32 of \d+ ranges shown/.test(String(answer.summary)), true);
});

Deno.test("a path is explained by pcap.allowed_paths", async () => {
  const options = { allowedPaths: ["/captures"] };
  equal((await explain({ path: "/captures/a.pcap" }, options)).effect, "allow");
  const denied = await explain({ path: "/etc/passwd" }, options);
  deepEqual([denied.effect, denied.rule, denied.would_allow], [
    "deny",
    "pcap.allowed_paths",
    'pcap.allowed_paths: ["/etc"]',
  ]);
});

Deno.test("none and several questions are refused, and so is a disguised address", async () => {
  await rejects(explain({}), { code: "input.arguments" });
  await rejects(explain({ target: "a.example", path: "/a" }), { code: "input.arguments" });
  await rejects(explain({ target: "0xA9FEA9FE" }), { code: "input.target" });
});
