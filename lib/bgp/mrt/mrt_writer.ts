/**
 * Writes MRT records: tables as TABLE_DUMP_V2 and messages as BGP4MP (RFC 6396, RFC 8050), with AS
 * numbers of four octets throughout.
 *
 * @module
 */
import { addressToBytes, type IpAddress } from "../../ip/address.ts";
import { firstAddress, type Prefix } from "../../ip/prefix.ts";
import { BGP4MP, MRT_TYPE, TABLE_DUMP_V2 } from "./record_kind.ts";

/** A peer of a table. */
export interface WrittenPeer {
  /** Where it is. */
  readonly address: IpAddress;
  /** Its AS. */
  readonly asn: number;
  /** BGP identifier, unsigned. */
  readonly routerId: number;
}

/** A path in a table. */
export interface WrittenPath {
  /** Place of its peer in the index. */
  readonly peer: number;
  /** Seconds since the epoch. */
  readonly originatedSec: number;
  /** ADD-PATH identifier; all paths of a prefix have one, or none has. */
  readonly pathId: number | null;
  /**
   * Whole path attributes with their headers, AS numbers of four octets; an MP_REACH_NLRI among them
   * holds its next hop alone (RFC 6396 §4.3.4).
   */
  readonly attributes: Uint8Array;
}

/** A session as BGP4MP names it. */
export interface WrittenSession {
  /** The far end. */
  readonly peer: IpAddress;
  /** Its AS. */
  readonly peerAs: number;
  /** Of the same family as `peer`. */
  readonly local: IpAddress;
  /** AS of the collector. */
  readonly localAs: number;
}

/** When, since the epoch; `microseconds` null: the record has none (BGP4MP instead of BGP4MP_ET). */
export interface WrittenTime {
  /** Whole seconds. */
  readonly sec: number;
  /** What is behind them, or null. */
  readonly microseconds: number | null;
}

/** PEER_INDEX_TABLE (RFC 6396 §4.3.1): the first record of a table. */
export function encodePeerIndex(
  sec: number,
  collectorId: number,
  view: string,
  peers: readonly WrittenPeer[],
): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(view);
  const record = new RecordWriter(sec, null, MRT_TYPE.tableDumpV2, TABLE_DUMP_V2.peerIndexTable);
  record.word(collectorId);
  record.short(name.length);
  record.octets(name);
  record.short(peers.length);
  for (const { address, asn, routerId } of peers) {
    // Bit 0: IPv6; bit 1: AS number of four octets.
    record.byte(address.family === 6 ? 3 : 2);
    record.word(routerId);
    record.octets(addressToBytes(address));
    record.word(asn);
  }
  return record.finish();
}

/** The paths of one prefix (RFC 6396 §4.3.2, RFC 8050 §4.1). */
export function encodeRibEntries(
  sec: number,
  sequence: number,
  prefix: Prefix,
  paths: readonly WrittenPath[],
): Uint8Array<ArrayBuffer> {
  const hasPathId = paths.some(({ pathId }) => pathId !== null);
  const plain = prefix.family === 4 ? TABLE_DUMP_V2.ribIpv4Unicast : TABLE_DUMP_V2.ribIpv6Unicast;
  const withIds = prefix.family === 4
    ? TABLE_DUMP_V2.ribIpv4UnicastAddPath
    : TABLE_DUMP_V2.ribIpv6UnicastAddPath;
  const record = new RecordWriter(sec, null, MRT_TYPE.tableDumpV2, hasPathId ? withIds : plain);
  record.word(sequence);
  record.byte(prefix.length);
  record.octets(addressToBytes(firstAddress(prefix)).subarray(0, prefix.length + 7 >>> 3));
  record.short(paths.length);
  for (const { peer, originatedSec, pathId, attributes } of paths) {
    record.short(peer);
    record.word(originatedSec);
    if (hasPathId) record.word(pathId ?? 0);
    record.short(attributes.length);
    record.octets(attributes);
  }
  return record.finish();
}

/**
 * A whole BGP message with its header (RFC 6396 §4.4.3). `isLocal`: we sent it. `hasPathId`: its NLRI
 * have path identifiers (RFC 8050 §3).
 */
export function encodeMessageRecord(
  time: WrittenTime,
  session: WrittenSession,
  message: Uint8Array,
  { isLocal = false, hasPathId = false }: { isLocal?: boolean; hasPathId?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const plain = isLocal ? BGP4MP.messageAs4Local : BGP4MP.messageAs4;
  const withIds = isLocal ? BGP4MP.messageAs4LocalAddPath : BGP4MP.messageAs4AddPath;
  const record = sessionRecord(time, session, hasPathId ? withIds : plain);
  record.octets(message);
  return record.finish();
}

/** A change of state, 1 Idle to 6 Established (RFC 6396 §4.4.4). */
export function encodeStateChange(
  time: WrittenTime,
  session: WrittenSession,
  from: number,
  to: number,
): Uint8Array<ArrayBuffer> {
  const record = sessionRecord(time, session, BGP4MP.stateChangeAs4);
  record.short(from);
  record.short(to);
  return record.finish();
}

function sessionRecord(
  { sec, microseconds }: WrittenTime,
  { peer, peerAs, local, localAs }: WrittenSession,
  subtype: number,
): RecordWriter {
  const type = microseconds === null ? MRT_TYPE.bgp4mp : MRT_TYPE.bgp4mpEt;
  const record = new RecordWriter(sec, microseconds, type, subtype);
  record.word(peerAs);
  record.word(localAs);
  record.short(0);
  record.short(peer.family === 4 ? 1 : 2);
  record.octets(addressToBytes(peer));
  record.octets(addressToBytes(local));
  return record;
}

/** One record as it grows. */
class RecordWriter {
  #octets = new Uint8Array(512);
  #view = new DataView(this.#octets.buffer);
  #at = 0;

  constructor(sec: number, microseconds: number | null, type: number, subtype: number) {
    this.word(sec);
    this.short(type);
    this.short(subtype);
    this.word(0);
    if (microseconds !== null) this.word(microseconds);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
  }

  short(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#at, value);
    this.#at += 2;
  }

  word(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#at, value);
    this.#at += 4;
  }

  octets(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#octets.set(value, this.#at);
    this.#at += value.length;
  }

  /** The record, its length filled in. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#view.setUint32(8, this.#at - 12);
    return this.#octets.slice(0, this.#at);
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#octets.length) return;
    const larger = new Uint8Array(2 * (this.#at + count));
    larger.set(this.#octets);
    this.#octets = larger;
    this.#view = new DataView(larger.buffer);
  }
}
