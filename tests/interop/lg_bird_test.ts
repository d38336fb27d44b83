import { deepEqual, equal } from "node:assert/strict";
import { bird } from "../../lib/looking_glass/dialects/bird/bird.ts";
import { renderAsPath } from "../../lib/route/as_path.ts";
import { RIG_PROGRAMS, withRouteServer } from "./route_server_rig.ts";
import { RouteServerQuestions, throughProgram } from "./route_server_questions.ts";
import { TELNET_PROGRAMS } from "./telnet_shell.ts";
import { namespaceTest } from "./topology.ts";

const PROGRAMS = ["bird", "birdc", ...RIG_PROGRAMS, ...TELNET_PROGRAMS];

namespaceTest("BIRD is asked, and answers what its neighbors announced", PROGRAMS, async (t) => {
  await withRouteServer("bird", async (rig) => {
    const questions = new RouteServerQuestions(bird, throughProgram(bird, rig));
    await t.step("every route has all its paths and attributes", () => questions.holdEveryRoute());
    await t.step("addresses find their longest match", () => questions.holdMatches());
    await t.step("longer prefixes are all there", () => questions.holdLonger());
    await t.step("AS path patterns pick what they mean", () =>
      questions.holdAsPaths([
        "64496",
        "64496$",
        "^65001",
        "^65001 64496$",
        "^65001+ 64496$",
        "^65001 .* 64496$",
        "^65001 . 64499$",
        "^[65001 65002] [64496 64499]$",
        "65001 .",
        "4294967294",
        "64511",
        "64511$",
        "3356",
        "^$",
      ]));
    await t.step("communities of each kind are found", () => questions.holdCommunities());
    await t.step("the routes of one neighbor are found", () => questions.holdNeighborRoutes());
    await t.step("a neighbor that is not there has none", () => questions.holdNoNeighbor());
    await t.step("a path of a confederation is read", async () => {
      const { paths } = await questions.route("10.70.0.0/24");
      equal(renderAsPath(paths[0]?.asPath ?? []), "(65101 65102) [65103 65104] 64496");
    });
    await t.step("best, inaccessible and local routes are told apart", async () => {
      const flags = async (text: string) => (await questions.route(text)).paths[0]?.flags;
      deepEqual(await flags("10.0.0.0/24"), ["valid", "best"]);
      deepEqual(await flags("10.53.0.0/24"), ["inaccessible", "best"]);
      deepEqual(await flags("198.51.100.0/24"), ["best", "local"]);
    });
    await t.step("neighbors in every state are shown", async () => {
      const rows = [...await questions.neighbors(4), ...await questions.neighbors(6)];
      deepEqual(
        rows.map((row) => [row.name, row.address, row.asn, row.state, row.prefixesReceived]),
        [
          ["exa1", "192.0.2.11", 65001, "Established", 10],
          ["gob", "192.0.2.12", 65002, "Established", 1],
          ["ib", "192.0.2.13", 64500, "Established", 4],
          ["conf", "192.0.2.14", 65101, "Established", 1],
          ["down1", "192.0.2.99", 4200000001, rows[4]?.state, null],
          ["off1", "192.0.2.251", 4200000001, "Idle", null],
          ["pas1", "192.0.2.252", 4200000001, "Active", null],
          ["dyn", "192.0.2.128/26", null, "Active", null],
          ["exa1", "192.0.2.11", 65001, "Established", 0],
          ["exa6", "2001:db8:ffff::11", 65001, "Established", 3],
          ["gob6", "2001:db8:ffff::12", 65002, "Established", 1],
          ["ll1", "fe80::2%eth0", 4200000001, rows[11]?.state, null],
        ],
      );
    });
    await t.step(
      "birdc behind a telnet server, with its pager, gives the same",
      () => questions.holdTelnet(`exec ${rig.shell.join(" ")}`),
    );
  });
});
