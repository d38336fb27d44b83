/**
 * What a pass found about TCP as a whole: every finding that tshark would show, counted, and how
 * connections began and ended.
 *
 * @module
 */
import type { ConnectionEnd, ConnectionOutcome, Handshake } from "./connection_outcome.ts";
import type { FlagCount } from "./flag_cells.ts";

/** How often one kind of finding was there. */
export interface FlagTotal {
  /** Segments. */
  readonly segments: number;
  /** Connections; those that there was no room for are left out ({@link TcpFindings.notKept}). */
  readonly connections: number;
}

/** Some flows of many. */
export interface FlowList {
  /** Ids of flows, as many as were asked for. */
  readonly flows: readonly number[];
  /** How many there are. */
  readonly total: number;
}

/** One TCP connection. */
export interface TcpConnection extends ConnectionOutcome {
  /** Id in the flow table. */
  readonly flow: number;
  /** Findings, by kind and side; only those that are there. */
  readonly counts: readonly FlagCount[];
}

/** Findings about TCP. Everything but {@link notKept} and what names it covers the whole pass. */
export interface TcpFindings {
  /** TCP segments whose header was there. */
  readonly segments: number;
  /** Segments whose options the capture cut: of these tshark shows nothing but RST and duplicate SACK. */
  readonly cutSegments: number;
  /** TCP connections, those that the flow table had to evict included. */
  readonly connections: number;
  /** By name of the kind (`TCP_FLAGS`); every kind is there. */
  readonly totals: Readonly<Record<string, FlagTotal>>;
  readonly handshakes: Readonly<Record<Handshake, number>>;
  readonly ends: Readonly<Record<ConnectionEnd, number>>;
  /** How often a finding could not be counted with its connection: no room, or evicted since. */
  readonly notKept: number;
  /** The connection of a flow, null if the flow is none. */
  connection(flow: number): TcpConnection | null;
  /**
   * The flows with most findings of the kinds in `flags` (a set of `TcpFlag` bits), most first,
   * those of equal count by id; at most `limit` of them.
   */
  affected(flags: number, limit: number): FlowList;
  /** The first flows, by id, whose connection began so; at most `limit`. Evicted ones are left out. */
  began(handshake: Handshake, limit: number): FlowList;
  /** The first flows, by id, whose connection ended so; at most `limit`. Evicted ones are left out. */
  ended(end: ConnectionEnd, limit: number): FlowList;
}
