/** The tools about our tables, asked of tables that are listed here. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { ListedRib, type PlainPath } from "../../tests/support/listed_rib.ts";
import { askSpeaker, listedChanges, speakerPeers } from "../../tests/support/listed_speaker.ts";
import { bgpChanges } from "./bgp_changes.ts";
import { bgpExplain } from "./bgp_explain.ts";
import { bgpGetRib } from "./bgp_get_rib.ts";
import { bgpRibStats } from "./bgp_rib_stats.ts";

const PATHS: readonly PlainPath[] = [
  { prefix: "192.0.2.0/24", peer: 0, asPath: "64496 64500", communities: ["65535:65281"] },
  { prefix: "192.0.2.0/24", peer: 1, asPath: "64497 64499 64500", med: 7, receivedMs: 1e12 },
  { prefix: "192.0.0.0/16", peer: 1, asPath: "64497", rpki: "invalid" },
  { prefix: "2001:db8::/32", peer: 2, asPath: "64498 {64500,64501}", nextHop: "2001:db8::1" },
];

const LISTED = { rib: new ListedRib(PATHS) };

Deno.test("bgp_get_rib shows a prefix, its best path first", async () => {
  const answer = await askSpeaker(bgpGetRib, LISTED, { prefix: "192.0.2.0/24" });
  equal(answer.summary, "2 paths to 1 prefix for 192.0.2.0/24.");
  deepEqual(answer.routes[0], {
    network: "192.0.2.0/24",
    next_hop: "192.0.2.1",
    as_path: "64496 64500",
    local_pref: 100,
    med: null,
    origin: "igp",
    communities: ["65535:65281"],
    peer: "rr1",
    peer_as: 65_000,
    best: true,
    rpki: "unverified",
    age_sec: 1_750_000_000,
  });
  deepEqual([answer.routes[1].med, answer.routes[1].best, answer.match], [7, false, "exact"]);
  deepEqual(answer.page, { shown: 2, total: 2, next_cursor: null });
});

Deno.test("bgp_get_rib falls back to what the prefix falls into, and says so", async () => {
  const answer = await askSpeaker(bgpGetRib, LISTED, { prefix: "192.0.2.128/25" });
  equal(
    answer.summary,
    "192.0.2.128/25 is not in the table; it falls into 192.0.2.0/24: 2 paths to 1 prefix.",
  );
  equal(answer.match, "longest");
  const address = await askSpeaker(bgpGetRib, LISTED, { prefix: "192.0.9.9" });
  equal(address.summary, "192.0.9.9 falls into 192.0.0.0/16: 1 path to 1 prefix.");
  const exact = await askSpeaker(bgpGetRib, LISTED, { prefix: "192.0.2.128/25", match: "exact" });
  equal(
    exact.summary,
    "No path for 192.0.2.128/25. bgp_explain tells what is near it and why nothing matches.",
  );
});

Deno.test("bgp_get_rib combines what is asked for, and counts", async () => {
  const networks = async (args: object) => {
    const { routes } = await askSpeaker(bgpGetRib, LISTED, args);
    return routes.map(({ network, peer }: Record<string, string>) => `${network} ${peer}`);
  };
  deepEqual(await networks({ origin_asn: "AS64500" }), [
    "192.0.2.0/24 rr1",
    "192.0.2.0/24 rr2",
    "2001:db8::/32 ix1",
  ]);
  deepEqual(await networks({ origin_asn: 64500, via_asn: 64497 }), ["192.0.2.0/24 rr2"]);
  deepEqual(await networks({ as_path: "^64497 .* 64500$" }), ["192.0.2.0/24 rr2"]);
  deepEqual(await networks({ community: "no-export" }), ["192.0.2.0/24 rr1"]);
  deepEqual(await networks({ peer: "127.0.1.2", rpki: "invalid" }), ["192.0.0.0/16 rr2"]);
  deepEqual(await networks({ prefix: "192.0.0.0/16", match: "covered", best_only: true }), [
    "192.0.0.0/16 rr2",
    "192.0.2.0/24 rr1",
  ]);
  const counted = await askSpeaker(bgpGetRib, LISTED, { family: "ipv4-unicast", count_only: true });
  deepEqual([counted.prefix_count, counted.count, counted.routes], [2, 3, []]);
  equal(counted.summary, "3 paths to 2 prefixes with family ipv4-unicast.");
});

Deno.test("bgp_get_rib says that nothing was found, and of empty tables that they are empty", async () => {
  const nothing = await askSpeaker(bgpGetRib, LISTED, { origin_asn: 1, rpki: "valid" });
  equal(nothing.summary, "No path with origin_asn 1, rpki valid.");
  const empty = await askSpeaker(bgpGetRib, { rib: new ListedRib() });
  equal(empty.summary, "The tables are empty.");
  const peers = speakerPeers(["rr1", "rr2"], { rr2: "Connect" });
  const early = await askSpeaker(bgpGetRib, { rib: new ListedRib(), peers });
  equal(early.summary, "The tables are empty. No session with rr2.");
  const changes = await askSpeaker(bgpChanges, LISTED, { ask: "flaps" });
  equal(changes.summary, "Nothing changed.");
});

Deno.test("bgp_get_rib goes on where the last page ended", async () => {
  const first = await askSpeaker(bgpGetRib, LISTED, { limit: 3 });
  equal(
    first.summary,
    "4 paths to 3 prefixes. 3 of 4 shown; the cursor has the next.",
  );
  const { next_cursor: cursor } = first.page;
  equal(cursor, "192.0.2.0/24");
  const second = await askSpeaker(bgpGetRib, LISTED, { limit: 3, cursor });
  deepEqual([second.routes.length, second.routes[0].network], [1, "2001:db8::/32"]);
});

Deno.test("bgp_get_rib keeps to the characters of an answer whatever peers send", async () => {
  const communities = Array.from({ length: 1_000 }, (_, index) => `64500:${index}`);
  const asPath = Array.from({ length: 2_000 }, (_, index) => 64_000 + index % 500).join(" ");
  const rib = new ListedRib(
    Array.from({ length: 50 }, (_, index) => ({
      prefix: `10.0.${index}.0/24`,
      peer: 0,
      asPath,
      communities,
    })),
  );
  const answer = await askSpeaker(bgpGetRib, { rib });
  ok(JSON.stringify(answer).length <= 8_000);
  deepEqual([answer.page.total, answer.routes[0].list_members_left_out], [50, 960]);
  ok(answer.page.shown >= 1 && answer.page.next_cursor !== null);
});

Deno.test("bgp_get_rib refuses what it cannot read, with what to write", async () => {
  for (
    const [args, code] of [
      [{ prefix: "192.0.2.1/24" }, "input.prefix"],
      [{ prefix: "example.net" }, "input.prefix"],
      [{ origin_asn: "AS-SET" }, "input.origin_asn"],
      [{ as_path: ".*" }, "input.as_path"],
      [{ community: "x:y" }, "input.community"],
      [{ peer: "rr9" }, "input.peer"],
      [{ cursor: "7" }, "input.cursor"],
    ] as const
  ) await rejects(askSpeaker(bgpGetRib, LISTED, args), { code });
});

Deno.test("bgp_explain tells the decision, the override in force and the last changes", async () => {
  const { prefix } = parsePrefix("192.0.2.0/24");
  const changes = listedChanges([{
    seq: 0,
    atMs: 1_000,
    prefix,
    kind: "best",
    peer: 0,
    pathId: 0,
    before: 1,
    asPath: "64496 64500",
    nextHop: "192.0.2.1",
  }]);
  const overrides = [{ id: "p1", prefix, peer: null, localPref: 100, expiresAtMs: 5_000 }];
  const answer = await askSpeaker(bgpExplain, { ...LISTED, changes, overrides }, {
    prefix: "192.0.2.0/24",
  });
  equal(
    answer.summary,
    "192.0.2.0/24 is best via rr1 (AS65000): shorter AS path than the other. An override of LOCAL_PREF is in force.",
  );
  deepEqual(answer.overrides, [
    { peer: null, local_pref: 100, expires_at: "1970-01-01T00:00:05.000Z" },
  ]);
  deepEqual(answer.last_changes, [{
    time: "1970-01-01T00:00:01.000Z",
    network: "192.0.2.0/24",
    kind: "best",
    peer: "rr1",
    before: "rr2",
    as_path: "64496 64500",
    next_hop: "192.0.2.1",
  }]);
  deepEqual(answer.covering, ["192.0.0.0/16"]);
});

Deno.test("bgp_explain says which peers are down where nothing matches", async () => {
  const peers = speakerPeers(["rr1", "rr2"], { rr1: "Idle" });
  const answer = await askSpeaker(bgpExplain, { ...LISTED, peers }, { prefix: "203.0.113.7" });
  equal(
    answer.summary,
    "Nothing matches 203.0.113.7: the table holds no prefix around it. 1 of 2 peers is not Established: rr1.",
  );
  deepEqual(answer.peers_down, [{ name: "rr1", reason: "Idle: the test says so" }]);
});

/** 192.0.2.0/24 of rr1 flaps twice, the best path moves to rr2 in between; numbered from `firstSeq`. */
function changesFrom(firstSeq: number) {
  const { prefix } = parsePrefix("192.0.2.0/24");
  const kinds = ["announce", "withdraw", "best", "announce", "withdraw", "announce"] as const;
  return listedChanges(kinds.map((kind, index) => ({
    seq: firstSeq + index,
    atMs: 1_000 * index,
    prefix,
    kind,
    peer: kind === "best" ? 1 : 0,
    pathId: 0,
    before: kind === "best" ? 0 : -1,
    asPath: kind === "withdraw" ? null : "64496",
    nextHop: null,
  })));
}

