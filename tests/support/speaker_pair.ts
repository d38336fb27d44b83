/**
 * Two whole speakers that peer over loopback addresses, each with its service.
 *
 * @module
 */
import type { BgpService, BgpSpeaker, PeerStatus } from "../../lib/bgp/bgp_service.ts";
import type { PeerSettings, SpeakerSettings } from "../../lib/bgp/settings.ts";
import { createBgpService } from "../../lib/bgp/speaker/create_bgp_service.ts";
import type { Clock } from "../../lib/io/io.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { peerSettings, speakerSettings } from "./speaker_settings.ts";

/** A port that nobody listens on. */
export function freePort(hostname: string): number {
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** Settings of two that peer: AS 65001 dials AS 65002. */
export function pairSettings(
  ofThem: Partial<PeerSettings> = {},
  ofUs: Partial<PeerSettings> = {},
): { readonly us: SpeakerSettings; readonly them: SpeakerSettings } {
  const port = freePort("127.0.0.2");
  return {
    us: speakerSettings({
      peers: [peerSettings({ port, connect: "active", ...ofThem })],
    }),
    them: speakerSettings({
      localAs: 65_002,
      routerId: "10.0.0.2",
      listen: { address: "127.0.0.2", port },
      peers: [peerSettings({
        name: "us",
        address: "127.0.0.1",
        localAddress: "127.0.0.2",
        remoteAs: 65_001,
        connect: "passive",
        nextHop: { ipv4: null, ipv6: "2001:db8::2" },
        ...ofUs,
      })],
    }),
  };
}

/** The service of a speaker; a fault of ours fails the test. */
export function serviceOf(
  settings: SpeakerSettings,
  thread: "worker" | "inline" = "inline",
  clock: Clock = systemClock,
): BgpService {
  return createBgpService({
    settings,
    io: { clock },
    roaPayloads: null,
    thread,
    logBug: (bug) => {
      throw bug;
    },
  });
}

/** Waits until the first peer is as wanted. */
export async function untilPeer(
  speaker: BgpSpeaker,
  wanted: (peer: PeerStatus) => boolean,
): Promise<PeerStatus> {
  for (let tries = 0; tries < 2_000; tries++) {
    const [peer] = speaker.peers();
    if (peer !== undefined && wanted(peer)) return peer;
    await systemClock.sleep(10);
  }
  throw new Error(`The peer is in state ${speaker.peers()[0]?.state} after 20 s`);
}
