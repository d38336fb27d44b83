import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { SMALL } from "../../../tests/support/bgp_updates.ts";
import { realRib } from "../../../tests/support/fed_rib.ts";
import { listedChanges } from "../../../tests/support/listed_speaker.ts";
import { systemClock } from "../../io/clock.ts";
import { parsePrefix, renderPrefix } from "../../ip/prefix.ts";
import type { ChangeFilter, RouteChange } from "../bgp_service.ts";
import { Churn } from "./change_churn.ts";
import { Diff } from "./change_diff.ts";
import { readChanges } from "./read_changes.ts";
import { Turns } from "./turns.ts";

const ALL: ChangeFilter = {
  fromMs: null,
  toMs: null,
  prefix: null,
  isCovered: false,
  peer: null,
};

function turns(): Turns {
  return new Turns(systemClock, new AbortController().signal);
}

function change(seq: number, parts: Partial<Omit<RouteChange, "prefix">> & { prefix?: string }) {
  const { prefix = "192.0.2.0/24", ...others } = parts;
  return {
    seq,
    atMs: seq * 10,
    kind: "announce",
    peer: 0,
    pathId: 0,
    before: -1,
    asPath: null,
    nextHop: null,
    ...others,
    prefix: parsePrefix(prefix).prefix,
  } satisfies RouteChange;
}

async function read(changes: readonly RouteChange[], window: Partial<ChangeFilter>) {
  const seqs: number[] = [];
  const reach = await readChanges(
    listedChanges(changes),
    { ...ALL, ...window },
    turns(),
    ({ seq }) => {
      seqs.push(seq);
    },
  );
  return { seqs, ...reach };
}

Deno.test("a window of time, prefix and peer lets through what lies inside", async () => {
  const changes = [
    change(0, {}),
    change(1, { prefix: "192.0.2.0/25", peer: 1 }),
    change(2, { prefix: "198.51.100.0/24" }),
    change(3, { kind: "best", peer: 2, before: 1 }),
  ];
  const { prefix } = parsePrefix("192.0.2.0/24");
  deepEqual((await read(changes, {})).seqs, [0, 1, 2, 3]);
  deepEqual((await read(changes, { fromMs: 10, toMs: 20 })).seqs, [1, 2]);
  deepEqual((await read(changes, { prefix })).seqs, [0, 3]);
  deepEqual((await read(changes, { prefix, isCovered: true })).seqs, [0, 1, 3]);
  deepEqual((await read(changes, { peer: 1 })).seqs, [1, 3]);
});

Deno.test("a log that has forgotten what was asked for says so", async () => {
  const late = [change(100, {}), change(101, {})];
  deepEqual(await read(late, {}), { seqs: [100, 101], oldestMs: 1_000, isWhole: false });
  deepEqual(await read(late, { fromMs: 999 }), {
    seqs: [100, 101],
    oldestMs: 1_000,
    isWhole: false,
  });
  deepEqual(await read(late, { fromMs: 1_010 }), { seqs: [101], oldestMs: 1_000, isWhole: true });
  deepEqual(await read([], { fromMs: 5 }), { seqs: [], oldestMs: null, isWhole: true });
});

Deno.test("a crowd of changes is read to its end", async () => {
  const changes = Array.from({ length: 3_000 }, (_, seq) => change(seq, { peer: seq % 2 }));
  const { seqs } = await read(changes, { peer: 1 });
  deepEqual(seqs, Array.from({ length: 1_500 }, (_, index) => index * 2 + 1));
});

Deno.test("entries that are overwritten while they are read make the answer partial", async () => {
  const changes = Array.from({ length: 2_000 }, (_, seq) => change(seq, {}));
  const log = listedChanges(changes);
  let finds = 0;
  const forgetful = {
    ...log,
    get firstSeq() {
      return finds < 4 ? 0 : 1_990;
    },
    find: (...asked: Parameters<typeof log.find>) => {
      finds++;
      return log.find(...asked);
    },
  };
  const { isWhole } = await readChanges(forgetful, ALL, turns(), () => {});
  equal(isWhole, false);
});

const CHANGES = fc.array(
  fc.record({
    prefix: fc.constantFrom("192.0.2.0/24", "2001:db8::/32"),
    peer: fc.integer({ min: 0, max: 1 }),
    pathId: fc.integer({ min: 0, max: 1 }),
    away: fc.boolean(),
  }),
  { maxLength: 60, size: "max" },
);

