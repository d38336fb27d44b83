import assert from "node:assert/strict";
import fc from "fast-check";
import { parseEndpoint } from "../config/endpoint.ts";
import { runFenced } from "../../tests/support/fenced.ts";
import { parseResolvConf, readResolverFiles, systemResolvers } from "./system_resolvers.ts";

Deno.test("name servers of a resolv.conf come in order, with port 53, once each", () => {
  const text = [
    "# written by hand",
    "search example.com",
    "nameserver 127.0.0.53",
    "  nameserver\t2001:DB8::35  # the other one",
    "nameserver 127.0.0.53",
    "nameserver fe80::1%eth0",
    "#nameserver 192.0.2.1",
    ";nameserver 192.0.2.2",
    "nameserver",
    "nameserver dns.example.com",
    "nameserver 127.1",
    "options edns0 trust-ad\r",
    "nameserver 192.0.2.3\r",
  ].join("\n");
  assert.deepEqual(parseResolvConf(text), [
    "127.0.0.53:53",
    "[2001:db8::35]:53",
    "[fe80::1%eth0]:53",
    "192.0.2.3:53",
  ]);
  assert.deepEqual(parseResolvConf(""), []);
});

Deno.test("whatever the text, only endpoints come out", () => {
  const line = fc.oneof(
    fc.string(),
    fc.ipV4().map((ip) => `nameserver ${ip}`),
    fc.ipV6().map((ip) => `nameserver ${ip}`),
  );
  fc.assert(fc.property(fc.array(line), (lines) => {
    for (const endpoint of parseResolvConf(lines.join("\n"))) {
      assert.equal(parseEndpoint(endpoint)?.port, 53, endpoint);
    }
  }));
});

Deno.test("without a permission the flag is named and nothing is thrown", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const body = `
    import { systemResolvers } from "root/lib/io/system_resolvers.ts";
    return await systemResolvers();`;
  assert.deepEqual(await runFenced([], body), {
    resolvers: [],
    reason: "Deno was not given --allow-read=/etc/resolv.conf",
    flag: "--allow-read=/etc/resolv.conf",
  });
  assert.deepEqual(
    await runFenced(["--allow-read=/etc/resolv.conf"], body),
    await systemResolvers(),
  );
});

Deno.test("the resolver files are texts, or the flag that is missing", async () => {
  const body = `
    import { readResolverFiles } from "root/lib/io/system_resolvers.ts";
    return await readResolverFiles();
  `;
  assert.deepEqual(await runFenced([], body), {
    name: "PermissionMissing",
    code: "permission.read",
    message: 'Cannot read "/etc/resolv.conf": Deno was not given --allow-read=/etc/resolv.conf',
    detail: { flag: "--allow-read=/etc/resolv.conf" },
  });
  const { resolvConf } = await readResolverFiles();
  assert.deepEqual(await runFenced(["--allow-read=/etc/resolv.conf"], body), {
    resolvConf,
    resolvedConf: null,
  });
});
