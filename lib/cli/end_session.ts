/**
 * The end of an HTTP session: what it put out is taken back where `bgp.originate.on_disconnect` says
 * so, and recorded.
 *
 * @module
 */
import type { AuditLog } from "../audit/record.ts";
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
  const evidence = await (await routeGuard()).disconnect(session);
  if (evidence === null) return;
  await audit.append({
    event: "event",
    call_id: "session_end",
    tool: null,
    args: null,
    decisions: [],
    outcome: null,
    duration_ms: null,
    change: true,
    evidence: { kind: "session_end", ...evidence },
  });
}
