/**
 * The question `stream`: the payload of one TCP or UDP conversation, in order.
 *
 * @module
 */
import { Conversation, type ConversationRun } from "../detail/conversation.ts";
import { hexText } from "../../bytes/hex.ts";
import { textOf } from "../detail/octet_text.ts";
import { type Capture, type QuestionContext, STOP_WALK } from "../engine/question.ts";
import type { FlowReader, Side } from "../flow/flow_reader.ts";
import type { PassBatch } from "../pass.ts";
import { otherSide } from "./conversations.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { flowSelector, noSuchFlow, type WantedFlow } from "./flow_selector.ts";
import { endpointText } from "./flow_text.ts";

/** Which side's payload. */
export type StreamDirection = "both" | "client" | "server";

/** Parameters of {@link askStream}. */
export interface StreamParams extends WantedFlow {
  readonly direction: StreamDirection;
  readonly format: "text" | "hex";
  /** Octets of payload to pass over. */
  readonly offset: number;
  /** Octets of payload to show. */
  readonly max_bytes: number;
}

/** A run of octets of one side, or a gap (`missing_bytes` alone). */
export interface StreamSegment {
  readonly from: "client" | "server";
  /** Octets of this side before it. */
  readonly offset: number;
  readonly packet_number: number;
  /** Seconds since the conversation's first packet; null without times. */
  readonly time_relative: number | null;
  readonly bytes: number;
  readonly text?: string;
  readonly hex?: string;
  /** `binary`: the text has `\xHH` for octets that are no UTF-8. */
  readonly encoding?: "utf-8" | "binary";
  /** Octets that the capture does not have: of a gap, or at the end of a cut datagram. */
  readonly missing_bytes?: number;
}

/** What one side sent. */
export interface StreamTotals {
  readonly bytes: number;
  readonly missing_bytes: number;
  /** Octets that came again. */
  readonly repeated_bytes: number;
}

/** Answer of {@link askStream}. */
export interface StreamAnswer extends Coverage {
  readonly stream: string;
  readonly client: string;
  readonly server: string;
  /** First packet of the conversation. */
  readonly first_frame: number;
  /** True if the capture begins after the connection did. */
  readonly began_before: boolean;
  readonly totals: { readonly client: StreamTotals; readonly server: StreamTotals };
  /** True if payload after what is shown was left out. */
  readonly truncated: boolean;
  /** `offset` to go on with, or null. */
  readonly next_offset: number | null;
  readonly segments: StreamSegment[];
}

/** Longest text of a segment, characters: answers cap their strings a little above. */
const TEXT_CHARS = 1_900;

const TCP = 6;

/**
 * Follows one conversation through the capture.
 * @throws {InputError} `input.stream`, `input.packet_number`, `input.endpoints`
 */
export async function askStream(
  params: StreamParams,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
): Promise<StreamAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const select = await flowSelector(params, capture);
  let followed: Followed | null = null;
  let reader: FlowReader | null = null;
  const facts = await capture.walk({ flows: true }, (batch) => {
    followed?.conversation.beginBatch(batch);
    const { packets, flows } = batch;
    reader = flows.reader;
    for (let row = 0; row < packets.count; row++) {
      const id = flows.flow[row] ?? -1;
      if (id < 0 || reader === null) continue;
      if (followed !== null) {
        if (id !== followed.id) continue;
        // The flow made room for another, which has its id now.
        if (flows.isNew[row] === 1) return STOP_WALK;
        followed.conversation.add(batch, row);
      } else if (flows.isNew[row] === 1 && select(reader, id)) {
        followed = begin(params, batch, row, id);
        followed.conversation.beginBatch(batch);
        followed.conversation.add(batch, row);
      }
    }
  });
  const found = followed as Followed | null;
  if (found === null) throw noSuchFlow(params, facts.packets, reader);
  found.conversation.end();
  return { ...coverageOf(facts), ...answerOf(params, found) };
}

interface Followed {
  readonly id: number;
  readonly reader: FlowReader;
  readonly protocol: number;
  readonly stream: string;
  readonly firstFrame: number;
  readonly firstNs: number;
  readonly conversation: Conversation;
}

function begin(params: StreamParams, batch: PassBatch, row: number, id: number): Followed {
  const { packets, flows } = batch;
  const { reader } = flows;
  if (reader === null) throw new TypeError("A walk with flows has a reader of them");
  const protocol = reader.protocol(id);
  const { direction, offset, max_bytes } = params;
  const isWanted = (side: Side): boolean =>
    direction === "both" || (reader.initiator(id) === side) === (direction === "client");
  return {
    id,
    reader,
    protocol,
    stream: `${protocol === TCP ? "tcp" : "udp"}:${reader.stream(id)}`,
    firstFrame: packets.firstFrame + row,
    firstNs: packets.noTime[row] === 1 ? NaN : flows.timeNs[row] ?? NaN,
    conversation: new Conversation(protocol, {
      offset,
      maxBytes: max_bytes,
      wants: isWanted,
    }),
  };
}

function answerOf(
  { format, offset }: StreamParams,
  found: Followed,
): Omit<StreamAnswer, keyof Coverage> {
  const { id, reader, conversation } = found;
  const client = reader.initiator(id);
  const server = otherSide(client);
  const segments = conversation.runs.flatMap((run) =>
    segmentsOf(run, run.side === client ? "client" : "server", format, found.firstNs)
  );
  return {
    stream: found.stream,
    client: endpointText(reader, id, client),
    server: endpointText(reader, id, server),
    first_frame: found.firstFrame,
    began_before: conversation.beganBefore,
    totals: {
      client: totalsOf(conversation, client),
      server: totalsOf(conversation, server),
    },
    truncated: conversation.isTruncated,
    next_offset: conversation.isTruncated ? offset + conversation.keptBytes : null,
    segments,
  };
}

function totalsOf(conversation: Conversation, side: Side): StreamTotals {
  const { delivered, missing, repeated } = conversation.countsOf(side);
  return { bytes: delivered, missing_bytes: missing, repeated_bytes: repeated };
}

/** A run as segments whose text is short enough to be shown whole. */
function segmentsOf(
  run: ConversationRun,
  from: "client" | "server",
  format: "text" | "hex",
  firstNs: number,
): StreamSegment[] {
  const { frame, timeNs, octets, missing } = run;
  const seconds = (timeNs - firstNs) / 1e9;
  const shared = {
    from,
    packet_number: frame,
    time_relative: Number.isNaN(seconds) ? null : seconds,
  };
  if (octets.length === 0) {
    return [{ ...shared, offset: run.offset, bytes: 0, missing_bytes: missing }];
  }
  const segments: StreamSegment[] = [];
  for (let at = 0; at < octets.length;) {
    const offset = run.offset + at;
    const left = octets.subarray(at);
    if (format === "hex") {
      const shown = left.subarray(0, TEXT_CHARS / 2);
      segments.push({ ...shared, offset, bytes: shown.length, hex: hexText(shown) });
      at += shown.length;
      continue;
    }
    const { text, octets: bytes, isUtf8 } = textOf(left, TEXT_CHARS);
    const encoding = isUtf8 ? "utf-8" : "binary";
    segments.push({ ...shared, offset, bytes, text, encoding });
    at += bytes;
  }
  const last = segments.pop();
  if (last === undefined) return segments;
  return [...segments, missing > 0 ? { ...last, missing_bytes: missing } : last];
}
