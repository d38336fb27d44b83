import { equal } from "node:assert/strict";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix } from "../../../ip/prefix.ts";
import { parseAsPathPattern } from "../../../route/as_path_pattern.ts";
import { parseCommunity } from "../../../route/community.ts";
import { bird } from "./bird.ts";

const pathCommand = (pattern: string): string | null =>
  bird.command({ kind: "as_path", family: 4, pattern: parseAsPathPattern(pattern) }, "text");
const communityCommand = (community: string): string | null =>
  bird.command({ kind: "community", family: 4, community: parseCommunity(community) }, "text");

Deno.test("a prefix is asked for exactly, an address by its longest match", () => {
  const prefix = { prefix: parsePrefix("2001:DB8::/32").prefix };
  const address = { address: parseAddress("192.0.2.1") };
  equal(bird.command({ kind: "route", target: prefix }, "text"), "show route 2001:db8::/32 all");
  equal(bird.command({ kind: "route", target: address }, "text"), "show route for 192.0.2.1 all");
});

Deno.test("filters use words that BIRD 1.6 knows too, and ask for a count", () => {
  const prefix = parsePrefix("10.0.0.0/8").prefix;
  equal(
    bird.command({ kind: "longer", prefix }, "text"),
    "show route where net ~ [10.0.0.0/8+] all stats",
  );
  equal(bird.command({ kind: "summary", family: 6 }, "text"), "show protocols all");
});

Deno.test("AS path patterns become path masks, without a question mark", () => {
  equal(pathCommand("3356"), "show route where bgp_path ~ [= * 3356 * =] all stats");
  equal(
    pathCommand("^65001 .* 64496$"),
    "show route where bgp_path ~ [= 65001 * 64496 =] all stats",
  );
  equal(
    pathCommand("^65001+ .$"),
    "show route where bgp_path ~ [= 65001 + 0..4294967295 =] all stats",
  );
  equal(
    pathCommand("^[174 3356] 4200000001$"),
    "show route where bgp_path ~ [= [174, 3356] 4200000001 =] all stats",
  );
});

Deno.test("communities are looked for in the attribute of their kind", () => {
  equal(
    communityCommand("65535:666"),
    "show route where (65535,666) ~ bgp_community all stats",
  );
  equal(
    communityCommand("4200000001:4294967295:0"),
    "show route where (4200000001,4294967295,0) ~ bgp_large_community all stats",
  );
  equal(
    communityCommand("rt:1.2.3.4:5"),
    "show route where (rt,1.2.3.4,5) ~ bgp_ext_community all stats",
  );
  equal(
    communityCommand("ro:64500:6"),
    "show route where (ro,64500,6) ~ bgp_ext_community all stats",
  );
});

Deno.test("a neighbor is found by the address that routes came from, without its zone", () => {
  const neighbor = parseAddress("fe80::1%eth0", { zone: true });
  const ask = (direction: "received" | "accepted" | "advertised") =>
    bird.command({ kind: "neighbor_routes", neighbor, family: 6, direction }, "text");
  equal(ask("accepted"), "show route where from = fe80::1 all stats");
  equal(ask("received"), null);
  equal(ask("advertised"), null);
});

Deno.test("BIRD neither pings nor traces nor writes JSON", () => {
  const address = parseAddress("192.0.2.1");
  equal(bird.command({ kind: "ping", address }, "text"), null);
  equal(bird.command({ kind: "traceroute", address }, "text"), null);
  equal(bird.command({ kind: "summary", family: 4 }, "json"), null);
});
