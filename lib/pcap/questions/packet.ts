/**
 * The question `packet`: one packet in full, and where it stands in its flow.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import { LastOfFlow } from "../detail/last_of_flow.ts";
import { decodePacket, type DetailLayer, type PacketDetail } from "../detail/packet_detail.ts";
import { dumpLines } from "../detail/octet_text.ts";
import { DissectColumns } from "../dissect/columns.ts";
import { LINK_TYPES } from "../dissect/link_types.ts";
import { type Capture, type QuestionContext, STOP_WALK } from "../engine/question.ts";
import type { PassBatch, PassFacts } from "../pass.ts";
import { TCP_FLAGS } from "../tcp/flags.ts";
import { otherSide } from "./conversations.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { endpointText } from "./flow_text.ts";
import { isoTime } from "./iso_time.ts";
import { sayCount } from "../../words/amount.ts";

/** Parameters of {@link askPacket}. */
export interface PacketParams {
  /** From 1, as Wireshark counts frames. */
  readonly packet_number: number;
  /** Most octets of payload that are shown. */
  readonly max_bytes: number;
}

/** Where a packet stands in its flow. */
export interface PacketFlow {
  /** As `follow_stream` takes it, `tcp:5`; null for protocols without streams. */
  readonly stream: string | null;
  readonly client: string;
  readonly server: string;
  readonly direction: "client_to_server" | "server_to_client";
  /** Number of the packet before it in the flow, either direction; null if it is the first. */
  readonly previous_packet: number | null;
  /** Time since that packet, milliseconds; null without one, or without times. */
  readonly since_previous_ms: number | null;
  /** What tshark would say of the segment: fields of its analysis, with what they mean. */
  readonly analysis: { readonly name: string; readonly meaning: string }[];
}

/** Answer of {@link askPacket}. */
export interface PacketAnswer extends Coverage {
  readonly packet_number: number;
  /** ISO 8601, UTC; null for a packet without time. */
  readonly timestamp: string | null;
  readonly link_type: string;
  /** Protocols from the outermost to the innermost. */
  readonly protocols: string;
  readonly flow: PacketFlow | null;
  /** What is wrong with the packet first of all, or null. */
  readonly malformed: PacketDetail["fault"];
  readonly layers: DetailLayer[];
  readonly payload: {
    readonly offset: number;
    readonly captured_bytes: number;
    readonly shown_bytes: number;
    /** Lines of offset, hexadecimal and text. */
    readonly dump: string[];
  } | null;
}

type Found = Omit<PacketAnswer, keyof Coverage | "layers"> & {
  readonly row: FrameRow;
  readonly layers: DetailLayer[];
};

/** What the frame itself says, before the file has told the name of its interface. */
interface FrameRow {
  readonly epoch: string | null;
  readonly relativeSec: number | null;
  readonly deltaSec: number | null;
  readonly wireLength: number;
  readonly capturedLength: number;
  readonly interfaceId: number;
}

/** Times that those of a packet are told from, nanoseconds; NaN if there is none. */
interface FrameTimes {
  firstNs: number;
  previousNs: number;
}

/**
 * Decodes one packet.
 * @throws {InputError} `input.packet_number` if the capture has no such packet
 */
export async function askPacket(
  { packet_number, max_bytes }: PacketParams,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
): Promise<PacketAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const last = new LastOfFlow();
  let found: Found | null = null;
  const times: FrameTimes = { firstNs: NaN, previousNs: NaN };
  const facts = await capture.walk({ tcpFlags: true }, (batch) => {
    const { packets, flows } = batch;
    const row = packet_number - packets.firstFrame;
    const until = Math.min(row, packets.count);
    last.addRows(batch, until);
    if (packets.firstFrame === 1) times.firstNs = flows.timeNs[0] ?? NaN;
    if (until > 0) times.previousNs = flows.timeNs[until - 1] ?? NaN;
    if (row >= packets.count) return;
    found = readPacket(batch, row, max_bytes, last, times);
    return STOP_WALK;
  });
  const shown = found as Found | null;
  if (shown === null) throw notThere(packet_number, facts);
  const { row, layers, ...rest } = shown;
  return {
    ...coverageOf(facts),
    // The walk ended at the packet on purpose.
    complete: facts.truncatedAt === null,
    ...rest,
    layers: [frameLayer(packet_number, row, facts, rest.protocols), ...layers],
  };
}

