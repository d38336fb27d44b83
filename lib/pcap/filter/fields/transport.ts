/**
 * Fields of TCP, UDP and SCTP.
 *
 * @module
 */
import { Protocol } from "../../dissect/protocol.ts";
import { TCP_FLAGS } from "../../tcp/flags.ts";
import { columnField, type Field, numberField, type NumberReader, rangeField } from "../field.ts";
import type { ValueColumn } from "../field.ts";
import { type HeaderView, u16, u32, u8 } from "../header_view.ts";

const TCP = [Protocol.tcp];
/** Wireshark reads UDP-Lite with the fields of UDP. */
const UDP = [Protocol.udp, Protocol.udplite];
const SCTP = [Protocol.sctp];

const srcPort = u16(0);
const dstPort = u16(2);
const present = () => 1;

const srcColumn: ValueColumn = { of: (pass) => pass.dissected.srcPort, least: 0, part: null };
const dstColumn: ValueColumn = { of: (pass) => pass.dissected.dstPort, least: 0, part: null };

/** The ports of a protocol, each and together. */
function portFields(protocol: string, layers: readonly number[]): readonly Field[] {
  return [
    columnField(numberField(`${protocol}.srcport`, layers, [srcPort]), [srcColumn]),
    columnField(numberField(`${protocol}.dstport`, layers, [dstPort]), [dstColumn]),
    columnField(numberField(`${protocol}.port`, layers, [srcPort, dstPort]), [
      srcColumn,
      dstColumn,
    ]),
  ];
}

/** Bits of the TCP flags; a header that is cut leaves none in the column. */
function flagField(name: string, shift: number, bits: number, type: "number" | "boolean"): Field {
  return columnField(numberField(name, TCP, [u16(12, shift, bits)], type), [
    { of: (pass) => pass.dissected.tcpFlags, least: 1, part: { shift, bits } },
  ]);
}

/** The bits of the header from the least (RFC 9293 3.1), each with Wireshark's names. */
const FLAG_BITS: readonly (readonly string[])[] = [
  ["fin"],
  ["syn"],
  ["reset"],
  ["push"],
  ["ack"],
  ["urg"],
  ["ece"],
  ["cwr"],
  ["ae", "ns"],
];

/** Octets of a TCP header, NaN if it contradicts itself. */
function headerLength(h: HeaderView): number {
  const length = u8(12, 4)(h) * 4;
  return length >= 20 ? length : NaN;
}

function tcpLength(h: HeaderView): number {
  const length = h.wireEnd - h.pos - headerLength(h);
  return length >= 0 ? length : NaN;
}

function tcpPayload(h: HeaderView): boolean {
  const length = headerLength(h);
  return !Number.isNaN(length) && h.take(h.pos + length, h.end);
}

/** A value of the option columns, which tell of the innermost header only; `absent` if there is none. */
function option(read: (h: HeaderView) => number | undefined, absent: number): NumberReader {
  return (h) => {
    const value = h.isInnermost ? read(h) : absent;
    return value === undefined || value === absent ? NaN : value;
  };
}

function timestamp(read: (h: HeaderView) => number | undefined): NumberReader {
  return (h) => h.isInnermost && h.pass.options.hasTimestamps[h.row] === 1 ? read(h) ?? NaN : NaN;
}

const wscale = option((h) => h.pass.options.windowScale[h.row], -1);
const mss = option((h) => h.pass.options.mss[h.row], -1);
const sackBlocks = option((h) => h.pass.options.sackBlocks[h.row], 0);
const sackPermitted = option((h) => h.pass.options.sackPermitted[h.row], 0);
const tsVal = timestamp((h) => h.pass.options.tsVal[h.row]);
const tsEcr = timestamp((h) => h.pass.options.tsEcr[h.row]);

function optionField(name: string, read: NumberReader, type: "number" | "label"): Field {
  return numberField(name, TCP, [read], type, ["options"]);
}

