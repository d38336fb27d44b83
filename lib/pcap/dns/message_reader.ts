/**
 * Messages as they come off the wire: read quickly where they are sound, carefully where not, their
 * names kept once, and what is wrong with them counted.
 *
 * @module
 */
import { type DnsFault, type DnsReading, readDnsMessage } from "./dns_message.ts";
import { type DnsFindings, keepFrame, LIST_KEPT } from "./findings.ts";
import type { MessageFields } from "./lookup.ts";
import { MessageScan } from "./message_scan.ts";
import { type Name, NameTable } from "./name_table.ts";

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

  /** What a message says; null if that cannot be told. `isCut`: the capture kept only its start. */
  read(octets: Uint8Array, isCut: boolean, frame: number): MessageFields | null {
    const scan = this.#scan;
    if (isCut || !scan.scan(octets)) return this.#readCarefully(octets, isCut, frame);
    return {
      id: scan.id,
      isResponse: scan.isResponse,
      isTruncated: scan.isTruncated,
      rcode: scan.rcode,
      ednsBytes: scan.ednsBytes,
      name: this.#names.of(octets, scan.nameStart, scan.nameEnd),
      type: scan.type,
      class: scan.class,
    };
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

  #readCarefully(octets: Uint8Array, isCut: boolean, frame: number): MessageFields | null {
    const reading: DnsReading = readDnsMessage(octets, isCut);
    if (reading.kind === "malformed") this.#addFault(reading.fault, frame);
    const { facts } = reading;
    if (facts === null) {
      if (reading.kind === "cut") this.#cut++;
      return null;
    }
    const { id, isResponse, isTruncated, rcode, ednsBytes, question } = facts;
    const name: Name | null = question === null ? null : this.#names.ofText(question.name);
    return {
      id,
      isResponse,
      isTruncated,
      rcode,
      ednsBytes: ednsBytes ?? -1,
      name,
      type: question?.type ?? 0,
      class: question?.class ?? 0,
    };
  }

  #addFault(fault: DnsFault, frame: number): void {
    this.#malformed++;
    this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
    keepFrame(this.#frames, frame);
  }
}
