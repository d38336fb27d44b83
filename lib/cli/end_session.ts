/**
 * The end of an HTTP session: what it put out is taken back where `bgp.originate.on_disconnect` says
 * so, and recorded.
 *
 * @module
 */
import type { AuditLog } from "../audit/record.ts";
import { peerOutcomes } from "../bgp/guard/lease_report.ts";
import type { RouteGuard } from "../bgp/guard/route_guard.ts";
import type { Config } from "../config/config.ts";
import { Bug } from "../errors/mod.ts";
import { mayOriginate } from "../mcp/offered.ts";

/** What it stands on. */
export interface EndSessionParts {
  readonly config: Config;
  readonly routeGuard: () => Promise<RouteGuard>;
  readonly audit: Pick<AuditLog, "append">;
  /** Told where something could not be taken back or recorded. */
  readonly onFailure: (bug: Bug) => void;
}

/** Returns what is done when a session ends. */
export function endSession(parts: EndSessionParts): (session: string) => void {
  const { config, onFailure } = parts;
  if (!mayOriginate(config) || config.bgp.originate.on_disconnect === "keep") return () => {};
  return (session) => {
    takeBack(parts, session).catch((error) => onFailure(new Bug(error)));
  };
}

async function takeBack(
  { routeGuard, audit }: EndSessionParts,
  session: string,
): Promise<void> {
  const { leases, overrides } = await (await routeGuard()).disconnect(session);
  if (leases.length + overrides.length === 0) return;
  await audit.append({
    event: "event",
    call_id: "session_end",
    tool: null,
    args: null,
    decisions: [],
    outcome: null,
    duration_ms: null,
    change: true,
    evidence: {
      kind: "session_end",
      state: "withdrawn",
      plan_ids: [...leases.map(({ id }) => id), ...overrides],
      leases: leases.map((lease) => ({ lease_id: lease.id, peers: peerOutcomes(lease.report) })),
      overrides_lifted: overrides.length,
    },
  });
}
