/** How far a route has come: tables that are listed here, and route servers on loopback. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { RouteChange } from "../../lib/bgp/bgp_service.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { GlassStage, routeServer } from "../../tests/support/glass_stage.ts";
import { ListedRib, type PlainPath } from "../../tests/support/listed_rib.ts";
import {
  type Listed,
  listedChanges,
  listedSpeaker,
  speakerPeers,
} from "../../tests/support/listed_speaker.ts";
import { type RouteServer, serveRoutes } from "../../tests/support/route_server.ts";
import { origination } from "../../tests/support/speaker_settings.ts";

const PREFIX = "192.0.2.0/24";
/** Our AS in the settings of the tests is 65001. */
const THROUGH_US = "65000 65001";

const FRR_ANSWER = [
  `BGP routing table entry for ${PREFIX}, version 7`,
  "Paths: (1 available, best #1, table default)",
  "  Not advertised to any peer",
  "  64496 65000 65001",
  "    198.51.100.1 from 198.51.100.1 (198.51.100.1)",
  "      Origin IGP, valid, external, best (AS Path)",
  "      Last update: Sat Nov 21 10:00:00 2026",
  "",
].join("\n");

const NOTHING = "% Network not in table\n";

function stageOf(listed: Listed, servers: readonly RouteServer[] = [], leases: unknown[] = []) {
  return new GlassStage(
    servers.map(({ port }, index) => routeServer(port, { name: `RS ${index + 1}` })),
    {
      speaker: listedSpeaker(listed),
      // Only what is asked of them.
      routeGuard: { leases: () => leases as never },
    },
  );
}

/** A lease that rr1 and rr2 were told of. */
function leaseOf(state: "announced" | "withdrawn") {
  return {
    id: "p1",
    asker: { callId: "c1", connection: null, reason: "test" },
    createdMs: 0,
    route: origination(PREFIX, 0),
    state,
    note: null,
    report: {
      peers: ["rr1", "rr2"].map((peer) => ({
        peer,
        state: "sent",
        reason: null,
        messages: [],
        sentAtMs: 0,
      })),
    },
    renewals: 0,
    endedMs: state === "announced" ? null : 1,
  };
}

/** What rr1 did with the prefix at 22:13:20 on 14 November 2023 and so many milliseconds. */
const changed = (kind: RouteChange["kind"], afterMs = 0) =>
  listedChanges([{
    seq: 0,
    atMs: 1_700_000_000_000 + afterMs,
    prefix: parsePrefix(PREFIX).prefix,
    kind,
    peer: 0,
    pathId: 0,
    before: -1,
    asPath: null,
    nextHop: null,
  }]);

const tables = (...paths: readonly Partial<PlainPath>[]) =>
  new ListedRib(paths.map((path) => ({ prefix: PREFIX, peer: 0, asPath: THROUGH_US, ...path })));

Deno.test("peers that show the route are told with path and time, the others with what they have", async () => {
  const rib = tables(
    { peer: 0, receivedMs: 1_700_000_000_000 },
    { peer: 1, prefix: "192.0.0.0/16", asPath: "65000" },
  );
  await using stage = stageOf({
    rib,
    peers: speakerPeers(["rr1", "rr2", "ix1", "ix2"], { ix2: "Active" }),
  });
  const answer = await stage.answer("bgp_propagation", { prefix: PREFIX, vantages: "peers" });
  equal(answer.summary, `${PREFIX} is seen by 1 of 3 peers; no sure answer from ix2.`);
  deepEqual([answer.success, answer.converged, answer.route_info], [false, false, null]);
  const [{ as_of: _, ...seen }] = answer.seen_by;
  deepEqual(seen, {
    vantage: "rr1",
    kind: "peer",
    state: "seen",
    as_path: THROUGH_US,
    through_us: true,
    path_count: 1,
    since: "2023-11-14T22:13:20Z",
  });
  deepEqual(
    answer.not_seen_by.map(({ vantage, state, covered_by }: Record<string, unknown>) => [
      vantage,
      state,
      covered_by,
    ]),
    [["rr2", "covered", "192.0.0.0/16"], ["ix1", "not_seen", undefined]],
  );
  deepEqual(answer.no_answer.map(({ error }: Record<string, unknown>) => error), [{
    code: "remote.bgp_session",
    message: "Its session is Active: the test says so",
  }]);
});

