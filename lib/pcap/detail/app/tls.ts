/**
 * Fields of TLS records and of the hellos in them (RFC 8446 §4, §5.1; RFC 5246 §6.2, §7.4).
 *
 * @module
 */
import { readHello } from "../../app/tls.ts";
import { ABSENT, hexOf, type LayerReader, type Words } from "../layer_reader.ts";

const HANDSHAKE = 22, ALERT = 21;
const CLIENT_HELLO = 1, SERVER_HELLO = 2;

const CONTENT_TYPES = {
  20: "change cipher spec",
  21: "alert",
  22: "handshake",
  23: "application data",
  24: "heartbeat",
};
const VERSIONS = {
  0x0300: "SSL 3.0",
  0x0301: "TLS 1.0",
  0x0302: "TLS 1.1",
  0x0303: "TLS 1.2",
  0x0304: "TLS 1.3",
};
const HANDSHAKE_TYPES: Words = {
  0: "hello request",
  1: "client hello",
  2: "server hello",
  4: "new session ticket",
  8: "encrypted extensions",
  11: "certificate",
  12: "server key exchange",
  13: "certificate request",
  14: "server hello done",
  15: "certificate verify",
  16: "client key exchange",
  20: "finished",
  22: "certificate status",
};
/** Alerts (IANA tls-parameters). */
const ALERTS = {
  0: "close notify",
  10: "unexpected message",
  20: "bad record MAC",
  22: "record overflow",
  40: "handshake failure",
  42: "bad certificate",
  43: "unsupported certificate",
  44: "certificate revoked",
  45: "certificate expired",
  46: "certificate unknown",
  47: "illegal parameter",
  48: "unknown CA",
  49: "access denied",
  50: "decode error",
  51: "decrypt error",
  70: "protocol version",
  71: "insufficient security",
  80: "internal error",
  86: "inappropriate fallback",
  90: "user cancelled",
  109: "missing extension",
  110: "unsupported extension",
  112: "unrecognised name",
  116: "certificate required",
  120: "no application protocol",
};

/** Longest record (RFC 5246 §6.2.3). */
const RECORD_MAX = 16_384 + 2_048;

/** Most records that are shown. */
const RECORDS_MAX = 8;

/** Records that begin in this segment; one that began before is not told apart from its content. */
export function tlsFields(layer: LayerReader): void {
  let at = 0;
  for (let count = 0; count < RECORDS_MAX && layer.has(at, 5); count++) {
    const type = layer.uint(at, 1);
    const length = layer.uint(at + 3, 2);
    if (type < 20 || type > 24 || layer.uint(at + 1, 1) !== 3 || length > RECORD_MAX) {
      layer.note(at, "no record begins here: the middle of one, or not TLS");
      return;
    }
    layer.number("tls.record.content_type", at, 1, CONTENT_TYPES);
    layer.hexNumber("tls.record.version", at + 1, 2, VERSIONS);
    layer.number("tls.record.length", at + 3, 2);
    if (!layer.has(at + 5, length)) {
      layer.note(at, `the record goes on for ${at + 5 + length - layer.size} octets after this`);
    }
    if (type === HANDSHAKE) handshake(layer, at);
    else if (type === ALERT && length === 2) {
      layer.number("tls.alert_message.level", at + 5, 1, { 1: "warning", 2: "fatal" });
      layer.number("tls.alert_message.desc", at + 6, 1, ALERTS);
    }
    at += 5 + length;
  }
}

function handshake(layer: LayerReader, record: number): void {
  const at = record + 5;
  const type = layer.uint(at, 1);
  if (type === ABSENT) return;
  if (HANDSHAKE_TYPES[type] === undefined) {
    layer.note(at, "an encrypted handshake message");
    return;
  }
  layer.number("tls.handshake.type", at, 1, HANDSHAKE_TYPES);
  layer.number("tls.handshake.length", at + 1, 3);
  if (type !== CLIENT_HELLO && type !== SERVER_HELLO) return;
  layer.hexNumber("tls.handshake.version", at + 4, 2, VERSIONS);
  const hello = readHello(layer.bytes.subarray(layer.pos + record, layer.end));
  if (hello === null) return;
  const partly = hello.whole ? "" : ", the hello goes on in another segment";
  if (hello.type === "client_hello") {
    if (hello.sni !== null) layer.add("tls.handshake.extensions_server_name", hello.sni);
    for (const name of hello.alpn) layer.add("tls.handshake.extensions_alpn_str", name);
    layer.note(at, `offers up to ${hello.version}${partly}`);
    return;
  }
  const suite = layer.uint(at + 39 + Math.max(0, layer.uint(at + 38, 1)), 2);
  if (suite !== ABSENT) layer.add("tls.handshake.ciphersuite", hexOf(suite, 2), hello.cipher);
  if (hello.alpn !== null) layer.add("tls.handshake.extensions_alpn_str", hello.alpn);
  layer.note(at, `chooses ${hello.version}${partly}`);
}
