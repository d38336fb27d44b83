/**
 * What is known about round-trip times, zero windows and what limited transfers after a pass.
 *
 * @module
 */

/** A distribution of round-trip times, nanoseconds; percentiles are exact to 3 %. */
export interface RttSummary {
  readonly samples: number;
  readonly minNs: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

/** Round-trip times of one leg of one connection, without a distribution. */
export interface LegRtt {
  readonly samples: number;
  /** Nanoseconds; null without a sample. */
  readonly minNs: number | null;
  readonly meanNs: number | null;
  readonly lastNs: number | null;
}

/** What a transfer waited for, after T-RAT (Zhang, Breslau, Paxson, Shenker, SIGCOMM 2002). */
export type Limit = "receiver_window" | "congestion" | "loss" | "application" | "none";

/** What one direction waited for, where it carried at least ten segments of data. */
export interface LimitVerdict {
  /** What it waited for longest; `none` if it hardly waited. */
  readonly limitedBy: Limit;
  /** Part of the transfer's time that was spent so, 0 to 1. */
  readonly share: number;
  readonly receiverWindowMs: number;
  /** Waiting for ACKs with room in the window: the congestion window, hence path or sender. */
  readonly congestionMs: number;
  /** Recovery and retransmission timeouts. */
  readonly lossMs: number;
  /** Nothing to send, everything acknowledged. */
  readonly applicationMs: number;
  /** Low where the capture was far from the sender: what is in flight is not seen as the sender sees it. */
  readonly confidence: "high" | "low";
}

/** One direction of a connection. */
export interface DirectionTimes {
  /** From data of this side to the other side's ACK, seen at the point of capture. */
  readonly rtt: LegRtt;
  /** Times that this side closed its window. */
  readonly zeroWindows: number;
  /** How long it was closed in all, nanoseconds. */
  readonly zeroWindowNs: number;
  /** True if it was closed when the capture ended; the time to the end is counted. */
  readonly isWindowClosed: boolean;
  /** What the data of this side waited for; null with fewer than ten segments of it. */
  readonly limits: LimitVerdict | null;
}

/** One connection. */
export interface ConnectionTimes {
  /** Number of the connection, as in `FlowColumns.tcp`. */
  readonly tcp: number;
  /** SYN to SYN-ACK: from the point of capture to the server and back; null if not seen. */
  readonly serverLegNs: number | null;
  /** SYN-ACK to ACK: to the client and back; null if not seen. */
  readonly clientLegNs: number | null;
  /** Side A, side B. */
  readonly directions: readonly [DirectionTimes, DirectionTimes];
}

/** The whole capture. */
export interface RttFindings {
  /** SYN to SYN-ACK; null without a sample, as below. */
  readonly serverLeg: RttSummary | null;
  /** SYN-ACK to ACK. */
  readonly clientLeg: RttSummary | null;
  /** Handshakes with both legs: their sum, the path's round-trip time. */
  readonly handshake: RttSummary | null;
  /** Data of the side that sent the first packet, to the other's ACK. */
  readonly dataFromA: RttSummary | null;
  /** Data of the other side. */
  readonly dataFromB: RttSummary | null;
  /** Times that windows were closed, over all connections. */
  readonly zeroWindows: number;
  /** How long, nanoseconds, added up. */
  readonly zeroWindowNs: number;
  /** Connections that there was no record for. */
  readonly untracked: number;
  /** One connection by its number (`FlowColumns.tcp`), null if there is no record of it. */
  connection(tcp: number): ConnectionTimes | null;
  /**
   * For how long the data of the slower side waited for anything but the application, milliseconds;
   * NaN if no {@link DirectionTimes.limits} are known. Cheap: to rank connections by.
   */
  waitedMs(tcp: number): number;
  /** That side; it says nothing where {@link RttFindings.waitedMs} is NaN. */
  slowerSide(tcp: number): 0 | 1;
}
