/**
 * What an origination is to a peer by the real export rules, with octets that only stand for some.
 *
 * @module
 */
import type { ExportPreview, Origination } from "../../lib/bgp/bgp_service.ts";
import type { PeerSettings, SpeakerSettings } from "../../lib/bgp/settings.ts";
import { expectedSession, exportOrigination } from "../../lib/bgp/speaker/export_rules.ts";

/** The preview for one peer, whose session may be down; its message begins with `octet`. */
export function originationOnWire(
  origination: Origination,
  settings: SpeakerSettings,
  peer: PeerSettings,
  isDown: boolean,
  octet = 0xff,
): ExportPreview {
  const { route, reason } = exportOrigination(
    origination,
    settings,
    peer,
    expectedSession(settings, peer),
  );
  return {
    peer: peer.name,
    verdict: route === null ? "not_exported" : isDown ? "pending" : "send",
    reason: reason ?? (isDown ? "the session is Idle" : null),
    route,
    messages: route === null ? [] : [Uint8Array.of(octet, peer.index)],
  };
}
