import assert from "node:assert/strict";
import { type RdapKind, readRdapQuery } from "./rdap_query.ts";

Deno.test("what is asked about is told by its form", () => {
  const cases = {
    "193.0.6.139": "ip ip/193.0.6.139",
    "193.0.6.139/21": "ip ip/193.0.0.0/21",
    "2001:67C:2E8::1": "ip ip/2001:67c:2e8::1",
    "2001:67c:2e8::/48": "ip ip/2001:67c:2e8::/48",
    "AS3333": "autnum autnum/3333",
    "as 3333": "autnum autnum/3333",
    "3333": "autnum autnum/3333",
    "Example.COM.": "domain domain/example.com",
    "bücher.example": "domain domain/xn--bcher-kva.example",
    "6.0.193.in-addr.arpa": "domain domain/6.0.193.in-addr.arpa",
    "com": "domain domain/com",
    "xn--p1ai": "domain domain/xn--p1ai",
    "ORG-RIEN1-RIPE": "entity entity/ORG-RIEN1-RIPE",
  };
  for (const [text, expected] of Object.entries(cases)) {
    const { kind, path } = readRdapQuery(text, null);
    assert.equal(`${kind} ${path}`, expected, text);
  }
});

Deno.test("a kind that is said is the kind that is read", () => {
  const cases: readonly (readonly [string, RdapKind, string])[] = [
    ["ns1.example.net", "nameserver", "nameserver/ns1.example.net"],
    ["376", "entity", "entity/376"],
    ["1.10", "autnum", "autnum/65546"],
    ["GOOGL-2~X", "entity", "entity/GOOGL-2~X"],
  ];
  for (const [text, kind, path] of cases) assert.equal(readRdapQuery(text, kind).path, path);
});

Deno.test("what is none of them is refused before anything is asked", () => {
  const cases: readonly (readonly [string, RdapKind | null])[] = [
    ["", null],
    ["127.1", null],
    ["193.0.6.0/33", null],
    ["AS4294967296", null],
    ["https://example.com/", null],
    ["exa mple.com", null],
    ["../../etc", "entity"],
    ["..", "entity"],
    ["a?b=c", "entity"],
    ["example.com", "ip"],
    ["example.com", "autnum"],
    ["a\u0000b", "domain"],
  ];
  for (const [text, kind] of cases) {
    assert.throws(() => readRdapQuery(text, kind), { code: "input.query" }, text);
  }
});