Deno.test("bgp_changes tells the history, newest first", async () => {
  const listed = { ...LISTED, changes: changesFrom(0) };
  const answer = await askSpeaker(bgpChanges, listed, { limit: 2 });
  equal(answer.summary, "6 changes, the newest 2 of them here.");
  deepEqual(answer.changes.map(({ time, kind }: Record<string, string>) => [time, kind]), [
    ["1970-01-01T00:00:05.000Z", "announce"],
    ["1970-01-01T00:00:04.000Z", "withdraw"],
  ]);
  const one = await askSpeaker(bgpChanges, listed, { peer: "rr2" });
  deepEqual(one.changes.map(({ kind, before }: Record<string, string>) => [kind, before]), [
    ["best", "rr1"],
  ]);
});

Deno.test("bgp_changes tells churn, flaps and the difference of two moments", async () => {
  const listed = { ...LISTED, changes: changesFrom(0) };
  const churn = await askSpeaker(bgpChanges, listed, { ask: "churn" });
  equal(churn.summary, "6 changes of 1 prefix; 192.0.2.0/24 most, 6 times.");
  const flaps = await askSpeaker(bgpChanges, listed, { ask: "flaps" });
  equal(flaps.summary, "2 flaps in 6 changes; 192.0.2.0/24 most, 2 times.");
  deepEqual(flaps.peers, [{ peer: "rr1", changes: 5, flaps: 2 }]);
  const diff = await askSpeaker(bgpChanges, listed, {
    ask: "diff",
    since: "1970-01-01T00:00:00Z",
    until: "1970-01-01T00:00:02Z",
  });
  equal(diff.summary, "1 other best path.");
  const whole = await askSpeaker(bgpChanges, listed, { ask: "diff" });
  equal(whole.summary, "1 path added and 1 other best path.");
});

