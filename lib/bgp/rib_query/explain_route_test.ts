import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { realRib } from "../../../tests/support/fed_rib.ts";
import {
  type Fed,
  LOCAL_AS,
  peerOf,
  sequence,
  SMALL,
  update,
} from "../../../tests/support/bgp_updates.ts";
import { ListedRib, type PlainPath } from "../../../tests/support/listed_rib.ts";
import { speakerPeers } from "../../../tests/support/listed_speaker.ts";
import { bgpTraits } from "../../../tests/support/bgp_octets.ts";
import type { PeerStatus } from "../bgp_service.ts";
import { Rib } from "../rib/rib.ts";
import { createRibMemory } from "../rib/rib_memory.ts";
import type { RibReader } from "../rib/rib_reader.ts";
import { RibView } from "../rib/rib_view.ts";
import type { Negotiated } from "../session/session.ts";
import { explainRoute } from "./explain_route.ts";
import { readPrefix } from "./route_input.ts";
import { sayExplanation } from "./say_explanation.ts";

const PEERS = speakerPeers(["rr1", "rr2", "ix1"]);

const listed = (paths: readonly PlainPath[]): RibReader => new ListedRib(paths);

function explain(
  paths: readonly PlainPath[],
  asked: string,
  peers = PEERS,
  tableOf: (paths: readonly PlainPath[]) => RibReader = listed,
) {
  const { prefix, isAddress, text } = readPrefix(asked);
  const source = { rib: tableOf(paths), peers, overrides: [], nowMs: 10_000 };
  const found = explainRoute(source, prefix, isAddress);
  return { found, sentence: sayExplanation(found, text, peers.length) };
}

const NET = "192.0.2.0/24";

Deno.test("one rule that decided is named, with how many it beat", () => {
  const { found, sentence } = explain([
    { prefix: NET, peer: 0, asPath: "64500" },
    { prefix: NET, peer: 1, asPath: "64501 64500" },
    { prefix: NET, peer: 2, asPath: "64502 64501 64500" },
  ], NET);
  equal(sentence, "192.0.2.0/24 is best via rr1 (AS65000): shorter AS path than the 2 others.");
  deepEqual(found.steps, [{
    step: "as-path-longer",
    rule: "the shortest AS path wins, a set counts as one",
    source: "RFC 4271 §9.1.2.2 a",
    best_value: 1,
    lost: [{ peer: "rr2", value: 2 }, { peer: "ix1", value: 3 }],
    lost_count: 2,
    remaining: 1,
  }]);
  deepEqual(found.candidates.map(({ peer, lost_at, lost_to }) => [peer, lost_at, lost_to]), [
    ["rr1", null, null],
    ["rr2", "as-path-longer", "rr1"],
    ["ix1", "as-path-longer", "rr1"],
  ]);
});

/** A peer whose session is up. */
function withSession(peer: PeerStatus, routerId: number, isEbgp: boolean): PeerStatus {
  const traits = bgpTraits({ isEbgp });
  return { ...peer, negotiated: { traits, routerId } as Negotiated };
}

/** Tables with one path of each peer, of its kind, that are equal up to the tie-breaks. */
function tied(peers: readonly (readonly [routerId: number, isEbgp: boolean, Fed?])[]) {
  const memory = createRibMemory(SMALL);
  const rib = new Rib(memory, { rpkiInvalid: "mark" });
  peers.forEach(([routerId, isEbgp, fed], index) => {
    rib.peerUp(peerOf(index, { routerId, ...isEbgp ? {} : { peerAs: LOCAL_AS } }));
    rib.ingest(index, update({ announce: [{ prefix: NET }], asPath: sequence(64_501), ...fed }));
  });
  const statuses = speakerPeers(peers.map((_, index) => `peer${index}`)).map((peer, index) =>
    withSession(peer, peers[index]?.[0] ?? 0, peers[index]?.[1] ?? true)
  );
  const { found } = explain([], NET, statuses, () => new RibView(memory));
  return found.steps.map(({ step, best_value, lost }) => [
    step,
    best_value,
    ...lost.map(({ value }) => value),
  ]);
}

Deno.test("what the tie-breaks compared is told: kind of session, BGP identifier or ORIGINATOR_ID, address", () => {
  deepEqual(tied([[7, false], [9, true], [8, true]]), [
    ["ebgp-preferred", "ebgp", "ibgp"],
    ["router-id-higher", "0.0.0.8", "0.0.0.9"],
  ]);
  deepEqual(tied([[9, false, { originatorId: 5 }], [6, false], [5, false]]), [
    ["router-id-higher", "0.0.0.5", "0.0.0.6"],
    ["peer-address-higher", "127.0.1.1", "127.0.1.3"],
  ]);
});