/** What a log would hold of these wishes, starting from an empty table; and the tables on the way. */
function played(
  wishes: readonly { prefix: string; peer: number; pathId: number; away: boolean }[],
): { changes: RouteChange[]; tables: Set<string>[] } {
  const present = new Set<string>();
  const changes: RouteChange[] = [];
  const tables = [new Set<string>()];
  for (const { prefix, peer, pathId, away } of wishes) {
    const path = `${prefix} ${peer} ${pathId}`;
    if (away && !present.has(path)) continue;
    const kind = away ? "withdraw" : present.has(path) ? "update" : "announce";
    if (away) present.delete(path);
    else present.add(path);
    changes.push(change(changes.length, { prefix, peer, pathId, kind }));
    tables.push(new Set(present));
  }
  return { changes, tables };
}

Deno.test("the difference of two moments is that of the tables at these moments", () => {
  fc.assert(fc.property(CHANGES, fc.nat(60), fc.nat(60), (wishes, a, b) => {
    const { changes, tables } = played(wishes);
    const from = Math.min(a, b, changes.length);
    const to = Math.min(Math.max(a, b), changes.length);
    const diff = new Diff();
    for (const one of changes.slice(from, to)) diff.add(one);
    const found = new Map<string, string>();
    for (const one of diff.differences()) {
      found.set(`${one.prefix} ${one.peer} ${one.pathId}`, one.kind);
    }
    const before = tables[from] ?? new Set<string>();
    const after = tables[to] ?? new Set<string>();
    for (const path of new Set<string>([...before, ...after, ...found.keys()])) {
      const kind = found.get(path);
      if (!before.has(path)) equal(kind, after.has(path) ? "added" : undefined);
      else if (!after.has(path)) equal(kind, "removed");
      else {
        const touched = changes.slice(from, to).some(({ prefix, peer, pathId }) =>
          `${renderPrefix(prefix)} ${peer} ${pathId}` === path
        );
        equal(kind, touched ? "replaced" : undefined);
      }
    }
  }));
});

Deno.test("a best path that came back to the same peer is no difference", () => {
  const diff = new Diff();
  diff.add(change(0, { kind: "best", peer: 1, before: 0 }));
  diff.add(change(1, { kind: "best", peer: 0, before: 1 }));
  deepEqual(diff.differences(), []);
  diff.add(change(2, { kind: "best", peer: -1, before: 0 }));
  deepEqual(diff.differences().map(({ kind, peer, before }) => [kind, peer, before]), [
    ["best", -1, 0],
  ]);
});

Deno.test("a flap is a path that came back, and churn ranks by either", () => {
  const churn = new Churn();
  const flapping = "192.0.2.0/24";
  const busy = "198.51.100.0/24";
  ["announce", "withdraw", "announce", "withdraw", "announce"].forEach((kind, seq) =>
    churn.add(change(seq, { prefix: flapping, kind: kind as RouteChange["kind"], peer: 1 }))
  );
  for (let seq = 5; seq < 15; seq++) churn.add(change(seq, { prefix: busy, kind: "update" }));
  churn.add(change(15, { prefix: busy, kind: "best" }));
  equal(churn.flaps, 2);
  deepEqual(churn.top("changes", 5).map(({ prefix }) => prefix), [busy, flapping]);
  deepEqual(churn.top("flaps", 5), [{
    prefix: flapping,
    announce: 3,
    update: 0,
    withdraw: 2,
    best: 0,
    flaps: 2,
    lastMs: 40,
  }]);
  deepEqual([...churn.byPeer], [[1, { changes: 5, flaps: 2 }], [0, { changes: 10, flaps: 0 }]]);
});

const LOGGED = fc.constantFrom(
  "0.0.0.0/0",
  "192.0.2.0/24",
  "192.0.2.0/25",
  "192.0.2.128/25",
  "192.0.3.0/24",
  "255.255.255.255/32",
  "::/0",
  "c000:200::/24",
  "2001:db8::/32",
  "2001:db8::/64",
  "2001:db8:0:1::/64",
  "2001:db8::1/128",
);

Deno.test("the log finds among its words what a look at each entry finds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ prefix: LOGGED, peer: fc.integer({ min: 0, max: 2 }) }), {
        maxLength: 40,
        size: "max",
      }),
      fc.record({
        prefix: fc.option(LOGGED.map((text) => parsePrefix(text).prefix)),
        isCovered: fc.boolean(),
        peer: fc.option(fc.integer({ min: 0, max: 2 })),
        fromMs: fc.option(fc.constantFrom(0, Number.MAX_SAFE_INTEGER)),
        toMs: fc.option(fc.constantFrom(0, Number.MAX_SAFE_INTEGER)),
      }),
      fc.nat(60),
      fc.nat(60),
      fc.nat(20),
      (paths, asked, fromSeq, limit, most) => {
        const { changes } = realRib(paths, { ...SMALL, changes: 32 });
        const listed = listedChanges(changes.read(0, 1_000, "brief"));
        deepEqual(
          changes.find(asked, fromSeq, limit, most),
          listed.find(asked, fromSeq, limit, most),
        );
      },
    ),
    { numRuns: 300 },
  );
});
