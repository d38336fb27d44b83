import assert from "node:assert/strict";
import { InputError } from "../errors/mod.ts";
import { parseAddress } from "../ip/address.ts";
import { renderPrefix } from "../ip/prefix.ts";
import { onRegistryStage, type RegistryPlay } from "../../tests/support/registry_stage.ts";
import { findIpOrigin, type IpOrigin } from "./ip_origin.ts";

const NETWORK_INFO = "/data/network-info/data.json";
const OVERVIEW = "/data/prefix-overview/data.json";
const VALIDATION = "/data/rpki-validation/data.json";
const BGPKIT = "/v3/utils/ip";
const ORIGIN = "139.6.0.193.origin.asn.cymru.com";
const ALL = {
  play: {
    [NETWORK_INFO]: "ripestat_network_info.json",
    [OVERVIEW]: "ripestat_prefix_overview.json",
    [VALIDATION]: "ripestat_rpki_validation.json",
    [BGPKIT]: "bgpkit_ip.json",
  },
  zone: {
    [ORIGIN]: ["3333 | 193.0.0.0/21 | NL | ripencc | 1993-09-01"],
    "AS3333.asn.cymru.com": ["3333 | NL | ripencc | 1994-01-05 | RIPE-NCC-AS, NL"],
  },
} satisfies RegistryPlay;

const find = (play: RegistryPlay, address = "193.0.6.139") =>
  onRegistryStage(
    play,
    (access) => findIpOrigin(parseAddress(address), access, AbortSignal.timeout(20_000)),
  );

const outcomes = ({ sources }: IpOrigin) =>
  sources.map(({ source, facts, error }) => {
    const prefix = facts === null || facts.prefix === null ? "-" : renderPrefix(facts.prefix);
    return `${source} ${error?.code ?? `${prefix} ${facts?.origins}`}`;
  });

const json = (value: unknown) => () => Response.json(value);
const answer = (data: unknown) => json({ status: "ok", messages: [], data });

Deno.test("every source is named with its own answer, and they agree", async () => {
  const { result, requests, names } = await find(ALL);
  assert.deepEqual(outcomes(result), [
    "ripestat 193.0.0.0/21 3333",
    "bgpkit 193.0.0.0/21 3333",
    "cymru 193.0.0.0/21 3333",
  ]);
  assert.deepEqual(result.differences, []);
  assert.equal(result.prefix && renderPrefix(result.prefix), "193.0.0.0/21");
  assert.deepEqual(result.origins, [3333]);
  assert.equal(
    result.name,
    "RIPE-NCC-AS - Reseaux IP Europeens Network Coordination Centre (RIPE NCC)",
  );
  assert.equal(result.country, "NL");
  assert.deepEqual(result.rpki, [{ asn: 3333, state: "valid" }]);
  assert.equal(result.updatedAt, "2026-11-20T06:00:00Z");
  assert.deepEqual([...requests].sort(), [
    `${NETWORK_INFO}?resource=193.0.6.139&sourceapp=netglass`,
    `${OVERVIEW}?resource=193.0.0.0%2F21&sourceapp=netglass`,
    `${VALIDATION}?resource=AS3333&prefix=193.0.0.0%2F21&sourceapp=netglass`,
    `${BGPKIT}?ip=193.0.6.139`,
  ]);
  assert.deepEqual(names, [ORIGIN, "AS3333.asn.cymru.com"]);
});

Deno.test("several origins are all told, from one record or from several", async () => {
  for (
    const records of [
      ["64500 3333 | 193.0.0.0/21 | NL | ripencc | "],
      ["64500 | 193.0.0.0/21 | NL | ripencc | ", "3333 | 193.0.0.0/21 | NL | ripencc | "],
    ]
  ) {
    const { result } = await find({
      play: {
        ...ALL.play,
        [NETWORK_INFO]: answer({ prefix: "193.0.0.0/21", asns: [64500, "3333"] }),
      },
      zone: { ...ALL.zone, [ORIGIN]: records },
      sources: ["ripestat"],
    });
    assert.deepEqual(outcomes(result), [
      "ripestat 193.0.0.0/21 3333,64500",
      "cymru 193.0.0.0/21 3333,64500",
    ]);
    assert.deepEqual(result.rpki, [{ asn: 3333, state: "valid" }, { asn: 64500, state: "valid" }]);
  }
});

Deno.test("sources that disagree are named with what they say", async () => {
  const { result } = await find({
    play: {
      ...ALL.play,
      [BGPKIT]: json({
        ip: "193.0.6.139",
        country: "DE",
        asn: { asn: 3333, prefix: "193.0.6.0/24", rpki: "unknown", name: "RIPE-NCC-AS" },
      }),
    },
    zone: { ...ALL.zone, [ORIGIN]: ["64500 | 193.0.0.0/21 | NL | ripencc | "] },
  });
  assert.deepEqual(
    result.differences.map(({ what, values }) =>
      `${what}: ${values.map(({ value, sources }) => `${value} (${sources})`).join(", ")}`
    ),
    [
      "prefix: 193.0.0.0/21 (ripestat,cymru), 193.0.6.0/24 (bgpkit)",
      "origins: AS3333 (ripestat,bgpkit), AS64500 (cymru)",
      "country: DE (bgpkit), NL (cymru)",
      "rpki of AS3333: valid (ripestat), not_found (bgpkit)",
    ],
  );
});

Deno.test("an address that nobody announces is nothing, not an error", async () => {
  const { result } = await find({
    play: {
      [NETWORK_INFO]: answer({ prefix: "", asns: [] }),
      [BGPKIT]: json({ ip: "193.0.6.139", country: "NL", asn: null }),
    },
  });
  assert.deepEqual(result.sources.map(({ error }) => error), [null, null, null]);
  assert.deepEqual([result.prefix, result.origins, result.country], [null, [], "NL"]);
});

Deno.test("what is missing of an answer does not take away the rest", async () => {
  const { result } = await find({
    play: { [NETWORK_INFO]: "ripestat_network_info.json" },
    sources: ["ripestat"],
  });
  const [ripestat] = result.sources;
  assert.deepEqual(ripestat?.facts?.origins, [3333]);
  assert.equal(ripestat?.facts?.name, null);
  assert.equal(ripestat?.problems.length, 2);
  assert.match(ripestat?.problems[0] ?? "", /the server answered 404$/);
});

Deno.test("a prefix that does not hold the address is a wrong answer", async () => {
  const { result } = await find({
    play: {
      [NETWORK_INFO]: answer({ prefix: "192.0.2.0/24", asns: ["64500"] }),
      [BGPKIT]: json({ country: null, asn: { asn: 64500, prefix: "::/0" } }),
    },
    zone: { [ORIGIN]: ["64500 | 192.0.2.0/24 | | | "] },
  });
  assert.deepEqual(outcomes(result), [
    "ripestat remote.answer",
    "bgpkit remote.answer",
    "cymru - undefined",
  ]);
  assert.deepEqual(result.sources.map(({ error }) => error?.detail.field), [
    "data.prefix",
    "asn.prefix",
    undefined,
  ]);
});

Deno.test("an address that the internet does not route is told to nobody", async () => {
  for (const address of ["10.0.0.1", "127.0.0.1", "fe80::1", "fd00::1", "::ffff:10.0.0.1"]) {
    const { result, requests, names } = await onRegistryStage(
      ALL,
      (access) =>
        findIpOrigin(parseAddress(address), access, AbortSignal.timeout(20_000)).catch((error) =>
          error
        ),
    );
    assert.ok(result instanceof InputError && result.code === "input.special_use");
    assert.deepEqual([requests, names], [[], []]);
  }
});
