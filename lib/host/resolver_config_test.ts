import assert from "node:assert/strict";
import { parseResolverConfig } from "./resolver_config.ts";

Deno.test("the directives of resolv.conf, the last search or domain counts", () => {
  const text = [
    "# made by hand",
    "domain one.example",
    "search a.example b.example ; and a comment",
    "nameserver 192.0.2.53",
    "nameserver 2001:DB8::53",
    "nameserver fe80::1%eth0",
    "options ndots:5 timeout:1",
    "options rotate",
    "sortlist 192.0.2.0/24",
  ].join("\n");
  assert.deepEqual(parseResolverConfig(text), {
    nameServers: ["192.0.2.53", "2001:db8::53", "fe80::1%eth0"],
    searchDomains: ["a.example", "b.example"],
    options: ["ndots:5", "timeout:1", "rotate"],
    problems: [],
  });
  assert.deepEqual(parseResolverConfig("search a\ndomain b c\r\n").searchDomains, ["b"]);
});

Deno.test("what is never asked and what means nothing is said", () => {
  const { nameServers, problems } = parseResolverConfig(
    ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.1", "dns.example"]
      .map((server) => `nameserver ${server}\n`).join("") + "name server 192.0.2.5\n",
  );
  assert.equal(nameServers.length, 4);
  assert.deepEqual(problems, [
    "Line 5 names no address",
    "Line 6 is no directive of resolv.conf",
    "4 name servers are named, the C library asks the first 3 only",
    "A name server is named twice: it is asked twice when it is silent",
  ]);
});
