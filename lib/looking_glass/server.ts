/**
 * A route server as the configuration names it.
 *
 * @module
 */
import type { RouteServerEntry } from "../config/config.ts";

/** One entry of `looking_glass.servers`; its fields are told there. */
export type ServerEntry = RouteServerEntry;
