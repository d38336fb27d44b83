import { deepStrictEqual as assertEquals } from "node:assert/strict";
import fc from "fast-check";
import { containsPrefix, parsePrefix, renderPrefix } from "../../ip/prefix.ts";
import { parseAddress } from "../../ip/address.ts";
import { Rib } from "./rib.ts";
import { CHAIN_MAX, createRibMemory, type RibLimits } from "./rib_memory.ts";
import { RibView } from "./rib_view.ts";
import {
  type Fed,
  LOCAL_AS,
  LOCAL_ROUTER_ID,
  peerOf,
  sequence,
  SMALL,
  update,
} from "../../../tests/support/bgp_updates.ts";

const NOW = 1_700_000_000_000;

function tables(limits: Partial<RibLimits> = {}, rpkiInvalid: "mark" | "reject" = "mark") {
  const memory = createRibMemory({ ...SMALL, ...limits });
  const rib = new Rib(memory, { rpkiInvalid, now: () => NOW });
  return { memory, rib, view: new RibView(memory) };
}

function idOf(view: RibView, prefix: string): number {
  return view.find(parsePrefix(prefix).prefix);
}

function bestOf(view: RibView, prefix: string): number | null {
  const id = idOf(view, prefix);
  return id === -1 ? null : view.best(id)?.peer ?? null;
}

Deno.test("a route is found again with everything that was announced", () => {
  const { rib, view } = tables();
  rib.peerUp(peerOf(0, { peerAs: LOCAL_AS }));
  rib.ingest(
    0,
    update({
      family: 1,
      announce: [{ prefix: "2001:db8::/33" }],
      nextHop: "2001:db8::1 fe80::1",
      asPath: [
        { kind: "sequence", asns: [65010, 65020] },
        { kind: "set", asns: [65030, 65040] },
      ],
      origin: 2,
      med: 7,
      localPref: 200,
      otc: 65010,
      originatorId: 0x01020304,
      clusterList: [0x05060708],
      communities: [64500 << 16 | 1, 0xffffff01],
      largeCommunities: [64500, 1, 2],
      extendedCommunities: [0x0002_fbf4, 7],
      aggregator: { asn: 65020, address: 0xc0000201 },
      unknown: [Uint8Array.of(0xe0, 99, 2, 0xab, 0xcd), Uint8Array.of(0xe0, 100, 0)],
    }),
  );
  const best = view.best(idOf(view, "2001:db8::/33"));
  assertEquals(best && { ...best, attributes: 0 }, {
    peer: 0,
    pathId: 0,
    attributes: 0,
    receivedMs: NOW,
    isBest: true,
    isStale: false,
    ineligible: "none",
    localPref: 200,
    rpki: "unverified",
  });
  assertEquals(view.attributes(best?.attributes ?? 0), {
    asPath: [
      { kind: "sequence", asns: [65010, 65020] },
      { kind: "set", asns: [65030, 65040] },
    ],
    origin: "incomplete",
    nextHop: "2001:db8::1",
    nextHopLinkLocal: "fe80::1",
    med: 7,
    localPref: 200,
    otc: 65010,
    atomicAggregate: false,
    aggregator: { asn: 65020, address: "192.0.2.1" },
    originatorId: "1.2.3.4",
    clusterList: ["5.6.7.8"],
    communities: ["64500:1", "65535:65281"],
    extendedCommunities: ["rt:64500:7"],
    largeCommunities: ["64500:1:2"],
    partial: [],
    unknown: [
      { type: 99, flags: 0xe0, value: Uint8Array.of(0xab, 0xcd) },
      { type: 100, flags: 0xe0, value: new Uint8Array() },
    ],
  });
});

