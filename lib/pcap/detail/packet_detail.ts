/**
 * One packet with every header as fields. The fast dissector finds the headers; what they say is
 * read here, slowly and with objects, for this one packet.
 *
 * @module
 */
import type { PacketBatch } from "../batch.ts";
import type { DissectColumns } from "../dissect/columns.ts";
import { traceLayers } from "../dissect/dissect.ts";
import { LayerTrace } from "../dissect/layer_trace.ts";
import { describeMalformed, malformedProtocol } from "../dissect/malformed.ts";
import { Protocol, protocolName } from "../dissect/protocol.ts";
import { decoderOf } from "./decoders.ts";
import { ABSENT, type Around, type DetailField, LayerReader } from "./layer_reader.ts";

/** One header. */
export interface DetailLayer {
  /** tshark's name of the protocol. */
  readonly name: string;
  /** First octet in the packet, from 0. */
  readonly offset: number;
  /** Captured octets of the header; of the last one, of all that is left. */
  readonly length: number;
  readonly fields: DetailField[];
  /** What contradicts itself in it, each with its place. */
  readonly notes?: string[];
  /** True for headers of the packet that an ICMP error quotes. */
  readonly quoted?: true;
}

/** What is wrong with a packet. */
export interface DetailFault {
  readonly layer: string;
  /** Octet where that header starts. */
  readonly offset: number;
  /** What limited it, in words. */
  readonly what: string;
}

/** A packet in full. */
export interface PacketDetail {
  /** Outermost first, without the frame itself. */
  readonly layers: DetailLayer[];
  /** The first thing that is wrong with it, or null. */
  readonly fault: DetailFault | null;
  /** Place of what the innermost known protocol carries, or the application's octets; null if none. */
  readonly payload: { readonly offset: number; readonly length: number } | null;
}

/** Decodes packet `row`, which was dissected into `columns`; these are left as they are. */
export function decodePacket(
  packets: PacketBatch,
  columns: DissectColumns,
  row: number,
  scratch: DissectColumns,
): PacketDetail {
  const trace = new LayerTrace();
  traceLayers(packets, row, trace, scratch);
  const origin = packets.offset[row] ?? 0;
  const frameEnd = origin + (packets.capturedLength[row] ?? 0);
  const around: Around = {
    ip: null,
    transport: null,
    isQuoted: false,
    fcsLength: packets.fcsLength[row] ?? 0,
    linkType: packets.linkType[row] ?? 0,
  };
  const layers: DetailLayer[] = [];
  for (let index = 0; index < trace.count; index++) {
    const place = {
      pos: trace.pos[index] ?? 0,
      end: trace.end[index] ?? 0,
      wireEnd: trace.wireEnd[index] ?? 0,
    };
    const reader = new LayerReader(packets.bytes, origin, frameEnd, place);
    around.isQuoted ||= beginsQuote(trace, index);
    layers.push(decodeLayer(trace, index, reader, around));
  }
  return {
    layers,
    fault: faultOf(columns.malformed[row] ?? 0, layers),
    payload: payloadOf(trace, columns, row, origin, frameEnd),
  };
}

function decodeLayer(
  trace: LayerTrace,
  index: number,
  reader: LayerReader,
  around: Around,
): DetailLayer {
  const protocol = trace.protocol[index] ?? 0;
  decoderOf(protocol)?.(reader, around);
  if (reader.left > 0) reader.notes.push(`${reader.left} more fields are not shown`);
  const next = index + 1 < trace.count ? trace.pos[index + 1] ?? reader.end : reader.end;
  const length = reader.headerLength !== ABSENT
    ? Math.min(reader.headerLength, reader.size)
    : Math.max(0, Math.min(next, reader.end) - reader.pos);
  return {
    name: protocolName(protocol),
    offset: reader.pos - reader.origin,
    length,
    fields: reader.fields,
    ...(reader.notes.length === 0 ? {} : { notes: reader.notes }),
    ...(around.isQuoted ? { quoted: true } : {}),
  };
}

/** True for an IP header right behind ICMP: nothing else puts one there. */
function beginsQuote(trace: LayerTrace, index: number): boolean {
  const before = trace.protocol[index - 1];
  const protocol = trace.protocol[index];
  return (before === Protocol.icmp || before === Protocol.icmpv6) &&
    (protocol === Protocol.ip || protocol === Protocol.ipv6);
}

function faultOf(code: number, layers: readonly DetailLayer[]): DetailFault | null {
  if (code === 0) return null;
  const layer = protocolName(malformedProtocol(code));
  const found = layers.findLast(({ name, quoted }) => name === layer && quoted !== true);
  return {
    layer,
    offset: found?.offset ?? 0,
    what: describeMalformed(code).replace(/^[^:]*: /, ""),
  };
}

/** What the transport carries; without a transport, the octets that no protocol claims. */
function payloadOf(
  trace: LayerTrace,
  columns: DissectColumns,
  row: number,
  origin: number,
  frameEnd: number,
): PacketDetail["payload"] {
  let from = columns.payloadOffset[row] ?? -1;
  let length = columns.payloadCaptured[row] ?? 0;
  if (from < 0) {
    const last = trace.count - 1;
    const protocol = trace.protocol[last];
    if (protocol === Protocol.malformed || protocol === Protocol.short || last < 0) return null;
    if (decoderOf(protocol ?? 0) !== undefined) return null;
    from = trace.pos[last] ?? frameEnd;
    length = Math.min(trace.end[last] ?? frameEnd, frameEnd) - from;
  }
  return length > 0 ? { offset: from - origin, length } : null;
}
