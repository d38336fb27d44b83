/** The official Inspector's command line against the real server: both transports, both eras. */
import assert from "node:assert/strict";
import { defaultConfig } from "../../lib/config/load.ts";
import { selectTools } from "../../lib/mcp/toolsets.ts";
import { toolCards } from "../../tools/cards.ts";
import { bareEnv, Install, LOOPBACK } from "../support/netglass.ts";
import { isolatedEnv, type PinnedTool, pinnedToolTest, runTool } from "../support/pinned_tool.ts";

/**
 * The Inspector ends by aborting its requests and letting the event loop run dry. Deno 2.9.6 loses
 * that abort: `fetch` follows the caller's signal by one of its own that nothing keeps alive, so
 * once a garbage collection has run, the abort does not reach a response body that is still open,
 * here the session's GET stream (denoland/deno#29075 is the same fault in `AbortSignal.any`).
 *
 * Shown to be neither the server's nor a matter of what it sends: a plain `fetch` of a `Deno.serve`
 * that streams, `gc()`, `abort()` waits for ever, and ends in Node 20; the Inspector in Node 20 ends
 * with any list; in Deno it hangs with the connectivity tools alone if `gc()` is called, and ends with
 * three times the usual list if the young generation is too large to be collected, as it is here.
 */
const NO_COLLECTION = "--v8-flags=--min-semi-space-size=128,--max-semi-space-size=256";

const INSPECTOR: PinnedTool = {
  specifier: "@modelcontextprotocol/inspector",
  config: new URL("inspector.json", import.meta.url),
  lock: new URL("inspector.lock", import.meta.url),
  denoFlags: [NO_COLLECTION],
};

type Era = "legacy" | "modern";

/** One question: its exit code is 5 if the tool answers `isError`, 6 if `--strict` finds a fault. */
async function inspect(
  home: string,
  server: readonly string[],
  era: Era,
  question: readonly string[],
): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runTool(INSPECTOR, home, [
    "--cli",
    "--quiet",
    "--format=json",
    ...server,
    `--protocol-era=${era}`,
    ...question,
  ]);
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  const { result } = JSON.parse(stdout) as { result: Record<string, unknown> };
  return result;
}

async function assertLists(home: string, server: readonly string[], era: Era): Promise<void> {
  const result = await inspect(home, server, era, ["--method=tools/list", "--strict"]);
  const tools = result.tools as { name: string }[];
  assert.deepEqual(
    tools.map(({ name }) => name),
    selectTools(toolCards, defaultConfig()).map(({ name }) => name),
  );
}

async function assertCalls(home: string, server: readonly string[], era: Era): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { port } = listener.addr as Deno.NetAddr;
    const result = await inspect(home, server, era, [
      "--method=tools/call",
      "--tool-name=port_check",
      `--tool-args-json=${JSON.stringify({ target: "127.0.0.1", port })}`,
    ]);
    const { success, is_open } = result.structuredContent as Record<string, unknown>;
    assert.deepEqual({ success, is_open }, { success: true, is_open: true });
  } finally {
    listener.close();
  }
}

pinnedToolTest("the Inspector lists and calls over stdio", INSPECTOR, async (home) => {
  await using install = await Install.make(LOOPBACK);
  const entry = {
    command: Deno.execPath(),
    args: await install.args(),
    env: await isolatedEnv(home),
  };
  await Deno.writeTextFile(
    `${home}/mcp.json`,
    JSON.stringify({ mcpServers: { netglass: entry } }),
  );
  const server = [`--config=${home}/mcp.json`, "--server=netglass"];
  await assertLists(home, server, "legacy");
  await assertCalls(home, server, "modern");
});

pinnedToolTest("the Inspector lists and calls over HTTP", INSPECTOR, async (home) => {
  await using install = await Install.make(LOOPBACK);
  const netglass = new Deno.Command(Deno.execPath(), {
    args: await install.args("--http", "127.0.0.1:0"),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    clearEnv: true,
    env: bareEnv(),
  }).spawn();
  const reader = netglass.stderr.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let said = "";
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      said += chunk.value;
      if (said.includes("/mcp\n")) break;
    }
    const url = /http:\S+\/mcp/.exec(said)?.[0] ?? assert.fail(said);
    const server = [`--server-url=${url}`, "--transport=http"];
    await assertCalls(home, server, "legacy");
    await assertLists(home, server, "modern");
  } finally {
    netglass.kill("SIGTERM");
    await reader.cancel();
    assert.equal((await netglass.status).code, 0);
  }
});
