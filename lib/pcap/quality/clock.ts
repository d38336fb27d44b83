/**
 * The clock of the capture: times that run backwards, leaps ahead, packets without a time.
 *
 * @module
 */
import type { BatchSurvey } from "../batch_survey.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import { type Counted, Evidence } from "./evidence.ts";

/** How the times of a capture run. */
export interface ClockFacts {
  /** Packets earlier than the one before by more than {@link STEP_BACK_NS}. */
  readonly backwards: Counted;
  /** Greatest such step, nanoseconds. */
  readonly backwardsMaxNs: number;
  /** Gaps of more than {@link LEAP_NS} in what was a steady run of packets. */
  readonly forward: Counted;
  /** Longest such gap, nanoseconds. */
  readonly forwardMaxNs: number;
  /** Packets that carry no time. */
  readonly withoutTime: Counted;
}

/** Several receive queues put packets out of order by less than this, nanoseconds. */
const STEP_BACK_NS = 1e6;

/** Shortest gap that is taken for a leap of the clock or a pause of the capture, nanoseconds. */
export const LEAP_NS = 60e9;

/** A run of packets is steady from this many on ... */
const RUN_PACKETS = 100;

/** ... and a gap breaks it if it is this many times the mean gap of the run. */
const LEAP_RATIO = 1000;

/** Watches the times. */
export class ClockWatch implements Analyzer {
  readonly #backwards = new Evidence();
  readonly #forward = new Evidence();
  readonly #withoutTime = new Evidence();
  #backwardsMaxNs = 0;
  #forwardMaxNs = 0;
  #lastNs = NaN;
  #runStartNs = NaN;
  #runPackets = 0;

  /** Takes the next batch; with a survey, its rows are looked at only if time does not run on. */
  addBatch(batch: PassBatch, survey: BatchSurvey | null = null): void {
    if (!survey?.isTimed || !this.#runsOn(batch, survey)) this.#addRows(batch);
  }

  /** Takes a batch whose packets all go on with the run; false if they do not. */
  #runsOn({ packets, flows }: PassBatch, { leastStepNs, greatestStepNs }: BatchSurvey): boolean {
    const step = (flows.timeNs[0] ?? 0) - this.#lastNs;
    // Not a number before the first packet.
    const isSteady = Math.min(step, leastStepNs) >= -STEP_BACK_NS &&
      Math.max(step, greatestStepNs) <= LEAP_NS;
    if (!isSteady) return false;
    this.#lastNs = flows.timeNs[packets.count - 1] ?? 0;
    this.#runPackets += packets.count;
    return true;
  }

  #addRows({ packets, flows }: PassBatch): void {
    const { timeNs } = flows;
    const { noTime } = packets;
    let last = this.#lastNs;
    for (let row = 0; row < packets.count; row++) {
      if (noTime[row] === 1) {
        this.#withoutTime.add(packets.firstFrame + row);
        continue;
      }
      const now = timeNs[row] ?? 0;
      const step = now - last;
      last = now;
      if (step < -STEP_BACK_NS) this.#backward(-step, now, packets.firstFrame + row);
      else if (step > LEAP_NS) this.#leap(step, now, packets.firstFrame + row);
      else if (step !== step) this.#restart(now);
      this.#runPackets++;
    }
    this.#lastNs = last;
  }

  /** What was seen. */
  finish(): ClockFacts {
    return {
      backwards: this.#backwards.counted(),
      backwardsMaxNs: this.#backwardsMaxNs,
      forward: this.#forward.counted(),
      forwardMaxNs: this.#forwardMaxNs,
      withoutTime: this.#withoutTime.counted(),
    };
  }

  #backward(stepNs: number, now: number, frame: number): void {
    this.#backwards.add(frame);
    if (stepNs > this.#backwardsMaxNs) this.#backwardsMaxNs = stepNs;
    this.#restart(now);
  }

  #leap(stepNs: number, now: number, frame: number): void {
    const meanNs = (now - stepNs - this.#runStartNs) / this.#runPackets;
    if (this.#runPackets >= RUN_PACKETS && stepNs > LEAP_RATIO * meanNs) {
      this.#forward.add(frame);
      if (stepNs > this.#forwardMaxNs) this.#forwardMaxNs = stepNs;
    }
    this.#restart(now);
  }

  #restart(now: number): void {
    this.#runStartNs = now;
    this.#runPackets = 0;
  }
}
