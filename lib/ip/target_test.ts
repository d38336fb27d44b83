import { deepEqual, equal, throws } from "node:assert/strict";
import { parseTarget, renderTarget } from "./target.ts";

Deno.test("a target is an address or a name, canonical", () => {
  equal(renderTarget(parseTarget("192.0.2.10")), "192.0.2.10");
  equal(renderTarget(parseTarget("2001:DB8:0::10")), "2001:db8::10");
  equal(renderTarget(parseTarget("WWW.Example.com.")), "www.example.com");
  equal(parseTarget("::1").kind, "address");
  deepEqual(parseTarget("localhost"), { kind: "name", name: "localhost" });
  equal(renderTarget(parseTarget("fe80::1%eth0", { zone: true })), "fe80::1%eth0");
});

Deno.test("everything around a host is refused with what was wanted", () => {
  const table: [string, string | RegExp][] = [
    ["https://example.com/", "the host alone, without scheme and path"],
    ["example.com/path", "one address or host name, without a slash"],
    ["10.0.0.0/8", "one address or host name, without a slash"],
    ["example.com:443", "the host alone; the port is a parameter of its own"],
    ["192.0.2.1:80", "the host alone; the port is a parameter of its own"],
    ["[2001:db8::1]", "the address alone, without brackets and port"],
    ["[2001:db8::1]:443", "the address alone, without brackets and port"],
    ["root@example.com", "the host alone"],
    ["127.1", "four decimal parts, 127.0.0.1"],
    ["192.0.2.010", "four decimal parts, 192.0.2.8"],
    ["fe80::1%eth0", "the address alone, fe80::1"],
  ];
  for (const [text, expected] of table) throws(() => parseTarget(text), { expected }, text);
  for (const text of ["", " ", "-f", "--help", "a,b", "a b", "999.1.1.1", "1.2.3.4\n"]) {
    throws(() => parseTarget(text), { name: "IpSyntaxError" }, JSON.stringify(text));
  }
});
