import { deepEqual } from "node:assert/strict";
import { parseAddress, renderAddress } from "./address.ts";
import { embeddedIpv4 } from "./embedded_ipv4.ts";

const inside = (text: string): string[] =>
  embeddedIpv4(parseAddress(text)).map(({ kind, address }) => `${kind} ${renderAddress(address)}`);

Deno.test("every embedding gives up its IPv4 address", () => {
  deepEqual(inside("::ffff:10.0.0.1"), ["ipv4_mapped 10.0.0.1"]);
  deepEqual(inside("::10.0.0.1"), ["ipv4_compatible 10.0.0.1"]);
  deepEqual(inside("::ffff:0:10.0.0.1"), ["ipv4_translated 10.0.0.1"]);
  deepEqual(inside("64:ff9b::a9fe:a9fe"), ["nat64 169.254.169.254"]);
  deepEqual(inside("2002:a9fe:a9fe::1"), ["6to4 169.254.169.254"]);
  deepEqual(inside("fe80::5efe:10.0.0.1"), ["isatap 10.0.0.1"]);
  deepEqual(inside("2001:db8::200:5efe:10.0.0.1"), ["isatap 10.0.0.1"]);
});

Deno.test("the Teredo example of RFC 4380 §4 gives client and server", () => {
  deepEqual(inside("2001:0:4136:e378:8000:63bf:3fff:fdd2"), [
    "teredo_client 192.0.2.45",
    "teredo_server 65.54.227.120",
  ]);
});

Deno.test("the local NAT64 prefix gives every position that RFC 6052 leaves open", () => {
  // The /48 form of 192.0.2.33 after the table in RFC 6052 §2.4.
  deepEqual(inside("64:ff9b:1:c000:2:2100::"), [
    "nat64_local 192.0.2.33",
    "nat64_local 2.33.0.0",
  ]);
  deepEqual(inside("64:ff9b:1::192.0.2.33"), ["nat64_local 192.0.2.33"]);
});

Deno.test("ordinary addresses carry nothing", () => {
  for (const text of ["10.0.0.1", "::", "::1", "2001:db8::1", "fd00:ec2::254", "fe80::1"]) {
    deepEqual(inside(text), [], text);
  }
});
