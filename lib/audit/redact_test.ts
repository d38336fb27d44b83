import assert from "node:assert/strict";
import fc from "fast-check";
import { canonical } from "./chain.ts";
import { redactArguments } from "./redact.ts";

Deno.test("plain arguments are kept as they are", () => {
  const args = { target: "example.com", count: 4, ipv6: false, ports: [22, 80], cursor: null };
  assert.deepEqual(redactArguments(args), args);
});

Deno.test("values under secret keys are redacted at any depth and in any spelling", () => {
  assert.deepEqual(
    redactArguments({
      password: "a",
      confirm_token: "b",
      Authorization: "Bearer c",
      apiKey: "d",
      tcp_md5_key: "e",
      login: { userName: "ada", passWord: "f", "client-secret": ["g"] },
      key: "not one",
      passive: true,
      token: null,
    }),
    {
      password: "[redacted]",
      confirm_token: "[redacted]",
      Authorization: "[redacted]",
      apiKey: "[redacted]",
      tcp_md5_key: "[redacted]",
      login: { userName: "ada", passWord: "[redacted]", "client-secret": "[redacted]" },
      key: "not one",
      passive: true,
      token: null,
    },
  );
});

Deno.test("credentials in a URL are redacted", () => {
  assert.deepEqual(redactArguments({ url: "https://ada:pw@example.com/x" }), {
    url: "https://[redacted]@example.com/x",
  });
});

Deno.test("secrets in the configuration of a router are redacted", () => {
  const stanza = 'neighbor 192.0.2.1 password 7 08314D5D1A\nauthentication-key "two words";\nmd5 x';
  assert.deepEqual(redactArguments({ stanza }), {
    stanza:
      "neighbor 192.0.2.1 password [redacted]\nauthentication-key [redacted];\nmd5 [redacted]",
  });
});

Deno.test("long strings, long arrays and wide objects say how much is left out", () => {
  assert.deepEqual(redactArguments({ target: "x".repeat(10_000) }), {
    target: `${"x".repeat(200)}… 9800 more`,
  });
  assert.deepEqual(redactArguments({ ports: Array.from({ length: 1000 }, (_, at) => at) }), {
    ports: [...Array.from({ length: 20 }, (_, at) => at), "… 980 more"],
  });
  const wide = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`k${at}`, at]));
  assert.deepEqual(Object.keys(redactArguments(wide) ?? {}).length, 21);
  assert.equal(redactArguments(wide)?.["…"], "10 more");
});

Deno.test("arguments that are no object are kept under value, none are null", () => {
  assert.deepEqual(redactArguments("text"), { value: "text" });
  assert.deepEqual(redactArguments([1]), { value: [1] });
  assert.equal(redactArguments(undefined), null);
  assert.equal(redactArguments(null), null);
});

Deno.test("a member named __proto__ stays a member", () => {
  const redacted = redactArguments(JSON.parse('{"__proto__": {"polluted": true}}'));
  assert.deepEqual(Object.keys(redacted ?? {}), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(redacted), Object.prototype);
});

Deno.test("whatever comes in, canonical JSON of bounded size comes out", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withSparseArray: true }), (args) => {
      const redacted = redactArguments(args);
      if (redacted !== null) assert.deepEqual(JSON.parse(canonical(redacted)) !== null, true);
    }),
    { numRuns: 300 },
  );
});
