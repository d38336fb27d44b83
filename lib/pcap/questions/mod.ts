/**
 * Every question that can be asked of captures, by name. Only the thread that reads captures imports
 * this; everything else takes its types.
 *
 * @module
 */
import { askCompare } from "./compare.ts";
import { askConversations } from "./conversations.ts";
import { askDns } from "./dns.ts";
import { askExplain } from "./explain.ts";
import { askExport } from "./export.ts";
import { askHierarchy } from "./hierarchy.ts";
import { askTcpIssues } from "./tcp_issues.ts";
import { askPacket } from "./packet.ts";
import { askPackets } from "./packets.ts";
import { askStream } from "./stream.ts";
import { askSummary } from "./summary.ts";
import { askThroughput } from "./throughput.ts";

/** The questions. */
export const questions = {
  compare: askCompare,
  conversations: askConversations,
  dns: askDns,
  explain: askExplain,
  export: askExport,
  hierarchy: askHierarchy,
  packet: askPacket,
  packets: askPackets,
  stream: askStream,
  summary: askSummary,
  throughput: askThroughput,
  tcp_issues: askTcpIssues,
} as const;

/** Names, parameters and answers of the questions. */
export type Questions = typeof questions;
