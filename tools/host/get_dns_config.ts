/**
 * `get_dns_config`: how this host looks names up.
 *
 * @module
 */
import { z } from "zod";
import { readHostResolver } from "../../lib/host/host_resolver.ts";
import { HOST_BUDGET_MS, sayNumber } from "../../lib/host/tool_fields.ts";
import { defineTool, resolverConfig } from "../../lib/mcp/define_tool.ts";

/** Shows the resolver configuration. */
export const getDnsConfig = defineTool({
  name: "get_dns_config",
  title: "Show the resolver configuration",
  toolset: "host",
  effect: "observe",
  reach: "local",
  description:
    "Name servers, search domains and options of this host, what a local stub forwards to, and " +
    "which servers netglass itself asks. Nothing is asked; host_health tries the servers.",
  input: () => z.strictObject({}),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      nameservers: z.array(z.string()).describe("In order; on Linux those of /etc/resolv.conf"),
      search_domains: z.array(z.string()),
      options: z.array(z.string()).describe("ndots:5, timeout:1, rotate …"),
      stub: z.string().nullable().describe("The local forwarder that nameservers point to"),
      upstream_nameservers: z.array(z.string()).nullable().describe(
        "What the stub forwards to; null: no stub, or it cannot be read",
      ),
      netglass_asks: z.array(z.string()).describe("From dns.resolvers"),
      problems: z.array(z.string()),
    }),
  needs: () => [resolverConfig],
  budget: { ms: HOST_BUDGET_MS },
  run: async (_given, cx) => {
    const { isThere, config, stub, upstream } = await readHostResolver({
      programs: cx.io.programs,
      signal: cx.signal,
    });
    const { nameServers, searchDomains, options, problems } = config;
    return {
      success: true,
      summary: !isThere
        ? "There is no /etc/resolv.conf: the C library asks 127.0.0.1"
        : `${sayNumber(nameServers.length, "name server", "name servers")}: ${
          nameServers.slice(0, 4).join(", ") || "none"
        }${stub === null ? "" : ` (${stub}, which asks ${upstream?.join(", ") ?? "others"})`}${
          searchDomains.length === 0 ? "" : `; search ${searchDomains.slice(0, 6).join(" ")}`
        }`,
      nameservers: [...nameServers],
      search_domains: [...searchDomains],
      options: [...options],
      stub,
      upstream_nameservers: upstream === null ? null : [...upstream],
      netglass_asks: [...cx.io.net.resolvers],
      problems: [...problems],
    };
  },
});
