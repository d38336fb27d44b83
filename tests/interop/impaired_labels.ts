/**
 * What the relay did to each TCP frame, and what follows from it for a capture behind it.
 *
 * @module
 */

/** What the relay decided about a frame. */
export type RelayAction =
  | "forward"
  /** A copy that the relay made. */
  | "duplicate"
  /** Dropped at random. */
  | "lost"
  /** Dropped because the queue was full. */
  | "overflow"
  /** Dropped because its port is the black hole. */
  | "blackhole";

/** One decision; a duplicated frame has two. */
export interface RelayLabel {
  /** Number of the frame in order of arrival, both directions together, from 1. */
  readonly frame: number;
  /** 0: from the sender to the receiver, 1: back. */
  readonly direction: 0 | 1;
  /** Arrival at the relay, nanoseconds since the Unix epoch, rounded to a double. */
  readonly atNs: number;
  readonly action: RelayAction;
  /** When it left towards the far side; null: it never did. */
  readonly sentNs: number | null;
  /** True if it was held back for the sake of reordering. */
  readonly held: boolean;
  /** IPv4 identification, 0 for IPv6. */
  readonly ipId: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  readonly ack: number;
  /** The low eight TCP flags. */
  readonly flags: number;
  /** Payload octets. */
  readonly length: number;
}

/** Reads the file of the relay. @throws {Error} if the relay missed frames: nothing is exact then */
export function parseRelayLabels(text: string): RelayLabel[] {
  const lines = text.trimEnd().split("\n");
  const { missed } = JSON.parse(lines.pop() ?? "{}");
  if (missed !== 0) throw new Error(`the relay missed ${missed} frames`);
  return lines.map((line) => JSON.parse(line));
}

/** Frames of one direction, counted behind the relay. */
export interface FarSideTruth {
  /** Frames with sequence space (data, SYN, FIN) that the near side sent. */
  readonly sent: number;
  /** Frames among them that it sent again, whatever became of them. */
  readonly retransmitted: number;
  /** Frames sent again that came out of the relay: all that a capture behind it can know of. */
  readonly retransmittedVisible: number;
  /** Copies made by the relay, of frames with sequence space. */
  readonly duplicated: number;
  /** Frames that came out behind one of a higher sequence number though sent for the first time. */
  readonly reordered: number;
}

/** Counts one direction. A near side sends in sequence order, except when it sends again. */
export function farSideTruth(labels: readonly RelayLabel[], direction: 0 | 1): FarSideTruth {
  const frames = labels.filter((label) => label.direction === direction && sequenceSpace(label) > 0)
    .map((label) => ({ label, again: false }));
  const sentUpTo = new Map<string, number>();
  let retransmitted = 0;
  let sent = 0;
  for (const frame of frames) {
    const { label } = frame;
    const isCopy = label.action === "duplicate";
    if (isCopy) continue;
    sent++;
    const end = (label.seq + sequenceSpace(label)) >>> 0;
    const key = connectionOf(label);
    const isOpening = (label.flags & SYN) !== 0;
    const upTo = sentUpTo.get(key);
    const isNew = upTo === undefined || ((end - upTo) | 0) > 0 ||
      // A SYN with another sequence number opens another connection on the same ports.
      isOpening && end !== upTo;
    if (isNew) sentUpTo.set(key, end);
    else {
      frame.again = true;
      retransmitted++;
    }
  }
  const arrived = frames.filter(({ label }) => label.sentNs !== null)
    .toSorted((one, other) => (one.label.sentNs ?? 0) - (other.label.sentNs ?? 0));
  const seenUpTo = new Map<string, number>();
  let reordered = 0;
  for (const { label, again } of arrived) {
    const key = connectionOf(label);
    const end = (label.seq + sequenceSpace(label)) >>> 0;
    const upTo = seenUpTo.get(key);
    const isOpening = (label.flags & SYN) !== 0;
    if (upTo === undefined || isOpening || ((end - upTo) | 0) > 0) seenUpTo.set(key, end);
    else if (!again && label.action === "forward") reordered++;
  }
  return {
    sent,
    retransmitted,
    retransmittedVisible: arrived.filter(({ again }) => again).length,
    duplicated: arrived.filter(({ label }) => label.action === "duplicate").length,
    reordered,
  };
}

const FIN = 1;
const SYN = 2;

function sequenceSpace({ flags, length }: RelayLabel): number {
  return length + ((flags & SYN) === 0 ? 0 : 1) + ((flags & FIN) === 0 ? 0 : 1);
}

function connectionOf({ srcPort, dstPort }: RelayLabel): string {
  return `${srcPort}>${dstPort}`;
}
