/**
 * Fields of DNS, TLS and HTTP, read from the packet in which a message begins; what a message of
 * several segments carries in later ones is not seen.
 *
 * @module
 */
import { readHttpFirstLine } from "../../app/http.ts";
import { readServerName } from "../../app/tls.ts";
import { Protocol } from "../../dissect/protocol.ts";
import { readQuestion } from "../../dns/dns_message.ts";
import {
  type Field,
  numberField,
  type NumberReader,
  textField,
  type TextReader,
} from "../field.ts";
import type { HeaderView } from "../header_view.ts";

/** Wireshark reads mDNS and LLMNR with the fields of DNS. */
const DNS = [Protocol.dns, Protocol.mdns, Protocol.llmnr];
const TLS = [Protocol.tls];
const HTTP = [Protocol.http];

const TCP = 6;
const DNS_HEADER_BYTES = 12;
/** Content type of a handshake (RFC 8446 5.1), and its header. */
const HANDSHAKE = 22, RECORD_HEADER_BYTES = 5;

/** Start of the DNS message: over TCP its length stands before it (RFC 1035 4.2.2); -1 if cut. */
function dnsStart(h: HeaderView): number {
  const start = h.pass.dissected.l4Protocol[h.row] === TCP ? h.pos + 2 : h.pos;
  return start + DNS_HEADER_BYTES <= h.end ? start : -1;
}

function dns16(at: number, shift = 0, mask = 0xffff): NumberReader {
  return (h) => {
    const start = dnsStart(h);
    return start < 0 ? NaN : (h.view.getUint16(start + at) >> shift) & mask;
  };
}

function question(h: HeaderView): ReturnType<typeof readQuestion> {
  const start = dnsStart(h);
  return start < 0 ? null : readQuestion(h.view, start, h.end - start);
}

/** A field of a TLS record that begins with the segment; octets from its middle have none. */
function record(at: number, width: 1 | 2, onlyHandshake: boolean): NumberReader {
  return (h) => {
    if (!h.has(RECORD_HEADER_BYTES + 1)) return NaN;
    const type = h.view.getUint8(h.pos);
    const isRecord = type >= 20 && type <= 23 && h.view.getUint8(h.pos + 1) === 3;
    if (!isRecord || (onlyHandshake && type !== HANDSHAKE)) return NaN;
    return width === 1 ? h.view.getUint8(h.pos + at) : h.view.getUint16(h.pos + at);
  };
}

function request(pick: "method" | "path" | "host"): TextReader {
  return (h) => {
    const line = readHttpFirstLine(h.view, h.pos, h.end - h.pos);
    return line?.type === "request" ? line[pick] : null;
  };
}

function message(type: "request" | "response"): NumberReader {
  return (h) => readHttpFirstLine(h.view, h.pos, h.end - h.pos)?.type === type ? 1 : NaN;
}

function status(h: HeaderView): number {
  const line = readHttpFirstLine(h.view, h.pos, h.end - h.pos);
  return line?.type === "response" ? line.status : NaN;
}

function dnsFlag(name: string, shift: number): Field {
  return numberField(`dns.flags.${name}`, DNS, [dns16(2, shift, 1)], "boolean");
}

/** The rows. */
export const APPLICATION_FIELDS: readonly Field[] = [
  numberField("dns.id", DNS, [dns16(0)]),
  numberField("dns.flags", DNS, [dns16(2)]),
  dnsFlag("response", 15),
  numberField("dns.flags.opcode", DNS, [dns16(2, 11, 15)]),
  dnsFlag("authoritative", 10),
  dnsFlag("truncated", 9),
  dnsFlag("recdesired", 8),
  dnsFlag("recavail", 7),
  numberField("dns.flags.rcode", DNS, [(h) => {
    // Wireshark shows a response code in responses only.
    return dns16(2, 15, 1)(h) === 1 ? dns16(2, 0, 15)(h) : NaN;
  }]),
  numberField("dns.count.queries", DNS, [dns16(4)]),
  numberField("dns.count.answers", DNS, [dns16(6)]),
  numberField("dns.qry.type", DNS, [(h) => question(h)?.type ?? NaN]),
  numberField("dns.qry.class", DNS, [(h) => question(h)?.class ?? NaN]),
  textField("dns.qry.name", DNS, [(h) => question(h)?.name ?? null]),
  numberField("tls.record.content_type", TLS, [record(0, 1, false)]),
  numberField("tls.record.version", TLS, [record(1, 2, false)]),
  numberField("tls.handshake.type", TLS, [record(RECORD_HEADER_BYTES, 1, true)]),
  textField("tls.handshake.extensions_server_name", TLS, [
    (h) => readServerName(h.view, h.pos, h.end - h.pos),
  ]),
  numberField("http.request", HTTP, [message("request")], "label"),
  textField("http.request.method", HTTP, [request("method")]),
  textField("http.request.uri", HTTP, [request("path")]),
  textField("http.host", HTTP, [request("host")]),
  numberField("http.response", HTTP, [message("response")], "label"),
  numberField("http.response.code", HTTP, [status]),
];
