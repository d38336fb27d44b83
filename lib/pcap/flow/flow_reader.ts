/**
 * What can be asked about the flows of a pass, by flow id.
 *
 * @module
 */
import type { HostSummary } from "./host_table.ts";

/** An end of a flow. 0, side A: the one that sent its first packet; 1, side B: the other. */
export type Side = 0 | 1;

/** What the flows held together that had to make room for others. */
export interface EvictedFlows {
  readonly flows: number;
  readonly packets: number;
  /** Octets on the wire. */
  readonly octets: number;
}

/**
 * Flows, read by id. Ids 0 to {@link FlowReader.size} - 1 are all there; what they tell is of the
 * flow that has the id now. Times are nanoseconds from `PassFacts.baseSec`.
 */
export interface FlowReader {
  /** Flows that are there. */
  readonly size: number;
  /** Flows that were opened in all, the evicted ones included. */
  readonly opened: number;
  readonly evicted: EvictedFlows;
  /** The hosts of all flows, the evicted ones included. Goes over every flow. */
  hosts(): HostSummary;
  /** Octets of memory that the flows take. */
  readonly memoryBytes: number;
  /** TCP numbers are less than this. */
  readonly tcpSize: number;
  /** IP protocol number (IANA protocol-numbers). */
  protocol(id: number): number;
  /** Octets of each address: 4 or 16. */
  addressLength(id: number): 4 | 16;
  /** The address of a side, canonical. */
  address(id: number, side: Side): string;
  /** Copies the address of a side to the start of `target`; its length. */
  copyAddress(id: number, side: Side, target: Uint8Array): 4 | 16;
  /** Copies it as words of four octets, the first most significant; four words are written. */
  copyAddressWords(id: number, side: Side, target: Int32Array): 4 | 16;
  /** The port of a side, -1 if the flow has none. */
  port(id: number, side: Side): number;
  /** Network identifier of the VXLAN or Geneve tunnel that the flow was in, 0 if in none. */
  tenant(id: number): number;
  /** The side that sent the SYN; without one the receiver of the SYN+ACK, else the first speaker. */
  initiator(id: number): Side;
  /** Packets that a side sent. */
  packets(id: number, side: Side): number;
  /** Octets on the wire of the packets that a side sent. */
  octets(id: number, side: Side): number;
  /** Least time of a packet, NaN if none has a time. */
  firstNs(id: number): number;
  /** Greatest time of a packet, NaN if none has a time. */
  lastNs(id: number): number;
  /** Number of the packet that opened the flow, from 1. */
  firstFrame(id: number): number;
  /** Number as tshark's `tcp.stream` and `udp.stream` count, -1 for other protocols. */
  stream(id: number): number;
  /** Dense TCP number of the flow (`FlowColumns.tcp`), -1 if it is not TCP with ports. */
  tcpNumber(id: number): number;
  /** The flow that has a TCP number, -1 if none has it now. */
  flowOfTcp(tcp: number): number;
  /** Sequence number that the relative numbers of a side count from, -1 if unknown or not TCP. */
  baseSequence(id: number, side: Side): number;
  /** True if it was opened by a SYN with another sequence number on ports in use. */
  isReused(id: number): boolean;
}
