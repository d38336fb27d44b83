/**
 * Goes through the routes of an MRT file, record by record, without an object for any of them.
 *
 * @module
 */
import { HEADER_BYTES, MESSAGE } from "../codec/message_header.ts";
import { isWholeNlri } from "../codec/nlri.ts";
import { uint16At, uint32At } from "../codec/octets.ts";
import { AttributeScanner } from "./attribute_scan.ts";
import type { MrtDamageLog } from "./mrt_damage.ts";
import {
  type GeoPlace,
  MessagePeers,
  type MrtPeer,
  type PeerIndex,
  readGeoPeers,
  readPeerIndex,
} from "./mrt_peer.ts";
import { MrtRoute, type MrtStateChange } from "./mrt_route.ts";
import { OctetReader } from "./octet_reader.ts";
import type { RecordFramer } from "./record_framer.ts";
import { BGP4MP, MRT_TYPE, TABLE_DUMP, TABLE_DUMP_V2 } from "./record_kind.ts";

/** What a walk tells. */
export interface MrtVisitor {
  /** A route; the object is used again for the next one. */
  onRoute(route: MrtRoute): void;
  onStateChange?(change: MrtStateChange): void;
  /** The peers of the tables that follow. */
  onPeers?(index: PeerIndex): void;
  onPlaces?(places: readonly (GeoPlace | null)[]): void;
  /** A BGP message that carries no routes, or an End-of-RIB, by its type (RFC 4271 §4.1). */
  onMessage?(type: number): void;
}

const NOBODY: MrtPeer = { address: "0.0.0.0", octets: new Uint8Array(4), asn: 0, routerId: null };

/** Walks one file. */
export class MrtWalk {
  readonly #visitor: MrtVisitor;
  readonly #damage: MrtDamageLog;
  readonly #scanner = new AttributeScanner();
  readonly #route = new MrtRoute(NOBODY, this.#scanner.parts);
  readonly #reader = new OctetReader();
  readonly #messagePeers = new MessagePeers();
  #peers: readonly MrtPeer[] | null = null;

  constructor(visitor: MrtVisitor, damage: MrtDamageLog) {
    this.#visitor = visitor;
    this.#damage = damage;
  }

  /** Takes the record that the framer stands on; false: it is of a kind that is passed over. */
  take(record: RecordFramer): boolean {
    const route = this.#route;
    route.octets = record.octets;
    route.timestampSec = record.timestampSec;
    route.microseconds = record.microseconds;
    const reader = this.#reader.open(record.octets, record.bodyStart, record.bodyEnd);
    const fault = this.#dispatch(record, reader);
    if (fault === PASSED_OVER) return false;
    if (fault !== null) this.#damage.skip(record.offset, fault);
    else if (reader.isShort) this.#damage.skip(record.offset, "the record ends inside of a field");
    return true;
  }

