/**
 * `gre_tunnel_delete`: takes a tunnel interface of this host away, planned and confirmed.
 *
 * @module
 */
import { z } from "zod";
import { requireLinux } from "../../lib/host/ip_program.ts";
import { HOST_BUDGET_MS } from "../../lib/host/tool_fields.ts";
import { peersWithin } from "../../lib/host/tunnels/peers_within.ts";
import { readTunnels } from "../../lib/host/tunnels/tunnel.ts";
import {
  planDelete,
  requireSame,
  runCommands,
  type TunnelCommands,
} from "../../lib/host/tunnels/tunnel_change.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { defineChange } from "../../lib/mcp/change_tool.ts";
import { run } from "../../lib/mcp/define_tool.ts";
import { mayManageTunnels } from "../../lib/mcp/offered.ts";

const Input = () =>
  z.strictObject({
    name: z.string().max(15).regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/).describe("Interface"),
  });

const Output = () =>
  z.object({
    success: z.boolean(),
    summary: z.string(),
    rollback: z.array(z.array(z.string())).describe("argv that makes it anew"),
  });

/** Deletes a tunnel. */
export const greTunnelDelete = defineChange<
  ReturnType<typeof Input>,
  ReturnType<typeof Output>,
  { readonly name: string; readonly commands: TunnelCommands }
>({
  name: "gre_tunnel_delete",
  title: "Delete a tunnel",
  toolset: "tunnel",
  effect: "destroy",
  reach: "local",
  description:
    "Deletes a GRE, GRETAP or VXLAN interface of this host that tunnels.allowed_names holds: plans " +
    "first, with the exact command, the BGP sessions that run through it and the commands that " +
    "would make it anew.",
  input: Input,
  output: Output,
  offered: mayManageTunnels,
  needs: () => [run("ip")],
  budget: { ms: HOST_BUDGET_MS },
  plan: async ({ name }, cx) => {
    const doors = { programs: cx.io.programs, signal: cx.signal };
    requireLinux(doors.programs, "delete a tunnel");
    const commands = await planDelete(doors, name, cx.config.tunnels);
    const { tunnels } = await readTunnels(doors);
    const tunnel = tunnels.find((one) => one.name === name);
    const networks = (tunnel?.addresses ?? []).map((text) => parsePrefix(text).prefix);
    const sessions = peersWithin(networks, cx.config);
    return {
      summary: `Delete ${tunnel?.kind ?? "tunnel"} ${name}`,
      decoded: { name, tunnel, rollback: commands.rollback.map(argv) },
      exact: commands.commands.map((words) => ({ argv: argv(words) })),
      blastRadius: { interface: name, bgp_peers_through_it: sessions },
      warnings: [
        ...sessions.map((peer) => `The session with ${peer} goes down with it`),
        ...commands.warnings,
      ],
      payload: { name, commands },
    };
  },
  apply: async ({ payload: { name, commands } }, cx) => {
    const doors = { programs: cx.io.programs, signal: cx.signal };
    // Another tunnel may have its name by now: what would make it anew tells.
    const now = await planDelete(doors, name, cx.config.tunnels);
    requireSame(commands.rollback, now.rollback);
    cx.signal.throwIfAborted();
    // Making it anew is for a person to decide: no command stands behind the one that deletes.
    await runCommands(doors, { commands: commands.commands, rollback: [] });
    cx.evidence({ argv: commands.commands.map(argv) });
    return {
      success: true,
      summary: `${name} is gone`,
      rollback: commands.rollback.map(argv),
    };
  },
});

function argv(words: readonly string[]): string[] {
  return ["ip", ...words];
}