Deno.test("bgp_changes says when the log does not reach back", async () => {
  const listed = { ...LISTED, changes: changesFrom(500) };
  const answer = await askSpeaker(bgpChanges, listed, { since: "1969-12-31T00:00:00Z" });
  equal(answer.complete, false);
  equal(
    answer.summary,
    "6 changes. The log does not reach back to 1969-12-31T00:00:00.000Z; it begins at 1970-01-01T00:00:00.000Z.",
  );
  await rejects(
    askSpeaker(bgpChanges, listed, {
      since: "2026-01-02T00:00:00Z",
      until: "2026-01-01T00:00:00Z",
    }),
    { code: "input.since" },
  );
});

Deno.test("bgp_rib_stats takes the tables apart", async () => {
  const answer = await askSpeaker(bgpRibStats, LISTED, { top: 1 });
  equal(answer.summary, "4 paths to 3 prefixes from 3 peers in 0.4 kB, 4 attribute sets.");
  deepEqual(answer.families, [
    { family: "ipv4-unicast", prefixes: 2, paths: 3 },
    { family: "ipv6-unicast", prefixes: 1, paths: 1 },
  ]);
  deepEqual(answer.prefix_lengths, {
    ipv4: [{ length: 16, prefixes: 1 }, { length: 24, prefixes: 1 }],
    ipv6: [{ length: 32, prefixes: 1 }],
  });
  deepEqual(answer.top_origins, [{ asn: 64_497, prefixes: 1 }]);
  const wider = await askSpeaker(bgpRibStats, LISTED, { top: 5 });
  deepEqual(wider.top_origins, [{ asn: 64_497, prefixes: 1 }, { asn: 64_500, prefixes: 1 }]);
  deepEqual((await askSpeaker(bgpRibStats, LISTED, { top: 0 })).top_origins, []);
  deepEqual(answer.memory.bytes_per_path, 100);
  deepEqual(answer.peers[1], {
    peer: "rr2",
    peer_as: 65_000,
    state: "Established",
    paths: { ipv4: 2, ipv6: 0 },
  });
});
