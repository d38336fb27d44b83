import { deepStrictEqual as assertEquals } from "node:assert/strict";
import type { ReaderReport, ReaderStart } from "../../../tests/support/bgp_table_reader.ts";
import {
  numberedPrefix,
  peerOf,
  sequence,
  SMALL,
  update,
} from "../../../tests/support/bgp_updates.ts";
import { Rib } from "./rib.ts";
import { createRibMemory } from "./rib_memory.ts";

const PREFIXES = 700;
/** Prefixes behind them that stay as they are. */
const STEADY = 40;
const STEADY_AS = 65_100;
const UPDATES = 30_000;

Deno.test("a reader on another thread sees no wrong answer while the tables are written", async () => {
  const memory = createRibMemory({ ...SMALL, changes: 16 });
  const rib = new Rib(memory, { rpkiInvalid: "mark" });
  for (const peer of [0, 1, 2]) rib.peerUp(peerOf(peer));
  for (let n = PREFIXES; n < PREFIXES + STEADY; n++) {
    rib.ingest(
      0,
      update({
        announce: [{ prefix: numberedPrefix(n) }],
        asPath: sequence(65001, STEADY_AS, 65536 + n),
        communities: [2 * 65536 + 2],
      }),
    );
  }
  const worker = new Worker(
    new URL("../../../tests/support/bgp_table_reader.ts", import.meta.url),
    { type: "module" },
  );
  const stop = new SharedArrayBuffer(4);
  const heard: ("ready" | ReaderReport)[] = [];
  let wake = (): void => {};
  worker.onmessage = ({ data }) => {
    heard.push(data);
    wake();
  };
  const next = (): Promise<void> => new Promise((resolve) => wake = resolve);
  try {
    if (heard.length === 0) await next();
    const start: ReaderStart = {
      memory,
      stop,
      prefixes: PREFIXES,
      steady: STEADY,
      steadyAs: STEADY_AS,
    };
    worker.postMessage(start);
    let seed = 1;
    const draw = (below: number): number => {
      seed = Math.imul(seed, 1_664_525) + 1_013_904_223 >>> 0;
      return (seed >>> 8) % below;
    };
    for (let count = 0; count < UPDATES; count++) {
      const n = draw(PREFIXES), peer = draw(3);
      const nlri = [{ prefix: numberedPrefix(n) }];
      // Sets come and go with nearly every UPDATE, so that ids are used again all the time.
      rib.ingest(
        peer,
        update(
          draw(2) === 0 ? { withdraw: nlri } : {
            announce: nlri,
            asPath: sequence(65001, 65536 + n),
            med: draw(50),
            communities: [65536 + n],
          },
        ),
      );
    }
    Atomics.store(new Int32Array(stop), 0, 1);
    if (heard.length < 2) await next();
  } finally {
    worker.terminate();
  }
  const report = heard[1];
  if (report === undefined || report === "ready") throw new Error("The reader did not report");
  assertEquals(report.wrong, []);
  assertEquals(report.found > 100, true, `${report.reads} reads, ${report.found} found`);
  assertEquals(report.questions > 3, true, `${report.questions} questions`);
});
