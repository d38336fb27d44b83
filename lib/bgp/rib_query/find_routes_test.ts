import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import fc from "fast-check";
import { ListedRib, type PlainPath, sayPath } from "../../../tests/support/listed_rib.ts";
import { systemClock } from "../../io/clock.ts";
import {
  comparePrefixes,
  containsPrefix,
  parsePrefix,
  type Prefix,
  renderPrefix,
} from "../../ip/prefix.ts";
import { pathOrigins } from "../../route/as_path.ts";
import { matchesAsPath, parseAsPathPattern } from "../../route/as_path_pattern.ts";
import { parseCommunity, renderCommunity } from "../../route/community.ts";
import type { PathRef, RibReader, ScanFindings, ScanOptions } from "../rib/rib_reader.ts";
import { realRib } from "../../../tests/support/fed_rib.ts";
import { findRoutes, type RouteSource } from "./find_routes.ts";
import type { PrefixMatch, RouteQuestion } from "./route_question.ts";
import { parseCursor, renderCursor } from "./route_cursor.ts";

const LOCAL_AS = 4;

function sourceOf(rib: RibReader, signal = new AbortController().signal): RouteSource {
  return { rib, localAs: LOCAL_AS, clock: systemClock, signal };
}

const ANY: RouteQuestion = {
  prefix: null,
  family: null,
  attributes: { originAsn: null, viaAsn: null, asPath: null, community: null },
  peer: null,
  rpki: null,
  bestOnly: false,
};

interface PageSize {
  readonly limit?: number;
  readonly maxChars?: number;
}

/** Everything that a question finds, page by page, through the text of the cursor. */
async function allPages(
  rib: RibReader,
  question: RouteQuestion,
  { limit = 1_000, maxChars = 1_000_000 }: PageSize = {},
  between: () => void = () => {},
): Promise<{ pages: string[][]; prefixCount: number; pathCount: number }> {
  const pages: string[][] = [];
  let cursor: string | null = null;
  while (true) {
    const found = await findRoutes(sourceOf(rib), question, {
      after: cursor === null ? null : parseCursor(cursor),
      limit,
      maxChars,
      render: (prefix, path) => sayPath(rib, prefix, path),
    });
    pages.push([...found.routes]);
    const { prefixCount, pathCount, next } = found;
    if (next === null) return { pages, prefixCount, pathCount };
    cursor = renderCursor(next);
    between();
  }
}

/** The same by looking at every path. */
function bruteForce(
  rib: RibReader,
  question: RouteQuestion,
): { prefixes: number; paths: string[] } {
  const ids = [0, 1].flatMap((family) => {
    const found: number[] = [];
    rib.walk(family as 0 | 1, { within: null, from: null }, (id) => {
      found.push(id);
    });
    return found;
  });
  let hits = ids.map((id) => ({
    prefix: rib.prefixOf(id),
    paths: rib.paths(id).filter((path) => isWanted(rib, rib.prefixOf(id), path, question)),
  })).filter(({ paths }) => paths.length > 0);
  const match = question.prefix?.match;
  if (match === "longest" || match === "covering") hits = hits.toReversed();
  if (match === "longest") hits = hits.slice(0, 1);
  return {
    prefixes: hits.length,
    paths: hits.flatMap(({ prefix, paths }) => paths.map((path) => sayPath(rib, prefix, path))),
  };
}

function isWanted(
  rib: RibReader,
  prefix: Prefix,
  path: PathRef,
  { prefix: asked, family, attributes, peer, rpki, bestOnly }: RouteQuestion,
): boolean {
  const { asPath, communities, largeCommunities } = rib.attributes(path.attributes);
  const { originAsn, viaAsn, community } = attributes;
  const origins = asPath.length === 0 ? [LOCAL_AS] : pathOrigins(asPath);
  const inRange = asked === null ||
    (asked.match === "exact"
      ? comparePrefixes(asked.value, prefix) === 0
      : asked.match === "covered"
      ? containsPrefix(asked.value, prefix)
      : containsPrefix(prefix, asked.value));
  return inRange && (family === null || prefix.family === (family === 0 ? 4 : 6)) &&
    (originAsn === null || origins.includes(originAsn)) &&
    (viaAsn === null || asPath.some(({ asns }) => asns.includes(viaAsn))) &&
    (attributes.asPath === null || matchesAsPath(attributes.asPath, asPath)) &&
    (community === null ||
      [...communities, ...largeCommunities].includes(renderCommunity(community))) &&
    (peer === null || path.peer === peer) && (rpki === null || path.rpki === rpki) &&
    (!bestOnly || path.isBest);
}

