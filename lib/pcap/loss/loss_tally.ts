/**
 * Counts of what happened to segments, while they are still being made.
 *
 * @module
 */
import type { LossCounts } from "./loss_findings.ts";

/** Counts that can be changed; see {@link LossCounts}. */
export class LossTally implements LossCounts {
  segments = 0;
  retransmissions = 0;
  retransmittedOctets = 0;
  spurious = 0;
  reordered = 0;
  networkDuplicates = 0;
  ambiguous = 0;
  lostUpstream = 0;
  lostDownstream = 0;
  duplicatedDownstream = 0;
  missedOctets = 0;
  missingOctets = 0;

  /** Adds other counts to these. */
  add(other: LossCounts): void {
    this.segments += other.segments;
    this.retransmissions += other.retransmissions;
    this.retransmittedOctets += other.retransmittedOctets;
    this.spurious += other.spurious;
    this.reordered += other.reordered;
    this.networkDuplicates += other.networkDuplicates;
    this.ambiguous += other.ambiguous;
    this.lostUpstream += other.lostUpstream;
    this.lostDownstream += other.lostDownstream;
    this.duplicatedDownstream += other.duplicatedDownstream;
    this.missedOctets += other.missedOctets;
    this.missingOctets += other.missingOctets;
  }
}
