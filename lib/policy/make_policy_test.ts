import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { PermissionMissing, PolicyDenied, Unavailable } from "../errors/mod.ts";
import { policyFor } from "../../tests/support/policy_for.ts";

const { signal } = new AbortController();

Deno.test("a host is judged with all of its addresses, canonical and in the resolver's order", async () => {
  const policy = policyFor({ names: { "www.example.com": ["192.0.2.10", "2001:db8::10"] } });
  deepEqual(await policy.judgeHost("WWW.Example.com.", signal), {
    input: "WWW.Example.com.",
    name: "www.example.com",
    addresses: ["192.0.2.10", "2001:db8::10"],
    decision: {
      effect: "allow",
      rule: "default",
      matched: null,
      reason: "No rule denies it and security.allowed_targets is empty",
      wouldAllow: null,
    },
  });
});

Deno.test("an address needs no resolver; a mapped one is dialled as IPv4; a zone stays", async () => {
  const policy = policyFor();
  deepEqual((await policy.judgeHost("2001:DB8::0:10", signal)).addresses, ["2001:db8::10"]);
  deepEqual((await policy.judgeHost("::ffff:192.0.2.10", signal)).addresses, ["192.0.2.10"]);
  deepEqual((await policy.judgeHost("::ffff:0:192.0.2.10", signal)).addresses, [
    "::ffff:0:c000:20a",
  ]);
  deepEqual((await policy.judgeHost("fe80::1%eth0", signal)).addresses, ["fe80::1%eth0"]);
});

Deno.test("localhost and names beneath it are loopback without DNS", async () => {
  const asked: string[] = [];
  const policy = policyFor({ onLookup: (name) => asked.push(name) });
  deepEqual((await policy.judgeHost("localhost", signal)).addresses, ["127.0.0.1", "::1"]);
  deepEqual((await policy.judgeHost("a.LOCALHOST.", signal)).addresses, ["127.0.0.1", "::1"]);
  deepEqual(asked, []);
});

Deno.test("a refusal names target, address, rule, what would allow it and the flag", async () => {
  const policy = policyFor({ names: { "innocent.example": ["192.0.2.10", "169.254.169.254"] } });
  await rejects(policy.judgeHost("innocent.example", signal), (error) => {
    if (!(error instanceof PolicyDenied)) return false;
    equal(error.code, "policy.block_cloud_metadata");
    equal(
      error.message,
      'Cannot reach "innocent.example" (169.254.169.254): rule security.block_cloud_metadata denies it',
    );
    equal(error.hint.endsWith("Allow it with security.block_cloud_metadata: false."), true);
    deepEqual(error.detail, {
      rule: "security.block_cloud_metadata",
      config_key: "security.block_cloud_metadata",
      matched: "169.254.169.254",
      address: "169.254.169.254",
      would_allow: "security.block_cloud_metadata: false",
      flag: "--deny-net=169.254.169.254",
    });
    return true;
  });
});

Deno.test("no flag is named where none holds: an IPv6 range, a range around a name server", async () => {
  const policy = policyFor({
    resolvers: ["169.254.169.254:53"],
    security: { blocked_targets: ["2001:db8::/32", "web*.example.com", "*.example.org"] },
  });
  const flagOf = async (text: string): Promise<unknown> => {
    try {
      await policy.judgeHost(text, signal);
      return "passed";
    } catch (error) {
      return error instanceof PolicyDenied ? error.detail.flag : error;
    }
  };
  equal(await flagOf("169.254.169.254"), null);
  equal(await flagOf("64:ff9b::100.100.100.200"), null);
  equal(await flagOf("::ffff:100.100.100.200"), "--deny-net=100.100.100.200");
  equal(await flagOf("2001:db8::1"), null);
  equal(await flagOf("web1.example.com"), null);
  equal(await flagOf("a.example.org"), "--deny-net=*.example.org");
  equal(await flagOf("fd00:ec2::254"), "--deny-net=[fd00:ec2::254]");
});

Deno.test("a refusal by block_private says how to open no more than needed", async () => {
  const policy = policyFor({ security: { block_private: true } });
  await rejects(policy.judgeHost("10.0.0.5", signal), {
    code: "policy.block_private",
    message: 'Cannot reach "10.0.0.5": rule security.block_private denies it',
    hint: '"10.0.0.5" is in 10.0.0.0/8 (Private-Use, RFC 1918 §3). Allow it with ' +
      "security.block_private: false. To open no more than this, list what may be reached in " +
      "security.allowed_targets as well.",
  });
});

