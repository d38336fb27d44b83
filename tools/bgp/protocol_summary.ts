/**
 * `protocol_summary`: the speaker and the tunnels at a glance.
 *
 * @module
 */
import { z } from "zod";
import { byFamily } from "../../lib/bgp/speaker/peer_report.ts";
import { NetglassError } from "../../lib/errors/mod.ts";
import { readTunnels } from "../../lib/host/tunnels/tunnel.ts";
import { bgp, defineTool, type ToolContext } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";

const families = () => z.object({ ipv4: z.number(), ipv6: z.number() });

/** Summarizes the routing protocols. */
export const protocolSummary = defineTool({
  name: "protocol_summary",
  title: "Routing protocols at a glance",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "The BGP speaker at a glance: router id, AS, sessions up and down, prefixes and paths, what we " +
    "announce, whether the lab mode permits special-use space. Read from memory, at once. Tunnels: " +
    "gre_tunnel_status; peers one by one: bgp_get_peers. OSPF is not spoken: it would need raw " +
    "sockets, which this runtime does not have.",
  input: () => z.strictObject({}),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      router_id: z.string(),
      local_as: z.number(),
      lab_mode: z.boolean().describe("bgp.originate.lab: special-use space may be announced"),
      bgp: z.object({
        peers: z.number(),
        established: z.number(),
        disabled: z.number(),
        prefixes: families(),
        paths: families(),
        attribute_sets: z.number(),
        our_routes: z.number(),
        may_originate: z.boolean(),
        listening_on: z.string().nullable(),
        listen_problem: z.string().nullable(),
      }),
      gre: z.object({ tunnels: z.number(), down: z.number(), problems: z.array(z.string()) })
        .nullable().describe("null: this server may not run ip, or it is not here"),
    }),
  needs: () => [bgp],
  budget: { ms: 10_000 },
  run: async (_input, cx) => {
    const speaker = await cx.bgp();
    const { routerId, localAs } = speaker.settings;
    const { originate } = cx.config.bgp;
    const peers = speaker.peers();
    const up = peers.filter(({ state }) => state === "Established").length;
    const { prefixes, paths, attributeSets } = speaker.rib.counts();
    const ours = speaker.originations().length;
    const { address, port, problem } = speaker.listener();
    return {
      success: true,
      summary: `AS${localAs}, router id ${routerId}: ${up} of ${
        sayCount(peers.length, "BGP session")
      } Established, ${sayCount(prefixes[0] + prefixes[1], "prefix", "prefixes")}, ${
        sayCount(ours, "route")
      } of ours${originate.lab ? ", lab mode" : ""}.`,
      router_id: routerId,
      local_as: localAs,
      lab_mode: originate.lab,
      bgp: {
        peers: peers.length,
        established: up,
        disabled: peers.filter(({ isDisabled }) => isDisabled).length,
        prefixes: byFamily(prefixes),
        paths: byFamily(paths),
        attribute_sets: attributeSets,
        our_routes: ours,
        may_originate: originate.enabled,
        listening_on: address === null ? null : `${address} port ${port}`,
        listen_problem: problem,
      },
      gre: await tunnelCounts(cx),
    };
  },
});

/** Tunnels of this host, where `ip` may be run: this tool does not ask for more than it needs. */
async function tunnelCounts({ io: { programs }, signal }: ToolContext) {
  if (programs.platform !== "linux" || await programs.state("ip") !== "ready") return null;
  try {
    const { tunnels, problems } = await readTunnels({ programs, signal });
    const made = tunnels.filter((tunnel) => !tunnel.is_fallback);
    const down = made.filter(({ status }) => status === "down").length;
    return { tunnels: made.length, down, problems: [...problems] };
  } catch (error) {
    if (!(error instanceof NetglassError)) throw error;
    return { tunnels: 0, down: 0, problems: [error.message] };
  }
}
