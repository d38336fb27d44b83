/**
 * What compiled code says of a batch as a whole, so that analyzers need not look at the rows of a
 * batch in which there is nothing for them.
 *
 * @module
 */
import type { Arena } from "./arena.ts";

/** Addresses in the arena: of the survey, of packets by size, of frames and octets by path. */
export type SurveyPlaces = readonly [
  survey: number,
  sizes: number,
  frames: number,
  octets: number,
];

/** Compiled code that looks over a batch. */
export interface SurveyKernel {
  readonly arena: Arena;
  /** Told once where the survey and the counts lie. */
  bindSurvey(...places: SurveyPlaces): void;
  /** Surveys the first `count` rows, at least one, and adds them to the counts. */
  surveyBatch(count: number): void;
}

/** Doubles of a survey, as in `kernel/assembly/survey.ts`. */
const OCTETS = 0, LEAST_OCTETS = 1, GREATEST_OCTETS = 2, RESETS = 3, SACKS = 4;
const PAYLOAD_CUT = 5, HEADER_CUT = 6, LEAST_CUT = 7, GREATEST_CUT = 8;
const LARGEST_MSS = 9, LARGEST_PAYLOAD = 10, UNTIMED = 11, LEAST_NS = 12, GREATEST_NS = 13;
const LEAST_STEP = 14, GREATEST_STEP = 15, OTHER_INTERFACES = 16, OTHER_LINK_TYPES = 17;
const DOUBLES = 18;

/** What was found in the last batch, which had at least one packet. */
export class BatchSurvey {
  readonly #values: Float64Array;

  /** A survey that lies in `arena`. */
  constructor(arena: Arena) {
    this.#values = arena.float64(DOUBLES);
  }

  /** Where it lies. */
  get address(): number {
    return this.#values.byteOffset;
  }

  /** Octets on the wire, in all. */
  get octets(): number {
    return this.#at(OCTETS);
  }

  /** Wire length of the shortest packet, octets. */
  get leastOctets(): number {
    return this.#at(LEAST_OCTETS);
  }

  /** Wire length of the longest packet, octets. */
  get greatestOctets(): number {
    return this.#at(GREATEST_OCTETS);
  }

  /** TCP packets with RST. */
  get resets(): number {
    return this.#at(RESETS);
  }

  /** TCP packets with SACK blocks. */
  get sacks(): number {
    return this.#at(SACKS);
  }

  /** Packets that lack payload only. */
  get payloadCut(): number {
    return this.#at(PAYLOAD_CUT);
  }

  /** Packets of which a header is not whole. */
  get headersCut(): number {
    return this.#at(HEADER_CUT);
  }

  /** Captured length of the shortest packet that was cut, octets; meaningless if there is none. */
  get leastCut(): number {
    return this.#at(LEAST_CUT);
  }

  /** Captured length of the longest packet that was cut, octets; meaningless if there is none. */
  get greatestCut(): number {
    return this.#at(GREATEST_CUT);
  }

  /** Greatest MSS that was announced, octets; -1 if there is none. */
  get largestMss(): number {
    return this.#at(LARGEST_MSS);
  }

  /** Most payload of a packet on the wire, octets; 0 if there is none. */
  get largestPayload(): number {
    return this.#at(LARGEST_PAYLOAD);
  }

  /** True if every packet has a time; the times below mean nothing otherwise. */
  get isTimed(): boolean {
    return this.#at(UNTIMED) === 0;
  }

  /** Least time, nanoseconds as in `FlowColumns.timeNs`. */
  get leastNs(): number {
    return this.#at(LEAST_NS);
  }

  /** Greatest time, nanoseconds. */
  get greatestNs(): number {
    return this.#at(GREATEST_NS);
  }

  /** Least time from a packet to the next within the batch, nanoseconds; at most 0. */
  get leastStepNs(): number {
    return this.#at(LEAST_STEP);
  }

  /** Greatest time from a packet to the next within the batch, nanoseconds; at least 0. */
  get greatestStepNs(): number {
    return this.#at(GREATEST_STEP);
  }

  /** True if all packets came in on one interface. */
  get hasOneInterface(): boolean {
    return this.#at(OTHER_INTERFACES) === 0;
  }

  /** True if all packets have one link type. */
  get hasOneLinkType(): boolean {
    return this.#at(OTHER_LINK_TYPES) === 0;
  }

  #at(place: number): number {
    return this.#values[place] ?? 0;
  }
}
