/**
 * Answers of routers as short rows, for tests to compare.
 *
 * @module
 */
import { deepEqual } from "node:assert/strict";
import { renderPrefix } from "../../lib/ip/prefix.ts";
import type { Parsed } from "../../lib/looking_glass/answer.ts";
import { renderAsPath } from "../../lib/route/as_path.ts";
import { answerOf } from "./looking_glass_questions.ts";

/** The answer, which must be complete. */
export function complete({ answer, complete, problems }: Parsed): Parsed["answer"] {
  deepEqual([complete, problems], [true, []]);
  return answer;
}

/** Prefix, next hop, MED, local preference, weight, path, origin and flags of each row. */
export function tableRows(parsed: Parsed): unknown[] {
  return answerOf(complete(parsed), "table").paths.map((path) => [
    renderPrefix(path.prefix),
    path.nextHop,
    path.med,
    path.localPref,
    path.weight,
    renderAsPath(path.asPath),
    path.origin,
    path.flags.join(" "),
  ]);
}

/** Address, AS, state and its detail, seconds, prefixes received, and messages of each neighbour. */
export function neighborRows(parsed: Parsed): unknown[] {
  return answerOf(complete(parsed), "summary").neighbors.map((row) => [
    row.address,
    row.asn,
    row.state,
    row.stateDetail,
    row.uptimeSec,
    row.prefixesReceived,
    row.messagesReceived,
    row.messagesSent,
  ]);
}

/** Addresses and times of each hop of a trace. */
export function hopRows(parsed: Parsed): unknown[] {
  return answerOf(complete(parsed), "traceroute").hops.map(({ probes }) =>
    probes.map(({ address, rttMs }) => [address, rttMs])
  );
}
