import { deepEqual } from "node:assert/strict";
import { parseAddress } from "../../lib/ip/address.ts";
import { openbgpd } from "../../lib/looking_glass/dialects/openbgpd/openbgpd.ts";
import { parseAsPathPattern } from "../../lib/route/as_path_pattern.ts";
import { RIG_PROGRAMS, withRouteServer } from "./route_server_rig.ts";
import { shortRows } from "./announced_routes.ts";
import { RouteServerQuestions, throughProgram } from "./route_server_questions.ts";
import { restrictedShell, TELNET_PROGRAMS } from "./telnet_shell.ts";
import { namespaceTest } from "./topology.ts";

const PROGRAMS = ["bgpd", "bgpctl", ...RIG_PROGRAMS, ...TELNET_PROGRAMS];

namespaceTest(
  "OpenBGPD is asked, and answers what its neighbors announced",
  PROGRAMS,
  async (t) => {
    await withRouteServer("openbgpd", async (rig) => {
      const questions = new RouteServerQuestions(openbgpd, throughProgram(openbgpd, rig));
      await t.step(
        "every route has all its paths and attributes",
        () => questions.holdEveryRoute(),
      );
      await t.step("addresses find their longest match", () => questions.holdMatches());
      await t.step("longer prefixes are all there", () => questions.holdLonger());
      await t.step(
        "AS path patterns pick what they mean",
        () =>
          questions.holdAsPaths([
            "64496",
            "4294967294",
            "64499$",
            "^65001",
            "65001 .",
            "64511",
            "3356",
            "^$",
          ]),
      );
      await t.step(
        "the source of a path that ends with a set is the AS in front of the set",
        async () => {
          const query = {
            kind: "as_path",
            family: 4,
            pattern: parseAsPathPattern("64496$"),
          } as const;
          deepEqual(shortRows((await questions.table(query)).paths), [
            "10.0.0.0/16 65001 65001 65001 65001 64496",
            "10.0.1.0/24 65001 64496 {64510,64511,4200000005}",
            "10.255.255.255/32 65001 64496",
            "10.50.0.0/24 65001 64496",
            "100.64.7.0/24 65001 4200000005 4294967294 64496",
          ]);
        },
      );
      await t.step("communities of each kind are found", () => questions.holdCommunities());
      await t.step("the routes of one neighbor are found", () => questions.holdNeighborRoutes());
      await t.step("a neighbor that is not there has none", () => questions.holdNoNeighbor());
      await t.step("what a neighbor sent before the filter, and what is sent to one", async () => {
        const rows = async (direction: "received" | "advertised", neighbor: string) => {
          const query = { kind: "neighbor_routes", family: 4, direction } as const;
          const { paths } = await questions.table({ ...query, neighbor: parseAddress(neighbor) });
          return shortRows(paths);
        };
        const received = await rows("received", "192.0.2.11");
        deepEqual([received.length, received.includes("10.60.0.0/24 65001 64666")], [12, true]);
        const advertised = await rows("advertised", "192.0.2.12");
        deepEqual(advertised.includes("10.0.0.0/16 64500 65001 65001 65001 65001 64496"), true);
      });
      await t.step("validation states are those of the configured set", async () => {
        const states = async (text: string) =>
          (await questions.route(text)).paths.map((path) => path.rpki).sort();
        deepEqual(await states("10.0.0.0/24"), ["invalid", "valid", "valid", "valid"]);
        deepEqual(await states("10.255.255.255/32"), ["invalid"]);
        deepEqual(await states("10.62.0.0/24"), ["not_found"]);
      });
      await t.step("best, looped and local routes are told apart", async () => {
        const flags = async (text: string) => (await questions.route(text)).paths[0]?.flags;
        deepEqual(await flags("10.0.0.0/16"), ["external", "valid", "best"]);
        deepEqual(await flags("10.61.0.0/24"), ["external"]);
        deepEqual(await flags("198.51.100.0/24"), ["internal", "valid", "best", "local"]);
      });
      await t.step("neighbors in every state are shown", async () => {
        const rows = [...await questions.neighbors(4), ...await questions.neighbors(6)];
        deepEqual(
          rows.map((row) => [row.address, row.asn, row.description, row.prefixesReceived]),
          [
            ["192.0.2.11", 65001, "a > peer; *> I 10.0.0.0/24 b", null],
            ["192.0.2.12", 65002, "gobgp", 1],
            ["192.0.2.13", 64500, "ibgp", 4],
            ["192.0.2.14", 65101, null, 0],
            ["192.0.2.99", 4200000001, "a down peer", 0],
            ["192.0.2.251", 4200000001, null, 0],
            ["192.0.2.252", 65252, null, 0],
            ["192.0.2.128/26", 65253, "template", 0],
            ["192.0.2.11", 65001, "a > peer; *> I 10.0.0.0/24 b", null],
            ["2001:db8:ffff::11", 65001, null, 3],
            ["2001:db8:ffff::12", 65002, "gobgp six, a long name of 31 ch", 1],
            ["fe80::2%eth0", 4200000001, null, 0],
          ],
        );
      });
      await t.step(
        "bgpctl behind a telnet server gives the same",
        () => questions.holdTelnet(restrictedShell(rig.shell)),
      );
    });
  },
);
