/** What the package offers of BGP, as a program uses it. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { describeMessage, encodeAnnouncements, parsePrefix, readMrtRoutes } from "../../mod.ts";
import { joined, sampleTable, sampleUpdates } from "../../tests/support/mrt_samples.ts";

/** A source of these octets, so many at a time. */
function sourceOf(octets: Uint8Array, step = 1_000) {
  let at = 0;
  return {
    readSync(into: Uint8Array): number | null {
      const piece = octets.subarray(at, at + Math.min(step, into.length));
      into.set(piece);
      at += piece.length;
      return piece.length === 0 ? null : piece.length;
    },
  };
}

Deno.test("the routes of an MRT file come one by one, as plain data", async () => {
  const seen: string[] = [];
  const octets = joined(sampleTable(), sampleUpdates());
  const outcome = await readMrtRoutes(sourceOf(octets), ({ kind, network, peer_as }) => {
    seen.push(`${kind} ${network} ${peer_as}`);
  });
  equal(seen.filter((route) => route.startsWith("rib ")).length, 3);
  equal(seen[0], "rib 198.51.100.0/24 64500");
  deepEqual(outcome, { stoppedAt: null, damage: [], damageCount: 0 });
});

Deno.test("damage of an MRT file is told with its octet, and what was read before it counts", async () => {
  let routes = 0;
  const octets = joined(sampleTable(), new Uint8Array(12).fill(255));
  const { damage, damageCount } = await readMrtRoutes(sourceOf(octets), () => void routes++);
  equal(routes, 3);
  equal(damageCount, 1);
  equal(damage[0]?.startsWith(`octet ${sampleTable().length}: `), true, damage[0]);
});

Deno.test("what a program throws at a route ends the reading", async () => {
  await rejects(
    readMrtRoutes(sourceOf(sampleTable()), () => {
      throw new RangeError("enough");
    }),
    /enough/,
  );
});

Deno.test("a route is written, and read as what it says", () => {
  const traits = {
    as4: true,
    extendedMessage: false,
    families: [true, true],
    addPathReceive: [false, false],
    addPathSend: [false, false],
    extendedNextHop: false,
    isEbgp: true,
    localAs: 64_500,
    peerAs: 64_501,
    localAddresses: [],
  } as const;
  const [message = new Uint8Array(0)] = encodeAnnouncements([{
    prefix: parsePrefix("192.0.2.0/24").prefix,
    nextHop: "198.51.100.1",
    asPath: [64_500],
    origin: "igp",
    med: null,
    localPref: null,
    communities: [],
    otc: null,
  }], traits);
  const said = describeMessage(message, traits);
  deepEqual(said.kind === "update" ? said.announced : said, {
    count: 1,
    prefixes: ["192.0.2.0/24"],
  });
});
