/**
 * How far a capture can be trusted: what grading it answers. Told before any conclusion is drawn.
 *
 * @module
 */

/** `good`: take conclusions as they come; `fair`: mind the findings; `poor`: distrust what they name. */
export type QualityGrade = "good" | "fair" | "poor";

/** What can be wrong with a capture. */
export type QualityCode =
  /** The capturing host says that it lost packets. */
  | "dropped_by_capture"
  /** TCP data was acknowledged that the capture does not have. */
  | "acked_unseen"
  /** Snap length cut payload, headers were kept. */
  | "payload_cut"
  /** Snap length cut into headers. */
  | "headers_cut"
  /** The same packet was captured more than once. */
  | "duplicate_frames"
  /** Segments larger than the path can carry: taken above segmentation or receive offload. */
  | "offload"
  /** Checksums that the network card was to fill in. */
  | "checksum_offload"
  /** Checksums that are wrong. */
  | "bad_checksums"
  /** TCP connections of which only one direction is there. */
  | "one_sided"
  | "clock_backwards"
  | "clock_forward"
  | "no_timestamps"
  | "mixed_link_types"
  /** The file ends within a packet, nothing else is lost. */
  | "cut_at_end"
  /** Bytes of the file could not be read. */
  | "damaged";

/** `high` makes a capture poor, `medium` fair; `low` is worth knowing. */
export type QualitySeverity = "low" | "medium" | "high";

/** One finding. */
export interface QualityFinding {
  readonly code: QualityCode;
  readonly severity: QualitySeverity;
  /** What was found, one sentence with numbers. */
  readonly text: string;
  /** Packets, connections or places concerned. */
  readonly count: number;
  /** Frame numbers of the first of them; empty where a frame is not the evidence. */
  readonly frames: readonly number[];
}

/** The grade of a capture and what it rests on. */
export interface CaptureQuality {
  readonly grade: QualityGrade;
  /** Worst first. */
  readonly findings: readonly QualityFinding[];
  /** Conclusions to distrust, one sentence each; empty if none. */
  readonly consequences: readonly string[];
}