Deno.test("a name that is refused by itself is never asked of DNS", async () => {
  const asked: string[] = [];
  const policy = policyFor({
    security: { allowed_targets: ["*.example.com"], blocked_targets: ["bad.example.com"] },
    onLookup: (name) => asked.push(name),
  });
  for (const text of ["bad.example.com", "metadata.google.internal", "other.example.org"]) {
    await rejects(policy.judgeHost(text, signal), PolicyDenied, text);
  }
  deepEqual(asked, []);
});

Deno.test("hostile input is an input error that says what is wanted", async () => {
  const policy = policyFor();
  await rejects(policy.judgeHost("-f", signal), { code: "input.target" });
  await rejects(policy.judgeHost("127.1", signal), {
    code: "input.target",
    hint: "Wanted: four decimal parts, 127.0.0.1.",
  });
  await rejects(policy.judgeHost("a".repeat(10_000), signal), { code: "input.target" });
  throws(() => policy.decideAddress("www.example.com"), { code: "input.target" });
});

Deno.test("what the resolver says goes through: no such name, no address", async () => {
  const policy = policyFor({ names: { "empty.example": [] } });
  await rejects(policy.judgeHost("nowhere.example", signal), { code: "remote.dns_nxdomain" });
  await rejects(policy.judgeHost("empty.example", signal), { code: "remote.dns_no_address" });
});

Deno.test("a query is judged by patterns, not by where the name leads", () => {
  const policy = policyFor({
    security: { block_private: true, blocked_targets: ["*.secret.example", "192.168.0.0/16"] },
  });
  equal(policy.judgeQuery("_dmarc.example.com").name, "_dmarc.example.com");
  deepEqual(policy.judgeQuery("10.0.0.5").addresses, ["10.0.0.5"]);
  equal(policy.judgeQuery("5.0.0.10.in-addr.arpa").name, "5.0.0.10.in-addr.arpa");
  for (
    const text of [
      "a.secret.example",
      "192.168.1.1",
      "1.1.168.192.in-addr.arpa",
      "metadata.google.internal",
      "254.169.254.169.in-addr.arpa",
    ]
  ) {
    throws(() => policy.judgeQuery(text), PolicyDenied, text);
  }
  throws(() => policy.judgeQuery("a.secret.example"), {
    message: 'Cannot ask about "a.secret.example": rule security.blocked_targets denies it',
  });
});

Deno.test("a service of the configuration need not be an allowed target", async () => {
  const policy = policyFor({
    security: { allowed_targets: ["192.0.2.0/24"] },
    names: { "rs.example": ["203.0.113.7", "2001:db8::7"] },
  });
  await rejects(policy.judgeHost("rs.example", signal), { code: "policy.allowed_targets" });
  deepEqual(await policy.judgeService("RS.example.", signal), {
    input: "RS.example.",
    name: "rs.example",
    addresses: ["203.0.113.7", "2001:db8::7"],
    decision: {
      effect: "allow",
      rule: "default",
      matched: null,
      reason: "The configuration names it and no rule denies it",
      wouldAllow: null,
    },
  });
  deepEqual((await policy.judgeService("10.0.0.1", signal)).addresses, ["10.0.0.1"]);
  deepEqual((await policy.judgeService("localhost", signal)).addresses, ["127.0.0.1", "::1"]);
});

Deno.test("every other rule holds for a service of the configuration, on each of its addresses", async () => {
  const policy = policyFor({
    security: {
      allowed_targets: ["10.0.0.0/8", "rs.example"],
      blocked_targets: ["*.blocked.example"],
      block_private: true,
    },
    names: {
      "rs.example": ["8.8.8.8", "10.0.0.1"],
      "cloud.example": ["169.254.169.254"],
      "zero.example": ["0.0.0.0"],
    },
  });
  const codeOf = async (host: string): Promise<unknown> => {
    try {
      return (await policy.judgeService(host, signal)).addresses;
    } catch (error) {
      return error instanceof PolicyDenied ? error.code : error;
    }
  };
  equal(await codeOf("10.0.0.1"), "policy.block_private");
  equal(await codeOf("rs.example"), "policy.block_private");
  equal(await codeOf("::ffff:10.0.0.1"), "policy.block_private");
  equal(await codeOf("cloud.example"), "policy.block_cloud_metadata");
  equal(await codeOf("zero.example"), "policy.unspecified");
  equal(await codeOf("rs.blocked.example"), "policy.blocked_targets");
  deepEqual(await codeOf("8.8.4.4"), ["8.8.4.4"]);
});

