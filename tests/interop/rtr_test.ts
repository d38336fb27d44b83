import assert from "node:assert/strict";
import { systemClock } from "../../lib/io/clock.ts";
import { createIo } from "../../lib/io/real.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { RtrClient, type RtrData } from "../../lib/registry/rtr/rtr_client.ts";
import { validateOrigin } from "../../lib/route/origin_validation.ts";
import { freePort, interopTest, startDaemon } from "./daemon.ts";

/** Data for StayRTR: /24s of 10/8 from AS 64496 on, and 2001:db8::/32. */
function payloads(count: number, without: ReadonlySet<number> = new Set()): string {
  const roas = Array.from({ length: count }, (_, index) => ({
    asn: 64_496 + index % 16,
    prefix: `10.${index >> 8}.${index & 255}.0/24`,
    maxLength: 24 + index % 9,
    ta: "test",
  })).filter((_, index) => !without.has(index));
  const ipv6 = { asn: 4_200_000_000, prefix: "2001:db8::/32", maxLength: 48, ta: "test" };
  return JSON.stringify({
    metadata: { buildtime: new Date().toISOString().replace(/\.\d+/, "") },
    roas: [...roas, ipv6],
  });
}

/** Runs `use` against StayRTR, which speaks at most `protocol`. */
async function withStayRtr(
  protocol: number,
  use: (sync: () => Promise<RtrData>, write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const port = freePort();
  const file = `${folder}/vrps.json`;
  const write = (text: string) => Deno.writeTextFile(file, text);
  try {
    await write(payloads(20_000));
    await using _daemon = await startDaemon("stayrtr", [
      ...["-bind", `127.0.0.1:${port}`, "-cache", file, "-metrics.addr", ""],
      ...["-checktime=false", "-refresh", "1", "-protocol", String(protocol)],
    ], port);
    const { net, clock } = createIo({ resolvers: [], dnsTimeoutMs: 500 });
    const client = new RtrClient({ host: "127.0.0.1", port, label: "StayRTR" }, {
      net,
      clock,
      judge: (input) =>
        Promise.resolve({
          input,
          name: null,
          addresses: [input],
          decision: {
            effect: "allow",
            rule: "default",
            matched: null,
            reason: "",
            wouldAllow: null,
          },
        }),
    });
    await use(() => client.sync(AbortSignal.timeout(20_000)), write);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const [protocol, version] of [[2, 1], [1, 1], [0, 0]] as const) {
  interopTest(
    `StayRTR of protocol ${protocol} gives all its payloads in version ${version}, then the changes`,
    { programs: ["stayrtr"] },
    () =>
      withStayRtr(protocol, async (sync, write) => {
        const first = await sync();
        assert.deepEqual([first.version, first.asked, first.table.size], [
          version,
          "everything",
          20_001,
        ]);
        const judged = (text: string, asn: number) =>
          validateOrigin(parsePrefix(text).prefix, asn, first.table).state;
        assert.equal(judged("10.1.2.0/24", 64_496 + 258 % 16), "valid");
        assert.equal(judged("10.1.2.0/24", 64_495), "invalid");
        assert.equal(judged("2001:db8:1::/48", 4_200_000_000), "valid");
        assert.equal(judged("192.0.2.0/24", 64_496), "not_found");

        await write(payloads(20_010, new Set([3, 4, 5])));
        let second = await sync();
        for (let waited = 0; second.serial === first.serial && waited < 100; waited++) {
          await systemClock.sleep(100);
          second = await sync();
        }
        assert.deepEqual([second.asked, second.session, second.table.size], [
          "changes",
          first.session,
          20_001 + 10 - 3,
        ]);
      }),
  );
}
