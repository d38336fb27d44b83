/** What clients of an HTTP server announce: whose it is, and how it ends with them or with the server. */
import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { hexText } from "../../lib/bytes/hex.ts";
import { AnsweringPeer } from "../support/answering_peer.ts";
import { bareEnv, Install } from "../support/netglass.ts";

const MINE = "192.168.98.0/24";
const OTHERS = "192.168.99.0/24";

/** NLRI of the two (RFC 4271 §4.3). */
const NLRI = { [MINE]: "18c0a862", [OTHERS]: "18c0a863" } as const;

/** A client with a session of its own. */
async function connect(url: string) {
  const transport = new StreamableHTTPClientTransport(new URL(url));
  const client = new Client({ name: "netglass-test", version: "0" }, {
    versionNegotiation: { mode: "legacy" },
  });
  await client.connect(transport);
  const call = async (name: string, args: Record<string, unknown>) => {
    const { isError, structuredContent, content } = await client.callTool({
      name,
      arguments: args,
    });
    return isError === true
      ? { refused: JSON.stringify(content) }
      : structuredContent as Record<string, unknown>;
  };
  return {
    call,
    plan: async (network: string) => {
      const { plan_id, confirm_token } = await call("bgp_inject_route", { network });
      return { plan_id, confirm_token };
    },
    leave: () => transport.terminateSession(),
    close: () => client.close(),
  };
}

Deno.test("a route ends with the session of its client, others with the server, each recorded", async () => {
  const peer = new AnsweringPeer();
  await using install = await Install.make({
    toolsets: ["bgp"],
    audit: { path: "./audit" },
    dns: { resolvers: ["127.0.0.1:5399"] },
    bgp: {
      enabled: true,
      local_as: 65_099,
      router_id: "10.255.255.1",
      peers: [{ name: "rr1", address: "127.0.0.2", port: peer.port, remote_as: 65_000 }],
      originate: {
        enabled: true,
        lab: true,
        allowed_prefixes: [MINE, OTHERS],
        on_disconnect: "withdraw",
      },
    },
  });
  await Deno.mkdir(`${install.folder}/audit`);
  const child = new Deno.Command(Deno.execPath(), {
    args: await install.args("--http", "127.0.0.1:0"),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    clearEnv: true,
    env: bareEnv(),
  }).spawn();
  const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!/http:\S+\/mcp/.test(text)) {
    const { value, done } = await said.read();
    assert.ok(!done, text);
    text += value;
  }
  const url = /http:\S+\/mcp/.exec(text)?.[0] ?? "";
  const rest = (async () => {
    while (!(await said.read()).done);
  })();
  await peer.established;

  const [one, other] = [await connect(url), await connect(url)];
  const stolen = await other.call("bgp_inject_route", await one.plan(MINE));
  assert.match(String(stolen.refused), /belongs to another tool or another session/);
  for (const [client, network] of [[one, MINE], [other, OTHERS]] as const) {
    const done = await client.call("bgp_inject_route", await client.plan(network));
    assert.partialDeepStrictEqual(done, { success: true, state: "announced" });
  }
  await peer.hears((updates) => updates.some((update) => update.endsWith(NLRI[OTHERS])));

  await one.leave();
  await one.close();
  // Withdrawn routes of four octets, no attributes.
  await peer.hears((updates) => updates.at(-1) === `0004${NLRI[MINE]}0000`);
  assert.partialDeepStrictEqual(await other.call("bgp_leases", { live_only: true }), {
    leases: [{ network: OTHERS, state: "announced" }],
  });

  child.kill("SIGTERM");
  assert.equal((await child.status).code, 0);
  await peer.hears((updates) => updates.at(-1) === `0004${NLRI[OTHERS]}0000`);
  await Promise.all([rest, peer.over]);
  peer.listener.close();
  await other.close();

  const verified = await install.run(["audit", "verify", "--json"]);
  assert.equal(JSON.parse(verified.stdout).ok, true);
  const records = await readRecords(`${install.folder}/audit`);
  const ends = records.flatMap(({ evidence }) =>
    evidence?.kind === "session_end"
      ? evidence.leases.map(({ peers }: { peers: unknown[] }) => ["session_end", ...peers])
      : evidence?.kind === "withdrawn"
      ? [["withdrawn", ...evidence.peers]]
      : []
  );
  const sent = (network: keyof typeof NLRI) => ({
    peer: "rr1",
    state: "sent",
    messages_hex: [withdrawalOf(network)],
  });
  assert.partialDeepStrictEqual(ends, [
    ["session_end", sent(MINE)],
    ["withdrawn", sent(OTHERS)],
  ]);
});

/** The whole message on the wire. */
function withdrawalOf(network: keyof typeof NLRI): string {
  return `${hexText(new Uint8Array(16).fill(0xff))}001b020004${NLRI[network]}0000`;
}

// deno-lint-ignore no-explicit-any -- lines of the record, as JSON has them
async function readRecords(folder: string): Promise<any[]> {
  const records: unknown[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const lines = (await Deno.readTextFile(`${folder}/${name}`)).trim().split("\n");
    records.push(...lines.map((line) => JSON.parse(line)));
  }
  return records;
}
