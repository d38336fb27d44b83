/**
 * Questions about tables in memory: time from the call to the answer, and the longest time that the
 * loop was held, for full feeds.
 *
 * `deno run -A bench/bgp/rib_questions.ts [feeds]`
 */
import { findRoutes } from "../../lib/bgp/rib_query/find_routes.ts";
import { PeerNames } from "../../lib/bgp/rib_query/peer_names.ts";
import { topOrigins } from "../../lib/bgp/rib_query/rib_anatomy.ts";
import { readChanges } from "../../lib/bgp/rib_query/read_changes.ts";
import { routeRow } from "../../lib/bgp/rib_query/route_row.ts";
import type { RouteQuestion } from "../../lib/bgp/rib_query/route_question.ts";
import { Turns } from "../../lib/bgp/rib_query/turns.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { parseAsPathPattern } from "../../lib/route/as_path_pattern.ts";
import { parseCommunity } from "../../lib/route/community.ts";
import { LOCAL_AS, MemoryTables } from "./memory_tables.ts";
import { FULL_TABLE, Table } from "./table.ts";
import { tableStream } from "./table_stream.ts";

const RUNS = 7;

const feeds = Number(Deno.args[0] ?? 1);
const table = new Table(FULL_TABLE);
const tables = new MemoryTables(feeds);
const rib = tables.view;
for (let peer = 0; peer < feeds; peer++) tables.feed(peer, tableStream(table, peer));

/** The longest time between two turns of the loop while `act` runs, milliseconds. */
async function timed(act: () => Promise<unknown>): Promise<{ ms: number; heldMs: number }> {
  let last = performance.now();
  const start = last;
  let heldMs = 0;
  const clock = {
    monotonicMs: () => performance.now(),
    sleep: async (ms: number, signal?: AbortSignal) => {
      heldMs = Math.max(heldMs, performance.now() - last);
      await systemClock.sleep(ms, signal);
      last = performance.now();
    },
  };
  source.clock = clock;
  await act();
  const ms = performance.now() - start;
  return { ms, heldMs: Math.max(heldMs, performance.now() - last) };
}

const source = {
  rib,
  localAs: LOCAL_AS,
  clock: systemClock as Pick<typeof systemClock, "monotonicMs" | "sleep">,
  signal: new AbortController().signal,
};
const names = new PeerNames([]);
const page = {
  after: null,
  limit: 50,
  maxChars: 1_000_000,
  render: (prefix: Parameters<typeof routeRow>[0], path: Parameters<typeof routeRow>[1]) =>
    routeRow(prefix, path, rib.attributes(path.attributes), names, 0),
};
const ANY: RouteQuestion = {
  prefix: null,
  family: null,
  attributes: { originAsn: null, viaAsn: null, asPath: null, community: null },
  peer: null,
  rpki: null,
  bestOnly: false,
};
const someId = firstInside("11.0.0.0/8");
const some = rib.prefixOf(someId);
const { asPath, communities } = rib.attributes(rib.paths(someId)[0]?.attributes ?? 0);
const asns = asPath.flatMap((segment) => segment.asns);
const origin = asns.at(-1) ?? 1;
const transit = asns[1] ?? 1;
const community = parseCommunity(communities[0] ?? "64500:1");
const pathPattern = parseAsPathPattern(`^${asns[0]} .* ${origin}$`);
const about = (attributes: Partial<RouteQuestion["attributes"]>): RouteQuestion => ({
  ...ANY,
  attributes: { ...ANY.attributes, ...attributes },
});
const inside = { value: parsePrefix("11.0.0.0/8").prefix, match: "covered" as const };
const QUESTIONS: Readonly<Record<string, RouteQuestion>> = {
  "exact": { ...ANY, prefix: { value: some, match: "exact" } },
  "longest": { ...ANY, prefix: { value: { ...some, length: 32 }, match: "longest" } },
  "inside of a /8": { ...ANY, prefix: inside },
  "all, first page": ANY,
  "all of one peer": { ...ANY, peer: 0 },
  "best paths": { ...ANY, bestOnly: true },
  "origin": about({ originAsn: origin }),
  "community": about({ community }),
  "transit AS": about({ viaAsn: transit }),
  "AS path": about({ asPath: pathPattern }),
  "hostile AS path": about({ asPath: parseAsPathPattern("^.* 1+ .* 2+ .* 1+ .* 2+ .* 1+ .* 3$") }),
};

function firstInside(text: string): number {
  let first = 0;
  rib.walk(0, { within: parsePrefix(text).prefix, from: null }, (id) => {
    first = id;
    return false;
  });
  return first;
}

function print(name: string, found: string, runs: readonly { ms: number; heldMs: number }[]): void {
  const sorted = runs.map(({ ms }) => ms).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  const held = Math.max(...runs.map(({ heldMs }) => heldMs));
  console.log(
    `${name.padEnd(18)} ${median.toFixed(3).padStart(9)} ms, loop held ${
      held.toFixed(1).padStart(5)
    } ms at most, ${found}`,
  );
}

for (const [name, question] of Object.entries(QUESTIONS)) {
  const runs = [];
  let found = "";
  for (let run = 0; run < RUNS; run++) {
    runs.push(
      await timed(async () => {
        const { prefixCount, pathCount, routes } = await findRoutes(source, question, page);
        found = `${prefixCount} prefixes, ${pathCount} paths, ${routes.length} shown`;
      }),
    );
  }
  print(name, found, runs);
}
const runs = [];
for (let run = 0; run < RUNS; run++) {
  runs.push(await timed(() => topOrigins(rib, new Turns(source.clock, source.signal), 10)));
}
print("top origins", "10 shown", runs);
const changeRuns = [];
for (let run = 0; run < RUNS; run++) {
  changeRuns.push(
    await timed(() => {
      const window = {
        fromMs: null,
        toMs: null,
        prefix: some,
        isCovered: false,
        peer: null,
      };
      return readChanges(rib.changes, window, new Turns(source.clock, source.signal), () => {});
    }),
  );
}
print("changes", `${rib.changes.nextSeq - rib.changes.firstSeq} entries read`, changeRuns);