/** NaN unless one of `bits` is set for the segment. */
function finding(bits: number): NumberReader {
  return (h) =>
    h.isInnermost && ((h.pass.tcpFlags.flags[h.row] ?? 0) & bits) !== 0 ? present() : NaN;
}

function findingField(name: string, bits: number): Field {
  return numberField(name, TCP, [finding(bits)], "label", ["tcp_analysis"]);
}

/** The findings that Wireshark files under `tcp.analysis`. */
const ANALYSES = TCP_FLAGS.filter((one) => one.tsharkField?.startsWith("tcp.analysis.") === true);

function inner(read: (h: HeaderView) => number | undefined): NumberReader {
  return (h) => h.isInnermost ? read(h) ?? NaN : NaN;
}

function notNegative(value: number | undefined): number {
  return value === undefined || value < 0 ? NaN : value;
}

/** The rows. */
export const TRANSPORT_FIELDS: readonly Field[] = [
  ...portFields("tcp", TCP),
  numberField("tcp.stream", TCP, [inner((h) => notNegative(h.pass.flows.tcp[h.row]))], "number", [
    "flows",
  ]),
  numberField("tcp.seq", TCP, [inner((h) => h.derived.seq[h.row])], "number", [
    "flows",
    "relative_numbers",
  ]),
  numberField("tcp.ack", TCP, [inner((h) => h.derived.ack[h.row])], "number", [
    "flows",
    "relative_numbers",
  ]),
  numberField("tcp.seq_raw", TCP, [u32(4)]),
  numberField("tcp.ack_raw", TCP, [u32(8)]),
  numberField("tcp.hdr_len", TCP, [headerLength]),
  numberField("tcp.len", TCP, [tcpLength]),
  flagField("tcp.flags", 0, 0xfff, "number"),
  ...FLAG_BITS.flatMap((names, bit) =>
    names.map((name) => flagField(`tcp.flags.${name}`, bit, 1, "boolean"))
  ),
  numberField("tcp.window_size_value", TCP, [u16(14)]),
  numberField("tcp.checksum", TCP, [u16(16)]),
  numberField("tcp.urgent_pointer", TCP, [u16(18)]),
  rangeField("tcp.payload", "bytes", TCP, [tcpPayload]),
  optionField("tcp.options.mss", mss, "label"),
  optionField("tcp.options.mss_val", mss, "number"),
  optionField("tcp.options.wscale", wscale, "label"),
  optionField("tcp.options.wscale.shift", wscale, "number"),
  optionField("tcp.options.sack_perm", sackPermitted, "label"),
  optionField("tcp.options.sack", sackBlocks, "label"),
  optionField("tcp.options.sack.count", sackBlocks, "number"),
  optionField("tcp.options.timestamp", tsVal, "label"),
  optionField("tcp.options.timestamp.tsval", tsVal, "number"),
  optionField("tcp.options.timestamp.tsecr", tsEcr, "number"),
  findingField("tcp.analysis.flags", ANALYSES.reduce((bits, one) => bits | one.bit, 0)),
  ...TCP_FLAGS.flatMap(({ tsharkField, bit }) =>
    tsharkField === null ? [] : [findingField(tsharkField, bit)]
  ),
  numberField(
    "tcp.analysis.duplicate_ack_num",
    TCP,
    [
      option((h) => h.pass.tcpFlags.duplicateAck[h.row], 0),
    ],
    "number",
    ["tcp_analysis"],
  ),
  ...portFields("udp", UDP),
  numberField("udp.length", [Protocol.udp], [u16(4)]),
  numberField("udp.checksum", UDP, [u16(6)]),
  numberField(
    "udp.stream",
    [Protocol.udp],
    [
      inner((h) => notNegative(h.derived.udpStream[h.row])),
    ],
    "number",
    ["flows", "udp_stream"],
  ),
  rangeField("udp.payload", "bytes", UDP, [(h) => h.take(h.pos + 8, h.end)]),
  ...portFields("sctp", SCTP),
  numberField("sctp.verification_tag", SCTP, [u32(4)]),
];
