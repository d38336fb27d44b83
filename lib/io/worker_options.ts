/**
 * What Deno must be told before a thread without permissions can be had.
 *
 * @module
 */

/**
 * Whether a thread without permissions can be had is not to be found out from inside (Deno 2.9 ends
 * the process of who tries without the switch), so the launcher says it: with the switch it also
 * permits this variable, which nothing reads.
 */
export const WORKER_OPTIONS_MARK = "NETGLASS_UNSTABLE_WORKER_OPTIONS";

/** Name of the switch of Deno, without `--unstable-`. */
export const WORKER_OPTIONS = "worker-options";
