import assert from "node:assert/strict";
import { loopbackContext } from "../../tests/loopback_context.ts";
import { printout, scriptedPrograms } from "../../tests/scripted_programs.ts";
import { traceroute } from "./traceroute.ts";

async function run(args: Record<string, unknown>, asked: string[]) {
  const programs = scriptedPrograms(() => ({ stdout: printout("traceroute_linux_v4.txt") }));
  const cx = loopbackContext({
    net: {
      reverseHost: (address) => {
        asked.push(address);
        return Promise.resolve(address === "10.61.2.2" ? "r2.example" : null);
      },
    },
  });
  const given = traceroute.input.parse({ target: "10.61.3.2", ...args });
  return traceroute.output.parse(
    await traceroute.run(given, { ...cx, io: { ...cx.io, programs } }),
  );
}

Deno.test("hop names come from our own lookups", async () => {
  const asked: string[] = [];
  const report = await run({}, asked);
  assert.deepEqual(asked.sort(), ["10.61.1.2", "10.61.2.2", "10.61.3.2"]);
  const hops = report.hops as { hostname: string | null }[];
  assert.deepEqual(hops.map((hop) => hop.hostname), [null, "r2.example", null]);
});

Deno.test("resolve_names false asks nobody", async () => {
  const asked: string[] = [];
  await run({ resolve_names: false }, asked);
  assert.deepEqual(asked, []);
});
