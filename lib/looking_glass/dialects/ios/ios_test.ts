import { deepEqual, equal } from "node:assert/strict";
import { answerOf, QUESTIONS, routeTo } from "../../../../tests/support/looking_glass_questions.ts";
import { recordedOutput } from "../../../../tests/support/recorded_output.ts";
import { parsePrefix, renderPrefix } from "../../../ip/prefix.ts";
import { renderAsPath } from "../../../route/as_path.ts";
import { NO_PATH, type Parsed, type TableAnswer } from "../../answer.ts";
import { frr } from "../frr/frr.ts";
import { ios } from "./ios.ts";

const DETAIL = recordedOutput("ios/show_ip_bgp_203.0.113.0.txt");
const OLD = recordedOutput("ios/show_ip_bgp_old.txt");
const DETAIL_V6 = recordedOutput("ios/show_bgp_ipv6_unicast_2001_db8_100.txt");
const { prefix: PREFIX } = parsePrefix("203.0.113.0/24");

function complete(parsed: Parsed): Parsed["answer"] {
  deepEqual(parsed.problems, []);
  equal(parsed.complete, true);
  return parsed.answer;
}

function rows({ paths }: TableAnswer): unknown[] {
  return paths.map(({ prefix, nextHop, med, localPref, weight, asPath, origin, flags, rpki }) => [
    renderPrefix(prefix),
    nextHop,
    [med, localPref, weight],
    renderAsPath(asPath),
    origin,
    flags.join(),
    rpki,
  ]);
}

Deno.test("questions are asked as FRR's are, ping and traceroute too, never in JSON", () => {
  const bgp = QUESTIONS.filter(({ kind }) => kind !== "ping" && kind !== "traceroute");
  deepEqual(
    bgp.map((query) => ios.command(query, "text")),
    bgp.map((query) =>
      query.kind === "community" && query.community.kind === "large"
        ? null
        : frr.command(query, "text")
    ),
  );
  deepEqual(QUESTIONS.slice(-2).map((query) => ios.command(query, "text")), [
    "ping 192.0.2.1",
    "traceroute 2001:db8::1",
  ]);
  equal(ios.command(routeTo("192.0.2.1"), "json"), null);
});

Deno.test("IOS is told from IOS XR and NX-OS by what show version says", () => {
  const is = (text: string) => ios.signatures.some((signature) => signature.test(text));
  equal(is("Cisco IOS Software, ASR1000 Software (X86_64_LINUX_IOSD-ADVENTERPRISEK9-M)"), true);
  equal(is("Cisco IOS XE Software, Version 17.03.04"), true);
  equal(is("Cisco IOS XR Software, Version 7.3.2"), false);
  equal(is("Cisco Nexus Operating System (NX-OS) Software"), false);
});

Deno.test("a path is read with wrapped communities, RPKI state and aggregator", () => {
  const answer = answerOf(complete(ios.parse(routeTo("203.0.113.0/24"), DETAIL, "text")), "route");
  deepEqual(
    [answer.match, answer.announcedPaths, answer.advertisedTo],
    ["exact", 5, ["update-group 1", "update-group 2"]],
  );
  deepEqual(answer.paths[0], {
    ...NO_PATH,
    prefix: PREFIX,
    asPath: [{ kind: "sequence", asns: [64500, 64501, 64502, 64502] }],
    origin: "igp",
    nextHop: "192.0.2.10",
    peer: { address: "192.0.2.10", asn: 64500, routerId: "192.0.2.110", name: null },
    localPref: 100,
    communities: [
      "64500:100",
      "64500:200",
      "64500:300",
      "64500:400",
      "64500:500",
      "64500:600",
      "65535:65281",
    ],
    extendedCommunities: ["rt:64500:22100", "ovs:valid"],
    aggregator: { asn: 64502, address: "198.51.100.7" },
    rpki: "valid",
    flags: ["valid", "external", "atomic_aggregate"],
  });
});

Deno.test("large communities are decoded from the attribute that IOS does not know", () => {
  const { paths } = answerOf(ios.parse(routeTo("203.0.113.0/24"), DETAIL, "text").answer, "route");
  deepEqual(paths[1]?.largeCommunities, ["64496:0:1", "64496:5:1", "4200000001:5:4294967295"]);
  deepEqual([paths[1]?.med, paths[1]?.pathId, paths[1]?.rpki], [4294967295, 42, "not_found"]);
  deepEqual(paths[1]?.unknownAttributes, []);
  deepEqual(paths[2]?.unknownAttributes, ["type 28: 0x01020304"]);
});

Deno.test("confederation, reflection, own, inaccessible and received-only paths are told", () => {
  const { paths } = answerOf(ios.parse(routeTo("203.0.113.0/24"), DETAIL, "text").answer, "route");
  const [, , confed, own, received] = paths;
  deepEqual(
    [confed && renderAsPath(confed.asPath), confed?.peer.asn, confed?.nextHopMetric, confed?.flags],
    ["(65001 65002) 64502", 65001, 106, ["valid", "confed_external"]],
  );
  deepEqual(
    [confed?.originatorId, confed?.clusterList],
    ["192.0.2.12", ["10.0.0.1", "10.0.0.2"]],
  );
  deepEqual(
    [own?.asPath, own?.peer.address, own?.weight, own?.flags],
    [[], null, 32768, ["valid", "sourced", "local", "best"]],
  );
  deepEqual(
    [received?.flags, received?.label],
    [["received_only", "inaccessible", "external"], 24016],
  );
});

