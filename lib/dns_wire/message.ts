/**
 * DNS messages (RFC 1035 §4, EDNS of RFC 6891): building a question, telling whether a datagram
 * answers it, and decoding the answer.
 *
 * @module
 */
import { DecodeError, InputError } from "../errors/mod.ts";
import { decodeData, type DnsData, typeCode, typeName } from "./records.ts";
import { DnsReader, encodeName, renderText, sameName } from "./wire.ts";

/** Payload that survives common paths unfragmented, octets (DNS Flag Day 2020; RFC 9715 §3). */
const EDNS_UDP_BYTES = 1232;

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const TYPE_OPT = 41;

/** Header bits (RFC 1035 §4.1.1, RFC 4035 §3.1.6) and the DO bit of EDNS (RFC 3225 §3). */
const FLAG = { qr: 0x8000, aa: 0x0400, tc: 0x0200, rd: 0x0100, ra: 0x0080, ad: 0x0020, cd: 0x0010 };
const EDNS_DO = 0x8000;

/** EDNS option codes (RFC 5001 §4.2, RFC 8914 §5.1). */
const OPTION_NSID = 3;
const OPTION_EXTENDED_ERROR = 15;

/** IANA "DNS RCODEs". */
const RCODES: Readonly<Record<number, string>> = {
  0: "NOERROR",
  1: "FORMERR",
  2: "SERVFAIL",
  3: "NXDOMAIN",
  4: "NOTIMP",
  5: "REFUSED",
  6: "YXDOMAIN",
  7: "YXRRSET",
  8: "NXRRSET",
  9: "NOTAUTH",
  10: "NOTZONE",
  16: "BADVERS",
  23: "BADCOOKIE",
};

/** Name of a response code, with the upper bits of EDNS; `RCODE4000` for one that has none here. */
export function rcodeName(rcode: number): string {
  return RCODES[rcode] ?? `RCODE${rcode}`;
}

/** IANA "Extended DNS Error Codes". */
const EXTENDED_ERRORS: Readonly<Record<number, string>> = {
  0: "Other Error",
  1: "Unsupported DNSKEY Algorithm",
  2: "Unsupported DS Digest Type",
  3: "Stale Answer",
  4: "Forged Answer",
  5: "DNSSEC Indeterminate",
  6: "DNSSEC Bogus",
  7: "Signature Expired",
  8: "Signature Not Yet Valid",
  9: "DNSKEY Missing",
  10: "RRSIGs Missing",
  11: "No Zone Key Bit Set",
  12: "NSEC Missing",
  13: "Cached Error",
  14: "Not Ready",
  15: "Blocked",
  16: "Censored",
  17: "Filtered",
  18: "Prohibited",
  19: "Stale NXDOMAIN Answer",
  20: "Not Authoritative",
  21: "Not Supported",
  22: "No Reachable Authority",
  23: "Network Error",
  24: "Invalid Data",
  25: "Signature Expired before Valid",
  26: "Too Early",
  27: "Unsupported NSEC3 Iterations Value",
  28: "Unable to conform to policy",
  29: "Synthesized",
};

/** One question. */
export interface DnsQuestion {
  /** Name in presentation form. */
  readonly name: string;
  /** Record type, one of the names that `typeCode` knows. */
  readonly type: string;
  /** Ask for signatures (RFC 4035 §3.2.1, the DO bit). */
  readonly dnssec: boolean;
  /** Send EDNS; without it answers are at most 512 octets. */
  readonly edns: boolean;
}

/** One record of an answer. */
export interface DnsRecord extends DnsData {
  readonly name: string;
  readonly type: string;
  readonly ttlSec: number;
}

/** A decoded answer. */
export interface DnsMessage {
  readonly id: number;
  /** `NOERROR`, `NXDOMAIN` …, with the upper bits of EDNS; `RCODE4000` where it has no name. */
  readonly rcode: string;
  readonly flags: Readonly<
    Record<"aa" | "tc" | "rd" | "ra" | "ad" | "cd", boolean>
  >;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** Additional records, OPT not counted. */
  readonly additionals: readonly DnsRecord[];
  /** Largest datagram that the server takes, octets; null if it does not speak EDNS. */
  readonly ednsUdpBytes: number | null;
  /** Name of the answering instance (RFC 5001), as text where it is text, else hex. */
  readonly nsid: string | null;
  readonly extendedErrors: readonly {
    readonly code: number;
    readonly name: string;
    readonly text: string;
  }[];
}

/**
 * A query in wire form, recursion desired.
 *
 * @throws {InputError} `input.name`, `input.record_type`
 */
export function encodeQuery(id: number, question: DnsQuestion): Uint8Array<ArrayBuffer> {
  const name = encodeName(question.name);
  // OPT: root name, type, class (size), TTL (flags), length, and one empty NSID option.
  const message = new Uint8Array(HEADER_BYTES + name.length + 4 + (question.edns ? 15 : 0));
  const view = new DataView(message.buffer);
  view.setUint16(0, id);
  // AD in a query asks for AD in the answer (RFC 6840 §5.7).
  view.setUint16(2, FLAG.rd | FLAG.ad);
  view.setUint16(4, 1);
  message.set(name, HEADER_BYTES);
  let offset = HEADER_BYTES + name.length;
  const type = typeCode(question.type);
  if (type === undefined) {
    throw new InputError("record_type", `Cannot ask for type "${question.type}": it is not known`, {
      hint: "Name a record type, for example AAAA.",
    });
  }
  view.setUint16(offset, type);
  view.setUint16(offset + 2, CLASS_IN);
  if (question.edns) {
    view.setUint16(10, 1);
    offset += 5;
    view.setUint16(offset, TYPE_OPT);
    view.setUint16(offset + 2, EDNS_UDP_BYTES);
    view.setUint16(offset + 6, question.dnssec ? EDNS_DO : 0);
    view.setUint16(offset + 8, 4);
    view.setUint16(offset + 10, OPTION_NSID);
  }
  return message;
}

