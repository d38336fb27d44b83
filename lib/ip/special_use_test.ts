import { equal } from "node:assert/strict";
import { parseAddress } from "./address.ts";
import { parsePrefix, renderPrefix } from "./prefix.ts";
import { SPECIAL_USE, specialUse } from "./special_use.ts";

Deno.test("an address gets its most specific special range", () => {
  const table: [string, string | undefined][] = [
    ["0.0.0.0", "unspecified"],
    ["10.1.2.3", "private"],
    ["100.127.255.255", "shared"],
    ["100.128.0.0", undefined],
    ["127.255.0.1", "loopback"],
    ["169.254.169.254", "link_local"],
    ["172.15.255.255", undefined],
    ["172.31.255.255", "private"],
    ["172.32.0.0", undefined],
    ["192.0.0.9", "protocol"],
    ["192.0.2.1", "documentation"],
    ["198.19.0.1", "benchmarking"],
    ["224.0.0.1", "multicast"],
    ["240.0.0.1", "reserved"],
    ["255.255.255.255", "broadcast"],
    ["8.8.8.8", undefined],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["::2", "reserved"],
    ["::ffff:1.2.3.4", "translation"],
    ["64:ff9b:1::1", "translation_local"],
    ["2001:db8::1", "documentation"],
    ["2001::1", "translation"],
    ["2606:4700::1111", undefined],
    ["fd00::1", "private"],
    ["fec0::1", "private"],
    ["fe80::1", "link_local"],
    ["ff02::1", "multicast"],
  ];
  for (const [text, kind] of table) equal(specialUse(parseAddress(text))?.kind, kind, text);
  equal(specialUse(parseAddress("192.0.0.9"))?.name, "Port Control Protocol Anycast");
});

Deno.test("every row is a network address and stands once", () => {
  const texts = SPECIAL_USE.map((row) => renderPrefix(row.prefix));
  equal(new Set(texts).size, texts.length);
  for (const text of texts) equal(parsePrefix(text).hostBitsSet, false, text);
});