Deno.test("several rules are named in their order, and what is not eligible with its rule", () => {
  const { found, sentence } = explain([
    { prefix: NET, peer: 0, asPath: "64500", localPref: 200 },
    { prefix: NET, peer: 1, asPath: "64500", localPref: 200, origin: "incomplete" },
    { prefix: NET, peer: 2, asPath: "64500", localPref: 50 },
    { prefix: NET, peer: 2, pathId: 1, asPath: "65099 64500", ineligible: "as-loop" },
  ], NET);
  equal(
    sentence,
    "192.0.2.0/24 is best via rr1 (AS65000): higher LOCAL_PREF than 1, lower ORIGIN than 1; not eligible: 1 by as-loop.",
  );
  deepEqual(found.steps.map(({ step, best_value, remaining }) => [step, best_value, remaining]), [
    ["local-pref-lower", 200, 2],
    ["origin-higher", "igp", 1],
  ]);
  equal(found.candidates.at(-1)?.rule, "our own AS is in its AS path (RFC 4271 §9.1.2)");
});

Deno.test("a path that nobody competes with is said to be the only one", () => {
  const { sentence } = explain([{ prefix: NET, peer: 0, isStale: true }], NET);
  equal(
    sentence,
    "192.0.2.0/24 is best via rr1 (AS65000), stale since its session went down: the only eligible path.",
  );
});

Deno.test("paths that are all forbidden leave no best one", () => {
  const { sentence } = explain([
    { prefix: NET, peer: 0, ineligible: "next-hop-unusable" },
    { prefix: NET, peer: 1, ineligible: "as-loop" },
  ], NET);
  equal(
    sentence,
    "192.0.2.0/24 has 2 paths and none is eligible: 1 by next-hop-unusable, 1 by as-loop.",
  );
});

Deno.test("an address falls into the longest prefix that has a best path", () => {
  const { found, sentence } = explain([
    { prefix: "192.0.0.0/16", peer: 0 },
    { prefix: NET, peer: 1 },
    { prefix: "192.0.2.0/25", peer: 2, ineligible: "as-loop" },
  ], "192.0.2.7");
  equal(
    sentence,
    "192.0.2.7 falls into 192.0.2.0/24, which is best via rr2 (AS65000): the only eligible path.",
  );
  deepEqual(found.covering, ["192.0.2.0/25", "192.0.0.0/16"]);
});

Deno.test("a prefix of one address that has no best path is explained, not passed over", () => {
  const { sentence } = explain([
    { prefix: NET, peer: 1 },
    { prefix: "192.0.2.7/32", peer: 2, ineligible: "as-loop" },
  ], "192.0.2.7/32");
  equal(sentence, "192.0.2.7/32 has 1 path and none is eligible: 1 by as-loop.");
});

Deno.test("where nothing matches, what is inside and which peers are down is told", () => {
  const peers = speakerPeers(["rr1", "rr2"], { rr2: "Active" });
  const { found, sentence } = explain([{ prefix: NET, peer: 0 }], "192.0.0.0/16", peers);
  equal(
    sentence,
    "Nothing matches 192.0.0.0/16: the table holds no prefix around it, but it has 1 more specific " +
      "prefix, 192.0.2.0/24. 1 of 2 peers is not Established: rr2.",
  );
  deepEqual(found.moreSpecific, { count: 1, count_is_exact: true, first: ["192.0.2.0/24"] });
});

for (const [name, tableOf] of [["listed", listed], ["real", realRib]] as const) {
  Deno.test(`${name} tables: every eligible path but the best has a step, and the steps leave it alone`, () => {
    const path = fc.record({
      prefix: fc.constant(NET),
      peer: fc.integer({ min: 0, max: 2 }),
      pathId: fc.integer({ min: 0, max: 3 }),
      asPath: fc.constantFrom("1", "1 2", "2 2", "3 {1,2}"),
      med: fc.integer({ min: 0, max: 2 }),
      localPref: fc.constantFrom(100, 200),
      ineligible: fc.constantFrom("none" as const, "none" as const, "as-loop" as const),
    });
    fc.assert(fc.property(fc.array(path, { minLength: 1, maxLength: 8 }), (paths) => {
      const { found: { candidates, steps } } = explain(paths, NET, PEERS, tableOf);
      const eligible = candidates.filter(({ rule }) => rule === null);
      equal(eligible.filter(({ best }) => best).length, eligible.length === 0 ? 0 : 1);
      for (const one of eligible) equal(one.lost_at === null, one.best);
      equal(
        steps.reduce((sum, { lost_count }) => sum + lost_count, 0),
        Math.max(eligible.length - 1, 0),
      );
      if (eligible.length > 1) equal(steps.at(-1)?.remaining, 1);
    }));
  });
}