const PREFIX_TEXT = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 8 })).map(([bits, length]) =>
    renderPrefix({
      family: 4,
      value: BigInt(bits) >> BigInt(8 - length) << BigInt(24 + 8 - length),
      length,
    })
  ),
  fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 28, max: 32 })).map((
    [bits, length],
  ) =>
    renderPrefix({
      family: 6,
      value: (0x2001_0db0n + BigInt(bits)) >> BigInt(32 - length) << BigInt(128 - length),
      length,
    })
  ),
);

const PATH: fc.Arbitrary<PlainPath> = fc.record({
  prefix: PREFIX_TEXT,
  peer: fc.integer({ min: 0, max: 2 }),
  pathId: fc.integer({ min: 0, max: 2 }),
  asPath: fc.constantFrom("", "1", "1 2", "1 2 3", "2 3", "3 {1,4}", "2 2 1", "1 4"),
  communities: fc.subarray(["64500:1", "65535:666"]),
  largeCommunities: fc.subarray(["64500:1:2"]),
  localPref: fc.constantFrom(50, 100, 200),
  ineligible: fc.constantFrom("none", "none", "as-loop"),
}).map((path) => ({ ...path, rpki: verdictOn(path.prefix, path.asPath) }));

/** Any, but always the same of a prefix and its origin, as origin validation is (RFC 6811 §2). */
function verdictOn(prefix: string, asPath: string): "valid" | "invalid" | "not_found" {
  const verdicts = ["valid", "invalid", "not_found"] as const;
  return verdicts[(prefix.length + Number(asPath.match(/\d$/)?.[0] ?? 0)) % 3] ?? "not_found";
}

const LISTED = fc.array(PATH, { maxLength: 60, size: "max" }).map((paths) => new ListedRib(paths));

/** The tables of the speaker, fed with the same paths. */
const REAL = fc.array(PATH, { maxLength: 60, size: "max" }).map(realRib);

/** Mostly nothing: of questions that ask for everything, hardly one finds something. */
function rarely<V>(arbitrary: fc.Arbitrary<V>): fc.Arbitrary<V | null> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary },
  );
}

const QUESTION: fc.Arbitrary<RouteQuestion> = fc.record({
  prefix: fc.option(
    fc.record({
      value: PREFIX_TEXT.map((text) => parsePrefix(text).prefix),
      match: fc.constantFrom<PrefixMatch>("exact", "longest", "covered", "covering"),
    }),
    { freq: 2 },
  ),
  family: rarely(fc.constantFrom(0 as const, 1 as const)),
  attributes: fc.record({
    originAsn: rarely(fc.integer({ min: 1, max: 4 })),
    viaAsn: rarely(fc.integer({ min: 1, max: 4 })),
    asPath: rarely(fc.constantFrom("^1", "2 .* 1$", "^$", "2+ [1 3]").map(parseAsPathPattern)),
    community: rarely(fc.constantFrom("64500:1", "blackhole", "64500:1:2").map(parseCommunity)),
  }),
  peer: rarely(fc.integer({ min: 0, max: 2 })),
  rpki: rarely(fc.constantFrom("valid" as const, "invalid" as const)),
  bestOnly: rarely(fc.constant(true)).map((wanted) => wanted === true),
});

for (
  const [name, table, numRuns] of [["listed", LISTED, 300], ["real", REAL, 60]] as const
) {
  Deno.test(`${name} tables: every question finds what a look at every path finds, in the same order`, async () => {
    await fc.assert(
      fc.asyncProperty(table, QUESTION, async (rib, question) => {
        const { pages, prefixCount, pathCount } = await allPages(rib, question);
        const wanted = bruteForce(rib, question);
        deepEqual(pages, [wanted.paths]);
        deepEqual([prefixCount, pathCount], [wanted.prefixes, wanted.paths.length]);
      }),
      { numRuns },
    );
  });

  Deno.test(`${name} tables: pages of any size hold every route once`, async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        QUESTION,
        fc.integer({ min: 1, max: 7 }),
        async (rib, question, limit) => {
          const { pages } = await allPages(rib, question, { limit });
          const wanted = bruteForce(rib, question).paths;
          deepEqual(pages.flat().toSorted(), wanted.toSorted());
          ok(pages.slice(0, -1).every((page) => page.length === limit));
        },
      ),
      { numRuns },
    );
  });
}