/**
 * True if these bytes are an answer to the query with this id and question (RFC 5452 §9.1). An
 * answer without a question is taken only with an error code, as some servers send FORMERR so.
 */
export function answersQuery(bytes: Uint8Array, id: number, question: DnsQuestion): boolean {
  try {
    const reader = new DnsReader(bytes);
    if (reader.u16("id") !== id) return false;
    const flags = reader.u16("flags");
    // The opcode must be QUERY, zero.
    if ((flags & FLAG.qr) === 0 || (flags & 0x7800) !== 0) return false;
    const questions = reader.u16("question count");
    if (questions === 0) return (flags & 0x000f) !== 0;
    if (questions !== 1) return false;
    reader.bytes(6, "counts");
    return sameName(reader.name("question name"), question.name) &&
      reader.u16("question type") === typeCode(question.type) &&
      reader.u16("question class") === CLASS_IN;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/** True if the answer was cut to fit the datagram (TC, RFC 2181 §9). */
export function isTruncated(bytes: Uint8Array): boolean {
  return ((bytes[2] ?? 0) & 0x02) !== 0;
}

/**
 * Decodes a whole message. With TC set, records are read as far as they are whole.
 *
 * @throws {DecodeError} `decode.dns_*`
 */
export function decodeMessage(bytes: Uint8Array): DnsMessage {
  const reader = new DnsReader(bytes);
  const id = reader.u16("id");
  const flags = reader.u16("flags");
  const questions = reader.u16("question count");
  const counts = [
    reader.u16("answer count"),
    reader.u16("authority count"),
    reader.u16("additional count"),
  ];
  for (let i = 0; i < questions; i++) {
    reader.name("question name");
    reader.u32("question type and class");
  }
  const edns: Edns = { extendedRcode: 0, udpBytes: null, nsid: null, errors: [] };
  const cut = (flags & FLAG.tc) !== 0;
  const [answers = [], authorities = [], additionals = []] = counts.map((count) =>
    readRecords(reader, count, edns, cut)
  );
  const rcode = (edns.extendedRcode << 4) | (flags & 0x000f);
  const has = (bit: number) => (flags & bit) !== 0;
  return {
    id,
    rcode: rcodeName(rcode),
    flags: {
      aa: has(FLAG.aa),
      tc: has(FLAG.tc),
      rd: has(FLAG.rd),
      ra: has(FLAG.ra),
      ad: has(FLAG.ad),
      cd: has(FLAG.cd),
    },
    answers,
    authorities,
    additionals,
    ednsUdpBytes: edns.udpBytes,
    nsid: edns.nsid,
    extendedErrors: edns.errors,
  };
}

/** What the OPT record said. */
interface Edns {
  extendedRcode: number;
  udpBytes: number | null;
  nsid: string | null;
  errors: DnsMessage["extendedErrors"][number][];
}

function readRecords(reader: DnsReader, count: number, edns: Edns, cut: boolean): DnsRecord[] {
  const records: DnsRecord[] = [];
  for (let i = 0; i < count; i++) {
    if (cut && reader.remaining === 0) break;
    try {
      const record = readRecord(reader, edns);
      if (record !== null) records.push(record);
    } catch (error) {
      if (!cut || !isCutShort(error)) throw error;
      // Some servers cut at the last octet that fits (RFC 2181 §9 lets them), not between records.
      reader.rest();
    }
  }
  return records;
}

/** Null for OPT, which says what it has to say in `edns`. */
function readRecord(reader: DnsReader, edns: Edns): DnsRecord | null {
  const name = reader.name("record name");
  const code = reader.u16("record type");
  const classOrSize = reader.u16("record class");
  const ttl = reader.u32("TTL");
  const data = reader.part(reader.u16("data length"), "data length");
  if (code === TYPE_OPT) {
    edns.extendedRcode = ttl >>> 24;
    edns.udpBytes = classOrSize;
    readOptions(data, edns);
    return null;
  }
  return {
    name,
    type: typeName(code),
    // RFC 2181 §8: a TTL with the top bit set counts as zero.
    ttlSec: ttl > 0x7fffffff ? 0 : ttl,
    ...decodeData(code, data),
  };
}

/** True if octets are missing at the end of the message, as opposed to inside a record. */
function isCutShort(error: unknown): boolean {
  return error instanceof DecodeError && error.code === "decode.dns_truncated" &&
    error.detail.limited_by === "message length";
}

function readOptions(data: DnsReader, edns: Edns): void {
  while (data.remaining > 0) {
    const code = data.u16("option code");
    const value = data.part(data.u16("option length"), "option length");
    if (code === OPTION_NSID) {
      const octets = value.rest();
      const printable = octets.every((octet) => octet >= 0x20 && octet < 0x7f);
      edns.nsid = octets.length === 0 ? null : printable ? renderText(octets) : octets.toHex();
    } else if (code === OPTION_EXTENDED_ERROR) {
      const info = value.u16("extended error");
      edns.errors.push({
        code: info,
        name: EXTENDED_ERRORS[info] ?? `Code ${info}`,
        text: renderText(value.rest()),
      });
    }
  }
}
