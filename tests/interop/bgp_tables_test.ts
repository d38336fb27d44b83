/** Our tables beside BIRD's and beside what bgpdump reads out of the feeds: no difference. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { AGREEMENT_PROGRAMS, compareContested } from "../../bench/bgp/contested_agreement.ts";
import { interopTest } from "./daemon.ts";

const WISH = {
  table: { ipv4: 20_000, ipv6: 4_000, attributeSets: 6_000, seed: 11 },
  changes: 10_000,
  feeds: 5,
};

interopTest(
  "five contested feeds give BIRD's best paths, and the tables hold what bgpdump reads of them",
  { programs: AGREEMENT_PROGRAMS, root: true },
  async () => {
    const { bestPaths, adjRibIn, lostBy } = await compareContested(WISH);
    deepEqual(bestPaths.examples, []);
    equal(bestPaths.differences, 0);
    ok(bestPaths.compared > 23_000, `${bestPaths.compared} prefixes`);
    deepEqual(adjRibIn.examples, []);
    equal(adjRibIn.differences, 0);
    ok(adjRibIn.compared > 90_000, `${adjRibIn.compared} paths`);
    // Each step decides somewhere but that of path ids, as no peer has two paths. "Not at all": a third
    // path of its neighbour AS kept it out by its MED.
    deepEqual(Object.keys(lostBy).sort(), [
      "as-path-longer",
      "cluster-list-longer",
      "ebgp-preferred",
      "local-pref-lower",
      "med-higher",
      "not at all",
      "origin-higher",
      "peer-address-higher",
      "router-id-higher",
    ]);
  },
);
