/**
 * One packet of the flow whose story is told, read out of the columns of its batch.
 *
 * @module
 */
import { Cut, Fragment } from "../dissect/columns.ts";
import type { Side } from "../flow/flow_reader.ts";
import type { PassBatch } from "../pass.ts";

/** 0: who opened the flow; 1: the other. */
export type Role = 0 | 1;
export const CLIENT = 0, SERVER = 1;

/** A role in answers. */
export type RoleName = "client" | "server";

/** Flags (RFC 9293 §3.1). */
export const FIN = 0x01, SYN = 0x02, RST = 0x04, ACK = 0x10;

/** `client` or `server`. */
export function roleName(role: Role): RoleName {
  return role === CLIENT ? "client" : "server";
}

/** The other role. */
export function otherRole(role: Role): Role {
  return role === CLIENT ? SERVER : CLIENT;
}

/** What the story needs of a packet; one object is filled again and again. */
export class FlowPacket {
  frame = 0;
  /** Nanoseconds from the base second of the walk; NaN without a time. */
  ns = NaN;
  role: Role = CLIENT;
  /** False if the transport header is not there: a later fragment, or cut. */
  hasHeader = false;
  /** The capture has less of it than the wire had. */
  isCut = false;
  wireLength = 0;
  /** Octets that it carries, on the wire. */
  payload = 0;
  /** Of TCP, as are all fields below: the bits of {@link FIN} … {@link ACK}. */
  flags = 0;
  seq = 0;
  ack = 0;
  window = 0;
  /** `TcpFlag` bits that tshark would show. */
  found = 0;

  /** Octets of sequence space that it takes. */
  get length(): number {
    return this.payload + ((this.flags & SYN) >> 1) + (this.flags & FIN);
  }

  /** Reads packet `row`; `client` is the side of the flow that opened it. */
  read({ packets, dissected, flows, tcpFlags }: PassBatch, row: number, client: Side): void {
    this.frame = packets.firstFrame + row;
    this.ns = packets.noTime[row] === 1 ? NaN : flows.timeNs[row] ?? NaN;
    this.role = flows.direction[row] === client ? CLIENT : SERVER;
    this.hasHeader = (dissected.payloadOffset[row] ?? -1) >= 0 &&
      dissected.fragment[row] !== Fragment.later;
    this.isCut = dissected.cut[row] !== Cut.nothing;
    this.wireLength = packets.wireLength[row] ?? 0;
    this.payload = this.hasHeader ? dissected.payloadWire[row] ?? 0 : 0;
    this.flags = dissected.tcpFlags[row] ?? 0;
    this.seq = (dissected.seq[row] ?? 0) | 0;
    this.ack = (dissected.ack[row] ?? 0) | 0;
    this.window = dissected.window[row] ?? 0;
    this.found = tcpFlags.flags[row] ?? 0;
  }
}
