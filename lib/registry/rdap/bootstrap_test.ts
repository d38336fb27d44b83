import assert from "node:assert/strict";
import { defaultConfig } from "../../config/load.ts";
import { parsePrefix, renderPrefix } from "../../ip/prefix.ts";
import { servicesOf } from "../../../tests/docs/refresh_rdap.ts";
import bootstrap from "./bootstrap.json" with { type: "json" };
import { type Bootstrap, responsibleServers } from "./bootstrap.ts";
import { readRdapQuery } from "./rdap_query.ts";

const serversFor = (text: string, registries?: Bootstrap) =>
  responsibleServers(readRdapQuery(text, null), registries);

Deno.test("each registry is asked about what was allocated to it", () => {
  const cases = {
    "193.0.6.139": ["https://rdap.db.ripe.net/"],
    "8.8.8.8": [],
    "199.43.0.1": ["https://rdap.arin.net/registry/"],
    "1.1.1.0/24": ["https://rdap.apnic.net/"],
    "200.3.14.10": ["https://rdap.lacnic.net/rdap/"],
    "196.216.2.1": ["https://rdap.afrinic.net/rdap/"],
    "2001:67c:2e8::1": ["https://rdap.db.ripe.net/"],
    "2620:0:2d0:200::7": ["https://rdap.arin.net/registry/"],
    "2a10::/12": ["https://rdap.db.ripe.net/"],
    "example.com": ["https://rdap.verisign.com/com/v1/"],
    "a.b.example.net": ["https://rdap.verisign.com/net/v1/"],
    "example.org": [],
    "telecom": [],
    "AS3333": [],
    "ORG-RIEN1-RIPE": [],
    "0.0.0.0/0": [],
  };
  for (const [text, servers] of Object.entries(cases)) {
    assert.deepEqual(serversFor(text), servers, text);
  }
});

Deno.test("the most specific entry counts, for numbers and names alike", () => {
  const registries: Bootstrap = {
    ipv4: [[["192.0.0.0/8"], ["https://a/"]], [["192.0.2.0/24"], ["https://b/"]]],
    ipv6: [],
    asn: [[["1-100"], ["https://a/"]], [["7", "10-20"], ["https://b/"]]],
    dns: [[["uk"], ["https://a/"]], [["co.uk"], ["https://b/"]]],
  };
  const first = (text: string) => serversFor(text, registries)[0];
  assert.deepEqual(["192.0.2.1", "192.0.3.1"].map(first), ["https://b/", "https://a/"]);
  assert.deepEqual(["AS7", "AS15", "AS8", "AS101"].map(first), [
    "https://b/",
    "https://b/",
    "https://a/",
    undefined,
  ]);
  assert.deepEqual(["x.co.uk", "x.uk", "co.uk"].map(first), [
    "https://b/",
    "https://a/",
    "https://b/",
  ]);
});

Deno.test("the shipped table is of the form that IANA publishes, and the configuration lists its hosts", () => {
  const listed = defaultConfig().intel.rdap.hosts;
  for (const services of Object.values(bootstrap)) {
    for (const [entries, urls] of servicesOf({ services })) {
      assert.ok(urls.length > 0 && urls.every((url) => listed.includes(new URL(url).host)));
      for (const entry of entries.filter((text) => text.includes("/"))) {
        assert.equal(renderPrefix(parsePrefix(entry).prefix), entry);
      }
    }
  }
  for (const document of [null, {}, { services: [[[], []]] }, { services: [["a", "b"]] }]) {
    assert.throws(() => servicesOf(document), TypeError);
  }
});
