/**
 * Progress of one call: what the tool says, and a sign of life at least every ten seconds.
 *
 * @module
 */
import type { Clock } from "../io/io.ts";

/** Takes one progress message; `progress` always rises. */
export type ProgressSink = (
  message: { progress: number; total?: number; message?: string },
) => void;

/** Longest silence of a running call, milliseconds. */
const HEARTBEAT_MS = 8_000;
/** Shortest gap between two messages of a tool, milliseconds; the ones between are dropped. */
const MIN_GAP_MS = 100;

/** Starts progress for one call; `stop` ends the heartbeat. Without a sink nothing happens. */
export function startProgress(
  sink: ProgressSink | undefined,
  clock: Pick<Clock, "monotonicMs">,
): { report: (done: number, total?: number, message?: string) => void; stop: () => void } {
  if (sink === undefined) return { report: () => {}, stop: () => {} };
  const startedMs = clock.monotonicMs();
  let last = 0;
  let lastTotal: number | undefined;
  let lastSentMs = -Infinity;
  const send = (progress: number, message: string | undefined): void => {
    lastSentMs = clock.monotonicMs();
    last = progress;
    sink({
      progress,
      ...(lastTotal === undefined ? {} : { total: lastTotal }),
      ...(message === undefined ? {} : { message }),
    });
  };
  const heartbeat = setInterval(() => {
    if (clock.monotonicMs() - lastSentMs < HEARTBEAT_MS) return;
    const elapsedSec = Math.round((clock.monotonicMs() - startedMs) / 1_000);
    // MCP asks that progress rises with every message, even when nothing was finished.
    send(last + 0.001, `still running after ${elapsedSec} s`);
  }, HEARTBEAT_MS / 4);
  return {
    report: (done, total, message) => {
      if (total !== undefined) lastTotal = total;
      const finished = total !== undefined && done >= total;
      if (!finished && clock.monotonicMs() - lastSentMs < MIN_GAP_MS) return;
      if (done > last) send(done, message);
    },
    stop: () => clearInterval(heartbeat),
  };
}
