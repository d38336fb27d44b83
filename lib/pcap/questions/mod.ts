/**
 * Every question that can be asked of captures, by name. Only the thread that reads captures imports
 * this; everything else takes its types.
 *
 * @module
 */
import { askDns } from "./dns.ts";
import { askHierarchy } from "./hierarchy.ts";

/** The questions. */
export const questions = {
  dns: askDns,
  hierarchy: askHierarchy,
} as const;

/** Names, parameters and answers of the questions. */
export type Questions = typeof questions;