Deno.test("routes that stay are shown once while others come and go between the pages", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(PATH, { maxLength: 40, size: "max" }),
      fc.infiniteStream(fc.record({ path: PATH, remove: fc.boolean() })),
      async (kept, changes) => {
        const rib = new ListedRib(kept);
        const stays = bruteForce(rib, ANY).paths;
        const { pages } = await allPages(rib, ANY, { limit: 3 }, () => {
          const { value } = changes.next();
          // Peer 9 is not among those that stay.
          const path = { ...value.path, peer: 9, pathId: 0 };
          if (value.remove) rib.remove(path.prefix, 9);
          else rib.put(path);
        });
        const shown = pages.flat().filter((text) => !text.includes("via 9"));
        deepEqual(shown.toSorted(), stays.toSorted());
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("a page ends where its characters do, and shows one route at least", async () => {
  const rib = new ListedRib(
    Array.from(
      { length: 10 },
      (_, index) => ({ prefix: `10.0.${index}.0/24`, peer: 0, asPath: "1" }),
    ),
  );
  const { pages } = await allPages(rib, ANY, { maxChars: 60 });
  deepEqual(pages.map((page) => page.length), [2, 2, 2, 2, 2]);
  const narrow = await allPages(rib, ANY, { maxChars: 5 });
  deepEqual(narrow.pages.map((page) => page.length), Array(10).fill(1));
});

Deno.test("a limit of 0 only counts", async () => {
  const rib = new ListedRib([{ prefix: "10.0.0.0/24", peer: 0 }, {
    prefix: "10.0.0.0/24",
    peer: 1,
  }]);
  const found = await findRoutes(sourceOf(rib), ANY, {
    after: null,
    limit: 0,
    maxChars: 100,
    render: (prefix) => renderPrefix(prefix),
  });
  deepEqual(found, { prefixCount: 1, pathCount: 2, routes: [], next: null, isSteady: true });
});

/** A table whose ids are the prefixes `10.x.y.0/24`, of which any number costs nothing. */
class EndlessRib extends ListedRib {
  readonly walked: number[] = [];
  constructor(readonly size: number) {
    super([{ prefix: "10.0.0.0/24", peer: 0, asPath: "7" }]);
    Object.assign(this.scan, {
      scanPaths: (
        _wanted: Uint8Array,
        { fromId, limit }: ScanOptions,
        found: ScanFindings,
      ) => {
        const end = Math.min(fromId + limit, this.size);
        for (let id = fromId; id < end; id++) {
          found.prefixCount++;
          found.pathCount++;
          found.met[id >>> 5]! |= 1 << (id & 31);
        }
        return end === this.size ? -1 : end;
      },
    });
  }
  override prefixOf(id: number): Prefix {
    return { family: 4, value: BigInt(0x0a00_0000 + id * 256), length: 24 };
  }
  override paths(id: number): readonly PathRef[] {
    this.walked.push(id);
    return super.paths(0);
  }
  override walk(
    _family: 0 | 1,
    { from }: { readonly from: Prefix | null },
    visit: (id: number) => boolean | void,
  ): void {
    const start = from === null ? 0 : Number(from.value - 0x0a00_0000n) / 256;
    for (let id = start; id < this.size; id++) if (visit(id) === false) return;
  }
}

Deno.test("a page of a question that matches much is walked to, not through", async () => {
  const rib = new EndlessRib(60_000);
  const question = { ...ANY, family: 0 as const, peer: 0 };
  const found = await findRoutes(sourceOf(rib), question, {
    after: parseCursor("10.4.0.0/24"),
    limit: 3,
    maxChars: 10_000,
    render: (prefix) => renderPrefix(prefix),
  });
  deepEqual(found.routes, ["10.4.1.0/24", "10.4.2.0/24", "10.4.3.0/24"]);
  deepEqual([found.prefixCount, found.pathCount], [60_000, 60_000]);
  ok(rib.walked.length < 10, `${rib.walked.length} prefixes were looked at`);
});

Deno.test("a search stops between two turns when its call is cancelled", async () => {
  const stop = new AbortController();
  const rib = new EndlessRib(60_000);
  const clock = {
    monotonicMs: () => 10 * rib.reads,
    sleep: () => {
      stop.abort(new Error("cancelled by the client"));
      return Promise.resolve();
    },
  };
  const page = { after: null, limit: 1, maxChars: 100, render: () => "" };
  await rejects(
    findRoutes({ ...sourceOf(rib, stop.signal), clock }, { ...ANY, peer: 0 }, page),
    /cancelled by the client/,
  );
});

Deno.test("a table that changes while it is searched is said to", async () => {
  const rib = new ListedRib([{ prefix: "198.51.100.0/24", peer: 0, asPath: "7" }]);
  const scan = rib.scan.scanPaths;
  Object.assign(rib.scan, {
    scanPaths: (...args: Parameters<typeof scan>) => {
      const next = scan(...args);
      rib.put({ prefix: "192.0.2.0/24", peer: 5 });
      return next;
    },
  });
  const page = { after: null, limit: 0, maxChars: 100, render: () => "" };
  const { isSteady } = await findRoutes(sourceOf(rib), { ...ANY, peer: 0 }, page);
  equal(isSteady, false);
});
