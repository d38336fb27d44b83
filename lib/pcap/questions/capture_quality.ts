/**
 * How far a scanned capture can be trusted, as every question that concludes from it tells first.
 *
 * @module
 */
import { gradeQuality } from "../quality/grade.ts";
import type { CaptureQuality } from "../quality/finding.ts";
import type { CaptureScan } from "../scan.ts";
import { TcpFlag } from "../tcp/flags.ts";

/** Frames of acknowledged but unseen data that are shown. */
const FRAMES_SHOWN = 8;

/** The grade of a capture, its findings and what to distrust for them. */
export function qualityOf({ facts, quality, tcp }: CaptureScan): CaptureQuality {
  const count = tcp.totals["ack_lost_segment"]?.segments ?? 0;
  const frames = tcp.affected(TcpFlag.ackLostSegment, FRAMES_SHOWN).flows.flatMap((flow) =>
    tcp.connection(flow)?.counts.filter(({ name }) => name === "ack_lost_segment")
      .map(({ firstFrame }) => firstFrame) ?? []
  );
  return gradeQuality({ facts, quality, ackedUnseen: { count, frames } });
}
