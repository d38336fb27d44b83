import assert from "node:assert/strict";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import { crowdedDns, hostileDns, type HostileDnsWish } from "../../../tests/support/hostile_dns.ts";
import { DnsTraffic } from "../dns/dns_traffic.ts";
import type { DnsFindings } from "../dns/findings.ts";
import { walkPackets } from "../engine/walk.ts";
import { DatagramAssembler } from "../stream/fragments.ts";
import { AnalysisKernel } from "./analysis_kernel.ts";

/** A kernel that counts messages that it takes. */
class CountingKernel extends AnalysisKernel {
  taken = 0;

  override trackDns(from: number, count: number): number {
    const index = super.trackDns(from, count);
    this.taken += index - from;
    return index;
  }
}

/** Holds what the kernel makes of a capture to what TypeScript does; both, and messages that the kernel took. */
async function compare(file: Uint8Array): Promise<{ dns: DnsFindings; taken: number }> {
  const fragments = new DatagramAssembler();
  const twin = new DnsTraffic(() => fragments.completed);
  const compiled: { kernel: CountingKernel; dns: DnsTraffic }[] = [];
  const walk = { needs: { flows: true }, maxPackets: 0, signal: new AbortController().signal };
  const facts = await walkPackets(sourceOf(file), walk, (batch) => {
    if (compiled.length === 0) {
      const kernel = new CountingKernel(batch.arena ?? assert.fail());
      compiled.push({ kernel, dns: new DnsTraffic(() => fragments.completed, kernel) });
    }
    fragments.addBatch(batch);
    for (const { kernel, dns } of compiled) {
      kernel.turnTo(batch);
      dns.addBatch(batch);
    }
    twin.addBatch(batch);
  });
  const dns = twin.finish(facts);
  const [made = assert.fail()] = compiled;
  assert.deepEqual(made.dns.finish(facts), dns);
  return { dns, taken: made.kernel.taken };
}

const FEW: Omit<HostileDnsWish, "seed"> = {
  steps: 3000,
  clients: 6,
  servers: 3,
  ports: 3,
  ids: 40,
  names: 8,
  odd: 3,
};

/** What every capture of few hosts should have some of. */
function traits({ dns }: { readonly dns: DnsFindings }): Record<string, number> {
  return {
    pairs: dns.pairSkew.pairs,
    skewed: dns.pairSkew.skewed,
    retries: dns.retries.count,
    duplicates: dns.duplicateAnswers,
    late: dns.lateAnswers,
    copies: dns.copies,
    truncated: dns.truncated.retriedByTcp,
    unmatched: dns.unmatchedAnswers,
    unanswered: dns.unansweredCount,
    slow: dns.slowCount,
    storms: dns.searchStorms.count,
    failed: dns.failed.length,
    edns: dns.edns.sizes.length,
    mdns: dns.mdns.packets,
  };
}

Deno.test("the kernel and TypeScript make the same of DNS in which everything goes wrong", async () => {
  let taken = 0;
  for (let seed = 1; seed <= 25; seed++) {
    const said = await compare(hostileDns({ ...FEW, seed }));
    for (const [trait, count] of Object.entries(traits(said))) {
      assert.ok(count > 0, `no ${trait} for seed ${seed}`);
    }
    taken += said.taken;
  }
  assert.ok(taken > 10_000, `${taken}`);
});

Deno.test("the kernel and TypeScript make the same of DNS of many hosts, most of it plain", async () => {
  const many = { steps: 8000, clients: 900, servers: 40, ports: 2000, ids: 65_536, names: 300 };
  for (let seed = 1; seed <= 8; seed++) {
    const { dns, taken } = await compare(hostileDns({ ...many, odd: 40, seed }));
    const messages = dns.queries + dns.responses;
    assert.ok(taken > messages * 0.6, `seed ${seed}: ${taken} of ${messages}`);
    assert.ok(dns.pairSkew.pairs > 300);
  }
});

Deno.test("the kernel and TypeScript make the same of DNS that fills every table", async () => {
  // Names fill their table by their number, then by their octets, while the kernel takes most.
  for (const [clients, long] of [[40_000, 1000], [500, 3]] as const) {
    const { dns, taken } = await compare(crowdedDns(36_000, clients, long));
    assert.ok(!dns.domains.exact && dns.serverCount === 1024 && dns.retries.count > 5000);
    const { notKept } = dns;
    assert.ok(notKept.queries > 0 && notKept.servers > 0, `${notKept.queries}`);
    assert.equal(notKept.clients > 0, clients > 8192);
    assert.ok(taken > 30_000, `${taken}`);
  }
});
