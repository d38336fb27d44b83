/**
 * What is known about loss after a pass: per connection and in all, with the place where the capture
 * was taken, since that decides what a capture can show.
 *
 * @module
 */

/** What happened to the segments of one direction, or of all. Segments are what the sender's kernel counts. */
export interface LossCounts {
  /** Segments that carried data, a SYN or a FIN; those beyond the MSS are counted in MSS. */
  readonly segments: number;
  /** Segments that were sent again: Linux counts them in TcpRetransSegs. */
  readonly retransmissions: number;
  /** Octets of sequence space (SYN and FIN count one each) that those carried again. */
  readonly retransmittedOctets: number;
  /** Retransmissions that the receiver had no need of: a DSACK or the late original proves it. */
  readonly spurious: number;
  /** Segments that were overtaken on their way and not sent again. */
  readonly reordered: number;
  /** Copies of one packet: by a SPAN port or by the network. */
  readonly networkDuplicates: number;
  /** Segments that came again or late, with no proof why; in no other count. */
  readonly ambiguous: number;
  /** Segments lost before the point of capture: retransmissions that filled a hole, not spurious. */
  readonly lostUpstream: number;
  /** Segments (or their ACKs) lost after it: retransmissions of what the capture has, not spurious. */
  readonly lostDownstream: number;
  /** Segments that a DSACK reports twice though the capture shows them once. */
  readonly duplicatedDownstream: number;
  /** Octets that were never seen but acknowledged: the capture missed them. */
  readonly missedOctets: number;
  /** Octets that were never seen nor acknowledged. */
  readonly missingOctets: number;
}

/** Which side of a connection the capture is close to; A sent the first packet of it. */
export type Side = "a" | "b" | "middle" | "unknown";

/** Where a capture was taken, seen from who sent most data. */
export type Vantage = "sender" | "receiver" | "middle" | "mixed" | "unknown";

/** How sure a verdict is. */
export type Confidence = "high" | "medium" | "low";

/** Where a connection was captured. */
export interface VantageVerdict {
  readonly side: Side;
  /** The same, seen from the direction that carried more data. */
  readonly vantage: Vantage;
  readonly confidence: Confidence;
  /** What speaks for it, one phrase each. */
  readonly reasons: readonly string[];
}

/** What a frame is evidence of. */
export type LossKind = "retransmission" | "reordered" | "network_duplicate" | "ambiguous";

/** A frame that was counted. */
export interface LossEvidence {
  /** Frame number, from 1. */
  readonly frame: number;
  readonly kind: LossKind;
}

/** One direction of a connection. */
export interface DirectionLoss extends LossCounts {
  /** True if its holes could not be followed (no room): what came again is `ambiguous`. */
  readonly isUnknown: boolean;
  /** True if the MSS was not seen: large segments are counted in assumed MSS. */
  readonly isMssAssumed: boolean;
  /** First frames that were counted, at most 8. */
  readonly evidence: readonly LossEvidence[];
}

/** One connection. */
export interface ConnectionLoss {
  /** Number of the connection, as in `FlowColumns.tcp`. */
  readonly tcp: number;
  /** Data of side A, data of side B. */
  readonly directions: readonly [DirectionLoss, DirectionLoss];
  readonly vantage: VantageVerdict;
}

/** The whole capture. */
export interface LossFindings {
  readonly total: LossCounts;
  readonly vantage: { readonly vantage: Vantage; readonly confidence: Confidence };
  /** Connections with anything beside data in order, most retransmissions first, at most 200. */
  readonly worst: readonly ConnectionLoss[];
  /** Connections with anything beside data in order. */
  readonly affected: number;
  /** Directions that are `isUnknown`. */
  readonly unknownDirections: number;
  /** Connections that there was no record for. */
  readonly untracked: number;
  /** Octets of memory that what went wrong takes. */
  readonly memoryBytes: number;
  /** One connection by its number (`FlowColumns.tcp`), null if there is no record of it. */
  connection(tcp: number): ConnectionLoss | null;
}
