/**
 * Flows and their ends as a person names them.
 *
 * @module
 */
import type { FlowReader, Side } from "../flow/flow_reader.ts";
import { endsOf } from "./conversations.ts";

/** `10.0.0.1:40000 -> [2001:db8::1]:443 (tcp stream 3)`, who opened it first. */
export function sayFlow(flows: FlowReader, id: number): string {
  const ends = endsOf(flows, id, flows.initiator(id));
  const protocol = ends.protocol.toLowerCase();
  const which = ends.stream === null ? protocol : `${protocol} stream ${ends.stream}`;
  return `${sayEndpoint(ends.src_ip, ends.src_port)} -> ${
    sayEndpoint(ends.dst_ip, ends.dst_port)
  } (${which})`;
}

/** One end of flow `id`, as {@link sayEndpoint} writes it. */
export function endpointText(flows: FlowReader, id: number, side: Side): string {
  const port = flows.port(id, side);
  return sayEndpoint(flows.address(id, side), port < 0 ? null : port);
}

/** `192.0.2.1:80` or `[2001:db8::1]:443`; the address alone where there is no port. */
export function sayEndpoint(ip: string, port: number | null): string {
  if (port === null) return ip;
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}
