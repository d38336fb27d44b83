/**
 * Settings of speakers for tests, all on loopback.
 *
 * @module
 */
import type { Origination } from "../../lib/bgp/bgp_service.ts";
import type { PeerSettings, SpeakerSettings } from "../../lib/bgp/settings.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";

/** A peer at 127.0.0.2, AS 65002, dialled. */
export function peerSettings(parts: Partial<PeerSettings> = {}): PeerSettings {
  return {
    index: 0,
    name: "peer0",
    address: "127.0.0.2",
    port: 1790,
    remoteAs: 65_002,
    localAddress: "127.0.0.1",
    connect: "both",
    holdTimeSec: 90,
    connectRetrySec: 1,
    delayOpenSec: 0,
    families: ["ipv4-unicast", "ipv6-unicast"],
    maxPrefixes: null,
    maxPrefixesAction: "restart",
    maxPrefixesRestartSec: 60,
    role: null,
    strictRole: false,
    addPath: "off",
    extendedMessages: false,
    extendedNextHop: false,
    gracefulRestart: true,
    importPolicy: "all",
    transitFrom: [],
    nextHop: { ipv4: null, ipv6: "2001:db8::1" },
    enabled: true,
    ...parts,
  };
}

/** AS 65001 with small tables. */
export function speakerSettings(parts: Partial<SpeakerSettings> = {}): SpeakerSettings {
  return {
    localAs: 65_001,
    routerId: "10.0.0.1",
    listen: null,
    peers: [peerSettings()],
    rpkiInvalid: "mark",
    sendQueueBytes: 1_048_576,
    limits: { prefixes: [4_096, 4_096], attributeSets: 4_096, changes: 4_096 },
    ...parts,
  };
}

/** A route of ours to the first peer, an hour from `nowMs` on. */
export function origination(
  prefix: string,
  nowMs: number,
  parts: Partial<Origination> = {},
): Origination {
  return {
    id: prefix,
    prefix: parsePrefix(prefix).prefix,
    peers: [0],
    prepend: 0,
    med: null,
    localPref: 100,
    communities: [{ kind: "standard", high: 0xffff, low: 0xff01 }],
    nextHop: null,
    expiresAtMs: nowMs + 3_600_000,
    ...parts,
  };
}
