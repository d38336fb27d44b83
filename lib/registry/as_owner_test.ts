import assert from "node:assert/strict";
import { onRegistryStage, type RegistryPlay } from "../../tests/support/registry_stage.ts";
import { type AsOwner, findAsOwner } from "./as_owner.ts";

const OVERVIEW = "/data/as-overview/data.json";
const BGPKIT = "/v3/utils/asn";
const ALL: RegistryPlay = {
  play: { [OVERVIEW]: "ripestat_as_overview.json", [BGPKIT]: "bgpkit_asn.json" },
  zone: { "AS3333.asn.cymru.com": ["3333 | NL | ripencc | 1994-01-05 | RIPE-NCC-AS, NL"] },
};

const find = (play: RegistryPlay, signal = AbortSignal.timeout(20_000)) =>
  onRegistryStage(play, (access) => findAsOwner(3333, access, signal));

const outcomes = ({ sources }: AsOwner) =>
  sources.map(({ source, facts, error }) => `${source} ${error?.code ?? facts?.name ?? "nothing"}`);

const json = (value: unknown) => () => Response.json(value);

Deno.test("every source is asked once and named with its own answer", async () => {
  const { result, requests, names } = await find(ALL);
  assert.equal(result.asn, 3333);
  assert.equal(
    result.owner,
    "RIPE-NCC-AS - Reseaux IP Europeens Network Coordination Centre (RIPE NCC)",
  );
  assert.equal(result.country, "NL");
  assert.deepEqual(outcomes(result), [
    "ripestat RIPE-NCC-AS - Reseaux IP Europeens Network Coordination Centre (RIPE NCC)",
    "bgpkit RIPE-NCC-AS Reseaux IP Europeens Network Coordination Centre (RIPE NCC)",
    "cymru RIPE-NCC-AS, NL",
  ]);
  assert.deepEqual(result.sources.map(({ facts }) => facts?.announced), [true, null, null]);
  assert.equal(result.sources[2]?.facts?.allocated, "1994-01-05");
  // Descriptions differ in every source; the short name is what must be the same.
  assert.deepEqual(result.differences, []);
  assert.deepEqual([...requests].sort(), [
    `${OVERVIEW}?resource=AS3333&sourceapp=netglass`,
    `${BGPKIT}?asn=3333`,
  ]);
  assert.deepEqual(names, ["AS3333.asn.cymru.com"]);
});

Deno.test("without a configured source only the mapping over DNS is asked", async () => {
  const { result, requests } = await find({ ...ALL, sources: [] });
  assert.deepEqual(outcomes(result), ["cymru RIPE-NCC-AS, NL"]);
  assert.deepEqual(requests, []);
});

Deno.test("what one source fails with does not hide the others", async () => {
  const { result } = await find({
    play: {
      [OVERVIEW]: () => new Response("<html>", { headers: { "content-type": "text/html" } }),
      [BGPKIT]: () => new Response("", { status: 429, headers: { "retry-after": "30" } }),
    },
    zone: ALL.zone ?? {},
  });
  assert.deepEqual(outcomes(result), [
    "ripestat remote.http",
    "bgpkit remote.http",
    "cymru RIPE-NCC-AS, NL",
  ]);
  assert.equal(result.owner, "RIPE-NCC-AS, NL");
  assert.equal(result.sources[1]?.error?.detail.retry_after_sec, 30);
});

Deno.test("an AS that nobody knows is nothing, not an error", async () => {
  const { result } = await find({
    play: { [OVERVIEW]: json({ status: "ok", data: { holder: "", announced: false } }) },
  });
  assert.deepEqual(outcomes(result), ["ripestat nothing", "bgpkit nothing", "cymru nothing"]);
  assert.equal(result.owner, null);
  assert.deepEqual(result.sources.map(({ error }) => error), [null, null, null]);
});

Deno.test("sources that disagree are named with what they say", async () => {
  const { result } = await find({
    play: {
      [OVERVIEW]: "ripestat_as_overview.json",
      [BGPKIT]: json({ data: [{ asn: "3333", name: "OTHER-AS", country: "DE" }] }),
    },
    zone: ALL.zone ?? {},
  });
  assert.deepEqual(result.differences, [
    {
      what: "name",
      values: [
        {
          value: "RIPE-NCC-AS - Reseaux IP Europeens Network Coordination Centre (RIPE NCC)",
          sources: ["ripestat", "cymru"],
        },
        { value: "OTHER-AS", sources: ["bgpkit"] },
      ],
    },
    {
      what: "country",
      values: [{ value: "DE", sources: ["bgpkit"] }, { value: "NL", sources: ["cymru"] }],
    },
  ]);
});

Deno.test("an answer about another AS is none", async () => {
  const { result } = await find({
    play: { [BGPKIT]: json({ data: [{ asn: 3334, name: "OTHER-AS" }] }) },
    zone: { "AS3333.asn.cymru.com": ["3334 | NL | ripencc | 1994-01-05 | OTHER-AS"] },
    sources: ["bgpkit"],
  });
  assert.deepEqual(outcomes(result), ["bgpkit nothing", "cymru nothing"]);
  assert.deepEqual(result.sources[1]?.problems, [
    "not understood: 3334 | NL | ripencc | 1994-01-05 | OTHER-AS",
  ]);
});

Deno.test("another form is remote.answer with the field", async () => {
  const { result } = await find({
    play: {
      [OVERVIEW]: json({ status: "ok", data: { holder: 7 } }),
      [BGPKIT]: json({ data: { asn: 3333 } }),
    },
  });
  assert.deepEqual(result.sources.map(({ error }) => error?.detail.field), [
    "data.holder",
    "data",
    undefined,
  ]);
});

Deno.test("sources that never end their answer end with the call", async () => {
  const headers = { "content-type": "application/json" };
  const drip = () => new Response(new ReadableStream(), { headers });
  const { result } = await find(
    { play: { [OVERVIEW]: drip, [BGPKIT]: drip }, zone: ALL.zone ?? {} },
    AbortSignal.timeout(300),
  );
  assert.deepEqual(result.sources.map(({ error }) => error?.detail.failure), [
    "timeout",
    "timeout",
    undefined,
  ]);
  assert.equal(result.owner, "RIPE-NCC-AS, NL");
});
