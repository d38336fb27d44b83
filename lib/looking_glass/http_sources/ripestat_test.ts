import assert from "node:assert/strict";
import { RemoteFailure } from "../../errors/mod.ts";
import { systemClock } from "../../io/clock.ts";
import { parseAddress } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { renderAsPath } from "../../route/as_path.ts";
import { type Play, startSourceServer } from "../../../tests/support/source_server.ts";
import type { RouteTarget } from "../dialects/route_match.ts";
import { createRouteSources } from "./create_route_sources.ts";
import type { SourceViews } from "./http_source.ts";

const LOOKING_GLASS = "/data/looking-glass/data.json";
const NETWORK_INFO = "/data/network-info/data.json";
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
          http_sources: ["bgpkit", "ripestat"],
          deadline_ms: 1,
          concurrency: 1,
        },
      },
      server.net,
      { ...systemClock, now: () => Date.parse("2026-11-20T12:00:00Z") },
      server.baseUrls,
    );
    assert.equal(source?.name, "ripestat");
    const views = await source.lookUp(target, AbortSignal.timeout(20_000));
    return { ...views, asked: server.asked };
  } finally {
    await server.stop();
  }
}

const json = (value: unknown) => () => Response.json(value);
const answer = (data: unknown, messages: unknown = []) => json({ status: "ok", messages, data });

Deno.test("a prefix is seen by each collector with all its paths", async () => {
  const { views, complete, problems, asked } = await lookUp(
    { [LOOKING_GLASS]: "ripestat_looking_glass.json" },
    PREFIX,
  );
  assert.deepEqual(asked, [`${LOOKING_GLASS}?resource=192.0.2.0%2F24&sourceapp=netglass`]);
  assert.deepEqual([complete, problems], [true, []]);
  assert.deepEqual(
    views.map(({ vantage, location, match, asOf }) => [vantage, location, match, asOf]),
    [
      ["RRC00", "Amsterdam, Netherlands", "exact", "2026-11-20T11:59:19Z"],
      ["RRC01", "London, United Kingdom", "exact", "2026-11-20T11:59:19Z"],
    ],
  );
  const [first, second] = views[0]?.paths ?? [];
  assert.equal(first?.origin, "igp");
  assert.equal(first?.nextHop, "198.51.100.1");
  assert.equal(first?.lastChange, "2026-11-18T10:54:36Z");
  assert.equal(first?.ageSec, 176_724);
  assert.equal(second?.origin, "incomplete");
  assert.equal(second?.nextHop, "2001:db8:0:1::7");
  assert.deepEqual(second?.peer, {
    address: "2001:db8:0:1::7",
    asn: 64497,
    routerId: null,
    name: null,
  });
  assert.deepEqual(second?.communities, ["64497:7", "65535:65281"]);
  assert.deepEqual(second?.largeCommunities, ["64497:1:2"]);
  assert.deepEqual(second?.extendedCommunities, ["rt:64497:9"]);
  assert.deepEqual(second?.unknownAttributes, ["community 0x4300000000000000"]);
  assert.equal(renderAsPath(views[1]?.paths[0]?.asPath ?? []), "64498 {64500,64501}");
});

Deno.test("for an address, its prefix is asked for first", async () => {
  const { views, asked } = await lookUp({
    [NETWORK_INFO]: answer({ asns: ["64500"], prefix: "192.0.2.0/24" }),
    [LOOKING_GLASS]: "ripestat_looking_glass.json",
  }, ADDRESS);
  assert.deepEqual(asked, [
    `${NETWORK_INFO}?resource=192.0.2.7&sourceapp=netglass`,
    `${LOOKING_GLASS}?resource=192.0.2.0%2F24&sourceapp=netglass`,
  ]);
  assert.deepEqual(views.map(({ match }) => match), ["longest", "longest"]);
});

Deno.test("an address that nobody announces is seen by nobody, and one question tells", async () => {
  for (const prefix of ["", null]) {
    const { views, complete, asked } = await lookUp(
      { [NETWORK_INFO]: answer({ asns: [], prefix }) },
      ADDRESS,
    );
    assert.deepEqual([views, complete, asked.length], [[], true, 1]);
  }
});

Deno.test("communities may come as lists", async () => {
  const { views } = await lookUp({
    [LOOKING_GLASS]: answer({
      rrcs: [{
        rrc: "RRC00",
        peers: [{ as_path: "1 2", prefix: "192.0.2.0/24", community: ["1:2", "3:4"] }],
      }],
    }),
  }, PREFIX);
  assert.deepEqual(views[0]?.paths[0]?.communities, ["1:2", "3:4"]);
  assert.equal(views[0]?.location, null);
});

Deno.test("a warning makes an answer incomplete, an info does not", async () => {
  const messages = [["info", "All is well"], ["warning", "Data of RRC03 is delayed"]];
  const { complete, problems } = await lookUp(
    { [LOOKING_GLASS]: answer({ rrcs: [] }, messages) },
    PREFIX,
  );
  assert.deepEqual([complete, problems], [false, ["Data of RRC03 is delayed"]]);
});

Deno.test("an error in the envelope is a failure with the service's words", async () => {
  await assert.rejects(
    lookUp({
      [LOOKING_GLASS]: json({ status: "error", messages: [["error", "Server is sad"]], data: {} }),
    }, PREFIX),
    (error) => error instanceof RemoteFailure && error.detail.remote_said === "Server is sad",
  );
});

Deno.test("another form is remote.answer with the field", async () => {
  const cases: readonly [unknown, string][] = [
    [{}, "status"],
    [{ status: "ok" }, "data"],
    [{ status: "ok", data: { rrcs: {} } }, "data.rrcs"],
    [{ status: "ok", data: { rrcs: [{ rrc: "RRC00" }] } }, "data.rrcs[0].peers"],
    [
      { status: "ok", data: { rrcs: [{ rrc: "RRC00", peers: [{ as_path: ["1"] }] }] } },
      "data.rrcs[0].peers[0].as_path",
    ],
    [{ status: "ok", messages: "none", data: { rrcs: [] } }, "messages"],
  ];
  for (const [body, field] of cases) {
    await assert.rejects(
      lookUp({ [LOOKING_GLASS]: json(body) }, PREFIX),
      (error) =>
        error instanceof RemoteFailure && error.code === "remote.answer" &&
        error.detail.field === field,
      JSON.stringify(body),
    );
  }
});
