/**
 * The speaker as the server holds it: nothing of it is loaded before it is opened.
 *
 * @module
 */
import { type Bug, Unavailable } from "../../errors/mod.ts";
import type { Io } from "../../io/io.ts";
import { loadModule } from "../../io/own_modules.ts";
import type { VrpTable } from "../../route/vrp_table.ts";
import type { BgpService, BgpSpeaker } from "../bgp_service.ts";
import type { SpeakerSettings } from "../settings.ts";

/** Validated ROA payloads, as the speaker asks for them: at its start and every few minutes. */
export interface RoaSource {
  /** @throws {NetglassError} where they cannot be had; what was read before stays in force */
  read(signal: AbortSignal): Promise<{ readonly table: VrpTable }>;
}

/** What the service stands on. */
export interface BgpServiceParts {
  /** Null: `bgp.enabled` is false. */
  readonly settings: SpeakerSettings | null;
  readonly io: Pick<Io, "clock">;
  /** Null: no source is configured, every origin is `unverified`. */
  readonly roaPayloads: (() => Promise<RoaSource>) | null;
  /**
   * `worker`: sessions and tables live in a thread of their own; `inline`: in this one, where a
   * question waits for the slice of a load.
   */
  readonly thread: "worker" | "inline";
  /** Told of faults of our own that no call waits for. */
  readonly logBug: (bug: Bug) => void;
}

/** What the service hands on once it is opened. */
export interface StartParts extends Omit<BgpServiceParts, "settings"> {
  readonly settings: SpeakerSettings;
  /** Told when the thread has ended, of whatever. */
  readonly onEnd: () => void;
}

/** The module that is loaded with the first use. */
interface StartModule {
  startSpeaker(parts: StartParts): Promise<BgpSpeaker>;
}

/** Makes the service; nothing is loaded, opened or dialled yet. */
export function createBgpService(parts: BgpServiceParts): BgpService {
  let opening: Promise<BgpSpeaker> | null = null;
  let isStopped = false;
  const load = async (settings: SpeakerSettings): Promise<BgpSpeaker> => {
    const module = new URL("./start_speaker.ts", import.meta.url);
    // The module at that place has this type.
    const { startSpeaker } = await loadModule(module) as StartModule;
    return await startSpeaker({ ...parts, settings, onEnd: () => opening = null });
  };
  return {
    open() {
      if (parts.settings === null) return Promise.reject(notEnabled());
      if (isStopped) return Promise.reject(stopping());
      // One that could not be started, or has died, is started anew by the next question.
      return opening ??= load(parts.settings).catch((error: unknown) => {
        opening = null;
        throw error;
      });
    },
    async stop(text) {
      isStopped = true;
      // A speaker that could not be started has nothing to stop.
      await (await opening?.catch(() => null))?.stop(text);
    },
  };
}

function notEnabled(): Unavailable {
  return new Unavailable("bgp", "Cannot use BGP: the configuration does not enable it", {
    hint:
      "Set bgp.enabled: true, bgp.local_as, bgp.router_id and bgp.peers, and start the server " +
      "with what netglass permissions then prints.",
    detail: { config_key: "bgp.enabled" },
  });
}

/** What is said of orders that the end of the server cuts off. */
export function stopping(): Unavailable {
  return new Unavailable("shutdown", "Cannot answer: the server is stopping", { retryable: true });
}
