/**
 * The loop of the thread of the sessions: orders come in, replies and reports go out.
 *
 * @module
 */
import { errorToWire } from "../../errors/error_wire.ts";
import type { RibMemory } from "../rib/rib_memory.ts";
import type { SpeakerSettings } from "../settings.ts";
import { buildSpeaker } from "./build_speaker.ts";
import type { SpeakerCore } from "./speaker_core.ts";
import type { FromThread, Order, ToThread } from "./speaker_messages.ts";

/** What a speaker is built from: plain data, and memory that both threads see. */
export interface SpeakerStart {
  readonly settings: SpeakerSettings;
  /** Of the tables. */
  readonly memory: RibMemory;
  /** Of the numbers of the peers. */
  readonly numbers: SharedArrayBuffer;
}

/** Takes what the main thread says, and posts what there is to say. */
export function serveSpeaker(
  post: (message: FromThread) => void,
): (message: ToThread<SpeakerStart>) => void {
  let core: SpeakerCore | null = null;
  const answer = async (id: number, order: Order): Promise<void> => {
    try {
      if (core === null) throw new TypeError("An order came before the start");
      post({ kind: "done", id, reply: await core.run(order) });
    } catch (error) {
      post({ kind: "failed", id, error: errorToWire(error) });
    }
  };
  const start = (parts: SpeakerStart): void => {
    try {
      core = buildSpeaker(parts, {
        report: (report) => post({ kind: "report", report }),
        onFault: (error) => post({ kind: "bug", error: errorToWire(error) }),
      });
      core.start();
      post({ kind: "started" });
    } catch (error) {
      post({ kind: "not_started", error: errorToWire(error) });
    }
  };
  return (message) => {
    if (message.kind === "start") start(message.start);
    else answer(message.id, message.order);
  };
}
