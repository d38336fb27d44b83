/**
 * Messages with their place, and what a client wants to know by them.
 *
 * @module
 */
import type { Host } from "./host_table.ts";
import type { Name } from "./name_table.ts";

/** What a message says. */
export interface MessageFields {
  readonly id: number;
  readonly isResponse: boolean;
  readonly isTruncated: boolean;
  /** With the upper bits of EDNS. */
  readonly rcode: number;
  /** Payload size of EDNS, octets; -1 without. */
  readonly ednsBytes: number;
  /** Name of the first question; null if the message asks nothing. */
  readonly name: Name | null;
  readonly type: number;
  readonly class: number;
}

/** A message with its place. */
export interface PlacedMessage extends MessageFields {
  /** The side that asks. */
  readonly client: Host;
  /** The side that is asked. */
  readonly server: Host;
  /** Id of the flow, which stands for addresses, ports, transport and tunnel. */
  readonly flow: number;
  readonly isTcp: boolean;
  /** Network identifier of the VXLAN or Geneve tunnel, 0 outside of one. */
  readonly tenant: number;
  readonly ns: number;
  readonly frame: number;
}

/** What a client wants to know; it may send several queries for it. */
export interface Lookup {
  /** See {@link lookupKey}. */
  readonly key: number;
  readonly name: Name;
  readonly type: number;
  readonly class: number;
  readonly client: Host;
  readonly tenant: number;
  readonly firstNs: number;
  readonly firstFrame: number;
  lastNs: number;
  queries: number;
  readonly servers: Host[];
  /** Set once it is decided: answered, or not. */
  isDone: boolean;
  waitedNs: number | null;
  /** Waits for its answer by TCP after a truncated one. */
  isTruncated: boolean;
  /** The same name's A to this AAAA, or the reverse, asked side by side. */
  sibling: Lookup | null;
}

/** A number for what a client asks, of 53 bits; equal for equal questions, rarely for others. */
export function lookupKey(
  client: Host,
  tenant: number,
  name: Name,
  type: number,
  recordClass: number,
): number {
  const high = Math.imul(client.hash ^ tenant, 0x9e3779b1) ^ name.hash;
  const low = Math.imul(name.hash, 0x85ebca6b) ^ Math.imul(type << 16 | recordClass, 0x27d4eb2f) ^
    client.hash;
  return (high >>> 0) * 0x20_0000 + (low >>> 11);
}

/** True if a lookup is for exactly that. */
export function isLookupFor(
  lookup: Lookup,
  client: Host,
  tenant: number,
  name: Name,
  type: number,
  recordClass: number,
): boolean {
  return lookup.type === type && lookup.class === recordClass && lookup.tenant === tenant &&
    lookup.name.equals(name) && lookup.client.equals(client);
}
