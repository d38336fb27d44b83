import { equal } from "node:assert/strict";
import { parseAddress } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { routeMatch } from "./route_match.ts";

function match(asked: string, shown: string): string | null {
  const target = asked.includes("/")
    ? { prefix: parsePrefix(asked).prefix }
    : { address: parseAddress(asked) };
  return routeMatch(target, parsePrefix(shown).prefix);
}

Deno.test("an entry is told as exact, longest, covering or only the default route", () => {
  equal(match("192.0.2.0/24", "192.0.2.0/24"), "exact");
  equal(match("0.0.0.0/0", "0.0.0.0/0"), "exact");
  equal(match("192.0.2.0/24", "192.0.0.0/16"), "covering");
  equal(match("192.0.2.0/24", "0.0.0.0/0"), "default");
  equal(match("192.0.2.1", "192.0.2.0/24"), "longest");
  equal(match("192.0.2.1", "192.0.2.1/32"), "longest");
  equal(match("2001:db8::1", "::/0"), "default");
});

Deno.test("an entry about something else is no match", () => {
  equal(match("192.0.2.1", "198.51.100.0/24"), null);
  equal(match("192.0.2.0/24", "192.0.2.0/25"), null);
  equal(match("192.0.2.1", "::/0"), null);
});