Deno.test("IPv6 is read whatever its case, link-local next hops and times in UTC among it", () => {
  const { paths, match } = answerOf(
    complete(ios.parse(routeTo("2001:db8:100::1"), DETAIL_V6, "text")),
    "route",
  );
  equal(match, "longest");
  deepEqual(paths.map(({ nextHop, peer, lastChange }) => [nextHop, peer.address, lastChange]), [
    ["2001:db8:ffff::10", "2001:db8:ffff::10", "2026-11-21T01:02:03Z"],
    ["2001:db8:ffff::11", "2001:db8:ffff::12", "2026-11-01T23:59:59Z"],
  ]);
});

Deno.test("IOS 12, which does not say where a path ends, is read", () => {
  const { paths } = answerOf(complete(ios.parse(routeTo("203.0.113.0/24"), OLD, "text")), "route");
  deepEqual(paths.map(({ flags }) => flags), [["valid", "external", "best"], [
    "history",
    "external",
  ]]);
});

Deno.test("a cut attribute is noted, not guessed", () => {
  const output = DETAIL.replace("              FFFF FFFF \n", "");
  const parsed = ios.parse(routeTo("203.0.113.0/24"), output, "text");
  equal(parsed.complete, false);
  equal(
    parsed.problems[0],
    'Attribute 32 is cut: 36 octets are announced: "value 0000 FBF0 0000 0000 0000 0001 0000 FBF0 0000 0005 0000 0001 FA56 EA01 0000 0005"',
  );
  deepEqual(answerOf(parsed.answer, "route").paths[1]?.largeCommunities, []);
});

Deno.test("a table is read with RPKI codes, RIB failures, classful and wrapped prefixes", () => {
  const query = { kind: "longer", prefix: parsePrefix("0.0.0.0/0").prefix } as const;
  const output = recordedOutput("ios/show_ip_bgp_longer.txt");
  deepEqual(rows(answerOf(complete(ios.parse(query, output, "text")), "table")), [
    ["198.51.100.0/25", "192.0.2.10", [0, null, 0], "64500 64501", "igp", "valid,best", "valid"],
    [
      "198.51.100.0/25",
      "192.0.2.11",
      [4294967295, null, 0],
      "64496 64501",
      "igp",
      "valid,multipath",
      "valid",
    ],
    [
      "198.51.100.128/25",
      "192.0.2.12",
      [27, 100, 0],
      "64510 {64511,64512}",
      "incomplete",
      "valid,best,internal",
      "not_found",
    ],
    [
      "198.51.100.128/25",
      "192.0.2.13",
      [null, 150, 0],
      "",
      "igp",
      "valid,backup,internal",
      "invalid",
    ],
    ["203.0.113.0/24", "0.0.0.0", [0, null, 32768], "", "igp", "best", null],
    ["203.0.113.32/27", "192.0.2.254", [null, null, 7], "64500", "egp", "suppressed,best", null],
    ["10.0.0.0/8", "192.0.2.10", [null, null, 0], "64500 64502", "igp", "history", null],
  ]);
  const v6 = recordedOutput("ios/show_bgp_ipv6_unicast_regexp.txt");
  deepEqual(rows(answerOf(complete(ios.parse(query, v6, "text")), "table")), [
    [
      "2001:db8::/32",
      "2001:db8:ffff::10",
      [null, null, 0],
      "64500 64501",
      "igp",
      "valid,best",
      "not_found",
    ],
    [
      "2001:db8:1234:5600::/56",
      "2001:db8:ffff::11",
      [27, null, 0],
      "64496 64501",
      "igp",
      "valid",
      "not_found",
    ],
    ["fd00::/8", "2001:db8::5", [0, 100, 0], "64510", "igp", "valid,best,internal", "not_found"],
  ]);
});

Deno.test("summaries are read with states in brackets, AS-dot, touching numbers, wrapped neighbours", () => {
  const read = (family: 4 | 6, name: string) =>
    answerOf(
      complete(ios.parse({ kind: "summary", family }, recordedOutput(name), "text")),
      "summary",
    );
  const { neighbors, ...router } = read(4, "ios/show_ip_bgp_summary.txt");
  deepEqual(router, {
    kind: "summary",
    routerId: "192.0.2.1",
    localAs: 64500,
    ribEntries: 1042511,
    announcedNeighbors: null,
  });
  deepEqual(
    neighbors.map((row) => [
      row.address,
      row.asn,
      row.state,
      row.stateDetail,
      row.uptimeSec,
      row.prefixesReceived,
      row.messagesReceived,
      row.messagesSent,
    ]),
    [
      ["192.0.2.10", 64496, "Established", null, 32745600, 1042000, 123456789, 1234567],
      ["192.0.2.11", 65546, "Idle", "Admin", 754, null, 4711, 815],
      ["192.0.2.12", 4200000001, "Active", null, null, null, 0, 0],
      ["192.0.2.13", 64499, "Idle", "PfxCt", 273600, null, 1234567, 12345678],
      ["192.0.2.14", 4259840001, "Established", null, 3283200, 0, 22, 23],
    ],
  );
  deepEqual(
    read(6, "ios/show_bgp_ipv6_unicast_summary.txt").neighbors.map((
      { address, asn, state },
    ) => [address, asn, state]),
    [
      ["2001:db8::5", 64496, "Established"],
      ["2001:db8:ffff::11", 4200000001, "Established"],
      ["2001:db8:ffff::1234:5678", 64499, "Idle"],
    ],
  );
});

Deno.test("refusals and a missing prefix are answers", () => {
  const caret = "      ^\n% Invalid input detected at '^' marker.\n\n";
  equal(
    answerOf(complete(ios.parse(routeTo("192.0.2.1"), caret, "text")), "refused").why,
    "unknown_command",
  );
  const none = complete(ios.parse(routeTo("192.0.2.1"), "% Network not in table\n", "text"));
  equal(answerOf(none, "route").match, "none");
});
