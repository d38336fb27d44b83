/**
 * The tunnel tools with the real doors, through the pipeline: creates a VXLAN link, reads it, deletes
 * it, and prints what each answered. Started inside of a namespace.
 *
 * @module
 */
import { createAuditLog } from "../../lib/audit/audit_log.ts";
import { defaultConfig } from "../../lib/config/load.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { files } from "../../lib/io/files.ts";
import { createIo } from "../../lib/io/real.ts";
import { greTunnelCreate } from "../../tools/tunnel/gre_tunnel_create.ts";
import { greTunnelDelete } from "../../tools/tunnel/gre_tunnel_delete.ts";
import { greTunnelStatus } from "../../tools/tunnel/gre_tunnel_status.ts";
import { plainPipeline } from "../support/plain_pipeline.ts";

const io = createIo({ resolvers: [], dnsTimeoutMs: 100 });
const audit = await createAuditLog({ path: null, files, clock: systemClock });
const { pipeline } = plainPipeline({
  tools: [greTunnelCreate, greTunnelDelete, greTunnelStatus],
  clock: systemClock,
  io,
  audit,
  config: {
    ...defaultConfig(),
    tunnels: { manage: true, allowed_names: ["vx-*"], allowed_remotes: ["192.0.2.0/24"] },
  },
});

async function call(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  const outcome = await pipeline.call({ name, args, signal: new AbortController().signal });
  return outcome.ok
    ? outcome.structured
    : { code: outcome.error.code, message: outcome.error.message };
}

/** Plans, then applies what was planned. */
async function change(name: string, args: Record<string, unknown>) {
  const plan = await call(name, args);
  const { plan_id, confirm_token } = plan;
  const done = await call(name, { plan_id, confirm_token });
  return { plan, done, again: await call(name, { plan_id, confirm_token }) };
}

const replies = {
  created: await change("gre_tunnel_create", {
    name: "vx-rr1",
    kind: "vxlan",
    key: 42,
    local: "192.0.2.1",
    remote: "192.0.2.2",
    address: "10.255.255.1/30",
  }),
  status: await call("gre_tunnel_status", {}),
  outside: await call("gre_tunnel_create", {
    name: "vx-rr2",
    kind: "vxlan",
    key: 43,
    local: "192.0.2.1",
    remote: "198.51.100.1",
  }),
  deleted: await change("gre_tunnel_delete", { name: "vx-rr1" }),
  after: await call("gre_tunnel_status", {}),
};
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(replies)));
