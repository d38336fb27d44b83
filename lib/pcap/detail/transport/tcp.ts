/**
 * Fields of TCP with all its options (RFC 9293 §3.1).
 *
 * @module
 */
import { segmentChecksum } from "../checksum_field.ts";
import { ABSENT, type Around, hexOf, type LayerReader } from "../layer_reader.ts";

const TCP = 6;

/** Flags from the least significant bit on, as Wireshark and as the RFC name them. */
const FLAGS: readonly (readonly [string, string])[] = [
  ["tcp.flags.fin", "FIN"],
  ["tcp.flags.syn", "SYN"],
  ["tcp.flags.reset", "RST"],
  ["tcp.flags.push", "PSH"],
  ["tcp.flags.ack", "ACK"],
  ["tcp.flags.urg", "URG"],
  ["tcp.flags.ece", "ECE"],
  ["tcp.flags.cwr", "CWR"],
  ["tcp.flags.ae", "AE"],
];

/** Flags of a segment in words, `SYN, ACK`. */
export function tcpFlagWords(flags: number): string {
  const set = FLAGS.filter((_, bit) => ((flags >>> bit) & 1) === 1).map(([, word]) => word);
  return set.length === 0 ? "none" : set.join(", ");
}

/** Header and options. */
export function tcpFields(layer: LayerReader, around: Around): void {
  around.transport = "tcp";
  layer.number("tcp.srcport", 0, 2);
  layer.number("tcp.dstport", 2, 2);
  const offset = layer.uint(12, 1);
  const header = offset === ABSENT ? ABSENT : (offset >> 4) * 4;
  const length = layer.wireEnd - layer.pos;
  if (header >= 20 && header <= length) layer.add("tcp.len", length - header);
  layer.number("tcp.seq_raw", 4, 4);
  layer.number("tcp.ack_raw", 8, 4);
  if (header === ABSENT) return;
  layer.add("tcp.hdr_len", header);
  const flags = layer.uint(12, 2);
  if (flags === ABSENT) return;
  layer.add("tcp.flags", hexOf(flags & 0xfff, 2), tcpFlagWords(flags));
  FLAGS.forEach(([name], bit) => layer.flag(name, 12, 2, bit));
  layer.number("tcp.window_size_value", 14, 2);
  segmentChecksum(layer, around, "tcp.checksum", 16, length, TCP);
  layer.number("tcp.urgent_pointer", 18, 2);
  options(layer, header);
}

const END = 0, NO_OPERATION = 1, MSS = 2, WINDOW_SCALE = 3, SACK = 5, TIMESTAMPS = 8;
const MD5 = 19, USER_TIMEOUT = 28, AUTHENTICATION = 29, MULTIPATH = 30, FAST_OPEN = 34;

/** Option kinds (IANA tcp-parameters). */
const OPTIONS = {
  0: "end of options",
  1: "no operation",
  2: "maximum segment size",
  3: "window scale",
  4: "SACK permitted",
  5: "SACK",
  8: "timestamps",
  19: "MD5 signature",
  28: "user timeout",
  29: "authentication",
  30: "multipath TCP",
  34: "fast open cookie",
  253: "experiment",
  254: "experiment",
};

const MULTIPATH_SUBTYPES = {
  0: "capable",
  1: "join",
  2: "data sequence signal",
  3: "add address",
  4: "remove address",
  5: "priority",
  6: "fail",
  7: "fast close",
  8: "reset",
};

function options(layer: LayerReader, header: number): void {
  for (let at = 20; at < header && layer.has(at, 1);) {
    const kind = layer.number("tcp.option_kind", at, 1, OPTIONS);
    if (kind === END) return;
    if (kind === NO_OPERATION) {
      at++;
      continue;
    }
    const length = layer.number("tcp.option_len", at + 1, 1);
    if (length === ABSENT) return;
    if (length < 2 || at + length > header) {
      layer.note(at, `option length ${length} with ${header - at} octets of options left`);
      return;
    }
    option(layer, kind, at, length);
    at += length;
  }
}

function option(layer: LayerReader, kind: number, at: number, length: number): void {
  if (kind === MSS && length === 4) layer.number("tcp.options.mss_val", at + 2, 2);
  else if (kind === WINDOW_SCALE && length === 3) windowScale(layer, at);
  else if (kind === SACK) {
    layer.add("tcp.options.sack.count", (length - 2) >> 3);
    for (let block = at + 2; block + 8 <= at + length; block += 8) {
      layer.number("tcp.options.sack_le", block, 4);
      layer.number("tcp.options.sack_re", block + 4, 4);
    }
  } else if (kind === TIMESTAMPS && length === 10) {
    layer.number("tcp.options.timestamp.tsval", at + 2, 4);
    layer.number("tcp.options.timestamp.tsecr", at + 6, 4);
  } else if (kind === MD5) layer.octets("tcp.options.md5.digest", at + 2, length - 2);
  else if (kind === USER_TIMEOUT && length === 4) userTimeout(layer, at);
  else if (kind === FAST_OPEN) layer.octets("tcp.options.tfo.cookie", at + 2, length - 2);
  else if (kind === AUTHENTICATION && length >= 4) {
    layer.number("tcp.options.ao.keyid", at + 2, 1);
    layer.number("tcp.options.ao.rnextkeyid", at + 3, 1);
    layer.octets("tcp.options.ao.mac", at + 4, length - 4);
  } else if (kind === MULTIPATH) {
    layer.bits("tcp.options.mptcp.subtype", at + 2, 1, 4, 15, MULTIPATH_SUBTYPES);
  }
}

/** RFC 7323 §2.3: a shift above 14 counts as 14. */
function windowScale(layer: LayerReader, at: number): void {
  const shift = layer.uint(at + 2, 1);
  if (shift === ABSENT) return;
  const taken = Math.min(shift, 14);
  layer.add("tcp.options.wscale.shift", shift, `multiply windows by ${2 ** taken}`);
}

/** RFC 5482 §3.1. */
function userTimeout(layer: LayerReader, at: number): void {
  const value = layer.uint(at + 2, 2);
  if (value === ABSENT) return;
  layer.add("tcp.options.user_to_val", value & 0x7fff, value > 0x7fff ? "minutes" : "seconds");
}
