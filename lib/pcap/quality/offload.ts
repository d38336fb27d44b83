/**
 * Traces of work that the network card does for the stack: segments that no link carries, because
 * they were captured before they were cut up or after they were joined, and checksums that were not
 * filled in yet.
 *
 * @module
 */
import type { BatchSurvey } from "../batch_survey.ts";
import type { PacketBatch } from "../batch.ts";
import { foldSum, sumPseudoHeader, sumWords } from "../detail/checksum.ts";
import { Cut, type DissectColumns, Fragment } from "../dissect/columns.ts";
import type { Analyzer, PassBatch } from "../pass.ts";
import { type Counted, Evidence } from "./evidence.ts";

/** What was seen of offload. */
export interface OffloadFacts {
  /** TCP segments with more payload than a link of MTU 1500 carries. */
  readonly above1460: Counted;
  /** With more than one of MTU 9000. */
  readonly above8960: Counted;
  /** Most payload of a TCP segment, octets. */
  readonly largestPayload: number;
  /** Greatest maximum segment size that a SYN announced, octets; -1 if there was none. */
  readonly largestMss: number;
  /** Packets whose checksum was looked at: one in {@link SAMPLE_EVERY}. */
  readonly checksumsSampled: number;
  /** Of these, with the sum of the pseudo-header only, for the card to finish. */
  readonly checksumsPartial: Counted;
  /** Of these, wrong otherwise; of short segments only. */
  readonly checksumsBad: Counted;
}

/** One packet in this many has its checksum looked at, a power of two. */
const SAMPLE_EVERY = 64;

/** Longest segment that is summed, octets. */
const SUMMED_MAX = 256;

/** Payload of a full segment on Ethernet without options, octets. */
const FULL_SEGMENT = 1460;

const TCP = 6, UDP = 17;

/** Watches for offload. */
export class OffloadWatch implements Analyzer {
  readonly #above1460 = new Evidence();
  readonly #above8960 = new Evidence();
  readonly #partial = new Evidence();
  readonly #bad = new Evidence();
  #largestPayload = 0;
  #largestMss = -1;
  #sampled = 0;

  /** Takes the next batch; with a survey, rows that are neither large nor sampled are left out. */
  addBatch(batch: PassBatch, survey: BatchSurvey | null = null): void {
    const { packets, dissected } = batch;
    if (survey === null || survey.largestPayload > FULL_SEGMENT) this.#addRows(batch);
    else if (survey.largestMss > this.#largestMss) this.#largestMss = survey.largestMss;
    const first = (SAMPLE_EVERY - packets.firstFrame % SAMPLE_EVERY) % SAMPLE_EVERY;
    for (let row = first; row < packets.count; row += SAMPLE_EVERY) {
      this.#sample(packets, dissected, row);
    }
  }

  /** What was seen. */
  finish(): OffloadFacts {
    return {
      above1460: this.#above1460.counted(),
      above8960: this.#above8960.counted(),
      largestPayload: this.#largestPayload,
      largestMss: this.#largestMss,
      checksumsSampled: this.#sampled,
      checksumsPartial: this.#partial.counted(),
      checksumsBad: this.#bad.counted(),
    };
  }

  #addRows({ packets, dissected, options }: PassBatch): void {
    const { payloadWire } = dissected;
    const { mss } = options;
    let largestMss = this.#largestMss;
    for (let row = 0; row < packets.count; row++) {
      const announced = mss[row] ?? -1;
      if (announced > largestMss) largestMss = announced;
      if ((payloadWire[row] ?? 0) > FULL_SEGMENT) this.#large(packets, dissected, row);
    }
    this.#largestMss = largestMss;
  }

  #large(packets: PacketBatch, columns: DissectColumns, row: number): void {
    if (columns.l4Protocol[row] !== TCP || columns.fragment[row] !== Fragment.whole) return;
    const payload = columns.payloadWire[row] ?? 0;
    const frame = packets.firstFrame + row;
    this.#above1460.add(frame);
    if (payload > 8960) this.#above8960.add(frame);
    if (payload > this.#largestPayload) this.#largestPayload = payload;
  }

  #sample(packets: PacketBatch, columns: DissectColumns, row: number): void {
    const protocol = columns.l4Protocol[row] ?? -1;
    const at = columns.l4Offset[row] ?? -1;
    const payloadAt = columns.payloadOffset[row] ?? -1;
    if ((protocol !== TCP && protocol !== UDP) || at < 0 || payloadAt < 0) return;
    if (columns.fragment[row] !== Fragment.whole || columns.cut[row] === Cut.header) return;
    if (columns.malformed[row] !== 0) return;
    const { view } = packets;
    const frame = packets.firstFrame + row;
    const found = view.getUint16(at + (protocol === TCP ? 16 : 6));
    if (protocol === UDP && found === 0) return;
    this.#sampled++;
    const end = payloadAt + (columns.payloadWire[row] ?? 0);
    const pseudo = sumPseudoHeader(
      view,
      columns.srcOffset[row] ?? 0,
      columns.dstOffset[row] ?? 0,
      columns.addressLength[row] ?? 0,
      protocol,
      end - at,
    );
    if (found === foldSum(pseudo)) this.#partial.add(frame);
    else if (end - at <= SUMMED_MAX && columns.cut[row] === Cut.nothing) {
      if (foldSum(sumWords(view, at, end, pseudo)) !== 0xffff) this.#bad.add(frame);
    }
  }
}
