/**
 * Route servers that do what route servers should not, or what few do, and what a client must make
 * of each.
 *
 * @module
 */
import { HOSTILE_ANSWERS } from "./hostile_answers.ts";
import { HOSTILE_LOGINS } from "./hostile_logins.ts";
import type { HostileServer } from "./hostile_server.ts";

export { HOSTILE_COMMAND, type HostileServer, type Outcome } from "./hostile_server.ts";

/** All of them. */
export const HOSTILE_SERVERS: readonly HostileServer[] = [...HOSTILE_LOGINS, ...HOSTILE_ANSWERS];
