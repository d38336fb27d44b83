/**
 * Holding what would be sent to what was confirmed.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import type { ExportPreview } from "../bgp_service.ts";
import { denied } from "./denied.ts";

/** @throws {PolicyDenied} `policy.plan_changed` if a peer would get other octets than were confirmed */
export function refuseOther(
  prefix: Prefix,
  planned: readonly ExportPreview[],
  now: readonly ExportPreview[],
): void {
  const confirmed = new Map(planned.map(({ peer, messages }) => [peer, octetsOf(messages)]));
  const other = now.find(({ peer, messages }) =>
    messages.length > 0 && octetsOf(messages) !== confirmed.get(peer)
  );
  if (other === undefined) return;
  throw denied({
    reason: "plan_changed",
    message: `Cannot announce ${renderPrefix(prefix)}: ${other.peer} would get other octets than ` +
      "were planned",
    hint: "Its session has changed since. Plan again.",
    configKey: null,
  });
}

function octetsOf(messages: readonly Uint8Array[]): string {
  return messages.map((message) => hexText(message)).join(" ");
}