Deno.test("a peer that heard the route from us is listed only where it sends it back", async () => {
  await using stage = stageOf(
    { rib: tables({ peer: 1, ineligible: "as-loop" }, { peer: 2 }) },
    [],
    [leaseOf("announced")],
  );
  const answer = await stage.answer("bgp_propagation", { prefix: PREFIX });
  equal(
    answer.summary,
    `${PREFIX} is seen by 2 of 2 peers; rr1 heard it from us and does not count.`,
  );
  deepEqual([answer.success, answer.converged, answer.route_info.lease_id], [true, true, "p1"]);
  deepEqual(
    answer.seen_by.map(({ vantage, announced_to, not_eligible }: Record<string, unknown>) => [
      vantage,
      announced_to,
      not_eligible,
    ]),
    [["rr2", true, "as-loop"], ["ix1", undefined, undefined]],
  );
});

Deno.test("route servers are asked too, and one that fails is not taken for absence", async () => {
  await using stack = new AsyncDisposableStack();
  const answers = [FRR_ANSWER, NOTHING];
  const servers = await Promise.all(
    answers.map(async (text) =>
      stack.use(
        await serveRoutes({ answers: (line) => line.startsWith("show") ? text : undefined }),
      )
    ),
  );
  const refusing = await serveRoutes();
  await refusing[Symbol.asyncDispose]();
  const stage = stack.use(stageOf({ rib: tables() }, [...servers, refusing]));
  const answer = await stage.answer("bgp_propagation", {
    prefix: PREFIX,
    vantages: "route_servers",
  });
  equal(
    answer.summary,
    `${PREFIX} is seen by 1 of 2 route servers; no sure answer from RS 3.`,
  );
  deepEqual(
    [answer.seen_by[0].vantage, answer.seen_by[0].as_path, answer.seen_by[0].through_us],
    ["RS 1", "64496 65000 65001", true],
  );
  deepEqual([answer.not_seen_by[0].vantage, answer.not_seen_by[0].state], ["RS 2", "not_seen"]);
  deepEqual([answer.no_answer[0].vantage, answer.no_answer[0].error.code], [
    "RS 3",
    "remote.connect",
  ]);
});

Deno.test("it waits until a route has come, and no longer", async () => {
  const rib = tables();
  await using stage = stageOf({ rib, peers: speakerPeers(["rr1"]) });
  const asking = stage.answer("bgp_propagation", { prefix: PREFIX, wait_sec: 60 });
  await systemClock.sleep(100);
  rib.put({ prefix: PREFIX, peer: 0, asPath: THROUGH_US });
  const answer = await asking;
  deepEqual([answer.converged, answer.seen_by.length], [true, 1]);
  ok(answer.waited_ms < 30_000);
});

Deno.test("it waits until a route has gone, and tells when it went", async () => {
  const rib = tables({ peer: 0 });
  const changes = changed("withdraw");
  await using stage = stageOf({ rib, changes, peers: speakerPeers(["rr1"]) });
  const asking = stage.answer("bgp_propagation", { prefix: PREFIX, expect: "gone", wait_sec: 60 });
  await systemClock.sleep(100);
  rib.remove(PREFIX, 0);
  const answer = await asking;
  deepEqual([answer.success, answer.converged], [true, true]);
  equal(answer.not_seen_by[0].gone_at, "2023-11-14T22:13:20.000Z");
  ok(
    answer.summary.startsWith(
      `${PREFIX} is gone: seen by 0 of 1 peer; the last lost it at 2023-11-14T22:13:20.000Z; after `,
    ),
    answer.summary,
  );
});

Deno.test("the change log tells to the millisecond what the tables know to the second", async () => {
  const rib = tables({ peer: 0, receivedMs: 1_700_000_000_000 });
  const since = async (afterMs: number): Promise<string> => {
    const changes = changed("announce", afterMs);
    await using stage = stageOf({ rib, changes, peers: speakerPeers(["rr1"]) });
    return (await stage.answer("bgp_propagation", { prefix: PREFIX })).seen_by[0].since;
  };
  equal(await since(345), "2023-11-14T22:13:20.345Z");
  equal(await since(2_000), "2023-11-14T22:13:20Z");
});

