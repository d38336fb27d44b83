/** What holds for every tool, whoever wrote it. */
import assert from "node:assert/strict";
import { z } from "zod";
import { defaultConfig } from "../../lib/config/load.ts";
import { describeTool } from "../../lib/mcp/describe_tool.ts";
import { selectTools } from "../../lib/mcp/toolsets.ts";
import { toolCards } from "../../tools/cards.ts";
import descriptions from "../../tools/descriptions.json" with { type: "json" };
import { allTools } from "../../tools/mod.ts";
import { measureToolsList } from "./tools_list_size.ts";

const CONFIG = defaultConfig();
const reviewed: Readonly<Record<string, unknown>> = descriptions;

Deno.test("the shipped configuration offers exactly these 34 tools, in this order", () => {
  assert.deepEqual(selectTools(allTools, CONFIG).map((tool) => tool.name), [
    "analyze_dns_traffic",
    "analyze_throughput",
    "asn_owner",
    "audit_log",
    "batch_dns_lookup",
    "batch_ping",
    "batch_port_check",
    "bgp_summary",
    "capabilities",
    "check_announcement",
    "compare_captures",
    "custom_filter",
    "dns_lookup",
    "explain_connection",
    "filter_packets",
    "find_tcp_issues",
    "follow_stream",
    "get_conversations",
    "get_protocol_hierarchy",
    "ip_lookup",
    "lg_ping",
    "lg_traceroute",
    "list_captures",
    "list_servers",
    "mtr",
    "pcap_packet",
    "pcap_summary",
    "ping",
    "policy_explain",
    "port_check",
    "route_compare",
    "route_lookup",
    "route_search",
    "traceroute",
  ]);
});

Deno.test("every card loads the tool that it names, and every tool has one", async () => {
  const loaded = await Promise.all(toolCards.map((card) => card.load()));
  assert.deepEqual(loaded.map(({ name }) => name), toolCards.map(({ name }) => name));
  assert.deepEqual(new Set(loaded), new Set(allTools));
});

Deno.test("tool names and aliases are unique", () => {
  const names = allTools.flatMap((tool) => [tool.name, ...tool.aliases]);
  assert.equal(new Set(names).size, names.length);
});

for (const tool of allTools) {
  Deno.test(`${tool.name}: the file carries the tool's name and lies in its toolset's folder`, async () => {
    const url = new URL(`../../tools/${tool.toolset}/${tool.name}.ts`, import.meta.url);
    assert.ok((await Deno.stat(url)).isFile);
  });

  Deno.test(`${tool.name}: what is listed is the reviewed description, and it is what the code says`, () => {
    // JSON has no undefined, so the code's word is compared as it goes over the wire.
    assert.deepEqual(reviewed[tool.name], JSON.parse(JSON.stringify(describeTool(tool))));
  });

  Deno.test(`${tool.name}: every argument is described and unknown ones are refused`, () => {
    const { inputSchema } = describeTool(tool);
    assert.equal(inputSchema.additionalProperties, false);
    for (const [name, field] of Object.entries(inputSchema.properties ?? {})) {
      assert.ok((field as { description?: string }).description, `${tool.name}.${name}`);
    }
  });

  Deno.test(`${tool.name}: every number and list that a client gives is bounded`, () => {
    const schema = z.toJSONSchema(tool.input, { io: "input" });
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      if (typeof field === "boolean") continue;
      const where = `${tool.name}.${name}`;
      if (field.type === "integer" || field.type === "number") {
        assert.ok(field.minimum !== undefined || field.exclusiveMinimum !== undefined, where);
        assert.ok(field.maximum !== undefined && field.maximum < 2 ** 53 - 1, where);
      }
      if (field.type === "array") assert.ok(field.maxItems !== undefined, where);
      if (field.type === "string" && field.enum === undefined) {
        assert.ok(field.maxLength !== undefined, where);
      }
    }
  });

  Deno.test(`${tool.name}: the description says enough and not too much`, () => {
    assert.ok(tool.description.length >= 60, "too short to choose by");
    assert.ok(tool.description.length <= 700, "too long to carry in every conversation");
  });
}

Deno.test("a call may take as long as the resolution of its target, beside its own work", () => {
  const slow = { ...CONFIG, dns: { ...CONFIG.dns, timeout_ms: 30_000 } };
  const target = "a.example";
  const inputs: Readonly<Record<string, unknown>> = {
    ping: { target, count: 1, timeout: 1 },
    traceroute: { target, max_hops: 1, timeout: 1 },
    mtr: { target, count: 1, timeout: 1 },
    batch_ping: { targets: [target], count: 1, timeout: 1 },
    port_check: { target, port: 443, timeout: 1 },
    batch_port_check: { target, ports: [443], timeout: 1 },
    policy_explain: { target },
  };
  for (const [name, input] of Object.entries(inputs)) {
    const tool = allTools.find((one) => one.name === name);
    const [usual, long] = [CONFIG, slow].map((config) =>
      tool?.budget.ms(tool.input.parse(input), config) ?? 0
    );
    assert.ok((long ?? 0) >= (usual ?? 0) + 2 * (30_000 - CONFIG.dns.timeout_ms), name);
  }
});

Deno.test("tools/list has not grown by more than 5 % against the reviewed size", async () => {
  const reviewed = JSON.parse(
    await Deno.readTextFile(new URL("./tools_list_size.json", import.meta.url)),
  ) as { bytes: number; tokens: number };
  const measured = measureToolsList(selectTools(allTools, CONFIG));
  assert.ok(
    measured.bytes <= reviewed.bytes * 1.05 && measured.tokens <= reviewed.tokens * 1.05,
    `measured ${JSON.stringify(measured)}, reviewed ${JSON.stringify(reviewed)}: ` +
      "shorten the tools, or review and write the new size into tools_list_size.json",
  );
});
