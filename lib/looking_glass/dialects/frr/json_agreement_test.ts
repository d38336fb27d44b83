import { deepEqual, equal } from "node:assert/strict";
import { inBothDetails, inBothTables } from "../../../../tests/support/frr_formats.ts";
import { recordedFrr } from "../../../../tests/support/recorded_frr.ts";
import { answerOf, routeTo } from "../../../../tests/support/looking_glass_questions.ts";
import { parsePrefix } from "../../../ip/prefix.ts";
import type { RouteAnswer, TableAnswer } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { frr } from "./frr.ts";

function both(query: RouterQuery, text: string, json: string, state: "" | "v" = "") {
  const parsed = [
    frr.parse(query, recordedFrr(text, state), "text"),
    frr.parse(query, recordedFrr(json, state), "json"),
  ] as const;
  for (const { complete, problems } of parsed) deepEqual([complete, problems], [true, []]);
  return [parsed[0].answer, parsed[1].answer] as const;
}

/** Asserts that text and JSON of a recorded route say the same. */
function agree(asked: string, text: string, json: string, state: "" | "v" = ""): void {
  const [a, b] = both(routeTo(asked), text, json, state).map((one) => answerOf(one, "route"));
  const shared = ({ paths, announcedPaths: _, advertisedTo: _to, ...rest }: RouteAnswer) => ({
    ...rest,
    paths: paths.map(inBothDetails),
  });
  deepEqual(shared(a!), shared(b!));
  deepEqual(a!.announcedPaths ?? b!.paths.length, b!.paths.length);
  // One more neighbour had come up before the JSON of the first state was recorded.
  deepEqual(withoutLate(b!), withoutLate(a!));
}

function withoutLate({ advertisedTo }: RouteAnswer): readonly string[] | undefined {
  return advertisedTo?.filter((peer) => peer !== "192.0.2.14" && peer !== "2001:db8:ffff::14");
}

Deno.test("text and JSON of every route that was recorded in both say the same", () => {
  for (const prefix of ["10.0.0.0/24", "10.0.1.0/24", "198.51.100.0/25", "8.8.8.8"]) {
    agree(prefix, `show ip bgp ${prefix}`, `show ip bgp ${prefix} json`);
  }
  for (const prefix of ["2001:db8:1::/48", "2001:db8:2::/48"]) {
    agree(prefix, `show bgp ipv6 unicast ${prefix}`, `show bgp ipv6 unicast ${prefix} json`);
  }
  for (const prefix of ["10.50.0.0/24", "10.52.0.0/24", "10.99.0.0/24"]) {
    agree(prefix, `show ip bgp ${prefix}`, `show ip bgp ${prefix} json`, "v");
  }
  agree("100.64.7.1", "show ip bgp 100.64.7.1", "show ip bgp 100.64.7.0/24 json");
});

Deno.test("a prefix that is not in the table is the same in both", () => {
  const [a, b] = both(
    routeTo("8.8.8.0/24"),
    "show ip bgp 8.8.8.0/24",
    "show ip bgp 8.8.8.0/24 json",
  );
  deepEqual(a, b);
  equal(answerOf(a, "route").match, "none");
});

Deno.test("text and JSON of every table that was recorded in both say the same of every row", () => {
  const query: RouterQuery = { kind: "longer", prefix: parsePrefix("0.0.0.0/0").prefix };
  const longer = "10.0.0.0/16 longer-prefixes";
  const rows = ([
    ["show ip bgp", "show ip bgp json"],
    [`show ip bgp ${longer}`, `show bgp ipv4 unicast ${longer} json`],
    ["show ip bgp community 65001:5", "show ip bgp community 65001:5 json"],
    ["show ip bgp regexp _65001", "show ip bgp regexp _65001 json"],
    ["show bgp ipv4 unicast rpki invalid", "show bgp ipv4 unicast rpki invalid json"],
    [
      "show ip bgp neighbors 192.0.2.12 routes",
      "show bgp ipv4 unicast neighbors 192.0.2.12 routes json",
    ],
  ] as const).map(([text, json]) => {
    const [a, b] = both(query, text, json).map((one) => answerOf(one, "table"));
    const shared = ({ paths, routerId, localAs }: TableAnswer) => ({
      paths: paths.map(inBothTables),
      routerId,
      localAs,
    });
    deepEqual(shared(a!), shared(b!), text);
    return a!.paths.length;
  });
  deepEqual(rows, [618, 8, 1, 113, 61, 6]);
});

