import { equal } from "node:assert/strict";
import { parseAddress } from "../../../ip/address.ts";
import { parsePrefix } from "../../../ip/prefix.ts";
import { parseAsPathPattern } from "../../../route/as_path_pattern.ts";
import { parseCommunity } from "../../../route/community.ts";
import { openbgpd } from "./openbgpd.ts";

const pathCommand = (pattern: string): string | null =>
  openbgpd.command({ kind: "as_path", family: 4, pattern: parseAsPathPattern(pattern) }, "text");
const communityCommand = (community: string): string | null =>
  openbgpd.command({ kind: "community", family: 6, community: parseCommunity(community) }, "text");

Deno.test("a route is asked for in words that bgplgsh takes as well", () => {
  const prefix = { prefix: parsePrefix("2001:DB8::/32").prefix };
  const address = { address: parseAddress("192.0.2.1") };
  equal(
    openbgpd.command({ kind: "route", target: prefix }, "text"),
    "show ip bgp detail 2001:db8::/32",
  );
  equal(
    openbgpd.command({ kind: "route", target: address }, "text"),
    "show ip bgp detail 192.0.2.1",
  );
  equal(openbgpd.command({ kind: "summary", family: 4 }, "text"), "show neighbor");
});

Deno.test("longer prefixes are all of a range", () => {
  const prefix = parsePrefix("10.0.0.0/8").prefix;
  equal(openbgpd.command({ kind: "longer", prefix }, "text"), "show ip bgp 10.0.0.0/8 all");
});

Deno.test("one AS at one place of the path can be asked for", () => {
  equal(pathCommand("3356"), "show ip bgp inet as 3356");
  equal(pathCommand(".* 3356+ .*"), "show ip bgp inet as 3356");
  equal(pathCommand("64496$"), "show ip bgp inet source-as 64496");
  equal(pathCommand("^65001"), "show ip bgp inet peer-as 65001");
  equal(pathCommand("^65001 .*$"), "show ip bgp inet peer-as 65001");
  equal(pathCommand("3356 ."), "show ip bgp inet transit-as 3356");
  equal(pathCommand("^$"), "show ip bgp inet empty-as");
});

Deno.test("what takes two conditions cannot be said: of two, bgpctl heeds the last one only", () => {
  for (
    const pattern of [
      "^65001 .* 64496$",
      "^65001$",
      "65001 64496",
      "^65001 .",
      "65001 .$",
      "[174 3356]",
    ]
  ) {
    equal(pathCommand(pattern), null, pattern);
  }
});

Deno.test("communities are filtered by kind; a route origin is a site of origin here", () => {
  equal(communityCommand("65535:666"), "show ip bgp inet6 community 65535:666");
  equal(communityCommand("65001:1:2"), "show ip bgp inet6 large-community 65001:1:2");
  equal(communityCommand("rt:65001:77"), "show ip bgp inet6 ext-community rt 65001:77");
  equal(communityCommand("ro:1.2.3.4:5"), "show ip bgp inet6 ext-community soo 1.2.3.4:5");
});

Deno.test("a neighbor's routes are asked for in each direction, but not those of a zone", () => {
  const ask = (direction: "received" | "accepted" | "advertised", text = "192.0.2.11") => {
    const neighbor = parseAddress(text, { zone: true });
    return openbgpd.command({ kind: "neighbor_routes", neighbor, family: 4, direction }, "text");
  };
  equal(ask("accepted"), "show ip bgp inet neighbor 192.0.2.11");
  equal(ask("received"), "show ip bgp inet in neighbor 192.0.2.11");
  equal(ask("advertised"), "show ip bgp inet out neighbor 192.0.2.11");
  equal(ask("accepted", "fe80::2%eth0"), null);
  equal(ask("advertised", "fe80::2%eth0"), null);
});

Deno.test("bgpctl neither pings nor traces, and its JSON needs an option that cannot be given", () => {
  const address = parseAddress("192.0.2.1");
  equal(openbgpd.command({ kind: "ping", address }, "text"), null);
  equal(openbgpd.command({ kind: "traceroute", address }, "text"), null);
  equal(openbgpd.command({ kind: "summary", family: 4 }, "json"), null);
});
