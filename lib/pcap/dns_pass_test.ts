import assert from "node:assert/strict";
import { generateCapture } from "../../bench/generate_capture.ts";
import { sourceOf } from "../../tests/support/capture_bytes.ts";
import { hostileTcp } from "../../tests/support/hostile_tcp.ts";
import { walkPackets } from "./engine/walk.ts";
import { AppPass } from "./app_pass.ts";
import { DnsPass } from "./dns_pass.ts";
import type { PassBatch } from "./pass.ts";

type Messages = ReturnType<DnsPass["finish"]> & { readonly apps: ReturnType<AppPass["finish"]> };

/** Both passes that read messages. */
class Both {
  readonly #dns = new DnsPass();
  readonly #apps = new AppPass();

  addBatch(batch: PassBatch): void {
    this.#dns.addBatch(batch);
    this.#apps.addBatch(batch);
  }

  finish(facts: { lastNs: number }): Messages {
    return { ...this.#dns.finish(facts), apps: this.#apps.finish() };
  }
}

/** Walks over a capture, and holds what the kernel makes of it to what TypeScript does. */
async function compare(
  file: Uint8Array,
  change: (batch: PassBatch) => void = () => {},
): Promise<Messages> {
  const compiled = new Both(), twin = new Both();
  const { signal } = new AbortController();
  const walk = { needs: { flows: true, options: true, tcpFlags: true }, maxPackets: 0, signal };
  await walkPackets(sourceOf(file), walk, (batch) => {
    assert.ok(batch.arena);
    change(batch);
    compiled.addBatch(batch);
    const { packets, dissected, flows, options, tcpFlags } = batch;
    twin.addBatch({ packets, dissected, flows, options, tcpFlags });
  });
  const said = twin.finish({ lastNs: 1e12 });
  assert.deepEqual(compiled.finish({ lastNs: 1e12 }), said);
  return said;
}

Deno.test("the kernel and TypeScript read the same in captures of real hosts", async () => {
  const folder = new URL("../../tests/fixtures/captures/", import.meta.url);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  let flows = 0, queries = 0;
  for (const name of names.filter((name) => name.includes(".pcap"))) {
    const said = await compare(Deno.readFileSync(new URL(name, folder)));
    flows += said.apps.byFlow.size;
    queries += said.dns.queries;
  }
  assert.ok(flows > 0 && queries > 40, `${flows} ${queries}`);
});

Deno.test("the kernel and TypeScript read the same in hostile TCP, cut anywhere", async () => {
  const ports = [53, 443, 80, 179, 22];
  for (let seed = 1; seed <= 5; seed++) {
    const wish = { seed, frames: 2000, connections: 5, isStamped: seed % 2 === 0 };
    for (const snapLength of [65_535, 20 + seed * 12]) {
      const said = await compare(hostileTcp({ ...wish, snapLength }), ({ packets, dissected }) => {
        for (let row = 0; row < packets.count; row++) {
          const frame = packets.firstFrame + row;
          dissected.app[row] = (frame * seed) % 90;
          dissected.dstPort[row] = ports[frame % ports.length] ?? 0;
          if (frame > 1000 && frame % 97 === 0) dissected.fragment[row] = 1;
        }
      });
      assert.ok(said.fragments.fragments > 5);
    }
  }
});

Deno.test("the kernel and TypeScript read the same of flows whose ids are given again", async () => {
  const out = Deno.makeTempFileSync();
  generateCapture({ packets: 40_000, flows: 2000, snapLength: 100, out });
  const file = Deno.readFileSync(out);
  Deno.removeSync(out);
  assert.ok((await compare(file)).dns.queries > 100);
  await compare(file, ({ packets, flows }) => {
    for (let row = 0; row < packets.count; row++) {
      if ((flows.flow[row] ?? -1) >= 0) flows.flow[row] = (flows.flow[row] ?? 0) % 300;
    }
  });
});
