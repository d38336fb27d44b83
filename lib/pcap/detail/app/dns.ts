/**
 * Fields of DNS, mDNS and LLMNR: header, questions, and records of all sections up to a bound
 * (RFC 1035 §4, RFC 6891).
 *
 * @module
 */
import { rcodeName } from "../../../dns_wire/message.ts";
import { decodeData, typeName } from "../../../dns_wire/records.ts";
import { DnsReader } from "../../../dns_wire/wire.ts";
import { DecodeError } from "../../../errors/mod.ts";
import { type Around, hexOf, type LayerReader, type Words } from "../layer_reader.ts";

/** Most questions and records that are shown. */
const RECORDS_MAX = 24;

/** Types whose data is one value, with the field that holds it. */
const VALUE_FIELDS: Readonly<Record<number, string>> = {
  1: "dns.a",
  2: "dns.ns",
  5: "dns.cname",
  6: "dns.soa.mname",
  12: "dns.ptr.domain_name",
  15: "dns.mx.mail_exchange",
  16: "dns.txt",
  28: "dns.aaaa",
};
const TYPE_OPT = 41;

const OPCODES = { 0: "query", 2: "status", 4: "notify", 5: "update", 6: "stateful operations" };
const CLASSES: Words = { 1: "IN", 3: "CH", 254: "NONE", 255: "ANY" };

/** DNS and mDNS. */
export function dnsFields(layer: LayerReader, around: Around): void {
  message(layer, around, true);
}

/** LLMNR, which has other flags in the place of recursion (RFC 4795 §2.1.1). */
export function llmnrFields(layer: LayerReader, around: Around): void {
  message(layer, around, false);
}

/** A message; over TCP its length stands before it (RFC 1035 §4.2.2). */
function message(layer: LayerReader, around: Around, hasRecursion: boolean): void {
  const start = around.transport === "tcp" ? 2 : 0;
  if (start === 2) layer.number("dns.length", 0, 2);
  header(layer, start, hasRecursion);
  const from = layer.pos + start;
  if (from + 12 > layer.end) return;
  const reader = new DnsReader(layer.bytes.subarray(from, layer.end), 12, layer.end - from);
  const questions = layer.uint(start + 4, 2);
  const records = [6, 8, 10].reduce((sum, at) => sum + layer.uint(start + at, 2), 0);
  const shownQuestions = Math.min(questions, RECORDS_MAX);
  const shownRecords = Math.min(records, RECORDS_MAX);
  try {
    for (let index = 0; index < shownQuestions; index++) question(layer, reader);
    if (shownQuestions < questions) return;
    for (let index = 0; index < shownRecords; index++) record(layer, reader);
    const more = records - shownRecords;
    if (more > 0) layer.note(start + reader.offset, `${more} more records are not shown`);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    layer.note(start + reader.offset, error.message.replace("Cannot decode DNS message: ", ""));
  }
}

function header(layer: LayerReader, at: number, hasRecursion: boolean): void {
  layer.hexNumber("dns.id", at, 2);
  const isResponse = layer.flag("dns.flags.response", at + 2, 2, 15);
  layer.bits("dns.flags.opcode", at + 2, 2, 11, 15, OPCODES);
  if (isResponse && hasRecursion) layer.flag("dns.flags.authoritative", at + 2, 2, 10);
  layer.flag("dns.flags.truncated", at + 2, 2, 9);
  if (hasRecursion) layer.flag("dns.flags.recdesired", at + 2, 2, 8);
  if (isResponse) {
    if (hasRecursion) {
      layer.flag("dns.flags.recavail", at + 2, 2, 7);
      layer.flag("dns.flags.authenticated", at + 2, 2, 5);
    }
    const flags = layer.uint(at + 2, 2);
    if (flags >= 0) layer.add("dns.flags.rcode", flags & 15, rcodeName(flags & 15));
  }
  layer.number("dns.count.queries", at + 4, 2);
  layer.number("dns.count.answers", at + 6, 2);
  layer.number("dns.count.auth_rr", at + 8, 2);
  layer.number("dns.count.add_rr", at + 10, 2);
}

function question(layer: LayerReader, reader: DnsReader): void {
  layer.add("dns.qry.name", reader.name("question name"));
  const type = reader.u16("question type");
  layer.add("dns.qry.type", type, typeName(type));
  addClass(layer, "dns.qry.class", reader.u16("question class"));
}

function record(layer: LayerReader, reader: DnsReader): void {
  layer.add("dns.resp.name", reader.name("record name"));
  const type = reader.u16("record type");
  layer.add("dns.resp.type", type, typeName(type));
  const classOrSize = reader.u16("record class");
  const ttl = reader.u32("TTL");
  if (type === TYPE_OPT) {
    layer.add("dns.rr.udp_payload_size", classOrSize);
    layer.add("dns.resp.ext_rcode", ttl >>> 24);
    layer.add("dns.resp.edns0_version", (ttl >>> 16) & 0xff);
    layer.add("dns.resp.z.do", (ttl & 0x8000) !== 0);
  } else {
    addClass(layer, "dns.resp.class", classOrSize);
    layer.add("dns.resp.ttl", ttl);
  }
  const length = reader.u16("data length");
  layer.add("dns.resp.len", length);
  const data = reader.part(length, "data length");
  if (type === TYPE_OPT) return;
  const { value, priority, fields } = decodeData(type, data);
  if (priority !== undefined && type === 15) layer.add("dns.mx.preference", priority);
  const name = VALUE_FIELDS[type];
  // What has no single field under Wireshark is shown as zone files do.
  if (name === undefined) layer.add("dns.data", value.slice(0, 256), typeName(type));
  else layer.add(name, type === 6 ? String(fields?.mname ?? value) : value.slice(0, 256));
}

/** The top bit means something else in mDNS (RFC 6762 §5.4, §10.2). */
function addClass(layer: LayerReader, name: string, value: number): void {
  layer.add(name, hexOf(value, 2), CLASSES[value]);
}