  #dispatch({ type, subtype }: RecordFramer, reader: OctetReader): string | null {
    switch (type) {
      case MRT_TYPE.tableDump:
        return this.#takeTableDump(subtype, reader);
      case MRT_TYPE.tableDumpV2:
        return this.#takeTableDumpV2(subtype, reader);
      case MRT_TYPE.bgp4mp:
      case MRT_TYPE.bgp4mpEt:
        this.#route.record = type === MRT_TYPE.bgp4mp ? "bgp4mp" : "bgp4mp_et";
        return this.#takeBgp4mp(subtype, reader);
      default:
        return PASSED_OVER;
    }
  }

  /** RFC 6396 §4.2. */
  #takeTableDump(subtype: number, reader: OctetReader): string | null {
    if (subtype < TABLE_DUMP.ipv4 || subtype > TABLE_DUMP.ipv6As4) return PASSED_OVER;
    const isIpv4 = subtype === TABLE_DUMP.ipv4 || subtype === TABLE_DUMP.ipv4As4;
    const as4 = subtype >= TABLE_DUMP.ipv4As4;
    const size = isIpv4 ? 4 : 16;
    const route = this.#route;
    reader.skip(4);
    route.prefixStart = reader.skip(size);
    route.prefixBits = reader.byte();
    reader.skip(1);
    route.originatedSec = reader.word();
    const peerAt = reader.skip(size);
    const asn = as4 ? reader.word() : reader.short();
    const length = reader.short();
    const attributes = reader.skip(length);
    if (reader.isShort) return null;
    if (route.prefixBits > 8 * size) return `a prefix of ${route.prefixBits} bits`;
    const fault = this.#scanner.scan(reader.octets, attributes, attributes + length, as4, true);
    if (fault !== null) return fault;
    route.kind = "rib";
    route.record = "table_dump";
    route.isLocal = route.isMultiprotocol = false;
    route.family = isIpv4 ? 4 : 6;
    route.pathId = -1;
    route.peer = this.#messagePeers.find(reader.octets, peerAt, size, asn);
    this.#visitor.onRoute(route);
    return null;
  }

  /** RFC 6396 §4.3, RFC 6397, RFC 8050 §4. */
  #takeTableDumpV2(subtype: number, reader: OctetReader): string | null {
    this.#route.record = "table_dump_v2";
    switch (subtype) {
      case TABLE_DUMP_V2.peerIndexTable: {
        const index = readPeerIndex(reader);
        this.#peers = index.peers;
        this.#visitor.onPeers?.(index);
        return null;
      }
      case TABLE_DUMP_V2.geoPeerTable:
        this.#visitor.onPlaces?.(readGeoPeers(reader));
        return null;
      case TABLE_DUMP_V2.ribIpv4Unicast:
      case TABLE_DUMP_V2.ribIpv4UnicastAddPath:
        return this.#takeRib(4, subtype === TABLE_DUMP_V2.ribIpv4UnicastAddPath, reader);
      case TABLE_DUMP_V2.ribIpv6Unicast:
      case TABLE_DUMP_V2.ribIpv6UnicastAddPath:
        return this.#takeRib(6, subtype === TABLE_DUMP_V2.ribIpv6UnicastAddPath, reader);
      case TABLE_DUMP_V2.ribGeneric:
      case TABLE_DUMP_V2.ribGenericAddPath: {
        this.#route.record = "rib_generic";
        const sequence = reader.word();
        const family = reader.short() << 8 | reader.byte();
        if (family !== 0x101 && family !== 0x201) return PASSED_OVER;
        const hasPathId = subtype === TABLE_DUMP_V2.ribGenericAddPath;
        return this.#takeEntries(family === 0x101 ? 4 : 6, hasPathId, reader, sequence);
      }
      default:
        return PASSED_OVER;
    }
  }

  #takeRib(family: 4 | 6, hasPathId: boolean, reader: OctetReader): string | null {
    return this.#takeEntries(family, hasPathId, reader, reader.word());
  }

  #takeEntries(
    family: 4 | 6,
    hasPathId: boolean,
    reader: OctetReader,
    sequence: number,
  ): string | null {
    const peers = this.#peers;
    if (peers === null) return "a table without an index of its peers in front of it";
    const route = this.#route;
    route.kind = "rib";
    route.isLocal = route.isMultiprotocol = false;
    route.family = family;
    route.prefixBits = reader.byte();
    if (route.prefixBits > (family === 4 ? 32 : 128)) {
      return `prefix ${sequence} has ${route.prefixBits} bits`;
    }
    route.prefixStart = reader.skip(route.prefixBits + 7 >>> 3);
    route.pathId = -1;
    const { octets } = reader;
    for (let left = reader.short(); left > 0; left--) {
      const peer = peers[reader.short()];
      route.originatedSec = reader.word();
      if (hasPathId) route.pathId = reader.word();
      const length = reader.short();
      const start = reader.skip(length);
      if (reader.isShort) return null;
      if (peer === undefined) return `prefix ${sequence} has a path of a peer that is not there`;
      const fault = this.#scanner.scan(octets, start, start + length, true, true);
      if (fault !== null) return fault;
      route.peer = peer;
      this.#visitor.onRoute(route);
    }
    return null;
  }

  /** RFC 6396 §4.4, RFC 8050 §3. */
  #takeBgp4mp(subtype: number, reader: OctetReader): string | null {
    const isState = subtype === BGP4MP.stateChange || subtype === BGP4MP.stateChangeAs4;
    const traits = isState ? null : MESSAGE_TRAITS[subtype];
    if (traits === undefined) return PASSED_OVER;
    const as4 = traits?.as4 ?? subtype === BGP4MP.stateChangeAs4;
    const asn = as4 ? reader.word() : reader.short();
    if (as4) reader.word();
    else reader.short();
    reader.skip(2);
    const afi = reader.short();
    if (!reader.isShort && afi !== 1 && afi !== 2) return `a session of address family ${afi}`;
    const size = afi === 2 ? 16 : 4;
    const peerAt = reader.skip(size);
    reader.skip(size);
    if (reader.isShort) return null;
    const peer = this.#messagePeers.find(reader.octets, peerAt, size, asn);
    if (traits === null) return this.#takeStateChange(peer, reader);
    return this.#takeMessage(peer, traits, reader);
  }

  #takeStateChange(peer: MrtPeer, reader: OctetReader): string | null {
    const from = reader.short(), to = reader.short();
    if (reader.isShort) return null;
    const { timestampSec, microseconds, record } = this.#route;
    this.#visitor.onStateChange?.({
      record: record === "bgp4mp_et" ? record : "bgp4mp",
      timestampSec,
      microseconds,
      peer,
      from,
      to,
    });
    return null;
  }

  #takeMessage(peer: MrtPeer, traits: MessageTraits, reader: OctetReader): string | null {
    const { octets } = reader;
    const start = reader.skip(HEADER_BYTES);
    if (reader.isShort) return null;
    const length = uint16At(octets, start + 16);
    const type = octets[start + 18] ?? 0;
    for (let at = start; at < start + 16; at++) {
      if (octets[at] !== 0xff) return "the marker of a message is not all ones";
    }
    const end = start + length;
    if (length < HEADER_BYTES || end > reader.end) {
      return `a message says that it has ${length} octets, ${reader.end - start} are there`;
    }
    if (type !== MESSAGE.update) {
      this.#visitor.onMessage?.(type);
      return null;
    }
    const route = this.#route;
    route.peer = peer;
    route.isLocal = traits.isLocal;
    route.originatedSec = 0;
    return this.#takeUpdate(reader.open(octets, start + HEADER_BYTES, end), traits);
  }

  #takeUpdate(reader: OctetReader, { as4, hasPathId }: MessageTraits): string | null {
    const { octets, end } = reader;
    const withdrawnBytes = reader.short();
    const withdrawn = reader.skip(withdrawnBytes);
    const attributeBytes = reader.short();
    const attributes = reader.skip(attributeBytes);
    if (reader.isShort) return null;
    const nlri = reader.at;
    const fault = this.#scanner.scan(octets, attributes, nlri, as4, false);
    if (fault !== null) return fault;
    const { parts } = this.#scanner;
    const isWhole = isWholeNlri(octets, withdrawn, withdrawn + withdrawnBytes, 32, hasPathId) &&
      isWholeNlri(octets, nlri, end, 32, hasPathId) &&
      (parts.unreachFamily < 0 ||
        isWholeNlri(
          octets,
          parts.unreachStart,
          parts.unreachEnd,
          parts.unreachFamily === 0 ? 32 : 128,
          hasPathId,
        )) &&
      (parts.reachFamily < 0 ||
        isWholeNlri(
          octets,
          parts.reachStart,
          parts.reachEnd,
          parts.reachFamily === 0 ? 32 : 128,
          hasPathId,
        ));
    if (!isWhole) return "the prefixes of an UPDATE are not whole";
    const route = this.#route;
    route.kind = "withdraw";
    route.isMultiprotocol = false;
    let count = this.#visitNlri(withdrawn, withdrawn + withdrawnBytes, 4, hasPathId);
    if (parts.unreachFamily >= 0) {
      route.isMultiprotocol = true;
      const family = parts.unreachFamily === 0 ? 4 : 6;
      count += this.#visitNlri(parts.unreachStart, parts.unreachEnd, family, hasPathId);
    }
    route.kind = "announce";
    route.isMultiprotocol = false;
    count += this.#visitNlri(nlri, end, 4, hasPathId);
    if (parts.reachFamily >= 0) {
      route.isMultiprotocol = true;
      const family = parts.reachFamily === 0 ? 4 : 6;
      count += this.#visitNlri(parts.reachStart, parts.reachEnd, family, hasPathId);
    }
    if (count === 0) this.#visitor.onMessage?.(MESSAGE.update);
    return null;
  }

  /** Visits the prefixes of octets that are known to be whole; returns how many. */
  #visitNlri(start: number, end: number, family: 4 | 6, hasPathId: boolean): number {
    const route = this.#route;
    const { octets } = route;
    route.family = family;
    route.pathId = -1;
    let count = 0;
    for (let at = start; at < end; count++) {
      if (hasPathId) {
        route.pathId = uint32At(octets, at);
        at += 4;
      }
      route.prefixBits = octets[at++] ?? 0;
      route.prefixStart = at;
      at += route.prefixBits + 7 >>> 3;
      this.#visitor.onRoute(route);
    }
    return count;
  }
}

/** Instead of a fault: the record is of a kind that is not read. */
const PASSED_OVER = "passed over";

/** How the messages of a subtype are written. */
interface MessageTraits {
  readonly as4: boolean;
  readonly isLocal: boolean;
  readonly hasPathId: boolean;
}

const MESSAGE_TRAITS: Readonly<Record<number, MessageTraits>> = {
  [BGP4MP.message]: { as4: false, isLocal: false, hasPathId: false },
  [BGP4MP.messageAs4]: { as4: true, isLocal: false, hasPathId: false },
  [BGP4MP.messageLocal]: { as4: false, isLocal: true, hasPathId: false },
  [BGP4MP.messageAs4Local]: { as4: true, isLocal: true, hasPathId: false },
  [BGP4MP.messageAddPath]: { as4: false, isLocal: false, hasPathId: true },
  [BGP4MP.messageAs4AddPath]: { as4: true, isLocal: false, hasPathId: true },
  [BGP4MP.messageLocalAddPath]: { as4: false, isLocal: true, hasPathId: true },
  [BGP4MP.messageAs4LocalAddPath]: { as4: true, isLocal: true, hasPathId: true },
};
