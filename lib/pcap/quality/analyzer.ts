/**
 * The analyzer of capture quality: everything that `gradeQuality` needs beside the facts of the
 * pass. Its memory is fixed.
 *
 * @module
 */
import type { FlowReader } from "../flow/flow_reader.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import { type ClockFacts, ClockWatch } from "./clock.ts";
import { type DuplicateFacts, DuplicateWatch } from "./duplicates.ts";
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
  readonly #duplicates = new DuplicateWatch();
  readonly #offload = new OffloadWatch();
  readonly #clock = new ClockWatch();
  readonly #linkTypes = new LinkTypeWatch();
  #flows: FlowReader | null = null;

  addBatch(batch: PassBatch): void {
    this.#snapLength.addBatch(batch);
    this.#duplicates.addBatch(batch);
    this.#offload.addBatch(batch);
    this.#flows = batch.flows.reader;
    this.#clock.addBatch(batch);
    this.#linkTypes.addBatch(batch);
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
