import { deepEqual, equal, ok } from "node:assert/strict";
import { parseAddress } from "../../lib/ip/address.ts";
import { parsePrefix, renderPrefix } from "../../lib/ip/prefix.ts";
import type { RouterAnswer } from "../../lib/looking_glass/answer.ts";
import { frr } from "../../lib/looking_glass/dialects/frr/frr.ts";
import { DIALECTS } from "../../lib/looking_glass/dialects/mod.ts";
import type { RouterQuery } from "../../lib/looking_glass/query.ts";
import { renderAsPath } from "../../lib/route/as_path.ts";
import { parseAsPathPattern } from "../../lib/route/as_path_pattern.ts";
import { parseCommunity } from "../../lib/route/community.ts";
import type { RoutePath } from "../../lib/route/route.ts";
import { inBothDetails, inBothTables } from "../support/frr_formats.ts";
import { labServer } from "../support/lab_router.ts";
import { answerOf, routeTo } from "../support/looking_glass_questions.ts";
import { TappedNet } from "../support/tapped_net.ts";
import { ANNOUNCED, shortRows } from "./announced_routes.ts";
import { InsideGlass } from "./inside_glass.ts";
import {
  poll,
  RIG_PROGRAMS,
  ROUTE_SERVER,
  type RouteServerRig,
  withRouteServer,
} from "./route_server_rig.ts";
import { RouteServerQuestions } from "./route_server_questions.ts";
import { TELNET_PROGRAMS } from "./telnet_shell.ts";
import { namespaceTest } from "./topology.ts";
import { FRR_BGPD } from "./vty.ts";

const PROGRAMS = [...RIG_PROGRAMS, "stayrtr", "vtysh", "telnet", FRR_BGPD, ...TELNET_PROGRAMS];

const SERVERS = (["text", "json"] as const).map((format) =>
  labServer(2605, { name: format, format, ping: true, traceroute: true })
);

const ALL: readonly RouterQuery[] = ["0.0.0.0/0", "::/0"].map((text) => ({
  kind: "longer",
  prefix: parsePrefix(text).prefix,
}));

namespaceTest("FRR is asked, and answers what its neighbors announced", PROGRAMS, async (t) => {
  await withRouteServer("frr", async (rig) => {
    await flap(rig);
    await using glass = new InsideGlass(rig.network, ROUTE_SERVER, SERVERS);
    for (const format of ["text", "json"] as const) {
      await t.step(`in ${format}`, async (t) => await holdFormat(t, glass, format));
    }
    await t.step("text and JSON say the same of every route", () => holdAgreement(glass));
    await t.step("what FRR does not say or take", async (t) => await holdLimits(t, glass));
    await t.step("vtysh behind a telnet server gives the same", async () => {
      const questions = questionsOf(glass, "text");
      await questions.holdTelnet(`exec ${rig.shell.slice(0, -1).join(" ")}`);
    });
    await t.step("and so does a telnet client with a small window, page by page", async () => {
      const questions = questionsOf(glass, "text");
      const tapped = new TappedNet();
      const inside = `ip netns exec ${rig.network.nameOf(ROUTE_SERVER)}`;
      await questions.holdTelnet(
        `stty rows 12 columns 60\nexec ${inside} telnet 127.0.0.1 2605`,
        { net: tapped.net, dialects: DIALECTS.map((one) => ({ ...one, pagingOff: [] })) },
      );
      const marks = new TextDecoder().decode(tapped.heard).split(" --More-- ").length - 1;
      ok(marks >= 8, `${marks} pages`);
    });
  });
});

/** GoBGP takes one route back thrice and another once; and all that is to be sent is sent. */
async function flap(rig: RouteServerRig): Promise<void> {
  const see = (what: string, row: RegExp) =>
    poll(what, async () => row.test(await rig.ask("show ip bgp")));
  await rig.announce("add 10.82.0.0/24 nexthop 192.0.2.12");
  await see("it is there", /\*> 10\.82\.0\.0\/24/);
  await rig.announce("del 10.82.0.0/24");
  await see("it is history", /h 10\.82\.0\.0\/24/);
  for (let count = 0; count < 3; count++) {
    await rig.announce("add 10.81.0.0/24 nexthop 192.0.2.12");
    await see("it is there", /\*[d>] 10\.81\.0\.0\/24/);
    await rig.announce("del 10.81.0.0/24");
    await see("it is gone", /h 10\.81\.0\.0\/24/);
  }
  await rig.announce("add 10.81.0.0/24 nexthop 192.0.2.12");
  await see("it is dampened", /\*d 10\.81\.0\.0\/24/);
  // FRR takes its time before it sends a new neighbor anything.
  await poll("every neighbor is sent something", async () => {
    return !/ \d\d:\d\d:\d\d +\d+ +0 /.test(await rig.ask("show bgp summary"));
  });
}

function questionsOf(glass: InsideGlass, format: "text" | "json"): RouteServerQuestions {
  return new RouteServerQuestions(frr, async (query) => {
    const { parsed, complete } = await glass.ask(format, query);
    return { ...parsed, complete };
  });
}

