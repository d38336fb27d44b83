/**
 * From what was seen of a capture to a grade: one rule per kind of fault, each with its thresholds,
 * and what to distrust for it.
 *
 * @module
 */
import { LINK_TYPES } from "../dissect/link_types.ts";
import type { PassFacts } from "../pass.ts";
import { sayNs } from "../questions/say_amount.ts";
import type { QualityFacts } from "./analyzer.ts";
import { LEAP_NS } from "./clock.ts";
import type { Counted } from "./evidence.ts";
import type {
  CaptureQuality,
  QualityCode,
  QualityFinding,
  QualityGrade,
  QualitySeverity,
} from "./finding.ts";
import { sayCount } from "../../words/amount.ts";

/** What grading needs. */
export interface QualityEvidence {
  readonly facts: PassFacts;
  readonly quality: QualityFacts;
  /**
   * Places where a side acknowledged TCP data that the capture does not have (tshark's ACKed unseen
   * segment); null where nobody counted them.
   */
  readonly ackedUnseen: Counted | null;
}

/** Judges one kind of fault; null if there is none. */
type Rule = (evidence: QualityEvidence) => QualityFinding | null;

const RULES: readonly Rule[] = [
  droppedByCapture,
  ackedUnseen,
  headersCut,
  payloadCut,
  duplicateFrames,
  oneSided,
  offload,
  checksumOffload,
  badChecksums,
  clockBackwards,
  clockForward,
  noTimestamps,
  mixedLinkTypes,
  damaged,
];

const CONSEQUENCES: Readonly<Record<QualityCode, string | null>> = {
  dropped_by_capture:
    "Data missing from the capture need not be missing from the network: distrust loss, lost-segment and unanswered counts.",
  acked_unseen:
    "Segments reached their receiver that the capture lacks: distrust loss, throughput and byte counts.",
  headers_cut: "Packets with cut headers belong to no flow: distrust counts per flow.",
  payload_cut:
    "Names and messages inside cut packets (DNS, TLS, HTTP) are incomplete; TCP analysis is not affected.",
  duplicate_frames:
    "Copies look like retransmissions and duplicate ACKs: distrust retransmission counts, and packet and byte totals are too high.",
  one_sided:
    "Of a connection seen from one side only, distrust round-trip times, retransmission causes and who ended it.",
  offload: "Packet counts and sizes are those of the capturing host, not of the wire.",
  checksum_offload: null,
  bad_checksums:
    "Segments with a wrong checksum are thrown away by the receiver: a retransmission after one is no loss on the path.",
  clock_backwards: "Distrust durations, delays and rates around the steps.",
  clock_forward: "Idle times and durations across the gaps may not be real.",
  no_timestamps: "Packets without a time have no part in durations, delays and rates.",
  mixed_link_types: null,
  cut_at_end: null,
  damaged: "Packets of the damaged part are missing: distrust loss and totals.",
};

const RANK: Readonly<Record<QualitySeverity, number>> = { high: 0, medium: 1, low: 2 };
const GRADE_OF: Readonly<Record<QualitySeverity, QualityGrade>> = {
  high: "poor",
  medium: "fair",
  low: "good",
};

/** Grades a capture. The worst finding decides. */
export function gradeQuality(evidence: QualityEvidence): CaptureQuality {
  const findings = RULES.map((rule) => rule(evidence)).filter((one) => one !== null);
  findings.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  const [worst] = findings;
  return {
    grade: worst === undefined ? "good" : GRADE_OF[worst.severity],
    findings,
    consequences: findings.map(({ code }) => CONSEQUENCES[code]).filter((text) => text !== null),
  };
}

function droppedByCapture({ facts }: QualityEvidence): QualityFinding | null {
  let dropped = 0;
  let between = 0;
  for (const one of facts.format.interfaces) {
    dropped += (one.statistics?.dropped ?? 0) + (one.statistics?.osDropped ?? 0);
    between += one.lostBetweenPackets;
  }
  // The statistics of the whole capture and the counts before each packet tell the same loss twice.
  const count = Math.max(dropped, between);
  if (count === 0) return null;
  const share = count / (count + facts.packets);
  return {
    code: "dropped_by_capture",
    severity: share > 0.001 ? "high" : "medium",
    text: `The capturing host dropped ${sayCount(count, "packet")} of ${count + facts.packets} (${
      percent(share)
    }).`,
    count,
    frames: [],
  };
}