Deno.test("each step of the decision tells why a path lost", () => {
  const best: Fed = {
    asPath: sequence(65010, 65020),
    origin: 1,
    med: 10,
    localPref: 100,
    originatorId: 50,
    clusterList: [1, 2],
  };
  const steps: readonly (readonly [string, Fed])[] = [
    ["local-pref-lower", { ...best, localPref: 99, asPath: sequence() }],
    ["as-path-longer", { ...best, asPath: sequence(65010, 65020, 65020), origin: 0 }],
    ["origin-higher", { ...best, origin: 2, med: 0 }],
    ["med-higher", { ...best, med: 11, originatorId: 1 }],
    ["router-id-higher", { ...best, originatorId: 51, clusterList: [] }],
    ["cluster-list-longer", { ...best, clusterList: [1, 2, 3] }],
    ["peer-address-higher", best],
  ];
  for (const [reason, fed] of steps) {
    const { rib, view } = tables();
    rib.peerUp(peerOf(0, { peerAs: LOCAL_AS }));
    rib.peerUp(peerOf(1, { peerAs: LOCAL_AS }));
    rib.ingest(1, update({ ...fed, announce: [{ prefix: "10.0.0.0/8" }] }));
    rib.ingest(0, update({ ...best, announce: [{ prefix: "10.0.0.0/8" }] }));
    const [first, second] = view.paths(idOf(view, "10.0.0.0/8"));
    assertEquals([first?.peer, first?.isBest, second?.peer], [0, true, 1], reason);
    assertEquals(first && second && view.lostBy(first, second), reason);
  }
});

Deno.test("a path from eBGP is preferred to one from iBGP, after MED", () => {
  const { rib, view } = tables();
  rib.peerUp(peerOf(0, { peerAs: LOCAL_AS, routerId: 1 }));
  rib.peerUp(peerOf(1, { routerId: 9 }));
  const fed = { announce: [{ prefix: "10.0.0.0/8" }], asPath: sequence(65001) };
  rib.ingest(0, update(fed));
  rib.ingest(1, update(fed));
  const [first, second] = view.paths(idOf(view, "10.0.0.0/8"));
  assertEquals(first?.peer, 1);
  assertEquals(first && second && view.lostBy(first, second), "ebgp-preferred");
});

Deno.test("MED decides among the paths of one neighbour whatever order they come in", () => {
  const paths: readonly (readonly [number, Fed])[] = [
    [0, { asPath: sequence(65010, 1), med: 20 }],
    [1, { asPath: sequence(65020, 1), med: 0 }],
    [2, { asPath: sequence(65010, 1), med: 10 }],
  ];
  // Router ids: peer 0 has the lowest, then 1, then 2; MED takes peer 0 out.
  for (const order of [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]) {
    const { rib, view } = tables();
    for (const index of [0, 1, 2]) rib.peerUp(peerOf(index, { routerId: index + 1 }));
    for (const at of order) {
      const [peer, fed] = paths[at] ?? [0, {}];
      rib.ingest(peer, update({ ...fed, announce: [{ prefix: "10.0.0.0/8" }] }));
    }
    assertEquals(bestOf(view, "10.0.0.0/8"), 1, order.join());
    rib.ingest(2, update({ withdraw: [{ prefix: "10.0.0.0/8" }] }));
    assertEquals(bestOf(view, "10.0.0.0/8"), 0, order.join());
  }
});

Deno.test("a path that may not become best says why and is kept", () => {
  const cases: readonly (readonly [string, Fed, Parameters<typeof peerOf>[1]])[] = [
    ["as-loop", { asPath: sequence(65001, LOCAL_AS) }, {}],
    ["as-loop", { asPath: [{ kind: "set", asns: [1, LOCAL_AS] }] }, {}],
    ["originator-loop", { originatorId: LOCAL_ROUTER_ID }, { peerAs: LOCAL_AS }],
    ["cluster-loop", { clusterList: [1, LOCAL_ROUTER_ID] }, { peerAs: LOCAL_AS }],
    ["next-hop-unusable", { nextHop: "192.0.2.254" }, {}],
    ["next-hop-unusable", { nextHop: "224.0.0.1" }, {}],
    ["otc-leak", { otc: 65001 }, { localRole: "provider" }],
    ["otc-leak", { otc: 65001 }, { localRole: "rs" }],
    ["otc-leak", { otc: 65009 }, { localRole: "peer" }],
    ["none", { otc: 65001 }, { localRole: "peer" }],
    ["none", { otc: 65009 }, { localRole: "customer" }],
    ["import-rejected", {}, { rejectAll: true }],
  ];
  for (const [reason, fed, peer] of cases) {
    const { rib, view } = tables();
    rib.peerUp(peerOf(0, peer));
    rib.ingest(0, update({ ...fed, announce: [{ prefix: "10.0.0.0/8" }] }));
    const id = idOf(view, "10.0.0.0/8");
    assertEquals(view.paths(id).map(({ ineligible }) => ineligible), [reason]);
    assertEquals(view.best(id) === null, reason !== "none");
    assertEquals(view.longest(parseAddress("10.1.1.1")), reason === "none" ? id : -1);
    assertEquals(view.longest(parseAddress("10.1.1.1"), true), id);
  }
});

