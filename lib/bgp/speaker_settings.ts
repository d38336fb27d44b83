/**
 * What the speaker is told at its start, made from the configuration.
 *
 * @module
 */
import type { BgpConfig, BgpPeerEntry } from "../config/bgp_config.ts";
import { parseHostPort } from "../ip/service_place.ts";
import type { PeerSettings, SpeakerSettings } from "./settings.ts";

/**
 * The settings of a checked configuration, or null where `bgp.enabled` is false.
 *
 * A peer of another AS without `import_policy` gets `none`: nobody has said that its routes may be
 * used (RFC 8212 §3). One of our own AS gets `all`.
 *
 * @throws {TypeError} for a configuration that was not checked
 */
export function speakerSettings({ bgp }: { readonly bgp: BgpConfig }): SpeakerSettings | null {
  const { enabled, local_as, router_id, limits } = bgp;
  if (!enabled) return null;
  if (local_as === null || router_id === null) throw notChecked("bgp.local_as or bgp.router_id");
  const listen = bgp.listen === null ? null : readListen(bgp.listen);
  const names = new Map(bgp.peers.map(({ name }) => [name.toLowerCase(), name]));
  return {
    localAs: local_as,
    routerId: router_id,
    listen,
    peers: bgp.peers.map((peer, index) =>
      peerSettings(peer, index, local_as, listen !== null, names)
    ),
    rpkiInvalid: bgp.rpki_invalid,
    sendQueueBytes: bgp.send_queue_bytes,
    limits: {
      prefixes: [limits.ipv4_prefixes, limits.ipv6_prefixes],
      attributeSets: limits.attribute_sets,
      changes: limits.changes,
    },
  };
}

function peerSettings(
  peer: BgpPeerEntry,
  index: number,
  localAs: number,
  isListening: boolean,
  names: ReadonlyMap<string, string>,
): PeerSettings {
  return {
    index,
    name: peer.name,
    address: peer.address,
    port: peer.port,
    remoteAs: peer.remote_as,
    localAddress: peer.local_address,
    connect: peer.connect === "both" && !isListening ? "active" : peer.connect,
    holdTimeSec: peer.hold_time_sec,
    connectRetrySec: peer.connect_retry_sec,
    delayOpenSec: peer.delay_open_sec,
    families: peer.families,
    maxPrefixes: peer.max_prefixes,
    maxPrefixesAction: peer.max_prefixes_action,
    maxPrefixesRestartSec: peer.max_prefixes_restart_sec,
    role: peer.role,
    strictRole: peer.strict_role,
    addPath: peer.add_path,
    extendedMessages: peer.extended_messages,
    extendedNextHop: peer.extended_next_hop,
    gracefulRestart: peer.graceful_restart,
    importPolicy: peer.import_policy ?? (peer.remote_as === localAs ? "all" : "none"),
    transitFrom: peer.transit.map((name) => names.get(name.toLowerCase()) ?? name),
    nextHop: peer.next_hop,
    enabled: peer.enabled,
  };
}

function readListen(text: string): { readonly address: string; readonly port: number } {
  const place = parseHostPort(text);
  if (place?.port == null) throw notChecked("bgp.listen");
  return { address: place.host, port: place.port };
}

function notChecked(key: string): TypeError {
  return new TypeError(`Cannot read ${key}: the configuration has not been checked`);
}
