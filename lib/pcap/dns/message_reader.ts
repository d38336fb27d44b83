/**
 * Messages as they come off the wire: read quickly where they are sound, carefully where not, their
 * names kept once, and what is wrong with them counted.
 *
 * @module
 */
import { type DnsFault, type DnsReading, readDnsMessage } from "./dns_message.ts";
import { type DnsFindings, keepFrame, LIST_KEPT } from "./findings.ts";
import { MessageScan } from "./message_scan.ts";
import { NameTable } from "./name_table.ts";
import type { PlacedMessage } from "./placed_message.ts";

const NAMES_MAX = 32_768;
const NAME_OCTETS_MAX = 2_097_152;

/** The part of {@link DnsFindings} that follows from single messages. */
export type ReaderFindings = Pick<DnsFindings, "domains" | "topDomains" | "malformed" | "cut">;

/** Reads the messages of a pass. */
export class MessageReader {
  readonly #scan = new MessageScan();
  readonly #names = new NameTable(NAMES_MAX, NAME_OCTETS_MAX);
  readonly #faults: Partial<Record<DnsFault, number>> = {};
  readonly #frames: number[] = [];
  #malformed = 0;
  #cut = 0;

  /**
   * Fills in what the message from `start` to `end` says; false if that cannot be told. `isCut`: the
   * capture kept only its start. The frame of `into` is that of the message.
   */
  read(
    octets: Uint8Array,
    start: number,
    end: number,
    isCut: boolean,
    into: PlacedMessage,
  ): boolean {
    const scan = this.#scan;
    if (isCut || !scan.scan(octets, start, end)) {
      return this.#readCarefully(octets.subarray(start, end), isCut, into);
    }
    into.id = scan.id;
    into.isResponse = scan.isResponse;
    into.isTruncated = scan.isTruncated;
    into.rcode = scan.rcode;
    into.ednsBytes = scan.ednsBytes;
    into.name = this.#names.of(octets, scan.nameStart, scan.nameEnd);
    into.type = scan.type;
    into.class = scan.class;
    return true;
  }

  /** Counts octets on port 53 whose header is not one of DNS; fewer than a header, a cut message. */
  addOther(isCut: boolean, frame: number): void {
    if (isCut) this.#cut++;
    else this.#addFault("header", frame);
  }

  /** What is known. */
  finish(): ReaderFindings {
    return {
      domains: this.#names.distinct,
      topDomains: this.#names.top(LIST_KEPT),
      malformed: { count: this.#malformed, faults: this.#faults, frames: this.#frames },
      cut: this.#cut,
    };
  }

  #readCarefully(octets: Uint8Array, isCut: boolean, into: PlacedMessage): boolean {
    const reading: DnsReading = readDnsMessage(octets, isCut);
    if (reading.kind === "malformed") this.#addFault(reading.fault, into.frame);
    const { facts } = reading;
    if (facts === null) {
      if (reading.kind === "cut") this.#cut++;
      return false;
    }
    const { question } = facts;
    into.id = facts.id;
    into.isResponse = facts.isResponse;
    into.isTruncated = facts.isTruncated;
    into.rcode = facts.rcode;
    into.ednsBytes = facts.ednsBytes ?? -1;
    into.name = question === null ? null : this.#names.ofText(question.name);
    into.type = question?.type ?? 0;
    into.class = question?.class ?? 0;
    return true;
  }

  #addFault(fault: DnsFault, frame: number): void {
    this.#malformed++;
    this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
    keepFrame(this.#frames, frame);
  }
}