Deno.test("what nobody is known to have had is not told as gone", async () => {
  await using stage = stageOf({ rib: tables(), peers: speakerPeers(["rr1"]) });
  const answer = await stage.answer("bgp_propagation", { prefix: PREFIX, expect: "gone" });
  equal(
    answer.summary,
    `${PREFIX} is seen by 0 of 1 peer; none of them is known to have had it.`,
  );
  equal(answer.converged, true);
});

Deno.test("who looks for a route that we have taken back ourselves is told so", async () => {
  await using stage = stageOf({ rib: tables() }, [], [leaseOf("withdrawn")]);
  const answer = await stage.answer("bgp_propagation", { prefix: PREFIX });
  equal(
    answer.summary,
    `${PREFIX} is seen by 0 of 3 peers; our own announcement of it is withdrawn.`,
  );
});

Deno.test("public route servers are not asked about special-use space unless they are named", async () => {
  await using stage = new GlassStage([
    routeServer(1, { name: "Public", host: "route-server.test" }),
  ], { speaker: listedSpeaker({ rib: tables(), peers: speakerPeers(["rr1"]) }) });
  const answer = await stage.answer("bgp_propagation", { prefix: PREFIX });
  equal(
    answer.summary,
    `${PREFIX} is seen by 0 of 1 peer; public route servers were not asked: ${PREFIX} is special-use ` +
      "space (Documentation (TEST-NET-1)).",
  );
  deepEqual(answer.no_answer, []);
  const named = await stage.answer("bgp_propagation", { prefix: PREFIX, servers: ["Public"] });
  deepEqual(named.no_answer.map(({ vantage }: Record<string, unknown>) => vantage), ["Public"]);
});

Deno.test("what has not come when the time is over is not called seen", async () => {
  await using stage = stageOf({ rib: tables(), peers: speakerPeers(["rr1"]) });
  const answer = await stage.answer("bgp_propagation", { prefix: PREFIX, wait_sec: 1 });
  match(answer.summary, /^192\.0\.2\.0\/24 is seen by 0 of 1 peer; still so after [1-9]\.\d s\.$/);
  deepEqual([answer.success, answer.converged], [true, false]);
});

Deno.test("a peer whose first transfer goes on is not taken for one without the route", async () => {
  const [peer] = speakerPeers(["rr1"]);
  if (peer === undefined) throw new TypeError("There is one");
  const negotiated = {
    traits: { families: [true, true] },
    gracefulRestart: { families: [true, true] },
  } as unknown as NonNullable<typeof peer.negotiated>;
  const loading = { ...peer, negotiated, endOfRib: [false, true] as const };
  await using stage = stageOf({ rib: tables(), peers: [loading] });
  const answer = await stage.answer("bgp_propagation", { prefix: PREFIX });
  equal(answer.no_answer[0].error.code, "remote.bgp_loading");
  equal(answer.summary, `Nobody gave a sure answer about ${PREFIX}; no sure answer from rr1.`);
});

Deno.test("without anybody to ask the answer says so, and is no success", async () => {
  await using stage = stageOf({ rib: tables(), peers: [] });
  const answer = await stage.answer("bgp_propagation", { prefix: PREFIX, wait_sec: 60 });
  equal(
    answer.summary,
    `There is nobody else to ask about ${PREFIX}.`,
  );
  deepEqual([answer.success, answer.converged], [false, false]);
});

Deno.test("as many peers as an exchange has fit into an answer, page by page, and what is left out is counted", async () => {
  const names = Array.from({ length: 150 }, (_, index) => `peer-${index}`);
  const rib = tables(...names.slice(0, 100).map((_, peer) => ({ peer })));
  await using stage = stageOf({ rib, peers: speakerPeers(names, { "peer-149": "Idle" }) });
  const answer = await stage.answer("bgp_propagation", { prefix: PREFIX });
  ok(JSON.stringify(answer).length <= 8_000);
  equal(answer.summary.startsWith(`${PREFIX} is seen by 100 of 149 peers; `), true);
  deepEqual([answer.page.total, answer.not_seen_by.length, answer.left_out.not_seen_by], [
    100,
    10,
    39,
  ]);
});
