/**
 * Times in which a flow did not go on, longer than a limit, with what they were for and the frames
 * that show it.
 *
 * @module
 */
import { WorstList } from "../dns/bounded.ts";
import { TcpFlag } from "../tcp/flags.ts";
import { CLIENT, FIN, type FlowPacket, type Role, RST, SYN } from "./flow_packet.ts";
import type { Silence, StallCause, StallEnd, StallVerdict } from "./stall_cause.ts";
import { stallVerdict } from "./stall_cause.ts";
import { TcpProgress, type TcpStanding } from "./tcp_progress.ts";

/** Shortest time without progress that is a stall, nanoseconds: the least timeout of common stacks. */
const STALL_NS = 200e6;
/** And in round trips. */
const STALL_TRIPS = 4;
/** Stalls that are kept, the longest ones; all are counted. */
const STALLS_KEPT = 50;
/** A side that sent so many packets of data, and got none, sends a file and no request. */
const TRANSFER_PACKETS = 10;
/** Frames of repetitions and probes that a stall keeps. */
const FRAMES_KEPT = 8;

/** One stall. Times are nanoseconds from the base second of the walk. */
export interface Stall extends StallVerdict {
  readonly startNs: number;
  readonly durationNs: number;
  /** Frame after which nothing went on. */
  readonly afterFrame: number;
  /** Frame with which it went on; null if the capture ended first. */
  readonly beforeFrame: number | null;
  /** Repetitions and probes meanwhile, the first ones. */
  readonly frames: readonly number[];
}

/** All stalls of a flow. */
export interface StallFindings {
  /** The longest, in order of time. */
  readonly stalls: readonly Stall[];
  readonly count: number;
  /** Nanoseconds by cause. */
  readonly nsByCause: ReadonlyMap<StallCause, number>;
  /** Time without progress from which on it is a stall, nanoseconds. */
  readonly limitNs: number;
}

/** What is known beforehand. */
export interface StallHints {
  readonly isTcp: boolean;
  /** Round-trip time, nanoseconds, NaN if unknown. */
  readonly rttNs: number;
  /** Frames after which the clock leapt or the capture stood still, and those known to be sent again. */
  readonly leapFrames: ReadonlySet<number>;
  readonly repeatFrames: ReadonlySet<number>;
}

/** Finds the stalls of one flow, packet by packet. */
export class StallFinder {
  readonly progress = new TcpProgress();
  readonly #hints: StallHints;
  readonly #limitNs: number;
  readonly #longest = new WorstList<Stall>(STALLS_KEPT);
  readonly #nsByCause = new Map<StallCause, number>();
  #count = 0;
  /** The last packet that brought the flow on. */
  #lastNs = NaN;
  #lastFrame = 0;
  #lastSpeaker: Role | null = null;
  #lastPayload = 0;
  /** Packets with data of client and server. */
  readonly #spoken: [number, number] = [0, 0];
  /** Since then. */
  #repeated = 0;
  #repeatedBy: Role = CLIENT;
  #probes = 0;
  #leapt = false;
  #frames: number[] = [];

  constructor(hints: StallHints) {
    this.#hints = hints;
    const trips = STALL_TRIPS * hints.rttNs;
    this.#limitNs = trips > STALL_NS ? trips : STALL_NS;
  }