/** Questions whose answers are the same in both formats. */
async function holdFormat(
  t: Deno.TestContext,
  glass: InsideGlass,
  format: "text" | "json",
): Promise<void> {
  const questions = questionsOf(glass, format);
  await t.step(
    "every route has all its paths and attributes",
    () => questions.holdEveryRoute(asAnnounced),
  );
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
      "65001 .",
      "4294967294",
      "64511",
      "3356",
      "^$",
    ]));
  await t.step(
    "communities are found",
    () => questions.holdCommunities(["65535:666", "0:0", "65001:1:2", "4200000001:4294967295:0"]),
  );
  await t.step("the routes of one neighbor are found", () => questions.holdNeighborRoutes());
  await t.step("what is sent to a neighbor is found", async () => {
    const { paths } = await questions.table(routesOf("192.0.2.12", "advertised"));
    deepEqual(shortRows(paths), [
      "0.0.0.0/0 65001",
      "10.0.0.0/15",
      "10.0.0.0/16 65001 65001 65001 65001 64496",
      "10.0.1.0/24 65001 64496 {64510,64511,4200000005}",
      "10.50.0.0/24 65001 64496",
      "10.53.0.0/24 65001 64497",
      "10.62.0.0/24 65001 64501",
      "10.63.0.0/24 65001 64501",
      "10.70.0.0/24 (65101 65102) [65103 65104] 64496",
      "100.64.7.0/24 65001 4200000005 4294967294 64496",
    ]);
  });
  await t.step("routes in every state are told apart", async () => {
    const rows = await Promise.all(
      ["10.70.0.0/24", "10.0.0.0/15", "10.51.0.0/24", "10.81.0.0/24", "10.82.0.0/24"].map(
        async (text) => {
          const [path] = (await questions.route(text)).paths;
          ok(path !== undefined);
          return [renderAsPath(path.asPath), path.rpki, path.bestReason, ...path.flags];
        },
      ),
    );
    const first = "First path received";
    deepEqual(rows, [
      ["(65101 65102) [65103 65104] 64496", "not_found", first, "valid", "confed_external", "best"],
      ["", "not_found", first, "valid", "aggregated", "local", "atomic_aggregate", "best"],
      ["65001", "not_found", null, "from_rr_client", "inaccessible", "internal"],
      ["65002", "not_found", null, "dampened", "valid", "external"],
      ["65002", "not_found", null, "history", "external"],
    ]);
  });
  await t.step("neighbors in every state are shown", async () => {
    const rows = [...await questions.neighbors(4), ...await questions.neighbors(6)];
    // Text has room for 14 characters of the description.
    deepEqual(
      rows.map((
        { address, asn, stateDetail, prefixesReceived, description },
      ) => [address, asn, stateDetail, prefixesReceived, description?.slice(0, 14) ?? null]),
      [
        ["192.0.2.11", 65001, null, 9, "a > peer; *> I"],
        ["192.0.2.12", 65002, null, 2, null],
        ["192.0.2.13", 65100, null, 4, null],
        ["192.0.2.14", 65101, null, 1, null],
        ["192.0.2.99", 4200000001, null, null, "--More--"],
        ["192.0.2.251", 4200000001, "Admin", null, null],
        ["192.0.2.11", 65001, null, 0, "a > peer; *> I"],
        ["2001:db8:ffff::11", 65001, null, 3, null],
        ["2001:db8:ffff::12", 65002, null, 1, null],
      ],
    );
  });
  await t.step("validation states are those of the RTR cache", async () => {
    const states = async (text: string) =>
      (await questions.route(text)).paths.map((path) => path.rpki).sort();
    deepEqual(await states("10.0.0.0/24"), ["invalid", "valid", "valid", "valid"]);
    deepEqual(await states("10.255.255.255/32"), ["invalid"]);
    deepEqual(await states("2001:db8:1::1"), ["valid", "valid"]);
    deepEqual(await states("10.62.0.0/24"), ["not_found"]);
  });
  await t.step("what the import filter or a loop keeps out is not there", async () => {
    for (const text of ["10.60.0.0/24", "10.61.0.0/24"]) {
      const { match, paths } = await questions.route(text);
      deepEqual([match, paths], ["none", []]);
    }
  });
  await t.step("an unknown neighbor is refused", async () => {
    for (const family of [4, 6] as const) {
      const query = { ...routesOf("192.0.2.200", "accepted"), family };
      const { parsed, complete } = await glass.ask(format, query);
      const { kind, why } = answerOf(parsed.answer, "refused");
      deepEqual([complete, kind, why], [true, "refused", "bad_argument"]);
    }
  });
}

/**
 * FRR shows a LOCAL_PREF only of routes from inside, adds NO_EXPORT to BLACKHOLE (RFC 7999 §3.2),
 * and keeps attributes that it does not know to itself.
 */