function ackedUnseen(evidence: QualityEvidence): QualityFinding | null {
  const { ackedUnseen, facts } = evidence;
  if (ackedUnseen === null || ackedUnseen.count === 0) return null;
  return {
    code: "acked_unseen",
    severity: ackedUnseen.count / facts.packets > 0.001 ? "high" : "medium",
    text: `${sayCount(ackedUnseen.count, "ACK")} for data that the capture does not have.`,
    ...ackedUnseen,
  };
}

function headersCut({ facts, quality }: QualityEvidence): QualityFinding | null {
  const { headersCut, leastBytes } = quality.snapLength;
  if (headersCut.count === 0) return null;
  const share = headersCut.count / facts.packets;
  return {
    code: "headers_cut",
    severity: share > 0.01 ? "high" : "medium",
    text: `${sayCount(headersCut.count, "packet")} (${
      percent(share)
    }) cut within a header; the shortest has ${leastBytes} octets.`,
    ...headersCut,
  };
}

function payloadCut({ facts, quality }: QualityEvidence): QualityFinding | null {
  const { payloadCut, leastBytes, mostBytes } = quality.snapLength;
  if (payloadCut.count === 0) return null;
  const share = payloadCut.count / facts.packets;
  const length = leastBytes === mostBytes ? `${mostBytes}` : `${leastBytes} to ${mostBytes}`;
  return {
    code: "payload_cut",
    severity: share > 0.01 ? "medium" : "low",
    text: `${sayCount(payloadCut.count, "packet")} (${
      percent(share)
    }) cut to ${length} octets by the snap length.`,
    ...payloadCut,
  };
}

function duplicateFrames({ facts, quality }: QualityEvidence): QualityFinding | null {
  const { copies, otherTtl, otherInterface, medianDelayUsec } = quality.duplicates;
  if (copies.count === 0) return null;
  const share = copies.count / facts.packets;
  const kind = otherTtl * 2 > copies.count
    ? "with another TTL, so captured on both sides of a router"
    : otherInterface * 2 > copies.count
    ? "on another interface of the capture"
    : "alike, so mirrored twice or duplicated by the network";
  return {
    code: "duplicate_frames",
    severity: share > 0.05 ? "high" : share > 0.001 ? "medium" : "low",
    text: `${sayCount(copies.count, "packet")} (${percent(share)}) captured again, typically ${
      sayNs((medianDelayUsec ?? 0) * 1e3)
    } later, ${kind}.`,
    ...copies,
  };
}

function oneSided({ quality }: QualityEvidence): QualityFinding | null {
  const { connections, oneSided } = quality.oneSided;
  if (oneSided.count === 0) return null;
  const share = oneSided.count / connections;
  return {
    code: "one_sided",
    severity: share > 0.1 ? "high" : share > 0.01 ? "medium" : "low",
    text: `One direction only of ${oneSided.count} of ${sayCount(connections, "TCP connection")} (${
      percent(share)
    }), though that side acknowledges what it got.`,
    ...oneSided,
  };
}

function offload({ quality }: QualityEvidence): QualityFinding | null {
  const { above1460, above8960, largestPayload, largestMss } = quality.offload;
  const isKnown = largestMss >= 0;
  // Without a SYN, what a link of MTU 9000 carries may have been carried by one.
  const large = isKnown && largestMss <= 1460
    ? above1460
    : !isKnown || largestMss <= 8960
    ? above8960
    : null;
  if (large === null || large.count === 0) return null;
  const limit = isKnown ? `the greatest MSS is ${largestMss}` : "no link carries more than 8,960";
  return {
    code: "offload",
    severity: "low",
    text: `${
      sayCount(large.count, "TCP segment")
    } of up to ${largestPayload} octets where ${limit}: taken above segmentation or receive offload.`,
    ...large,
  };
}