  /** Takes the next packet of the flow; one without its header brings nothing on. */
  add(packet: FlowPacket): void {
    if (!packet.hasHeader) return;
    const { isTcp } = this.#hints;
    this.#leapt ||= this.#hints.leapFrames.has(packet.frame);
    if (isTcp) this.#noteAttempt(packet);
    const isLong = packet.ns - this.#lastNs > this.#limitNs;
    const standing = isTcp && isLong ? this.progress.standing() : null;
    const isProgress = isTcp ? this.progress.take(packet) : true;
    if (!isProgress) return;
    if (isLong) {
      this.#record(standing, packet.ns, packet.frame, endOf(packet), packet.role, {
        isCaptureGap: this.#leapt || (packet.found & TcpFlag.ackLostSegment) !== 0,
        isAskedAgain: !isTcp && packet.role === this.#lastSpeaker &&
          packet.payload === this.#lastPayload,
      });
    }
    this.#moveOn(packet);
  }

  /**
   * What was found. Unless the flow is over, what it owed when the capture ended at `endNs` counts.
   */
  finish(endNs: number, isOver: boolean): StallFindings {
    const standing = this.#hints.isTcp ? this.progress.standing() : null;
    if (!isOver && endNs - this.#lastNs > this.#limitNs && this.#isOwing(standing)) {
      const none = { isCaptureGap: false, isAskedAgain: false };
      this.#record(standing, endNs, null, "none", CLIENT, none);
    }
    return {
      stalls: this.#longest.values().sort((a, b) => a.startNs - b.startNs),
      count: this.#count,
      nsByCause: this.#nsByCause,
      limitNs: this.#limitNs,
    };
  }

  /** True if something was due that did not come: an idle connection that stays open owes nothing. */
  #isOwing(standing: TcpStanding | null): boolean {
    if (this.#lastSpeaker === CLIENT && !this.#isAlone()) return true;
    if (standing === null) return false;
    return standing.opening !== null || standing.unacked.includes(true) ||
      standing.closedWindow.includes(true);
  }

  #isAlone(): boolean {
    const [client, server] = this.#spoken;
    return Math.min(client, server) === 0 && Math.max(client, server) >= TRANSFER_PACKETS;
  }

  #noteAttempt(packet: FlowPacket): void {
    const isRepeated = this.progress.isAgain(packet) || this.#hints.repeatFrames.has(packet.frame);
    const isProbe = (packet.found & (TcpFlag.keepAlive | TcpFlag.zeroWindowProbe)) !== 0;
    if (!isRepeated && !isProbe) return;
    if (isRepeated) {
      this.#repeated++;
      this.#repeatedBy = packet.role;
    } else this.#probes++;
    if (this.#frames.length < FRAMES_KEPT) this.#frames.push(packet.frame);
  }

  #moveOn(packet: FlowPacket): void {
    // A clock that runs backwards makes no stall when it runs on.
    if (!(packet.ns <= this.#lastNs)) this.#lastNs = packet.ns;
    this.#lastFrame = packet.frame;
    if (packet.payload > 0) {
      this.#lastSpeaker = packet.role;
      this.#lastPayload = packet.payload;
      this.#spoken[packet.role]++;
    }
    this.#repeated = this.#probes = 0;
    this.#leapt = false;
    if (this.#frames.length > 0) this.#frames = [];
  }

  #record(
    standing: TcpStanding | null,
    untilNs: number,
    beforeFrame: number | null,
    end: StallEnd,
    endedBy: Role,
    signs: Pick<Silence, "isCaptureGap" | "isAskedAgain">,
  ): void {
    const verdict = stallVerdict({
      standing,
      lastSpeaker: this.#lastSpeaker,
      isAlone: this.#isAlone(),
      repeated: this.#repeated,
      repeatedBy: this.#repeatedBy,
      probes: this.#probes,
      end,
      endedBy,
      ...signs,
    });
    const durationNs = untilNs - this.#lastNs;
    this.#count++;
    const before = this.#nsByCause.get(verdict.cause) ?? 0;
    this.#nsByCause.set(verdict.cause, before + durationNs);
    this.#longest.add({
      ...verdict,
      startNs: this.#lastNs,
      durationNs,
      afterFrame: this.#lastFrame,
      beforeFrame,
      frames: [...this.#frames],
    }, durationNs);
  }
}

function endOf({ flags, payload }: FlowPacket): StallEnd {
  if ((flags & RST) !== 0) return "reset";
  if (payload > 0) return "data";
  if ((flags & SYN) !== 0) return "syn";
  return (flags & FIN) !== 0 ? "fin" : "ack";
}
