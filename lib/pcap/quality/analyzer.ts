/**
 * The analyzer of capture quality: everything that `gradeQuality` needs beside the facts of the
 * pass. Its memory is fixed.
 *
 * @module
 */
import type { BatchSurvey } from "../batch_survey.ts";
import type { FlowReader } from "../flow/flow_reader.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import { type ClockFacts, ClockWatch } from "./clock.ts";
import { type CopyKernel, type DuplicateFacts, DuplicateWatch } from "./duplicates.ts";
import { LinkTypeWatch } from "./link_type_watch.ts";
import { type OffloadFacts, OffloadWatch } from "./offload.ts";
import { findOneSided, type OneSidedFacts } from "./one_sided.ts";
import { type SnapLengthFacts, SnapLengthWatch } from "./snap_length.ts";

/** What was seen of the quality of a capture. */
export interface QualityFacts {
  readonly snapLength: SnapLengthFacts;
  readonly duplicates: DuplicateFacts;
  readonly offload: OffloadFacts;
  readonly oneSided: OneSidedFacts;
  readonly clock: ClockFacts;
  /** LINKTYPE_ values in order of appearance. */
  readonly linkTypes: readonly number[];
}

const NO_FLOWS: OneSidedFacts = { connections: 0, oneSided: { count: 0, frames: [] } };

/** Looks at how a capture was taken. Needs the columns of flows and TCP options. */
export class QualityAnalyzer implements Analyzer {
  readonly #snapLength = new SnapLengthWatch();
  readonly #duplicates: DuplicateWatch;
  readonly #offload = new OffloadWatch();
  readonly #clock = new ClockWatch();
  readonly #linkTypes = new LinkTypeWatch();
  #flows: FlowReader | null = null;

  /** An analyzer; compiled code, if there is any, takes most packets to the same result. */
  constructor(kernel: CopyKernel | null = null) {
    this.#duplicates = new DuplicateWatch(kernel);
  }

  /** Takes the next batch; with a survey, its rows are looked at only where that finds something. */
  addBatch(batch: PassBatch, survey: BatchSurvey | null = null): void {
    this.#snapLength.addBatch(batch, survey);
    this.#duplicates.addBatch(batch);
    this.#offload.addBatch(batch, survey);
    this.#flows = batch.flows.reader;
    this.#clock.addBatch(batch, survey);
    if (!survey?.hasOneLinkType) this.#linkTypes.addBatch(batch);
    else this.#linkTypes.add(batch.packets.linkType[0] ?? 0);
  }

  /** What was seen. */
  finish(): QualityFacts {
    return {
      snapLength: this.#snapLength.finish(),
      duplicates: this.#duplicates.finish(),
      offload: this.#offload.finish(),
      oneSided: this.#flows === null ? NO_FLOWS : findOneSided(this.#flows),
      clock: this.#clock.finish(),
      linkTypes: this.#linkTypes.finish(),
    };
  }
}