Deno.test("a refusal of a service does not tell to list it in allowed_targets", async () => {
  const policy = policyFor({
    security: { allowed_targets: ["192.0.2.1"], blocked_targets: ["203.0.113.7"] },
  });
  await rejects(policy.judgeService("203.0.113.7", signal), {
    hint: '"203.0.113.7" matches "203.0.113.7" of security.blocked_targets. Allow it with ' +
      "security.blocked_targets: [].",
  });
});

Deno.test("an explanation lists every address with what is inside, and throws no denial", async () => {
  const policy = policyFor({
    security: { block_private: true },
    names: { "mixed.example": ["8.8.8.8", "64:ff9b::a00:5"] },
  });
  const { addresses, decision, name } = await policy.explainTarget("mixed.example", signal);
  deepEqual(addresses.map(({ address, embeds, decision }) => [address, embeds, decision.effect]), [
    ["8.8.8.8", null, "allow"],
    ["64:ff9b::a00:5", "10.0.0.5", "deny"],
  ]);
  deepEqual([name, decision.rule], ["mixed.example", "security.block_private"]);
});

Deno.test("a path is decided by where it really leads, and nothing outside is disclosed", async () => {
  const links: Record<string, string> = {
    "/captures": "/real/captures",
    "/captures/a.pcap": "/real/captures/a.pcap",
    "/captures/escape": "/etc/passwd",
    "/elsewhere/into": "/real/captures/a.pcap",
    "/etc/passwd": "/etc/passwd",
  };
  const policy = policyFor({
    allowedPaths: ["/captures", "/missing"],
    realPath: (path) => {
      if (path === "/hidden") {
        return Promise.reject(
          new PermissionMissing("read", "no", { flag: "--allow-read=/hidden" }),
        );
      }
      const real = links[path];
      return real === undefined
        ? Promise.reject(new Unavailable("file_absent", "absent"))
        : Promise.resolve(real);
    },
  });
  const decide = async (path: string) => (await policy.explainPath(path)).decision;
  equal((await decide("/captures/a.pcap")).effect, "allow");
  equal((await decide("/captures/a.pcap")).matched, "/captures");
  equal((await decide("/elsewhere/into")).effect, "allow");
  const outside = await decide("/captures/escape");
  deepEqual(outside, await decide("/captures/absent"));
  equal(outside.effect, "deny");
  equal(outside.wouldAllow, null);
  deepEqual(await decide("/etc/passwd"), await decide("/etc/absent"));
  equal((await decide("/etc/passwd")).wouldAllow, 'pcap.allowed_paths: ["/etc"]');
  equal((await decide("/hidden")).effect, "deny");
  await rejects(policy.explainPath("a\0.pcap"), { code: "input.path" });
});

Deno.test("without allowed paths no file may be read", async () => {
  const { decision } = await policyFor({ allowedPaths: [] }).explainPath("/captures/a.pcap");
  equal(decision.effect, "deny");
  equal(decision.reason, "No directory is listed in pcap.allowed_paths");
});

Deno.test("a prefix is allowed, denied or partial", () => {
  const policy = policyFor({ security: { block_private: true } });
  equal(policy.explainPrefix("10.1.2.3/16").effect, "deny");
  equal(policy.explainPrefix("10.1.2.3/16").prefix, "10.1.0.0/16");
  equal(policy.explainPrefix("8.8.0.0/16").effect, "allow");
  equal(policy.explainPrefix("0.0.0.0/0").effect, "partial");
  throws(() => policy.explainPrefix("10.0.0.0"), { code: "input.target" });
});

Deno.test("a pattern that does not parse stops the policy from being made", () => {
  throws(() => policyFor({ security: { blocked_targets: ["10.0.*"] } }), {
    code: "input.target_pattern",
    hint: 'Wanted: "10.0.0.0/16".',
  });
});
