/**
 * Starts the speaker: its tables and numbers in shared memory, its thread, and what the main thread
 * sees of both.
 *
 * @module
 */
import { asNetglassError, Bug } from "../../errors/mod.ts";
import { loadModule } from "../../io/own_modules.ts";
import { startWorker } from "../../io/worker.ts";
import type { BgpSpeaker } from "../bgp_service.ts";
import { createRibMemory } from "../rib/rib_memory.ts";
import { RibView } from "../rib/rib_view.ts";
import type { StartParts } from "./create_bgp_service.ts";
import { PeerMirror } from "./peer_mirror.ts";
import { PeerNumbers } from "./peer_numbers.ts";
import { feedPayloads } from "./payload_feed.ts";
import { SpeakerFront } from "./speaker_front.ts";
import { SpeakerLine, type ThreadPort } from "./speaker_line.ts";
import type { FromThread } from "./speaker_messages.ts";

type Connect = (take: (message: FromThread) => void, lose: () => void) => ThreadPort;

/**
 * Starts it.
 *
 * @throws {PermissionMissing} `permission.read` if the thread's modules cannot be read
 */
export async function startSpeaker(parts: StartParts): Promise<BgpSpeaker> {
  const { settings, io: { clock }, thread, roaPayloads, logBug, onEnd } = parts;
  const memory = createRibMemory({ ...settings.limits, peers: Math.max(1, settings.peers.length) });
  const numbers = new PeerNumbers(PeerNumbers.memoryOf(settings.peers.length));
  const rib = new RibView(memory);
  const mirror = new PeerMirror(settings, numbers, rib, clock.now());
  const end = new AbortController();
  const connect = thread === "worker" ? connectWorker : await connectInline();
  const line = new SpeakerLine(connect, {
    onReport: (report) => front.take(report),
    onBug: (error) => logBug(error instanceof Bug ? error : new Bug(error)),
    onDeath: () => {
      end.abort();
      front.lose("the thread of the sessions has ended");
      onEnd();
    },
  });
  const front = new SpeakerFront({ settings, clock, rib, changes: rib.changes, mirror, line });
  try {
    await line.start({ settings, memory, numbers: numbers.memory });
  } catch (error) {
    line.end();
    throw asNetglassError(error);
  }
  if (roaPayloads !== null) feedPayloads(roaPayloads, { clock, line, logBug, signal: end.signal });
  return front;
}

const connectWorker: Connect = (take, lose) =>
  startWorker(new URL("./speaker_worker.ts", import.meta.url), { isolated: false }, {
    // The worker runs our own loop.
    onMessage: (data) => take(data as FromThread),
    onDeath: lose,
  });

/** Loaded here: where a worker has them, nothing of the sessions belongs into this thread. */
async function connectInline(): Promise<Connect> {
  const module = new URL("./serve_speaker.ts", import.meta.url);
  // The type of the module at that place.
  const { serveSpeaker } = await loadModule(module) as typeof import("./serve_speaker.ts");
  return (take) => {
    const handle = serveSpeaker(take);
    // This thread cannot be ended: what runs in it is told to stop, and nobody waits for the answer.
    const stop = { kind: "order", id: 0, order: { kind: "stop", text: "" } } as const;
    return { post: handle, end: () => handle(stop) };
  };
}
