/**
 * Two speakers in memory, each the other's only peer, in one virtual time.
 *
 * @module
 */
import type { Origination, SendReport } from "../../lib/bgp/bgp_service.ts";
import type { PeerSettings } from "../../lib/bgp/settings.ts";
import type { SpeakerCore } from "../../lib/bgp/speaker/speaker_core.ts";
import { MemoryCore, quiet } from "./memory_core.ts";
import { type NegotiatedParts, tie } from "./memory_session.ts";
import { peerSettings, speakerSettings } from "./speaker_settings.ts";

/** AS 65001 and AS 65002, each the other's only peer; `ofUs` is what AS 65002 has configured of us. */
export function twoSpeakers(
  ofUs: Partial<PeerSettings> = {},
): { readonly us: MemoryCore; readonly them: MemoryCore } {
  const us = new MemoryCore(speakerSettings());
  const them = new MemoryCore(
    speakerSettings({
      localAs: 65_002,
      routerId: "10.0.0.2",
      peers: [
        peerSettings({
          address: "127.0.0.1",
          localAddress: "127.0.0.2",
          remoteAs: 65_001,
          ...ofUs,
        }),
      ],
    }),
    us.clock,
  );
  tie(us.session(), them.session());
  return { us, them };
}

/** Both sessions come up, with what was agreed on. */
export async function bothUp(
  { us, them }: ReturnType<typeof twoSpeakers>,
  parts: NegotiatedParts = {},
): Promise<void> {
  us.session().up(parts);
  them.session().up(parts);
  await quiet();
}

/** Runs an order while time stands still. */
export async function settled<T>(order: Promise<T>): Promise<T> {
  await quiet();
  return await order;
}

/** Announces a route while time stands still. */
export function announce(core: SpeakerCore, route: Origination): Promise<SendReport> {
  return settled(core.run({ kind: "announce", origination: route }));
}
