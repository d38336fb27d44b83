/**
 * Flows as a person names them.
 *
 * @module
 */
import type { FlowReader } from "../flow/flow_reader.ts";
import { endsOf } from "./conversations.ts";

/** `10.0.0.1:40000 -> [2001:db8::1]:443 (tcp stream 3)`, who opened it first. */
export function sayFlow(flows: FlowReader, id: number): string {
  const ends = endsOf(flows, id, flows.initiator(id));
  const protocol = ends.protocol.toLowerCase();
  const which = ends.stream === null ? protocol : `${protocol} stream ${ends.stream}`;
  return `${sayEnd(ends.src_ip, ends.src_port)} -> ${
    sayEnd(ends.dst_ip, ends.dst_port)
  } (${which})`;
}

function sayEnd(ip: string, port: number | null): string {
  if (port === null) return ip;
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}