function readPacket(
  batch: PassBatch,
  row: number,
  maxBytes: number,
  last: LastOfFlow,
  { firstNs, previousNs }: FrameTimes,
): Found {
  const { packets, dissected, flows } = batch;
  const { layers, fault, payload } = decodePacket(packets, dissected, row, new DissectColumns());
  const start = packets.offset[row] ?? 0;
  const linkType = packets.linkType[row] ?? 0;
  const isTimed = packets.noTime[row] !== 1;
  const sec = packets.timeSec[row] ?? 0;
  const nsec = packets.timeNsec[row] ?? 0;
  const timeNs = flows.timeNs[row] ?? 0;
  const shownBytes = Math.min(maxBytes, payload?.length ?? 0);
  const from = start + (payload?.offset ?? 0);
  return {
    packet_number: packets.firstFrame + row,
    timestamp: isTimed ? isoTime(sec, nsec) : null,
    link_type: LINK_TYPES.find(({ code }) => code === linkType)?.name ?? `${linkType}`,
    protocols: dissected.paths.nameOf(dissected.path[row] ?? 0),
    flow: flowOf(batch, row, last),
    malformed: fault,
    layers,
    payload: payload === null ? null : {
      offset: payload.offset,
      captured_bytes: payload.length,
      shown_bytes: shownBytes,
      dump: dumpLines(packets.bytes.subarray(from, from + shownBytes), payload.offset),
    },
    row: {
      epoch: isTimed ? `${sec}.${`${nsec}`.padStart(9, "0")}` : null,
      relativeSec: isTimed ? (timeNs - firstNs) / 1e9 : null,
      deltaSec: isTimed && !Number.isNaN(previousNs) ? (timeNs - previousNs) / 1e9 : null,
      wireLength: packets.wireLength[row] ?? 0,
      capturedLength: packets.capturedLength[row] ?? 0,
      interfaceId: packets.interfaceId[row] ?? 0,
    },
  };
}

/** The frame as a layer, as Wireshark has it. */
function frameLayer(
  number: number,
  row: FrameRow,
  { format }: PassFacts,
  protocols: string,
): DetailLayer {
  const { epoch, relativeSec, deltaSec, wireLength, capturedLength, interfaceId } = row;
  const name = format.interfaces.find(({ id }) => id === interfaceId)?.name ?? null;
  return {
    name: "frame",
    offset: 0,
    length: capturedLength,
    fields: [
      { name: "frame.number", value: number },
      ...(epoch === null ? [] : [{ name: "frame.time_epoch", value: epoch }]),
      ...(relativeSec === null ? [] : [{ name: "frame.time_relative", value: relativeSec }]),
      ...(deltaSec === null ? [] : [{ name: "frame.time_delta", value: deltaSec }]),
      { name: "frame.len", value: wireLength },
      { name: "frame.cap_len", value: capturedLength },
      { name: "frame.interface_id", value: interfaceId },
      ...(name === null ? [] : [{ name: "frame.interface_name", value: name }]),
      { name: "frame.protocols", value: protocols },
    ],
  };
}

function flowOf(batch: PassBatch, row: number, last: LastOfFlow): PacketFlow | null {
  const { packets, dissected, flows, tcpFlags } = batch;
  const id = flows.flow[row] ?? -1;
  const { reader } = flows;
  if (id < 0 || reader === null) return null;
  const before = flows.isNew[row] === 1 ? null : last.of(id);
  const stream = reader.stream(id);
  const client = reader.initiator(id);
  const set = tcpFlags.flags[row] ?? 0;
  const timeNs = packets.noTime[row] === 1 ? NaN : flows.timeNs[row] ?? NaN;
  const sinceMs = before === null ? NaN : (timeNs - before.ns) / 1e6;
  return {
    stream: stream < 0 ? null : `${dissected.l4Protocol[row] === 6 ? "tcp" : "udp"}:${stream}`,
    client: endpointText(reader, id, client),
    server: endpointText(reader, id, otherSide(client)),
    direction: flows.direction[row] === client ? "client_to_server" : "server_to_client",
    previous_packet: before?.frame ?? null,
    since_previous_ms: Number.isNaN(sinceMs) ? null : sinceMs,
    analysis: TCP_FLAGS.filter(({ bit }) => (set & bit) !== 0).map((flag) => ({
      name: flag.tsharkField ?? flag.name,
      meaning: flag.words,
    })),
  };
}

/** What to say of a number that the capture does not reach. */
export function notThere(number: number, facts: PassFacts): InputError {
  const { packets, truncatedAt, limitedBy, warnings } = facts;
  const has = packets === 0 ? "no packets" : sayCount(packets, "packet");
  const why = truncatedAt === null
    ? ""
    : `; what follows byte ${truncatedAt} is damaged (${warnings.at(-1)?.found ?? "cut"})`;
  const what = limitedBy === null
    ? `the capture has ${has}${why}`
    : `${has} were read (${limitedBy})`;
  return new InputError(
    "packet_number",
    `Cannot find packet ${number}: ${what}`,
    {
      hint: packets === 0
        ? "list_captures shows the other captures."
        : `Give a number from 1 to ${packets}.`,
    },
  );
}