Deno.test("text and JSON of every summary say the same of every neighbour", () => {
  for (
    const [family, command] of [
      [4, "show ip bgp summary"],
      [4, "show bgp summary"],
      [6, "show bgp summary"],
      [6, "show bgp ipv6 unicast summary"],
    ] as const
  ) {
    const [a, b] = both({ kind: "summary", family }, command, `${command} json`)
      .map((one) => answerOf(one, "summary"));
    // Only JSON shows the own AS towards a neighbour, and names where the text was told not to.
    const neighbors = b!.neighbors.map((row) => ({ ...row, localAs: null, name: null }));
    deepEqual(a, { ...b!, neighbors });
    equal(b!.neighbors.every(({ localAs }) => localAs === 64500), true);
  }
});

Deno.test("JSON of a neighbour's received routes is read by their status symbols", () => {
  const command = "show bgp ipv4 unicast neighbors 192.0.2.11 received-routes json";
  const query: RouterQuery = { kind: "longer", prefix: parsePrefix("0.0.0.0/0").prefix };
  const parsed = frr.parse(query, recordedFrr(command, "v"), "json");
  const { paths, announcedPrefixes, routerId } = answerOf(parsed.answer, "table");
  deepEqual([parsed.complete, paths.length, announcedPrefixes, routerId], [
    true,
    306,
    306,
    "192.0.2.1",
  ]);
  const { prefix, nextHop, med, localPref, weight, origin, flags } = paths[1]!;
  deepEqual({ prefix, nextHop, med, localPref, weight, origin, flags }, {
    prefix: parsePrefix("10.0.0.0/16").prefix,
    nextHop: "192.0.2.11",
    med: 4294967295,
    localPref: 150,
    weight: 0,
    origin: "egp",
    flags: ["valid", "best"],
  });
});

Deno.test("JSON says when a path changed, in UTC", () => {
  const output = recordedFrr("show ip bgp 10.0.0.0/24 json");
  const { paths } = answerOf(frr.parse(routeTo("10.0.0.0/24"), output, "json").answer, "route");
  deepEqual(paths.map(({ lastChange }) => lastChange), [
    "2026-11-21T01:50:41Z",
    "2026-11-21T01:49:49Z",
    "2026-11-21T01:53:39Z",
  ]);
  equal(paths[0]?.peer.name, "vm");
});

Deno.test("JSON tables call own routes and a confederation's external, and history dampened; text does not", () => {
  const row = (fields: Record<string, unknown>) => ({
    ...{ valid: true, pathFrom: "external", network: "198.51.100.0/24", path: "", origin: "IGP" },
    ...{ nexthops: [{ ip: "192.0.2.14", afi: "ipv4", used: true }] },
    ...fields,
  });
  const routes = {
    "198.51.100.0/24": [
      row({ peerId: "(unspec)", weight: 32768 }),
      row({ peerId: "192.0.2.14", path: "(65101 65102) 64496" }),
      row({ peerId: "192.0.2.12", path: "65002", valid: false, history: true, damped: true }),
      row({ peerId: "swp1", path: "65003", damped: true }),
    ],
  };
  const query: RouterQuery = { kind: "longer", prefix: parsePrefix("198.51.100.0/24").prefix };
  const { answer, problems } = frr.parse(query, `${JSON.stringify({ routes })}\n`, "json");
  deepEqual(problems, []);
  deepEqual(answerOf(answer, "table").paths.map(({ flags, peer }) => [peer.asn, ...flags]), [
    [null, "valid"],
    [65101, "valid", "confed_external"],
    [65002, "history", "external"],
    [65003, "dampened", "valid", "external"],
  ]);
});
