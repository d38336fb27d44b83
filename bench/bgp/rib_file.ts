/**
 * Our tables as an MRT file (TABLE_DUMP_V2): every path of Adj-RIB-In with what `bgpdump -m` prints
 * of it, which leaves out extended and large communities.
 */
import { encodeAsPath } from "../../lib/bgp/codec/as_path_octets.ts";
import { encodeAttribute, ORIGINS } from "../../lib/bgp/codec/attribute_octets.ts";
import { ATTRIBUTE } from "../../lib/bgp/codec/path_attribute.ts";
import { encodePeerIndex, encodeRibEntries } from "../../lib/bgp/mrt/mrt_writer.ts";
import type { PathAttributes, RibReader } from "../../lib/bgp/rib/rib_reader.ts";
import { addressToBytes, parseAddress } from "../../lib/ip/address.ts";
import { RecordFile } from "./record_file.ts";

/** A peer of the tables, by its index. */
export interface RibFilePeer {
  /** Canonical. */
  readonly address: string;
  readonly asn: number;
}

/** Writes the file; the tables must be at rest. Returns how many paths it holds. */
export async function writeTables(
  path: string,
  rib: RibReader,
  peers: readonly RibFilePeer[],
): Promise<number> {
  const file = await RecordFile.create(path);
  const index = peers.map(({ address, asn }, peer) => ({
    address: parseAddress(address),
    asn,
    routerId: peer + 1,
  }));
  await file.write(encodePeerIndex(0, 1, "", index));
  const octetsOf = new Map<number, Uint8Array>();
  const attributesOf = (set: number, family: 0 | 1): Uint8Array => {
    const known = octetsOf.get(set);
    if (known !== undefined) return known;
    const octets = encodeAttributes(rib.attributes(set), family);
    octetsOf.set(set, octets);
    return octets;
  };
  let count = 0, sequence = 0;
  for (const family of [0, 1] as const) {
    const records: Uint8Array[] = [];
    rib.walk(family, { within: null, from: null }, (id) => {
      const paths = rib.paths(id).map(({ peer, attributes, receivedMs }) => ({
        peer,
        originatedSec: Math.floor(receivedMs / 1_000),
        pathId: null,
        attributes: attributesOf(attributes, family),
      }));
      count += paths.length;
      records.push(encodeRibEntries(0, sequence++, rib.prefixOf(id), paths));
    });
    for (const record of records) await file.write(record);
  }
  await file.close();
  return count;
}

/** Whole attributes, ascending by type; of MP_REACH_NLRI the next hop alone (RFC 6396 §4.3.4). */
function encodeAttributes(
  { origin, asPath, nextHop, med, localPref, ...others }: PathAttributes,
  family: 0 | 1,
): Uint8Array {
  const { atomicAggregate, aggregator, communities, originatorId, clusterList } = others;
  const octets: number[] = [];
  const add = (type: number, value: ArrayLike<number>): void => {
    octets.push(...encodeAttribute(type, value));
  };
  const address = (text: string) => addressToBytes(parseAddress(text));
  if (origin !== null) add(ATTRIBUTE.origin, [ORIGINS.indexOf(origin)]);
  add(ATTRIBUTE.asPath, encodeAsPath(asPath));
  if (family === 0) add(ATTRIBUTE.nextHop, address(nextHop));
  if (med !== null) add(ATTRIBUTE.multiExitDisc, word(med));
  if (localPref !== null) add(ATTRIBUTE.localPref, word(localPref));
  if (atomicAggregate) add(ATTRIBUTE.atomicAggregate, []);
  if (aggregator !== null) {
    add(ATTRIBUTE.aggregator, [...word(aggregator.asn), ...address(aggregator.address)]);
  }
  if (communities.length > 0) {
    add(
      ATTRIBUTE.communities,
      communities.flatMap((text) => {
        const [high = 0, low = 0] = text.split(":").map(Number);
        return word(high * 65_536 + low);
      }),
    );
  }
  if (originatorId !== null) add(ATTRIBUTE.originatorId, address(originatorId));
  if (clusterList.length > 0) {
    add(ATTRIBUTE.clusterList, clusterList.flatMap((text) => [...address(text)]));
  }
  if (family === 1) add(ATTRIBUTE.mpReachNlri, [16, ...address(nextHop)]);
  return Uint8Array.from(octets);
}

function word(value: number): number[] {
  return [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}
