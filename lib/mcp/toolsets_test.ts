import assert from "node:assert/strict";
import { z } from "zod";
import { defaultConfig } from "../config/load.ts";
import { defineTool, type Tool } from "./define_tool.ts";
import { selectTools } from "./toolsets.ts";

function tool(
  name: string,
  toolset: string,
  effect: Tool["effect"] = "observe",
  offered: Tool["offered"] = () => true,
): Tool {
  return {
    ...defineTool({
      name,
      title: name,
      toolset,
      effect: "observe",
      reach: "local",
      description: name,
      input: () => z.strictObject({}),
      output: () => z.object({ success: z.boolean(), summary: z.string() }),
      needs: () => [],
      budget: { ms: 1_000 },
      run: () => ({ success: true, summary: "" }),
    }),
    effect,
    offered,
  };
}

const ALL = [
  tool("ping", "connectivity"),
  tool("dns_lookup", "connectivity"),
  tool("capabilities", "meta"),
  tool("rare", "host"),
  tool("tunnel_up", "tunnel", "change"),
  { ...tool("tunnel_down", "tunnel", "change"), takesBack: true },
  tool("save", "meta", "export", ({ pcap }) => pcap.export_path !== null),
];

function names(selection: Partial<Parameters<typeof selectTools>[1]>): string[] {
  return selectTools(ALL, { ...defaultConfig(), ...selection }).map((one) => one.name);
}

Deno.test("the default set is connectivity and meta, sorted by name", () => {
  assert.deepEqual(names({}), ["capabilities", "dns_lookup", "ping"]);
});

Deno.test("toolsets win over the default", () => {
  assert.deepEqual(names({ toolsets: ["host"] }), ["rare"]);
  assert.deepEqual(names({ toolsets: ["slim"] }), ["capabilities", "dns_lookup", "ping"]);
  assert.deepEqual(names({ toolsets: ["all"] }), [
    "capabilities",
    "dns_lookup",
    "ping",
    "rare",
    "tunnel_down",
    "tunnel_up",
  ]);
});

Deno.test("tools win over toolsets", () => {
  assert.deepEqual(names({ toolsets: ["all"], tools: ["rare"] }), ["rare"]);
});

Deno.test("exclude_tools wins over tools", () => {
  assert.deepEqual(names({ tools: ["rare", "ping"], exclude_tools: ["rare"] }), ["ping"]);
});

Deno.test("read_only wins over everything", () => {
  assert.deepEqual(names({ tools: ["tunnel_up", "ping"], read_only: true }), ["ping"]);
  // What takes something of ours back is not what it is meant to stop.
  assert.deepEqual(names({ toolsets: ["tunnel"], read_only: true }), ["tunnel_down"]);
});

Deno.test("an unknown toolset or tool is refused with the known ones", () => {
  assert.throws(() => names({ toolsets: ["bgpp"] }), {
    code: "input.config",
    message: 'Cannot use toolsets: unknown "bgpp"',
    hint: "Known: slim, default, all, connectivity, host, meta, tunnel.",
  });
  assert.throws(() => names({ tools: ["pong"] }), { message: 'Cannot use tools: unknown "pong"' });
  assert.throws(() => names({ exclude_tools: ["pong"] }), { code: "input.config" });
});

Deno.test("a tool that the configuration does not offer is not there, however it is asked for", () => {
  assert.deepEqual(names({ tools: ["save", "rare"] }), ["rare"]);
  const pcap = { ...defaultConfig().pcap, export_path: "/exports" };
  assert.deepEqual(names({ tools: ["save", "rare"], pcap }), ["rare", "save"]);
  assert.deepEqual(names({ tools: ["save", "rare"], pcap, read_only: true }), ["rare"]);
});

Deno.test("what takes back comes with what changes, whatever is named or excluded", () => {
  assert.deepEqual(names({ tools: ["tunnel_up"] }), ["tunnel_down", "tunnel_up"]);
  assert.deepEqual(names({ toolsets: ["tunnel"], exclude_tools: ["tunnel_down"] }), [
    "tunnel_down",
    "tunnel_up",
  ]);
  assert.deepEqual(
    names({ toolsets: ["tunnel"], exclude_tools: ["tunnel_down", "tunnel_up"] }),
    [],
  );
});
