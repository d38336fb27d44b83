/**
 * Which TCP or UDP flow of a capture is meant: named by its number, by one of its packets, or by
 * both of its ends.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import { type Capture, STOP_WALK } from "../engine/question.ts";
import type { FlowReader } from "../flow/flow_reader.ts";
import { endpointText } from "./flow_text.ts";
import { notThere } from "./packet.ts";

/** Names a flow in one of three ways; the other two are null. */
export interface WantedFlow {
  /** `tcp:5` or `udp:3`, numbered as tshark does. */
  readonly stream: string | null;
  /** A packet of the flow. */
  readonly packet_number: number | null;
  /** `192.0.2.1:80` or `[2001:db8::1]:443`; both ends of the flow, in any order. */
  readonly endpoints: readonly string[] | null;
  /** Of the endpoints. */
  readonly protocol: "tcp" | "udp";
}

/** Says whether a flow is the one that is meant, or one of several with the same ends. */
export type FlowSelector = (flows: FlowReader, id: number) => boolean;

const TCP = 6, UDP = 17;

/**
 * What tells the flow that is meant; a packet number takes a walk up to that packet.
 * @throws {InputError} `input.stream`, `input.packet_number`, `input.endpoints`
 */
export async function flowSelector(wanted: WantedFlow, capture: Capture): Promise<FlowSelector> {
  const { stream, packet_number, endpoints, protocol } = wanted;
  const given = Object.entries({ stream, packet_number, endpoints })
    .filter(([, value]) => value !== null).map(([name]) => name);
  if (given.length > 1) {
    throw new InputError("stream", `Cannot choose a stream by ${given.join(" and ")} at once`, {
      hint: `Give ${given.join(" or ")}.`,
    });
  }
  if (stream !== null) return byNumber(stream);
  if (packet_number !== null) return await byPacket(packet_number, capture);
  if (endpoints !== null) return byEndpoints(endpoints, protocol === "tcp" ? TCP : UDP);
  throw new InputError("stream", "Cannot choose a stream: none is named", {
    hint:
      'Give stream: "tcp:0", or packet_number: 1, or endpoints: ["192.0.2.1:1024", "192.0.2.2:80"].',
  });
}

/** What to say if no flow is the one that is meant; `flows` are those that there are. */
export function noSuchFlow(
  { stream, endpoints, protocol }: WantedFlow,
  packets: number,
  flows: FlowReader | null,
): InputError {
  const what = stream ?? `${protocol} between ${endpoints?.join(" and ") ?? "these endpoints"}`;
  const opened = flows?.opened ?? 0;
  return new InputError(
    stream === null ? "endpoints" : "stream",
    `Cannot find ${what}: the capture's ${packets} packets are of ${opened} conversations, none is it`,
    { hint: "get_conversations lists the streams of a capture." },
  );
}

function byNumber(text: string): FlowSelector {
  const [, name, digits] = /^(tcp|udp):(\d{1,10})$/.exec(text) ?? [];
  if (name === undefined) {
    throw new InputError("stream", `Cannot choose stream "${text}": its form is unknown`, {
      hint: 'Give tcp or udp and the number that tshark has for it: "tcp:5".',
    });
  }
  const protocol = name === "tcp" ? TCP : UDP;
  const number = Number(digits);
  return (flows, id) => flows.protocol(id) === protocol && flows.stream(id) === number;
}

/** The flow of a packet, by the packet that opened it. */
async function byPacket(number: number, capture: Capture): Promise<FlowSelector> {
  let opened: number | null = null;
  const facts = await capture.walk({ flows: true }, ({ packets, flows }) => {
    const row = number - packets.firstFrame;
    if (row >= packets.count) return;
    const id = flows.flow[row] ?? -1;
    const { reader } = flows;
    const hasStream = id >= 0 && reader !== null && reader.stream(id) >= 0;
    opened = hasStream ? reader.firstFrame(id) : -1;
    return STOP_WALK;
  });
  const frame = opened as number | null;
  if (frame === null) throw notThere(number, facts);
  if (frame < 0) {
    throw new InputError(
      "packet_number",
      `Cannot choose the stream of packet ${number}: it is no TCP and no UDP with ports`,
      { hint: "pcap_packet shows what it is." },
    );
  }
  return (flows, id) => flows.firstFrame(id) === frame;
}

function byEndpoints(texts: readonly string[], protocol: number): FlowSelector {
  const [first = "", second = ""] = texts.map(canonicalEndpoint);
  const ports = portOf(first) + portOf(second);
  return (flows, id) => {
    // To write addresses out is what costs; most flows have other ports.
    if (flows.protocol(id) !== protocol || flows.port(id, 0) + flows.port(id, 1) !== ports) {
      return false;
    }
    const a = endpointText(flows, id, 0);
    const b = endpointText(flows, id, 1);
    return (a === first && b === second) || (a === second && b === first);
  };
}

function canonicalEndpoint(text: string): string {
  const [, inBrackets, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = parseAddressOrNull(inBrackets ?? plain ?? "");
  if (address === null || Number(port) > 65_535) {
    throw new InputError("endpoints", `Cannot choose a stream: "${text}" is no endpoint`, {
      hint: 'Give address and port, for example "192.0.2.1:80" or "[2001:db8::1]:443".',
    });
  }
  const rendered = renderAddress(address);
  return rendered.includes(":") ? `[${rendered}]:${Number(port)}` : `${rendered}:${Number(port)}`;
}

function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
}
