/**
 * Every question that can be asked of captures, by name. Only the thread that reads captures imports
 * this; everything else takes its types.
 *
 * @module
 */
import { askConversations } from "./conversations.ts";
import { askDns } from "./dns.ts";
import { askHierarchy } from "./hierarchy.ts";
import { askSummary } from "./summary.ts";
import { askThroughput } from "./throughput.ts";

/** The questions. */
export const questions = {
  conversations: askConversations,
  dns: askDns,
  hierarchy: askHierarchy,
  summary: askSummary,
  throughput: askThroughput,
} as const;

/** Names, parameters and answers of the questions. */
export type Questions = typeof questions;
