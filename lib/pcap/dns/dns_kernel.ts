/**
 * What compiled code does for DNS: it finds and reads messages of UDP that are plainly sound, and
 * looks for the hosts and names of a crowd of them.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import type { PacketBatch } from "../batch.ts";

/** Addresses in the arena: of a table of protocols, of rows to be written. */
export type DnsPlaces = readonly [protocols: number, rows: number];

/** Addresses in the arena: of counts of the queue, its messages, their names, counts of packets. */
export type DnsQueuePlaces = readonly [
  counts: number,
  messages: number,
  names: number,
  tallies: number,
];

/** Addresses in the arena of records and the slots of their index, and the number of slots less one. */
export type DnsIndexPlaces = readonly [records: number, slots: number, mask: number];

/** The compiled code; each `bind` is told once where things lie. */
export interface DnsKernel {
  readonly arena: Arena;
  bindDnsRows(...places: DnsPlaces): void;
  bindDnsQueue(...places: DnsQueuePlaces): void;
  /** Addresses of the multipliers of the hash, of the messages of the queue and of their names. */
  bindDnsTables(hashKeys: number, messages: number, words: number): void;
  bindDnsHosts(...places: DnsIndexPlaces): void;
  bindDnsNames(...places: DnsIndexPlaces): void;
  /** Writes the rows of the first `count` that may matter, and says how many they are. */
  collectDns(count: number): number;
  /**
   * Puts the messages of those rows into the queue, from place `from` on of `found`; the place of the
   * row that needs more than that, or finds the queue full, or `found`.
   */
  readDns(batch: PacketBatch, from: number, found: number): number;
  /** Finds the hosts and, if wanted, the names of the first `count` messages of the queue. */
  findDns(count: number, hasNames: boolean): void;
}