function asAnnounced(path: RoutePath): RoutePath {
  const prefix = renderPrefix(path.prefix);
  const isHole = path.communities.includes("65535:666");
  return {
    ...path,
    localPref: path.localPref ?? 100,
    communities: path.communities.filter((one) => !isHole || one !== "65535:65281"),
    unknownAttributes: ANNOUNCED.find((route) => route.prefix === prefix)?.unknown ?? [],
  };
}

/** All prefixes of both tables, as rows and in detail, all fields that both formats carry. */
async function holdAgreement(glass: InsideGlass): Promise<void> {
  const [text = [], json = []] = await askBoth(glass, ALL);
  deepEqual(text.map(inBoth), json.map(inBoth));
  const tables = text.map((answer) => answerOf(answer, "table"));
  const rows = tables.flatMap(({ paths }) => paths.map(({ prefix }) => renderPrefix(prefix)));
  deepEqual(tables.map(({ announcedPaths }) => announcedPaths), [19, 4]);
  const prefixes = [...new Set(rows)];
  equal(prefixes.length, 19);
  const [inText = [], inJson = []] = await askBoth(glass, prefixes.map(routeTo));
  deepEqual(inText.map(inBoth), inJson.map(inBoth));
  // FRR computes the time anew from two clocks each time it is asked.
  const times = [inText, inJson].map((answers) => answers.flatMap(changeTimes));
  deepEqual(
    times[0]?.map((time, index) => Math.abs(time - (times[1]?.[index] ?? NaN)) <= 1_000),
    Array(23).fill(true),
  );
}

/** Times of a route's last changes, milliseconds since the epoch; FRR runs in UTC here. */
function changeTimes(answer: RouterAnswer): readonly number[] {
  return answerOf(answer, "route").paths.map(({ lastChange }) =>
    Date.parse(`${lastChange?.replace("Z", "")}Z`)
  );
}

/** Answers in text and answers in JSON; one format after the other, each over a session of its own. */
async function askBoth(
  glass: InsideGlass,
  queries: readonly RouterQuery[],
): Promise<readonly (readonly RouterAnswer[])[]> {
  const answers: RouterAnswer[][] = [];
  for (const { name } of SERVERS) {
    const asked: RouterAnswer[] = [];
    for (const query of queries) {
      const { complete, parsed } = await glass.ask(name, query);
      deepEqual([complete, parsed.problems], [true, []]);
      asked.push(parsed.answer);
    }
    answers.push(asked);
  }
  return answers;
}

/** What both formats say; only text counts paths and prefixes. */
function inBoth(answer: RouterAnswer): unknown {
  const counts = { announcedPaths: null, announcedPrefixes: null };
  if (answer.kind === "table") {
    return { ...answer, ...counts, paths: answer.paths.map(inBothTables) };
  }
  const { paths, ...entry } = answerOf(answer, "route");
  const timeless = paths.map((path) => inBothDetails({ ...path, lastChange: null }));
  return { ...entry, ...counts, paths: timeless };
}

function routesOf(
  neighbor: string,
  direction: "received" | "accepted" | "advertised",
): RouterQuery {
  return { kind: "neighbor_routes", neighbor: parseAddress(neighbor), family: 4, direction };
}

/** What differs by format, and what FRR cannot be asked. */
async function holdLimits(t: Deno.TestContext, glass: InsideGlass): Promise<void> {
  await t.step(
    "routes received before the filter: JSON keeps one path a prefix, and that is told",
    async () => {
      const query = routesOf("192.0.2.11", "received");
      const text = await glass.ask("text", query);
      const { paths, localAs } = answerOf(text.parsed.answer, "table");
      const rows = shortRows(paths);
      deepEqual([text.complete, rows.length, localAs], [true, 12, 64500]);
      equal(rows.includes("10.60.0.0/24 65001 64666"), true);
      equal(rows.includes("10.61.0.0/24 65001 64500 64501"), true);
      const json = await glass.ask("json", query);
      deepEqual([json.complete, json.parsed.problems], [
        false,
        ["The router counts 12 prefixes, 11 can be read"],
      ]);
    },
  );
  await t.step("a set at the end of a path is not looked into for the origin", async () => {
    const pattern = parseAsPathPattern("64511$");
    const { parsed } = await glass.ask("text", { kind: "as_path", family: 4, pattern });
    deepEqual(answerOf(parsed.answer, "table").paths, []);
  });
  await t.step("ping and traceroute are not sent", async () => {
    for (const kind of ["ping", "traceroute"] as const) {
      const { code, message } = await glass.fail("text", { kind, address: parseAddress("::1") });
      deepEqual([code, message], [
        "input.query",
        `Cannot ask "text" for ${kind}: FRRouting and Quagga has no command for it`,
      ]);
    }
  });
  await t.step("what needs an alternation cannot be said", async () => {
    for (
      const query of [
        { kind: "as_path", family: 4, pattern: parseAsPathPattern("^[65001 65002]") },
        { kind: "community", family: 4, community: parseCommunity("rt:65001:77") },
      ] as const
    ) {
      equal((await glass.fail("text", query)).code, "input.query");
    }
  });
}