Deno.test("what comes from a provider is marked for customers only (RFC 9234 section 5)", () => {
  for (const localRole of ["customer", "peer", "rs-client"] as const) {
    const { rib, view } = tables();
    rib.peerUp(peerOf(0, { localRole }));
    rib.ingest(0, update({ announce: [{ prefix: "10.0.0.0/8" }] }));
    const best = view.best(idOf(view, "10.0.0.0/8"));
    assertEquals(view.attributes(best?.attributes ?? 0).otc, 65001);
  }
});

Deno.test("LOCAL_PREF of an eBGP peer means nothing", () => {
  const { rib, view } = tables();
  rib.peerUp(peerOf(0));
  rib.ingest(0, update({ announce: [{ prefix: "10.0.0.0/8" }], localPref: 500 }));
  assertEquals(view.best(idOf(view, "10.0.0.0/8"))?.localPref, 100);
});

Deno.test("a path whose session will be shut down is the last choice, from an eBGP peer (RFC 8326)", () => {
  const { rib, view } = tables();
  const announce = [{ prefix: "10.0.0.0/8" }];
  const communities = [0xfdf2_0001, 0xffff_0000];
  for (const index of [0, 1]) rib.peerUp(peerOf(index));
  rib.peerUp(peerOf(2, { peerAs: LOCAL_AS }));
  rib.ingest(0, update({ announce, communities }));
  rib.ingest(1, update({ announce, asPath: sequence(65002, 65003, 65004) }));
  rib.ingest(2, update({ announce, communities, localPref: 90 }));
  assertEquals(
    view.paths(idOf(view, "10.0.0.0/8")).map(({ peer, localPref }) => [peer, localPref]),
    [[1, 100], [2, 90], [0, 0]],
  );
});

Deno.test("prefixes of multicast space are ignored, those beside them are not (RFC 4271 section 6.3)", () => {
  const { rib, view } = tables();
  rib.peerUp(peerOf(0));
  const of = (...prefixes: string[]) => prefixes.map((prefix) => ({ prefix }));
  const ipv4 = of("224.0.0.0/4", "10.0.0.0/8", "239.255.255.255/32", "224.0.0.0/3", "240.0.0.0/4");
  rib.ingest(0, update({ announce: ipv4 }));
  rib.ingest(0, update({ announce: of("ff02::/16", "2001:db8::/32", "fe00::/7"), family: 1 }));
  assertEquals(view.counts().prefixes, [3, 2]);
  assertEquals([idOf(view, "224.0.0.0/4"), idOf(view, "ff02::/16")], [-1, -1]);
  rib.ingest(0, update({ withdraw: ipv4 }));
  assertEquals(view.counts().prefixes, [0, 2]);
});

Deno.test("a large community that stands there twice is kept once (RFC 8092 section 3)", () => {
  const { rib, view } = tables();
  rib.peerUp(peerOf(0));
  const kept = (largeCommunities: readonly number[]): readonly string[] => {
    rib.ingest(0, update({ announce: [{ prefix: "10.0.0.0/8" }], largeCommunities }));
    const best = view.best(idOf(view, "10.0.0.0/8"));
    return view.attributes(best?.attributes ?? 0).largeCommunities;
  };
  const few = [1, 2, 3, 1, 2, 4, 1, 2, 3, 1, 2, 4, 0, 0, 0];
  assertEquals(kept(few), ["1:2:3", "1:2:4", "0:0:0"]);
  // So many that they are not compared one by one.
  const many = Array.from({ length: 100 }, (_, n) => [7, 8, n % 50]).flat();
  assertEquals(kept(many), Array.from({ length: 50 }, (_, n) => `7:8:${n}`));
});

