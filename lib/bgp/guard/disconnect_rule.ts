/**
 * What may be put out by a client whose end could go unnoticed.
 *
 * @module
 */
import { denied } from "./denied.ts";
import type { GuardSettings } from "./settings.ts";

/**
 * Refuses a client without a connection where the end of one is to take back what it put out.
 *
 * @throws {PolicyDenied} `policy.no_session`
 */
export function judgeConnection(
  connection: string | null,
  { onDisconnect }: Pick<GuardSettings, "onDisconnect">,
): void {
  if (onDisconnect === "keep" || connection !== null) return;
  throw denied({
    reason: "no_session",
    message: "Cannot change anything: this client has no session whose end would take it back",
    hint:
      "Use a client that opens a session (protocol 2025-11-25 or older), or the server on stdio.",
    configKey: "bgp.originate.on_disconnect",
  });
}
