/**
 * The peers of an MRT file: the index of a RIB (RFC 6396 §4.3.1, RFC 6397 §2) and those that
 * messages name.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import type { OctetReader } from "./octet_reader.ts";

/** One peer. The same object stands for it throughout a file. */
export interface MrtPeer {
  /** Canonical. */
  readonly address: string;
  /** 4 or 16 octets. */
  readonly octets: Uint8Array;
  readonly asn: number;
  /** Dotted BGP identifier, or null: messages do not name it. */
  readonly routerId: string | null;
}

/** Where a peer or the collector stands (RFC 6397), degrees. */
export interface GeoPlace {
  readonly latitude: number;
  readonly longitude: number;
}

/** A PEER_INDEX_TABLE. */
export interface PeerIndex {
  /** Dotted BGP identifier of the collector. */
  readonly collector: string;
  /** UTF-8, at most 255 characters of it; often empty. */
  readonly view: string;
  readonly peers: readonly MrtPeer[];
}

/** Bits of the peer type. */
const IS_IPV6 = 1, IS_AS4 = 2;
const VIEW_CHARS_MAX = 255;

/** Reads a PEER_INDEX_TABLE; `isShort` of the reader says that it was cut. */
export function readPeerIndex(reader: OctetReader): PeerIndex {
  const collector = dotted(reader);
  const length = reader.short();
  const start = reader.skip(length);
  const view = new TextDecoder().decode(reader.octets.subarray(start, reader.at))
    .slice(0, VIEW_CHARS_MAX);
  const count = reader.short();
  const peers: MrtPeer[] = [];
  while (peers.length < count) {
    const type = reader.byte();
    const routerId = dotted(reader);
    const size = (type & IS_IPV6) !== 0 ? 16 : 4;
    const at = reader.skip(size);
    const asn = (type & IS_AS4) !== 0 ? reader.word() : reader.short();
    if (reader.isShort) break;
    peers.push(makePeer(reader.octets.slice(at, at + size), asn, routerId));
  }
  return { collector, view, peers };
}

/** Reads a GEO_PEER_TABLE: places by peer index, null where the peer is private. */
export function readGeoPeers(reader: OctetReader): readonly (GeoPlace | null)[] {
  reader.skip(4);
  reader.skip(reader.short());
  reader.skip(8);
  const count = reader.short();
  const places: (GeoPlace | null)[] = [];
  while (places.length < count) {
    reader.skip(1 + 4);
    const latitude = float(reader), longitude = float(reader);
    if (reader.isShort) break;
    // Not a number in both: the place is not told (RFC 6397 §2).
    places.push(Number.isNaN(latitude) || Number.isNaN(longitude) ? null : { latitude, longitude });
  }
  return places;
}

/** Peers of messages: the same object for the same address and AS. */
export class MessagePeers {
  readonly #known = new Map<string, MrtPeer>();
  #last: MrtPeer | null = null;

  /** The peer with the address at `at`, of `size` octets. */
  find(octets: Uint8Array, at: number, size: 4 | 16, asn: number): MrtPeer {
    const last = this.#last;
    if (last !== null && last.asn === asn && isSame(last.octets, octets, at, size)) return last;
    const own = octets.slice(at, at + size);
    const key = `${asn} ${own.join(".")}`;
    let peer = this.#known.get(key);
    if (peer === undefined) {
      if (this.#known.size >= KNOWN_MAX) this.#known.clear();
      this.#known.set(key, peer = makePeer(own, asn, null));
    }
    return this.#last = peer;
  }
}

/** Peers that are remembered; a made-up file can name as many as it has records. */
const KNOWN_MAX = 65_536;

function makePeer(octets: Uint8Array, asn: number, routerId: string | null): MrtPeer {
  return { address: renderAddress(addressFromBytes(octets)), octets, asn, routerId };
}

function isSame(own: Uint8Array, octets: Uint8Array, at: number, size: number): boolean {
  if (own.length !== size) return false;
  for (let n = 0; n < size; n++) if (own[n] !== octets[at + n]) return false;
  return true;
}

function dotted(reader: OctetReader): string {
  return `${reader.byte()}.${reader.byte()}.${reader.byte()}.${reader.byte()}`;
}

const SCRATCH = new DataView(new ArrayBuffer(4));

function float(reader: OctetReader): number {
  SCRATCH.setUint32(0, reader.word());
  return SCRATCH.getFloat32(0);
}
