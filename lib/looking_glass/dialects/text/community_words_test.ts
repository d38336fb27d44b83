import { deepEqual, equal } from "node:assert/strict";
import {
  decodeLargeCommunities,
  readCommunities,
  readExtendedCommunities,
  readLargeCommunities,
} from "./community_words.ts";

Deno.test("communities are made canonical, names among them; other words are kept apart", () => {
  deepEqual(readCommunities("65001:5 no-export graceful-shutdown internet 65536:1 constructor"), {
    known: ["65001:5", "65535:65281", "65535:0", "0:0"],
    unknown: ["65536:1", "constructor"],
  });
  deepEqual(readLargeCommunities("4200000001:4294967295:0 65001:5"), {
    known: ["4200000001:4294967295:0"],
    unknown: ["65001:5"],
  });
});

Deno.test("extended communities are named alike whatever the router calls them", () => {
  deepEqual(
    readExtendedCommunities("RT:65001:77 SoO:64500:6 OVS:not-found 0x4300:0:2 constructor:1 ET:8"),
    {
      known: ["rt:65001:77", "ro:64500:6", "ovs:not-found", "ovs:invalid"],
      unknown: ["constructor:1", "ET:8"],
    },
  );
});

Deno.test("a list without end is cut, a word without end too", () => {
  equal(readCommunities("x ".repeat(1_000)).unknown.length, 20);
  equal(readCommunities("x".repeat(1_000)).unknown[0]?.length, 64);
});

Deno.test("octets that are no multiple of twelve are no large communities", () => {
  deepEqual(decodeLargeCommunities(Uint8Array.fromHex("0000fbf00000000000000001")), ["64496:0:1"]);
  equal(decodeLargeCommunities(new Uint8Array(11)), null);
  equal(decodeLargeCommunities(new Uint8Array(0)), null);
});
