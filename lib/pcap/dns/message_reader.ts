/**
 * Messages as they come off the wire: read quickly where they are sound, carefully where not, and
 * what is wrong with them counted.
 *
 * @module
 */
import { type DnsFault, type DnsReading, readDnsMessage } from "./dns_message.ts";
import { type DnsFindings, keepFrame } from "./findings.ts";
import { MessageScan } from "./message_scan.ts";
import { wireOf } from "./name_table.ts";

/** The part of {@link DnsFindings} that follows from single messages. */
export type ReaderFindings = Pick<DnsFindings, "malformed" | "cut">;

const NOTHING = new Uint8Array(0);

/** Reads the messages of a pass. */
export class MessageReader {
  readonly #scan = new MessageScan();
  readonly #faults: Partial<Record<DnsFault, number>> = {};
  readonly #frames: number[] = [];
  #malformed = 0;
  #cut = 0;

  /**
   * What the message from `start` to `end` says, until the next is read; null if that cannot be told.
   * `isCut`: the capture kept only its start.
   */
  read(
    octets: Uint8Array,
    start: number,
    end: number,
    isCut: boolean,
    frame: number,
  ): MessageScan | null {
    const scan = this.#scan;
    if (!isCut && scan.scan(octets, start, end)) return scan;
    return this.#readCarefully(octets.subarray(start, end), isCut, frame);
  }

  /** Counts octets on port 53 whose header is not one of DNS; fewer than a header, a cut message. */
  addOther(isCut: boolean, frame: number): void {
    if (isCut) this.#cut++;
    else this.#addFault("header", frame);
  }

  /** What is known. */
  finish(): ReaderFindings {
    return {
      malformed: { count: this.#malformed, faults: this.#faults, frames: this.#frames },
      cut: this.#cut,
    };
  }

  #readCarefully(octets: Uint8Array, isCut: boolean, frame: number): MessageScan | null {
    const reading: DnsReading = readDnsMessage(octets, isCut);
    if (reading.kind === "malformed") this.#addFault(reading.fault, frame);
    const { facts } = reading;
    if (facts === null) {
      if (reading.kind === "cut") this.#cut++;
      return null;
    }
    const { question } = facts;
    const said = this.#scan;
    said.id = facts.id;
    said.isResponse = facts.isResponse;
    said.isTruncated = facts.isTruncated;
    said.rcode = facts.rcode;
    said.ednsBytes = facts.ednsBytes ?? -1;
    said.octets = question === null ? NOTHING : wireOf(question.name);
    said.nameStart = 0;
    said.nameEnd = said.octets.length;
    said.type = question?.type ?? 0;
    said.class = question?.class ?? 0;
    return said;
  }

  #addFault(fault: DnsFault, frame: number): void {
    this.#malformed++;
    this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
    keepFrame(this.#frames, frame);
  }
}
