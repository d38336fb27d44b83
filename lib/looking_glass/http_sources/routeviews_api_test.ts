import assert from "node:assert/strict";
import { RemoteFailure } from "../../errors/mod.ts";
import { systemClock } from "../../io/clock.ts";
import { parseAddress } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { renderAsPath } from "../../route/as_path.ts";
import { type Play, startSourceServer } from "../../../tests/support/source_server.ts";
import type { RouteTarget } from "../dialects/route_match.ts";
import type { VantageView } from "../vantage.ts";
import { createRouteSources } from "./create_route_sources.ts";
import type { SourceViews } from "./http_source.ts";

const PATH = "/guest/prefix/192.0.2.0%2F24";
const PREFIX: RouteTarget = { prefix: parsePrefix("192.0.2.0/24").prefix };
const ADDRESS: RouteTarget = { address: parseAddress("192.0.2.7") };

async function lookUp(
  play: Play,
  target: RouteTarget,
): Promise<SourceViews & { asked: readonly string[] }> {
  const server = startSourceServer(play);
  try {
    const [source] = createRouteSources(
      {
        looking_glass: {
          servers: [],
          http_sources: ["routeviews-api"],
          deadline_ms: 1,
          concurrency: 1,
        },
      },
      server.net,
      { ...systemClock, now: () => Date.parse("2026-11-20T12:00:06Z") },
      server.baseUrls,
    );
    assert.ok(source !== undefined);
    const views = await source.lookUp(target, AbortSignal.timeout(20_000));
    return { ...views, asked: server.asked };
  } finally {
    await server.stop();
  }
}

const brief = ({ vantage, match, paths }: VantageView) =>
  `${vantage} ${match}: ${paths.map(({ asPath }) => renderAsPath(asPath)).join(" | ")}`;

const json = (value: unknown) => () => Response.json(value);

Deno.test("a prefix is seen by each collector with all its paths", async () => {
  const { views, complete, problems, asked } = await lookUp(
    { [PATH]: "routeviews_prefix.json" },
    PREFIX,
  );
  assert.deepEqual(views.map(brief), [
    "route-views.linx exact: 64496 64499 64500 | 64497 64500 64500 64500",
    "route-views2 exact: 64498 64499 {64500,64501} | 64498 64511",
  ]);
  assert.deepEqual([complete, problems], [true, []]);
  assert.deepEqual(asked, [PATH]);
  const [first, second] = views[0]?.paths ?? [];
  assert.deepEqual(first?.peer, {
    address: "198.51.100.1",
    asn: 64496,
    routerId: null,
    name: null,
  });
  assert.deepEqual(first?.communities, ["64496:100", "64496:200"]);
  assert.deepEqual(first?.largeCommunities, ["64496:1:2"]);
  assert.equal(first?.lastChange, "2026-11-20T10:00:06Z");
  assert.equal(first?.ageSec, 7200);
  assert.equal(first?.rpki, "valid");
  assert.equal(second?.peer.asn, 64497);
  assert.deepEqual(views[1]?.paths.map(({ rpki }) => rpki), ["valid", "invalid"]);
  // Well-known names are numbers, as routers' answers have them.
  assert.deepEqual(views[1]?.paths[0]?.communities, ["65535:65281", "65535:666"]);
  assert.deepEqual(views.map(({ source, error, asOf }) => [source, error, asOf]), [
    ["routeviews-api", null, null],
    ["routeviews-api", null, null],
  ]);
});

Deno.test("an address is asked for as its host prefix; each collector's longest route counts", async () => {
  const { views, asked } = await lookUp(
    { "/guest/prefix/192.0.2.7%2F32": "routeviews_parents.json" },
    ADDRESS,
  );
  assert.deepEqual(asked, ["/guest/prefix/192.0.2.7%2F32"]);
  assert.deepEqual(views.map(brief), [
    "route-views.linx longest: 64496 64500",
    "route-views2 longest: 64497 64501",
    "route-views4 default: 64496",
  ]);
});

Deno.test("a parent of the prefix is a covering route", async () => {
  const { views } = await lookUp({ [PATH]: "routeviews_parents.json" }, PREFIX);
  assert.deepEqual(views.map(brief), [
    "route-views.linx exact: 64496 64500",
    "route-views2 covering: 64497 64501",
    "route-views4 default: 64496",
  ]);
});

Deno.test("nobody who sees it is a whole answer", async () => {
  const { views, complete } = await lookUp({ [PATH]: json([]) }, PREFIX);
  assert.deepEqual([views, complete], [[], true]);
});

Deno.test("what cannot be read is left out, and nothing then counts as complete", async () => {
  const peer = { peer_asn: 64496, peer_addr: "198.51.100.1", collector: "c", as_path: "64496 1" };
  const { views, complete, problems } = await lookUp({
    [PATH]: json([{
      prefix: "192.0.2.0/24",
      rpki_state: null,
      reporting_peers: [peer, { ...peer, as_path: "64496 oops" }, { ...peer, peer_asn: 2 ** 32 }],
    }]),
  }, PREFIX);
  assert.deepEqual(views.map(brief), ["c exact: 64496 1"]);
  assert.equal(views[0]?.complete, false);
  assert.equal(views[0]?.paths[0]?.rpki, null);
  assert.equal(complete, false);
  assert.match(
    problems.join(),
    /^2 of 3 entries left out; the first: .*"\[0\]\.reporting_peers\[1\]\.as_path" is "64496 oops", want an AS path$/,
  );
});

Deno.test("paths of another prefix are no answer", async () => {
  const { views, complete, problems } = await lookUp({
    [PATH]: json([{
      prefix: "203.0.113.0/24",
      reporting_peers: [
        { peer_asn: 1, peer_addr: "198.51.100.1", collector: "c", as_path: "1 2" },
      ],
    }]),
  }, PREFIX);
  assert.deepEqual([views, complete], [[], false]);
  assert.deepEqual(problems, ["paths of prefixes that were not asked for left out: 1"]);
});

Deno.test("another form is remote.answer with the field", async () => {
  const cases: readonly [unknown, string][] = [
    [{ detail: "no" }, ""],
    [[{ prefix: "192.0.2.0/24" }], "[0].reporting_peers"],
    [[{ reporting_peers: [] }], "[0].prefix"],
    [[{ prefix: "192.0.2.0/33", reporting_peers: [] }], "[0].prefix"],
    [[7], "[0]"],
  ];
  for (const [body, field] of cases) {
    await assert.rejects(
      lookUp({ [PATH]: json(body) }, PREFIX),
      (error) =>
        error instanceof RemoteFailure && error.code === "remote.answer" &&
        error.detail.field === field,
      JSON.stringify(body),
    );
  }
});

Deno.test("a page that is not there is a failure, not an empty table", async () => {
  await assert.rejects(
    lookUp({}, PREFIX),
    (error) => error instanceof RemoteFailure && error.detail.status === 404,
  );
});
