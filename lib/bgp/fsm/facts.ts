/**
 * What the state machine must know of its surroundings, and how long it waits.
 *
 * @module
 */

/** Facts at the moment of an event. */
export interface FsmFacts {
  /** As `PeerSettings.connect`. */
  readonly connect: "passive" | "active" | "both";
  /** As `PeerSettings.connectRetrySec`. */
  readonly connectRetrySec: number;
  /** How long OPEN is held back (RFC 4271 §8.1.1, DelayOpenTime); 0: not at all. */
  readonly delayOpenSec: number;
  /** DelayOpenTimer runs: there is a connection and no OPEN was sent. */
  readonly isOpenDelayed: boolean;
  /** Attempts in a row that ended before the session was stable; this one counts unless it is stable. */
  readonly failures: number;
  /** Factor of the waits, 0.75 to 1 (RFC 4271 §10), drawn anew for every event. */
  readonly jitter: number;
  /** Agreed on; 0: neither hold timer nor keepalives. */
  readonly holdTimeSec: number;
  readonly keepaliveSec: number;
}

/** Patience with a peer that has not sent its OPEN, seconds (RFC 4271 §8.2.2 suggests four minutes). */
export const OPEN_WAIT_SEC = 240;
/** Patience with one attempt to connect, seconds: SYN is sent again after 1, 3 and 7. */
export const CONNECT_WAIT_SEC = 20;
/** Longest wait between attempts, seconds. */
const BACK_OFF_MAX_SEC = 120;
/** KEEPALIVEs must not be sent more often than once a second (RFC 4271 §4.4). */
const KEEPALIVE_MIN_SEC = 1;
/** Wait after a stable session has ended, seconds: long enough that a storm is none. */
const FIRST_WAIT_SEC = 1;

/** Wait before the next KEEPALIVE, seconds: jittered, and never below one (RFC 4271 §4.4). */
export function keepaliveWaitSec({ keepaliveSec, jitter }: FsmFacts): number {
  return Math.max(KEEPALIVE_MIN_SEC, keepaliveSec * jitter);
}

/** Wait before the next attempt, seconds: doubled with each failure, with jitter. */
export function backOffSec(facts: FsmFacts): number {
  const { failures, connectRetrySec, jitter } = facts;
  if (failures === 0) return Math.min(FIRST_WAIT_SEC, connectRetrySec) * jitter;
  return Math.min(connectRetrySec * 2 ** Math.min(failures - 1, 10), BACK_OFF_MAX_SEC) * jitter;
}
