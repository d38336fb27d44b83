/**
 * A speaker on real sockets and shared tables.
 *
 * @module
 */
import { dial } from "../../io/dial.ts";
import { listen } from "../../io/listen.ts";
import { systemClock } from "../../io/clock.ts";
import { Rib } from "../rib/rib.ts";
import { RibView } from "../rib/rib_view.ts";
import { createSession } from "../session/open_session.ts";
import { Pump } from "../session/pump.ts";
import { PeerNumbers } from "./peer_numbers.ts";
import type { SpeakerStart } from "./serve_speaker.ts";
import { type CoreParts, SpeakerCore } from "./speaker_core.ts";

/** Work of the sessions between two pauses, milliseconds; a pause costs about half of one. */
const PUMP_MS = 16;

/** The speaker; nothing is dialled or opened before its start. */
export function buildSpeaker(
  { settings, memory, numbers }: SpeakerStart,
  reports: Pick<CoreParts, "report" | "onFault">,
): SpeakerCore {
  const reader = new RibView(memory);
  const pump = new Pump(systemClock, PUMP_MS);
  const doors = { dial, clock: systemClock, pump, random: Math.random };
  return new SpeakerCore({
    ...reports,
    settings,
    clock: systemClock,
    rib: new Rib(memory, { rpkiInvalid: settings.rpkiInvalid, now: systemClock.now }),
    reader,
    changes: reader.changes,
    numbers: new PeerNumbers(numbers),
    openSession: (peer, events) => createSession(peer, settings, doors, events),
    listen,
  });
}
