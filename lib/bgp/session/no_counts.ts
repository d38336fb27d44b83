/**
 * The numbers of a session that has just begun.
 *
 * @module
 */
import type { SessionCounters } from "./session.ts";

/** All of them, each 0. */
export function noCounts(): SessionCounters {
  return {
    messagesIn: 0,
    messagesOut: 0,
    updatesIn: 0,
    updatesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    queuedBytes: 0,
    established: 0,
    treatedAsWithdraw: 0,
    attributesDiscarded: 0,
  };
}
