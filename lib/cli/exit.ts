/**
 * Exit codes of the command line.
 *
 * @module
 */

/** 0 answered; 1 the tool, or the host, could not; 2 the command line or the configuration is wrong. */
export const EXIT = { ok: 0, toolError: 1, usage: 2 } as const;
