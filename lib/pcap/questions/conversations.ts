/**
 * The question `conversations`: who talked with whom.
 *
 * @module
 */
import type { Capture, QuestionContext } from "../engine/question.ts";
import type { FlowReader, Side } from "../flow/flow_reader.ts";
import { protocolLabel } from "../flow/protocol_label.ts";
import { topIds } from "../flow/top_ids.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { isoTime, secondsBetween } from "./iso_time.ts";

/** Parameters of {@link askConversations}. */
export interface ConversationsParams {
  /** Most conversations to list. */
  readonly top_n: number;
  /** Largest first; `start`: earliest first. */
  readonly sort_by: "packets" | "bytes" | "duration" | "start";
}

/** Both ends of a flow, `src` first, and what it is. */
export interface FlowEnds {
  readonly src_ip: string;
  /** Null where the protocol has no ports. */
  readonly src_port: number | null;
  readonly dst_ip: string;
  readonly dst_port: number | null;
  /** `TCP`, `UDP`, `ICMP` … */
  readonly protocol: string;
  /** Number as tshark's `tcp.stream` and `udp.stream` count; null for other protocols. */
  readonly stream: number | null;
  /** Network identifier of the VXLAN or Geneve tunnel around it; absent outside of any. */
  readonly vni?: number;
}

/** One conversation; `src` opened it. */
export interface Conversation extends FlowEnds {
  readonly packets: number;
  /** Octets on the wire. */
  readonly bytes: number;
  /** From `src` to `dst`. */
  readonly packets_forward: number;
  readonly bytes_forward: number;
  readonly packets_reverse: number;
  readonly bytes_reverse: number;
  readonly start_time: string | null;
  readonly duration_seconds: number | null;
  readonly first_frame: number;
}

/** Conversations that made room for others in the flow table, and what they held. */
export interface EvictedConversations {
  readonly conversations: number;
  readonly packets: number;
  readonly bytes: number;
}

/** Answer of {@link askConversations}. */
export interface ConversationsAnswer extends Coverage {
  readonly conversations: Conversation[];
  /** Conversations that were seen, the evicted ones included. */
  readonly total_conversations: number;
  readonly evicted: EvictedConversations;
}

/** The largest conversations of a capture. */
export async function askConversations(
  { top_n, sort_by }: ConversationsParams,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
): Promise<ConversationsAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const { facts, flows } = await capture.scan();
  const ids = topIds(flows.size, top_n, (id) => rankOf(flows, id, sort_by));
  return {
    ...coverageOf(facts),
    conversations: ids.map((id) => conversationOf(flows, id, facts.baseSec)),
    total_conversations: flows.opened,
    evicted: evictedOf(flows),
  };
}

/** The ends of flow `id` with side `src` first. */
export function endsOf(flows: FlowReader, id: number, src: Side): FlowEnds {
  const dst = otherSide(src);
  const port = (side: Side): number | null => {
    const number = flows.port(id, side);
    return number < 0 ? null : number;
  };
  const stream = flows.stream(id);
  const vni = flows.tenant(id);
  return {
    src_ip: flows.address(id, src),
    src_port: port(src),
    dst_ip: flows.address(id, dst),
    dst_port: port(dst),
    protocol: protocolLabel(flows.protocol(id)),
    stream: stream < 0 ? null : stream,
    ...(vni === 0 ? {} : { vni }),
  };
}

/** The other side. */
export function otherSide(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/** What the flow table says of the flows that it evicted. */
export function evictedOf({ evicted }: FlowReader): EvictedConversations {
  return {
    conversations: evicted.flows,
    packets: evicted.packets,
    bytes: evicted.octets,
  };
}

function conversationOf(flows: FlowReader, id: number, baseSec: number): Conversation {
  const src = flows.initiator(id);
  const dst = otherSide(src);
  const { src_ip, src_port, dst_ip, dst_port, protocol, ...rest } = endsOf(flows, id, src);
  return {
    src_ip,
    src_port,
    dst_ip,
    dst_port,
    protocol,
    packets: flows.packets(id, 0) + flows.packets(id, 1),
    bytes: flows.octets(id, 0) + flows.octets(id, 1),
    packets_forward: flows.packets(id, src),
    bytes_forward: flows.octets(id, src),
    packets_reverse: flows.packets(id, dst),
    bytes_reverse: flows.octets(id, dst),
    start_time: isoTime(baseSec, flows.firstNs(id)),
    duration_seconds: secondsBetween(flows.firstNs(id), flows.lastNs(id)),
    ...rest,
    first_frame: flows.firstFrame(id),
  };
}

/** What flows are ordered by; a flow without a time comes last where times decide. */
function rankOf(flows: FlowReader, id: number, by: ConversationsParams["sort_by"]): number {
  switch (by) {
    case "packets":
      return flows.packets(id, 0) + flows.packets(id, 1);
    case "bytes":
      return flows.octets(id, 0) + flows.octets(id, 1);
    case "duration":
      return secondsBetween(flows.firstNs(id), flows.lastNs(id)) ?? -Infinity;
    case "start":
      return Number.isNaN(flows.firstNs(id)) ? -Infinity : -flows.firstNs(id);
  }
}