function checksumOffload({ quality }: QualityEvidence): QualityFinding | null {
  const { checksumsPartial, checksumsSampled } = quality.offload;
  if (checksumsPartial.count === 0) return null;
  return {
    code: "checksum_offload",
    severity: "low",
    text:
      `${checksumsPartial.count} of ${checksumsSampled} sampled checksums are left to the network card: taken at the sender.`,
    ...checksumsPartial,
  };
}

function badChecksums({ quality }: QualityEvidence): QualityFinding | null {
  const { checksumsBad, checksumsSampled } = quality.offload;
  if (checksumsBad.count === 0) return null;
  return {
    code: "bad_checksums",
    severity: checksumsBad.count / checksumsSampled > 0.01 ? "medium" : "low",
    text: `${checksumsBad.count} of ${checksumsSampled} sampled TCP and UDP checksums are wrong.`,
    ...checksumsBad,
  };
}

function clockBackwards({ quality }: QualityEvidence): QualityFinding | null {
  const { backwards, backwardsMaxNs } = quality.clock;
  if (backwards.count === 0) return null;
  return {
    code: "clock_backwards",
    severity: backwardsMaxNs > 1e9 ? "high" : "medium",
    text: `Time runs backwards at ${sayCount(backwards.count, "packet")}, by up to ${
      sayNs(backwardsMaxNs)
    }.`,
    ...backwards,
  };
}

function clockForward({ quality }: QualityEvidence): QualityFinding | null {
  const { forward, forwardMaxNs } = quality.clock;
  if (forward.count === 0) return null;
  return {
    code: "clock_forward",
    severity: "low",
    text: `${sayCount(forward.count, "gap")} of more than ${
      sayNs(LEAP_NS)
    } in a steady run of packets, the longest ${
      sayNs(forwardMaxNs)
    }: a pause of the capture, or a step of its clock.`,
    ...forward,
  };
}

function noTimestamps({ facts, quality }: QualityEvidence): QualityFinding | null {
  const { withoutTime } = quality.clock;
  if (withoutTime.count === 0) return null;
  const share = withoutTime.count / facts.packets;
  return {
    code: "no_timestamps",
    severity: share > 0.1 ? "high" : "medium",
    text: `${sayCount(withoutTime.count, "packet")} (${percent(share)}) without a time.`,
    ...withoutTime,
  };
}

function mixedLinkTypes({ quality }: QualityEvidence): QualityFinding | null {
  const { linkTypes } = quality;
  if (linkTypes.length < 2) return null;
  const names = linkTypes.map((code) =>
    LINK_TYPES.find((row) => row.code === code)?.name ?? `${code}`
  );
  return {
    code: "mixed_link_types",
    severity: "low",
    text: `Packets of ${linkTypes.length} link types: ${names.join(", ")}.`,
    count: linkTypes.length,
    frames: [],
  };
}

/** Damage that only says that writing ended within a packet. */
const CUT_CODES: ReadonlySet<string> = new Set(["cut_packet", "cut_record_header", "cut_block"]);

function damaged({ facts }: QualityEvidence): QualityFinding | null {
  if (facts.truncatedAt === null) return null;
  const lost = facts.warnings.filter(({ effect }) => effect === "stopped" || effect === "skipped");
  const [first] = lost;
  const isCut = lost.every(({ code }) => CUT_CODES.has(code));
  const codes = [...new Set(lost.map(({ code }) => code))];
  const count = codes.reduce((sum, code) => sum + (facts.warningCounts.get(code) ?? 0), 0);
  return {
    code: isCut ? "cut_at_end" : "damaged",
    severity: isCut ? "low" : lost.some(({ effect }) => effect === "stopped") ? "high" : "medium",
    text: isCut
      ? `The file ends within a packet at byte ${facts.truncatedAt}.`
      : `Bytes from ${facts.truncatedAt} on were given up: ${first?.found ?? "damaged"}.`,
    count,
    frames: [],
  };
}

function percent(share: number): string {
  return share < 0.0001 ? "<0.01 %" : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
}