Deno.test("Partial bits are kept with the attributes that they came with", () => {
  const { rib, view } = tables();
  rib.peerUp(peerOf(0));
  const clusterList = [1, 2, 3];
  for (const [prefix, partial] of [["10.0.0.0/8", 0b11111], ["11.0.0.0/8", 0b00010]] as const) {
    const parts = update({ announce: [{ prefix }], otc: 7, clusterList });
    parts.partial = partial;
    rib.ingest(0, parts);
  }
  const read = (prefix: string) => view.attributes(view.best(idOf(view, prefix))?.attributes ?? 0);
  assertEquals(read("10.0.0.0/8").partial, [7, 8, 16, 32, 35]);
  assertEquals([read("11.0.0.0/8").partial, read("11.0.0.0/8").otc], [[8], 7]);
  assertEquals(read("11.0.0.0/8").clusterList, ["0.0.0.1", "0.0.0.2", "0.0.0.3"]);
});

Deno.test("a malformed announcement withdraws what it announces", () => {
  const { rib, view } = tables();
  rib.peerUp(peerOf(0));
  const announce = [{ prefix: "10.0.0.0/8" }];
  rib.ingest(0, update({ announce }));
  const counts = rib.ingest(0, update({ announce, treatAsWithdraw: true }));
  assertEquals(counts, { announced: 0, withdrawn: 1, bestChanged: 1 });
  assertEquals(view.counts().prefixes, [0, 0]);
});

Deno.test("an override of LOCAL_PREF decides again, outlives the route and can be lifted", () => {
  const { rib, view } = tables();
  const { prefix } = parsePrefix("10.0.0.0/8");
  const announce = [{ prefix: "10.0.0.0/8" }];
  for (const index of [0, 1]) {
    rib.peerUp(peerOf(index, { routerId: index + 1 }));
    rib.ingest(index, update({ announce, asPath: sequence(65001 + index) }));
  }
  assertEquals(bestOf(view, "10.0.0.0/8"), 0);
  rib.overrideLocalPref(prefix, 1, 300);
  assertEquals(
    view.paths(idOf(view, "10.0.0.0/8")).map(({ peer, localPref }) => [peer, localPref]),
    [
      [1, 300],
      [0, 100],
    ],
  );
  rib.overrideLocalPref(prefix, null, 400);
  assertEquals(bestOf(view, "10.0.0.0/8"), 0);
  for (const index of [0, 1]) rib.ingest(index, update({ withdraw: announce }));
  for (const index of [1, 0]) rib.ingest(index, update({ announce, asPath: sequence(65001) }));
  rib.overrideLocalPref(prefix, null, null);
  assertEquals(bestOf(view, "10.0.0.0/8"), 1);
  rib.overrideLocalPref(prefix, 1, null);
  assertEquals(bestOf(view, "10.0.0.0/8"), 0);
});

Deno.test("of more paths for a prefix than one peer may have, the others are refused and counted", () => {
  const { rib, view } = tables();
  rib.peerUp(peerOf(0, { addPathReceive: [true, true] }));
  const announce = Array.from({ length: CHAIN_MAX + 3 }, (_, n) => ({
    prefix: "10.0.0.0/8",
    pathId: n + 1,
  }));
  rib.ingest(0, update({ announce, hasPathIds: true }));
  assertEquals(view.counts().paths, [CHAIN_MAX, 0]);
  assertEquals(view.counts().refused, 3);
  assertEquals(view.best(idOf(view, "10.0.0.0/8"))?.pathId, 1);
});

Deno.test("the last peer can be best and all paths are counted, however many peers there may be", () => {
  // About where a column needs a second octet for the peer, and for the count of paths.
  for (const peers of [1, 3, 4, 254, 255, 256, 300]) {
    const { rib, view } = tables({ peers });
    const first = Math.max(0, peers - 5);
    const all = Array.from({ length: peers - first }, (_, n) => first + n);
    const announce = Array.from({ length: CHAIN_MAX }, (_, n) => ({
      prefix: "10.0.0.0/8",
      pathId: n + 1,
    }));
    for (const index of all) {
      const peer = peerOf(index, { routerId: peers - index, addPathReceive: [true, true] });
      rib.peerUp({ ...peer, address: `2001:db8::${index}` });
      rib.ingest(index, update({ announce, hasPathIds: true }));
    }
    const id = idOf(view, "10.0.0.0/8");
    assertEquals([view.best(id)?.peer, view.paths(id).length], [
      peers - 1,
      all.length * CHAIN_MAX,
    ], `${peers} peers`);
  }
});

