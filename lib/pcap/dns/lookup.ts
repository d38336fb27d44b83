/**
 * Messages with their place, and what a client wants to know by them.
 *
 * @module
 */
import type { DnsFacts } from "./dns_message.ts";

/** A message with its place. */
export interface PlacedMessage {
  readonly facts: DnsFacts;
  /** Address of the side that asks, and of the one that is asked with its port if that is not 53. */
  readonly client: string;
  readonly server: string;
  readonly clientPort: number;
  readonly transport: "udp" | "tcp";
  /** Network identifier of the VXLAN or Geneve tunnel, 0 outside of one. */
  readonly tenant: number;
  readonly ns: number;
  readonly frame: number;
}

/** What a client wants to know; it may send several queries for it. */
export interface Lookup {
  readonly key: string;
  readonly domain: string;
  readonly type: number;
  readonly client: string;
  readonly firstNs: number;
  readonly firstFrame: number;
  lastNs: number;
  queries: number;
  readonly servers: string[];
  /** Set once it is decided: answered, or not. */
  isDone: boolean;
  waitedNs: number | null;
  /** Waits for its answer by TCP after a truncated one. */
  isTruncated: boolean;
  /** The same name's A to this AAAA, or the reverse, asked side by side. */
  sibling: Lookup | null;
}
