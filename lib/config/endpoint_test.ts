import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { parseEndpoint, renderEndpoint } from "./endpoint.ts";

Deno.test("an endpoint is an address of either family with or without a port", () => {
  const rows: readonly [string, unknown][] = [
    ["192.0.2.1", { address: "192.0.2.1", family: 4, port: null }],
    ["192.0.2.1:53", { address: "192.0.2.1", family: 4, port: 53 }],
    ["2001:DB8::1", { address: "2001:db8::1", family: 6, port: null }],
    ["[2001:db8::1]", { address: "2001:db8::1", family: 6, port: null }],
    ["[2001:db8::1]:5353", { address: "2001:db8::1", family: 6, port: 5353 }],
    ["::1:53", { address: "::1:53", family: 6, port: null }],
  ];
  for (const [text, expected] of rows) deepStrictEqual(parseEndpoint(text), expected, text);
});

Deno.test("names, short forms, zone ids and bad ports are no endpoints", () => {
  for (
    const text of [
      "",
      "dns.example",
      "127.1",
      "0x7f000001",
      "010.0.0.1",
      "192.0.2.1:",
      "192.0.2.1:65536",
      "192.0.2.1:053",
      "[192.0.2.1]:53",
      "[fe80::1%eth0]:53",
      "fe80::1%eth0",
      "[::1",
      "192.0.2.1:53:53",
    ]
  ) strictEqual(parseEndpoint(text), null, text);
});

Deno.test("an endpoint is written with brackets around IPv6", () => {
  strictEqual(renderEndpoint("192.0.2.1", 53), "192.0.2.1:53");
  strictEqual(renderEndpoint("::1", 53), "[::1]:53");
});
