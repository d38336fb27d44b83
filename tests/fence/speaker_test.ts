/**
 * Whom the speaker may dial and where it may listen: what the flags that netglass prints let a
 * process do, tried.
 */
import assert from "node:assert/strict";
import { deno, Install } from "../support/netglass.ts";

const PEERS = [
  { name: "a", address: "127.0.0.2", port: 17_901, remote_as: 65_000 },
  { name: "b", address: "127.0.0.3", port: 17_901, remote_as: 65_000, connect: "passive" },
  { name: "c", address: "127.0.0.4", port: 17_901, remote_as: 65_000, enabled: false },
];

/** Whether a process with the derived flags may reach each place. */
async function mayReach(enabled: boolean): Promise<Readonly<Record<string, string>>> {
  await using install = await Install.make({
    toolsets: ["bgp"],
    bgp: {
      enabled,
      local_as: 65_099,
      router_id: "10.255.255.1",
      listen: "127.0.0.10:17902",
      peers: PEERS,
    },
  });
  const flags = await install.flags();
  const script = `${install.folder}/reach.ts`;
  await Deno.writeTextFile(
    script,
    `const dial = async (hostname, port) => {
       try { (await Deno.connect({ hostname, port })).close(); return "reached"; }
       catch (error) { return error.name; }
     };
     const listen = (hostname, port) => {
       try { Deno.listen({ hostname, port }).close(); return "listened"; }
       catch (error) { return error.name; }
     };
     console.log(JSON.stringify({
       dialled: await dial("127.0.0.2", 17901), other_port: await dial("127.0.0.2", 17900),
       passive: await dial("127.0.0.3", 17901), disabled: await dial("127.0.0.4", 17901),
       stranger: await dial("127.0.0.5", 17901),
       listen: listen("127.0.0.10", 17902), everywhere: listen("0.0.0.0", 17902),
     }));`,
  );
  const done = await deno(["run", "--quiet", "--no-check", ...flags, script]);
  assert.equal(done.code, 0, done.stderr);
  return JSON.parse(done.stdout) as Record<string, string>;
}

Deno.test("a process with the flags of a speaker dials its peers, listens at its address, and no more", async () => {
  assert.deepEqual(await mayReach(true), {
    // Nobody is there: the permission was.
    dialled: "ConnectionRefused",
    other_port: "NotCapable",
    passive: "NotCapable",
    disabled: "NotCapable",
    stranger: "NotCapable",
    listen: "listened",
    everywhere: "NotCapable",
  });
});

Deno.test("where bgp.enabled is false, the flags let nothing of it through", async () => {
  assert.deepEqual(new Set(Object.values(await mayReach(false))), new Set(["NotCapable"]));
});
