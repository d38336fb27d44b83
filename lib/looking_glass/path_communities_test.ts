import { deepEqual, equal } from "node:assert/strict";
import { samplePath as path } from "../../tests/support/sample_routes.ts";
import { communitiesOf, communityMeanings } from "./path_communities.ts";

Deno.test("communities of all three kinds are told, those of public meaning explained once", () => {
  const one = path("1 2", {
    communities: ["65535:666", "64500:1"],
    extendedCommunities: ["ovs:invalid"],
    largeCommunities: ["64500:1:2"],
  });
  deepEqual(communitiesOf(one), ["65535:666", "64500:1", "ovs:invalid", "64500:1:2"]);
  deepEqual(communityMeanings([one, path("3 2", { communities: ["65535:666"] })]), {
    "65535:666": "blackhole: discard traffic to this prefix (RFC 7999)",
    "ovs:invalid": "origin validation state: invalid (RFC 8097)",
  });
});

Deno.test("a path that carries a thousand route targets has twelve of them explained", () => {
  const extendedCommunities = Array.from({ length: 1_000 }, (_, index) => `rt:64500:${index}`);
  equal(Object.keys(communityMeanings([path("1", { extendedCommunities })])).length, 12);
});