Deno.test("what finds no room is refused and counted, and leaves nothing behind", () => {
  const { rib, view } = tables({ prefixes: [2, 2], attributeSets: 2 });
  rib.peerUp(peerOf(0));
  rib.ingest(
    0,
    update({
      announce: ["10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"].map((prefix) => ({ prefix })),
    }),
  );
  assertEquals([view.counts().prefixes, view.counts().refused], [[2, 0], 1]);
  rib.ingest(0, update({ announce: [{ prefix: "10.0.0.0/8" }], med: 1 }));
  // There is no third set: the route is withdrawn, as its attributes cannot be kept.
  rib.ingest(0, update({ announce: [{ prefix: "10.1.0.0/16" }], med: 2 }));
  assertEquals([view.counts().prefixes, view.counts().refused], [[1, 0], 2]);
});

Deno.test("stale paths stay best until they are swept, and a fresh announcement saves them", () => {
  const { rib, view } = tables();
  rib.peerUp(peerOf(0));
  const announce = ["10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16"].map((prefix) => ({ prefix }));
  rib.ingest(0, update({ announce }));
  rib.markStale(0, 0);
  assertEquals(view.best(idOf(view, "10.1.0.0/16"))?.isStale, true);
  rib.ingest(0, update({ announce: announce.slice(1, 2) }));
  assertEquals(view.best(idOf(view, "10.1.0.0/16"))?.isStale, false);
  assertEquals(rib.sweep(0, 0, "stale", 1), true);
  while (rib.sweep(0, 0, "stale", 1));
  assertEquals(view.counts().prefixes, [1, 0]);
  assertEquals(bestOf(view, "10.1.0.0/16"), 0);
});

Deno.test("what lost routes had is found again until it is taken out, and gives its room to others", () => {
  const { rib, view } = tables({ changes: 0, attributeSets: 40 });
  const announce = (med: number) =>
    rib.ingest(0, update({ announce: [{ prefix: `10.${med}.0.0/16` }], med }));
  const medOf = (prefix: string) => {
    const best = view.best(idOf(view, prefix));
    return best === null ? null : view.attributes(best.attributes).med;
  };
  rib.peerUp(peerOf(0));
  for (let med = 1; med <= 40; med++) announce(med);
  while (rib.sweep(0, 0, "all", 1));
  assertEquals([view.counts().attributeSets, view.counts().prefixes], [40, [0, 0]]);
  announce(39);
  assertEquals(medOf("10.39.0.0/16"), 39);
  // More sets than there is room for beside those that wait.
  for (let med = 101; med <= 139; med++) announce(med);
  assertEquals([view.counts().attributeSets, view.counts().refused], [40, 0]);
  assertEquals([medOf("10.39.0.0/16"), medOf("10.139.0.0/16")], [39, 139]);
  while (rib.sweep(0, 0, "all", 1));
  while (rib.collect(1));
  assertEquals(view.counts().attributeSets, 0);
});

Deno.test("the change log tells what happened, newest last, and forgets the oldest", () => {
  const { rib, view } = tables({ changes: 4 });
  for (const index of [0, 1]) rib.peerUp(peerOf(index, { routerId: index + 1 }));
  const announce = [{ prefix: "10.0.0.0/8" }];
  rib.ingest(1, update({ announce, asPath: sequence(65002, 1) }));
  rib.ingest(0, update({ announce, asPath: sequence(65001) }));
  rib.ingest(0, update({ withdraw: announce }));
  assertEquals([view.changes.firstSeq, view.changes.nextSeq], [2, 6]);
  const shown = view.changes.read(0, 10).map(({ seq, kind, peer, before, asPath, atMs }) => {
    assertEquals(atMs, NOW);
    return [seq, kind, peer, before, asPath];
  });
  assertEquals(shown, [
    [2, "announce", 0, -1, "65001"],
    [3, "best", 0, 1, "65001"],
    [4, "withdraw", 0, -1, null],
    [5, "best", 1, 0, "65002 1"],
  ]);
  assertEquals(
    renderPrefix(view.changes.read(5, 1)[0]?.prefix ?? parsePrefix("::/0").prefix),
    "10.0.0.0/8",
  );
});

