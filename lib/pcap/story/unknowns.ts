/**
 * What cannot be known about a flow from its capture, one sentence each.
 *
 * @module
 */
import type { PassFacts } from "../pass.ts";
import type { CaptureQuality } from "../quality/finding.ts";
import type { ConnectionLoss } from "../loss/loss_findings.ts";
import type { FlowFindings } from "./flow_story.ts";

/** What tells what is not known. */
export interface UnknownHints {
  readonly facts: PassFacts;
  readonly quality: CaptureQuality;
  readonly loss: ConnectionLoss | null;
  readonly isOneSided: boolean;
  /** No SYN of the connection was captured. */
  readonly beganBefore: boolean;
}

/** What is not known. */
export function unknownsOf(findings: FlowFindings, hints: UnknownHints): string[] {
  const { isTcp, cutPackets, untimedPackets, times, lookup, stalls } = findings;
  const { facts, quality, loss, isOneSided, beganBefore } = hints;
  const said: (string | false)[] = [
    isOneSided &&
    (isTcp
      ? "One direction only was captured: round-trip times, turns and causes of stalls."
      : "One direction only was captured: whether nothing was answered, or the answers went another way."),
    beganBefore &&
    "The connection is older than the capture: its handshake, MSS, window scale and first messages.",
    cutPackets > 0 &&
    `What ${cutPackets} of its packets carried to the end: the snap length cut them.`,
    untimedPackets > 0 && `When ${untimedPackets} of its packets came: they carry no time.`,
    facts.limitedBy === "max_packets" && "What came after max_packets.",
    facts.truncatedAt !== null && `What the file held after byte ${facts.truncatedAt}.`,
    lookup === null &&
    "How the client learnt the server's address: no DNS answer over UDP before it has it (a cache, DNS over TCP, TLS or HTTPS, or no name).",
    times?.isCapped === true && "Round-trip times beyond the first million.",
    loss?.directions.some(({ isUnknown }) => isUnknown) === true &&
    "Which of the segments that came again were lost: there were too many holes to follow.",
    times?.times?.directions.some(({ limits }) => limits?.confidence === "low") === true &&
    "What the sender itself saw: the capture was taken away from it, so what its data waited for is inferred.",
    stalls.count > stalls.stalls.length &&
    `Details of ${stalls.count - stalls.stalls.length} shorter stalls; their time is counted.`,
  ];
  return [...said.filter((one) => one !== false), ...quality.consequences];
}
