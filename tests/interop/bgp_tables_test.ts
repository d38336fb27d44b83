/** Our tables beside BIRD's and beside what bgpdump reads out of the feeds: no difference. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { type Agreements, compareTables } from "../../bench/bgp/agreement.ts";
import {
  CONTESTED_FEEDS,
  contestedStream,
  lastPrefix,
  RECEIVER_AS,
  settledStream,
} from "../../bench/bgp/contested_feeds.ts";
import { Table } from "../../bench/bgp/table.ts";
import { interopTest } from "./daemon.ts";

const WISH = { ipv4: 20_000, ipv6: 4_000, attributeSets: 6_000, seed: 11 };
/** Prefixes of each feed that change or go after the table. */
const CHANGES = 10_000;

async function compareContested(): Promise<Agreements> {
  const table = new Table(WISH);
  const feeds = CONTESTED_FEEDS.map((feed, n) => ({
    ...feed,
    stream: contestedStream(table, n, CHANGES),
    settled: settledStream(table, n, CHANGES),
    last: lastPrefix(n),
  }));
  const folder = await Deno.makeTempDir({ prefix: "netglass-tables-" });
  try {
    return await compareTables(feeds, RECEIVER_AS, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interopTest(
  "five contested feeds give BIRD's best paths, and the tables hold what bgpdump reads of them",
  { programs: ["bird", "birdc", "bgpdump"], root: true },
  async () => {
    const { bestPaths, adjRibIn, lostBy } = await compareContested();
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
