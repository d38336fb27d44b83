/**
 * Fields that the tools share whose answer is a list of packets.
 *
 * @module
 */
import { z } from "zod";
import { ANY_PACKET } from "../filter/no_conditions.ts";
import type { PacketsAnswer } from "../questions/packets.ts";
import { coverageOutput } from "../tool_fields.ts";

/** Most packets of one list. */
export function maxResults() {
  return z.int().min(1).max(1000).default(100).describe("Most packets to list; all are counted");
}

/** Outputs of a list of packets. */
export function packetListOutput() {
  return {
    success: z.boolean(),
    summary: z.string(),
    ...coverageOutput(),
    filter_expression: z.string().describe("All conditions as a Wireshark display filter"),
    total_packets_scanned: z.number(),
    matching_packets: z.number(),
    packets: z.array(z.object({
      packet_number: z.number(),
      timestamp: z.string().nullable(),
      time_relative: z.number().nullable(),
      src_ip: z.string().nullable(),
      src_port: z.number().nullable(),
      dst_ip: z.string().nullable(),
      dst_port: z.number().nullable(),
      protocol: z.string(),
      length: z.number(),
      stream: z.number().nullable(),
      info: z.string(),
    })),
    clauses: z.array(z.object({ text: z.string(), survived: z.number() })).describe(
      "Packets that satisfied each clause and all before it",
    ),
    from_index: z.boolean().describe("The packet index answered; the capture was not read again"),
  };
}

/** What a person would say of the packets that matched. */
export function sayPackets(answer: PacketsAnswer): string {
  const { matching_packets, total_packets_scanned, packets, filter_expression, clauses } = answer;
  const of = `of ${total_packets_scanned} packets`;
  const listed = packets.length === 1 ? "is" : `${packets.length} are`;
  const shown = packets.length < matching_packets ? `; the first ${listed} listed` : "";
  if (filter_expression === ANY_PACKET) {
    return `${total_packets_scanned} packets, no condition given${shown}.`;
  }
  const filter = filter_expression.length > 200
    ? `${filter_expression.slice(0, 199)}…`
    : filter_expression;
  if (matching_packets > 0) {
    const match = matching_packets === 1 ? "matches" : "match";
    return `${matching_packets} ${of} ${match} ${filter}${shown}.`;
  }
  return `None ${of} matches ${filter}. ${sayEmptyClause(clauses, total_packets_scanned)}`
    .trimEnd();
}

/** Which clause let nothing through, and how many packets it was given. */
function sayEmptyClause(clauses: PacketsAnswer["clauses"], total: number): string {
  const at = clauses.findIndex(({ survived }) => survived === 0);
  const clause = clauses[at];
  if (clause === undefined || clauses.length < 2) return "";
  const before = clauses[at - 1]?.survived ?? total;
  return at === 0
    ? `No packet at all satisfies ${clause.text}.`
    : `${clause.text} removed the last ${before}.`;
}
