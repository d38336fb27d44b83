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
  /**
   * Those among them that came as new data does, beyond everything before: the first copy was lost,
   * and nothing that was sent after it came earlier. Their sequence numbers tell nothing.
   */
  readonly retransmittedAsNew: number;
  /** Copies made by the relay, of frames with sequence space. */
  readonly duplicated: number;
  /** Frames that came out behind one of a higher sequence number though sent for the first time. */
  readonly reordered: number;
}

/** A frame that came out of the relay. */
export interface Arrival {
  readonly label: RelayLabel;
  /** True if the near side had sent its last octet before. */
  readonly isSentAgain: boolean;
  /** True if it carries the highest octet so far, or opens a connection. */
  readonly isFirst: boolean;
}

/** Frames of one direction in the order in which they came out of the relay, all of TCP. */
export function arrivalsOf(labels: readonly RelayLabel[], direction: 0 | 1): Arrival[] {
  const frames = labels.filter((label) => label.direction === direction);
  const again = sentAgain(frames);
  const far = new Front();
  return frames.filter(({ sentNs }) => sentNs !== null)
    .toSorted((one, other) => (one.sentNs ?? 0) - (other.sentNs ?? 0))
    .map((label) => ({
      label,
      isSentAgain: again.has(label),
      isFirst: endOf(label) !== null && far.isMovedBy(label),
    }));
}

/** Counts one direction. A near side sends in sequence order, except when it sends again. */
export function farSideTruth(labels: readonly RelayLabel[], direction: 0 | 1): FarSideTruth {
  const sent = labels.filter((label) =>
    label.direction === direction && label.action !== "duplicate" && endOf(label) !== null
  );
  const arrivals = arrivalsOf(labels, direction).filter(({ label }) => endOf(label) !== null);
  const came = (test: (arrival: Arrival) => boolean) => arrivals.filter(test).length;
  return {
    sent: sent.length,
    retransmitted: sentAgain(sent).size,
    retransmittedVisible: came(({ isSentAgain }) => isSentAgain),
    retransmittedAsNew: came(({ isSentAgain, isFirst }) => isSentAgain && isFirst),
    duplicated: came(({ label }) => label.action === "duplicate"),
    reordered: came(({ label, isSentAgain, isFirst }) =>
      label.action === "forward" && !isSentAgain && !isFirst
    ),
  };
}

/** The frames whose last octet the near side had sent before. */
function sentAgain(frames: readonly RelayLabel[]): Set<RelayLabel> {
  const front = new Front();
  return new Set(
    frames.filter((label) =>
      label.action !== "duplicate" && endOf(label) !== null && !front.isMovedBy(label)
    ),
  );
}

const FIN = 1;
const SYN = 2;

/** The sequence number behind a frame, or null if it takes no sequence space. */
function endOf({ seq, flags, length }: RelayLabel): number | null {
  const space = length + ((flags & SYN) === 0 ? 0 : 1) + ((flags & FIN) === 0 ? 0 : 1);
  return space === 0 ? null : (seq + space) >>> 0;
}

/** The highest sequence number of each connection. */
class Front {
  readonly #ends = new Map<string, number>();

  /** Takes a frame; true if it reaches beyond all before it, or opens another connection. */
  isMovedBy(label: RelayLabel): boolean {
    const key = `${label.srcPort}>${label.dstPort}`;
    const end = endOf(label) ?? 0;
    const before = this.#ends.get(key);
    const isOpening = (label.flags & SYN) !== 0;
    if (before !== undefined && (isOpening ? end === before : ((end - before) | 0) <= 0)) {
      return false;
    }
    this.#ends.set(key, end);
    return true;
  }
}