Deno.test("longest match, covering prefixes and walks agree with brute force", () => {
  const v4 = fc.tuple(fc.nat(0xffff), fc.nat(32)).map(([bits, length]) =>
    `10.${bits >>> 14}.${bits >>> 6 & 255}.${(bits & 63) << 2}/${length}`
  );
  const v6 = fc.tuple(fc.nat(0xffff), fc.nat(128)).map(([bits, length]) =>
    `2001:db8:${(bits >>> 12).toString(16)}:${(bits >>> 8 & 15).toString(16)}::${
      (bits & 255).toString(16)
    }/${length}`
  );
  fc.assert(
    fc.property(
      fc.array(v4, { maxLength: 120, size: "max" }),
      fc.array(v6, { maxLength: 120, size: "max" }),
      fc.array(fc.oneof(v4, v6), { minLength: 1, maxLength: 20, size: "max" }),
      (some4, some6, asked) => {
        const { rib, view } = tables({ prefixes: [200, 200] });
        rib.peerUp(peerOf(0));
        const fed = (texts: readonly string[]) =>
          texts.map((text) => ({ prefix: renderPrefix(parsePrefix(text).prefix) }));
        rib.ingest(0, update({ announce: fed(some4) }));
        rib.ingest(0, update({ announce: fed(some6), family: 1 }));
        const all = [...new Set([...fed(some4), ...fed(some6)].map(({ prefix }) => prefix))]
          .map((text) => parsePrefix(text).prefix)
          .sort((a, b) =>
            a.family - b.family || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0) ||
            a.length - b.length
          );
        for (const text of asked) {
          const { prefix, address } = parsePrefix(text);
          const covering = all.filter((one) =>
            one.family === prefix.family && containsPrefix(one, prefix)
          )
            .toSorted((a, b) => b.length - a.length);
          assertEquals(view.covering(prefix).map((id) => view.prefixOf(id)), covering);
          const host = {
            family: prefix.family,
            value: address.value,
            length: prefix.family === 4 ? 32 : 128,
          };
          const longest = all.filter((one) => containsPrefix(one, host)).at(-1) ?? null;
          const id = view.longest(address);
          assertEquals(id === -1 ? null : view.prefixOf(id), longest);
          const within = all.filter((one) => containsPrefix(prefix, one));
          const from = within[within.length >> 1] ?? null;
          const walked: unknown[] = [];
          view.walk(prefix.family === 4 ? 0 : 1, { within: prefix, from }, (found) => {
            walked.push(view.prefixOf(found));
          });
          assertEquals(walked, from === null ? [] : within.slice(within.length >> 1));
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a bucket of thousands of prefixes stays in order and goes as it came", () => {
  const { rib, view } = tables({ prefixes: [20, 6000] });
  rib.peerUp(peerOf(0));
  const all = Array.from({ length: 5000 }, (_, n) => n * 7919 % 5000)
    .map((n) => ({ prefix: `2001:db8:0:${n.toString(16)}::/64` }));
  for (let at = 0; at < all.length; at += 500) {
    rib.ingest(0, update({ announce: all.slice(at, at + 500), family: 1 }));
  }
  const walked: bigint[] = [];
  view.walk(1, { within: null, from: null }, (id) => void walked.push(view.prefixOf(id).value));
  assertEquals(walked.length, 5000);
  assertEquals(walked.every((value, at) => at === 0 || (walked[at - 1] ?? value) < value), true);
  for (let at = 0; at < all.length; at += 500) {
    rib.ingest(0, update({ withdraw: all.slice(at, at + 500), family: 1 }));
  }
  assertEquals(view.counts().prefixes, [0, 0]);
});
