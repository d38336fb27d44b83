/**
 * What compiled code does for DNS: it finds and reads messages of UDP that are plainly sound, looks
 * for the hosts and names of a crowd of them, and matches plain answers with plain queries.
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

/** Addresses in the arena of hosts, of the slots of their index, the number of slots less one, and of how many hosts there are. */
export type DnsHostPlaces = readonly [records: number, slots: number, mask: number, count: number];

/** Addresses in the arena of names, of the slots of their index, the number of slots less one, of what else is known of each, and of how many there are. */
export type DnsNamePlaces = readonly [
  records: number,
  slots: number,
  mask: number,
  facts: number,
  sums: number,
];

/** Addresses in the arena of a table of records that wait: of its heads, the records, the slots of their index. */
export type DnsRecordPlaces = readonly [heads: number, records: number, slots: number];

/** Addresses in the arena of response codes and of their counts. */
export type DnsRcodePlaces = readonly [codes: number, counts: number];

/** Addresses in the arena of hosts by number of the server, of counts, of waiting times, of response codes. */
export type DnsServerPlaces = readonly [
  ids: number,
  fields: number,
  held: number,
  codes: number,
  counts: number,
];

/** Addresses in the arena of hosts by number of the client, and of their queries. */
export type DnsClientPlaces = readonly [ids: number, queries: number];

/** Addresses in the arena of what the tracker counts. */
export type DnsTallyPlaces = readonly [
  tallies: number,
  ednsSizes: number,
  pairs: number,
  bursts: number,
  codes: number,
  counts: number,
];

/** The compiled code; each `bind` is told once where things lie. */
export interface DnsKernel {
  readonly arena: Arena;
  bindDnsRows(...places: DnsPlaces): void;
  bindDnsQueue(...places: DnsQueuePlaces): void;
  /** Addresses of the multipliers of the hash, of the messages of the queue and of their names. */
  bindDnsTables(hashKeys: number, messages: number, words: number): void;
  bindDnsHosts(...places: DnsHostPlaces): void;
  bindDnsNames(...places: DnsNamePlaces): void;
  bindDnsQueries(...places: DnsRecordPlaces): void;
  bindDnsLookups(...places: DnsRecordPlaces): void;
  bindDnsServers(...places: DnsServerPlaces): void;
  bindDnsClients(...places: DnsClientPlaces): void;
  bindDnsTallies(...places: DnsTallyPlaces): void;
  /** Writes the rows of the first `count` that may matter, and says how many they are. */
  collectDns(count: number): number;
  /**
   * Puts the messages of those rows into the queue, from place `from` on of `found`; the place of the
   * row that needs more than that, or finds the queue full, or `found`.
   */
  readDns(batch: PacketBatch, from: number, found: number): number;
  /**
   * Finds or keeps the hosts and, if wanted, the names of the first `count` messages of the queue; how
   * many names it left.
   */
  findDns(count: number, hasNames: boolean): number;
  /** Takes messages of the queue from `from` on; the first of them that is not plain, or `count`. */
  trackDns(from: number, count: number): number;
  /**
   * Forgets queries that were answered so long before `ns` that the tracker would forget them; true if
   * there is more for it to forget.
   */
  forgetAnswered(ns: number): boolean;
}
