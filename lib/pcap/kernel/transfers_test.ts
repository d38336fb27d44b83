import assert from "node:assert/strict";
import { generateCapture } from "../../../bench/generate_capture.ts";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { hostileTcp, type HostileWish } from "../../../tests/support/hostile_tcp.ts";
import { withoutTimes } from "../../../tests/support/untimed_packets.ts";
import { walkPackets } from "../engine/walk.ts";
import { LossAnalyzer } from "../loss/loss_analyzer.ts";
import type { LossFindings } from "../loss/loss_findings.ts";
import type { LossBounds } from "../loss/loss_records.ts";
import { RttAnalyzer } from "../rtt/rtt_analyzer.ts";
import type { RttFindings } from "../rtt/rtt_findings.ts";
import { AnalysisKernel } from "./analysis_kernel.ts";

const needs = { flows: true, options: true } as const;

interface Analyzers {
  readonly kernel: AnalysisKernel | null;
  readonly rtt: RttAnalyzer;
  readonly loss: LossAnalyzer;
}

/** How connections are given to analyzers; default: as the flow table numbers them, without bounds. */
interface Given {
  /** Connections are numbered modulo this, so that numbers are given again in the midst of others. */
  readonly numbers?: number;
  readonly bounds?: LossBounds;
}

function makeAnalyzers(kernel: AnalysisKernel | null, { bounds }: Given): Analyzers {
  const rtt = new RttAnalyzer({ ...bounds, kernel });
  return { kernel, rtt, loss: new LossAnalyzer(rtt, bounds, kernel) };
}

/** Everything that analyzers say of a capture and of its first `connections` connections. */
function said({ rtt, loss }: Analyzers, connections: number): unknown {
  const { connection: timesOf, waitedMs, slowerSide, ...times }: RttFindings = rtt.finish();
  const { connection: lossOf, ...losses }: LossFindings = loss.finish();
  const each = Array.from({ length: connections }, (_, tcp) => [
    [waitedMs(tcp), slowerSide(tcp)],
    timesOf(tcp),
    lossOf(tcp),
    rtt.pathRttNs(tcp),
    rtt.legNs(tcp, 0),
    rtt.legNs(tcp, 1),
  ]);
  return { times, losses, each };
}

/** Walks over a capture with the kernel and holds what it says to what TypeScript says. */
async function compare(
  file: Uint8Array,
  given: Given = {},
): Promise<{ samples: number; retransmissions: number }> {
  const twin = makeAnalyzers(null, given);
  let compiled: Analyzers | null = null;
  let connections = 0;
  const { signal } = new AbortController();
  await walkPackets(sourceOf(file), { needs, maxPackets: 0, signal }, (batch) => {
    compiled ??= makeAnalyzers(new AnalysisKernel(batch.arena ?? assert.fail()), given);
    const { count, firstFrame } = batch.packets;
    const { tcp } = batch.flows;
    tcp.forEach((number, row) => tcp[row] = number < 0 ? -1 : number % (given.numbers ?? Infinity));
    for (const { kernel, rtt, loss } of [compiled, twin]) {
      kernel?.turnTo(batch);
      rtt.addBatch(batch);
      loss.addBatch(batch);
    }
    for (const number of tcp.subarray(0, count)) connections = Math.max(connections, number + 1);
    // To look at every connection after every batch takes long where there are many.
    if (connections > 20) return;
    const message = `after frame ${firstFrame + count - 1}`;
    assert.deepEqual(said(compiled, connections), said(twin, connections), message);
  });
  assert.deepEqual(said(compiled ?? assert.fail(), connections), said(twin, connections));
  const { dataFromA, dataFromB } = twin.rtt.finish();
  return {
    samples: (dataFromA?.samples ?? 0) + (dataFromB?.samples ?? 0),
    retransmissions: twin.loss.finish().total.retransmissions,
  };
}

function hostile(wish: Partial<HostileWish> & { readonly seed: number }): Uint8Array {
  return hostileTcp({ frames: 3000, connections: 1 + wish.seed % 5, ...wish });
}

Deno.test("the kernel times hostile TCP and finds its losses as TypeScript does", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    for (const isStamped of [false, true]) {
      const { samples, retransmissions } = await compare(hostile({ seed, isStamped }));
      assert.ok(samples > 50 && retransmissions > 50, `seed ${seed}: ${samples}`);
    }
  }
});

Deno.test("the kernel and TypeScript agree where the capture cuts segments anywhere", async () => {
  for (let snapLength = 20; snapLength <= 100; snapLength += 5) {
    const wish = { seed: snapLength, frames: 600, connections: 2, isStamped: true };
    await compare(hostile({ ...wish, snapLength }));
  }
});

Deno.test("the kernel and TypeScript agree on captures of real hosts", async () => {
  const folder = new URL("../../../tests/fixtures/captures/", import.meta.url);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  for (const name of names.filter((name) => name.includes(".pcap"))) {
    await compare(Deno.readFileSync(new URL(name, folder)));
  }
});

Deno.test("the kernel and TypeScript agree on thousands of connections", async () => {
  const out = Deno.makeTempFileSync();
  generateCapture({ packets: 60_000, flows: 3000, snapLength: 100, out });
  const file = Deno.readFileSync(out);
  Deno.removeSync(out);
  assert.ok((await compare(file)).samples > 10_000);
  const bounds = { connectionsMax: 30, troubleBytes: 20_000 };
  assert.ok((await compare(file, { numbers: 40, bounds })).samples > 100);
  assert.ok((await compare(file, { numbers: 500 })).samples > 1000);
});

Deno.test("the kernel and TypeScript agree where numbers of connections are given again", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const wish = { seed, connections: 9, isStamped: seed % 2 === 0 };
    await compare(hostile(wish), { numbers: 3, bounds: { connectionsMax: 2, troubleBytes: 2000 } });
  }
});

Deno.test("the kernel and TypeScript agree where packets have no time", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    await compare(withoutTimes(hostile({ seed, isStamped: true }), (index) => index % 5 !== 0));
  }
});
