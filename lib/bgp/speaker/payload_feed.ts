/**
 * Keeps the speaker supplied with validated ROA payloads: asked for every few minutes, handed over
 * when they have changed.
 *
 * @module
 */
import { Bug, NetglassError } from "../../errors/mod.ts";
import type { Clock } from "../../io/io.ts";
import type { BgpServiceParts, RoaSource } from "./create_bgp_service.ts";
import { packPayloads } from "./packed_payloads.ts";
import type { SpeakerLine } from "./speaker_line.ts";

/** Between two questions, milliseconds. */
const RENEW_MS = 300_000;
/** After one that failed. */
const RETRY_MS = 60_000;

/** What the feed stands on. */
export interface FeedParts {
  readonly clock: Clock;
  readonly line: Pick<SpeakerLine, "ask">;
  readonly logBug: BgpServiceParts["logBug"];
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Feeds until `signal` aborts. What cannot be had is asked for again; what was had stays in force. */
export async function feedPayloads(
  open: () => Promise<RoaSource>,
  { clock, line, logBug, signal }: FeedParts,
): Promise<void> {
  let last: Uint32Array | null = null;
  while (!signal.aborted) {
    let waitMs = RENEW_MS;
    try {
      const { table } = await (await open()).read(signal);
      const words = await packPayloads(table, () => clock.sleep(0, signal));
      if (last === null || !isSame(last, words)) await line.ask({ kind: "payloads", words });
      last = words;
    } catch (error) {
      waitMs = RETRY_MS;
      if (!signal.aborted && !(error instanceof NetglassError)) logBug(new Bug(error));
    }
    await clock.sleep(waitMs, signal).catch(() => {});
  }
}

function isSame(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}
