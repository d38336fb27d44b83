/**
 * `get_connections`: the TCP and UDP sockets of this host.
 *
 * @module
 */
import { z } from "zod";
import {
  protocolNamed,
  readSockets,
  requireConnections,
  socketRow,
  statesNamed,
} from "../../lib/host/sockets.ts";
import { HOST_BUDGET_MS, sayNumber } from "../../lib/host/tool_fields.ts";
import { defineTool, sockets as socketNeed } from "../../lib/mcp/define_tool.ts";

/** Lists sockets. */
export const getConnections = defineTool({
  name: "get_connections",
  title: "List sockets",
  toolset: "host",
  effect: "observe",
  reach: "local",
  description:
    "TCP and UDP sockets of this host, IPv4 and IPv6, with state, queues and, where it may be read, " +
    "the process. Needs host.connections: true, which lets ss (elsewhere netstat) be run.",
  input: () =>
    z.strictObject({
      protocol: z.string().max(8).optional().describe("tcp or udp, in any case; default: both"),
      state: z.string().min(1).max(40).optional().describe(
        "ESTABLISHED, LISTEN, TIME_WAIT … or a part of it",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      complete: z.boolean(),
      listening_count: z.number().describe("Of the protocol, whatever state was asked for"),
      established_count: z.number().describe("As above"),
      states: z.record(z.string(), z.number()),
      processes_known: z.number().describe("Sockets shown whose process may be read"),
      problems: z.array(z.string()),
      connections: z.array(socketRow()),
    }),
  needs: () => [socketNeed],
  budget: { ms: HOST_BUDGET_MS },
  pages: "connections",
  run: async ({ protocol, state }, cx) => {
    const wanted = protocol === undefined ? null : protocolNamed(protocol);
    const named = state === undefined ? null : statesNamed(state);
    requireConnections(cx.config.host.connections, cx.io.programs.platform);
    const doors = { programs: cx.io.programs, signal: cx.signal };
    const { sockets, problems, isWhole } = await readSockets(doors);
    const ofProtocol = sockets.filter((socket) => wanted === null || socket.protocol === wanted);
    const states: Record<string, number> = {};
    for (const socket of ofProtocol) states[socket.state] = (states[socket.state] ?? 0) + 1;
    const connections = ofProtocol.filter((socket) => named === null || named.has(socket.state));
    return {
      success: true,
      summary: `${sayNumber(connections.length, "socket", "sockets")}${
        connections.length === sockets.length ? "" : ` of ${sockets.length.toLocaleString("en-US")}`
      }; ${states.LISTEN ?? 0} listening, ${states.ESTABLISHED ?? 0} established`,
      complete: isWhole,
      listening_count: states.LISTEN ?? 0,
      established_count: states.ESTABLISHED ?? 0,
      states,
      processes_known: connections.filter(({ pid }) => pid !== null).length,
      problems: [...problems],
      connections,
    };
  },
});
