import { equal } from "node:assert/strict";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix } from "../../../ip/prefix.ts";
import { routeMatch, targetFamily } from "./route_match.ts";

const prefix = (text: string) => parsePrefix(text).prefix;

Deno.test("a prefix is matched exactly, by a covering one, by the default route, or not at all", () => {
  const target = { prefix: prefix("192.0.2.0/24") };
  equal(routeMatch(target, prefix("192.0.2.0/24")), "exact");
  equal(routeMatch(target, prefix("192.0.0.0/16")), "covering");
  equal(routeMatch(target, prefix("0.0.0.0/0")), "default");
  equal(routeMatch(target, prefix("192.0.2.0/25")), null);
  equal(routeMatch(target, prefix("198.51.100.0/24")), null);
  equal(routeMatch(target, prefix("::/0")), null);
});

Deno.test("who asks for the default route gets it exactly", () => {
  equal(routeMatch({ prefix: prefix("0.0.0.0/0") }, prefix("0.0.0.0/0")), "exact");
});

Deno.test("an address is matched by its longest prefix, or by the default route only", () => {
  const target = { address: parseAddress("2001:db8::1") };
  equal(routeMatch(target, prefix("2001:db8::/32")), "longest");
  equal(routeMatch(target, prefix("::/0")), "default");
  equal(routeMatch(target, prefix("2001:db9::/32")), null);
  equal(targetFamily(target), 6);
});
