import { deepEqual, equal } from "node:assert/strict";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix } from "../../../ip/prefix.ts";
import { parseAsPathPattern } from "../../../route/as_path_pattern.ts";
import { parseCommunity } from "../../../route/community.ts";
import { junosCommand } from "./command.ts";

Deno.test("a prefix is looked up exactly and an address by its longest match, hidden paths included", () => {
  equal(
    junosCommand({ kind: "route", target: { prefix: parsePrefix("192.0.2.0/24").prefix } }),
    "show route table inet.0 192.0.2.0/24 exact detail all",
  );
  equal(
    junosCommand({ kind: "route", target: { address: parseAddress("2001:DB8::1") } }),
    "show route table inet6.0 2001:db8::1 best detail all",
  );
});

Deno.test("what lies inside of a prefix is asked of BGP alone", () => {
  equal(
    junosCommand({ kind: "longer", prefix: parsePrefix("2001:db8::/32").prefix }),
    "show route protocol bgp table inet6.0 2001:db8::/32",
  );
});

Deno.test("routes of a neighbor are asked for in each direction", () => {
  const neighbor = parseAddress("198.51.100.1");
  const ask = (direction: "received" | "accepted" | "advertised") =>
    junosCommand({ kind: "neighbor_routes", neighbor, family: 4, direction });
  deepEqual([ask("received"), ask("accepted"), ask("advertised")], [
    "show route receive-protocol bgp 198.51.100.1 table inet.0 all",
    "show route protocol bgp table inet.0 source-gateway 198.51.100.1",
    "show route advertising-protocol bgp 198.51.100.1 table inet.0",
  ]);
});

Deno.test("an AS path is asked for only where its expression is one word without quotes", () => {
  const ask = (text: string) =>
    junosCommand({ kind: "as_path", family: 4, pattern: parseAsPathPattern(text) })
      ?.replace("show route protocol bgp table inet.0 aspath-regex ", "");
  deepEqual(["64496", "64496$", "^64496", "^64496$", "64496+", "64496 .* 64511$"].map(ask), [
    ".*64496.*",
    ".*64496",
    "64496.*",
    "64496",
    ".*64496+.*",
    ".*64496.*64511",
  ]);
  deepEqual(["64496 64511", "64496 . 64511", "[64496 64511]", "64496+ 64511"].map(ask), [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("communities are named as Junos names them", () => {
  const ask = (text: string) =>
    junosCommand({ kind: "community", family: 6, community: parseCommunity(text) })
      ?.replace("show route protocol bgp table inet6.0 community ", "");
  deepEqual(
    ["64500:1", "no-export", "64500:1:2", "rt:64500:7", "ro:192.0.2.1:7", "rt:4200000001:7"].map(
      ask,
    ),
    [
      "64500:1",
      "65535:65281",
      "large:64500:1:2",
      "target:64500:7",
      "origin:192.0.2.1:7",
      "target:4200000001L:7",
    ],
  );
});

Deno.test("ping, trace and summary are plain", () => {
  const address = parseAddress("192.0.2.1");
  deepEqual([
    junosCommand({ kind: "ping", address }),
    junosCommand({ kind: "traceroute", address }),
    junosCommand({ kind: "summary", family: 6 }),
  ], ["ping 192.0.2.1 count 5", "traceroute 192.0.2.1", "show bgp summary"]);
});
