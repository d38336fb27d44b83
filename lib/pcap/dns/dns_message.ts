/**
 * What a DNS message of a capture says: header, first question, EDNS and codes. Every octet string
 * gives a message or a reason why it is none.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import { DnsReader } from "../../dns_wire/wire.ts";
import { DecodeError } from "../../errors/mod.ts";
import { octetsOf } from "../app/octet_cursor.ts";

/** The first question of a message. */
export interface QuestionFacts {
  /** Name in presentation form, every other octet as `\DDD` (RFC 1035 §5.1). */
  readonly name: string;
  /** Code point of the record type. */
  readonly type: number;
  readonly class: number;
}

/** A message as far as traffic analysis needs it. */
export interface DnsFacts {
  readonly id: number;
  readonly isResponse: boolean;
  /** RFC 1035 §4.1.1; 0 is QUERY. */
  readonly opcode: number;
  readonly isTruncated: boolean;
  /** With the upper bits of EDNS where they were there. */
  readonly rcode: number;
  /** Null if the message asks nothing. */
  readonly question: QuestionFacts | null;
  /** Payload size that the sender takes, octets (RFC 6891 §6.2.3), or null without EDNS. */
  readonly ednsBytes: number | null;
  /** Addresses of A and AAAA records among the answers, at most 8. */
  readonly addresses: readonly string[];
}

/**
 * Why octets are no sound message: a name whose pointer leads forward or in circles, a label of an
 * unknown kind, a name over 255 octets, records that end before they should, octets left over; or, on
 * port 53, a header that cannot be one (counts of 65,535).
 */
export type DnsFault = "header" | "pointer" | "label" | "name" | "truncated" | "trailing";

/** A message, or what is wrong with it; `cut` if the capture kept too little to tell. */
export type DnsReading =
  | { readonly kind: "message"; readonly facts: DnsFacts }
  | { readonly kind: "malformed"; readonly fault: DnsFault; readonly facts: DnsFacts | null }
  | { readonly kind: "cut"; readonly facts: DnsFacts | null };

const TYPE_A = 1;
const TYPE_AAAA = 28;
const TYPE_OPT = 41;
const ADDRESSES_KEPT = 8;

/** What has been read so far; a fault leaves it as far as it came. */
interface Draft {
  header: Omit<DnsFacts, "rcode" | "question" | "ednsBytes" | "addresses"> | null;
  rcode: number;
  question: QuestionFacts | null;
  /** True once the question section was read. */
  isAsked: boolean;
  ednsBytes: number | null;
  addresses: string[];
}

/** Reads one message; `isCut` says that the capture left out octets at its end. */
export function readDnsMessage(octets: Uint8Array, isCut: boolean): DnsReading {
  const draft: Draft = {
    header: null,
    rcode: 0,
    question: null,
    isAsked: false,
    ednsBytes: null,
    addresses: [],
  };
  try {
    readInto(draft, new DnsReader(octets));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const fault = faultOf(error);
    const facts = factsOf(draft);
    if (fault !== "truncated" || facts === null) {
      return isCut && fault === "truncated"
        ? { kind: "cut", facts }
        : { kind: "malformed", fault, facts };
    }
    if (isCut) return { kind: "cut", facts };
    // Some servers cut at the last octet that fits (RFC 2181 §9 lets them).
    if (!facts.isTruncated) return { kind: "malformed", fault, facts };
  }
  const facts = factsOf(draft);
  if (facts === null) return { kind: "malformed", fault: "truncated", facts };
  return { kind: "message", facts };
}

/** The first question of the message at `offset`; null if there is none that can be read. */
export function readQuestion(
  view: DataView,
  offset: number,
  length: number,
): QuestionFacts | null {
  return readDnsMessage(octetsOf(view, offset, length), true).facts?.question ?? null;
}

function readInto(draft: Draft, reader: DnsReader): void {
  const id = reader.u16("id");
  const flags = reader.u16("flags");
  const questions = reader.u16("question count");
  const answers = reader.u16("answer count");
  const others = reader.u16("authority count") + reader.u16("additional count");
  draft.header = {
    id,
    isResponse: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 15,
    isTruncated: (flags & 0x0200) !== 0,
  };
  draft.rcode = flags & 15;
  for (let index = 0; index < questions; index++) {
    if (index > 0) {
      reader.skipName("question name");
      reader.u32("question type and class");
      continue;
    }
    const name = reader.name("question name");
    draft.question = { name, type: reader.u16("type"), class: reader.u16("class") };
  }
  draft.isAsked = true;
  for (let index = 0; index < answers; index++) readRecord(draft, reader, true);
  for (let index = 0; index < others; index++) readRecord(draft, reader, false);
  reader.expectEnd("message");
}

function readRecord(draft: Draft, reader: DnsReader, isAnswer: boolean): void {
  reader.skipName("record name");
  const type = reader.u16("record type");
  const classOrSize = reader.u16("record class");
  const ttl = reader.u32("TTL");
  const length = reader.u16("data length");
  const data = reader.bytes(length, "record data");
  if (type === TYPE_OPT) {
    draft.ednsBytes = classOrSize;
    draft.rcode |= (ttl >>> 24) << 4;
  } else if (isAnswer && draft.addresses.length < ADDRESSES_KEPT) {
    if ((type === TYPE_A && length === 4) || (type === TYPE_AAAA && length === 16)) {
      draft.addresses.push(renderAddress(addressFromBytes(data)));
    }
  }
}

function factsOf(draft: Draft): DnsFacts | null {
  const { header, rcode, question, isAsked, ednsBytes, addresses } = draft;
  if (header === null || (!isAsked && question === null)) return null;
  return { ...header, rcode, question, ednsBytes, addresses };
}

function faultOf(error: DecodeError): DnsFault {
  const reason = error.code.replace("decode.dns_", "");
  return reason === "pointer" || reason === "label" || reason === "name" || reason === "trailing"
    ? reason
    : "truncated";
}
