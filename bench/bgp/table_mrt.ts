/**
 * A table as MRT files: what a collector with these peers would write (TABLE_DUMP_V2), and what it
 * would log while they send (BGP4MP).
 */
import { addressFromBytes } from "../../lib/ip/address.ts";
import type { Prefix } from "../../lib/ip/prefix.ts";
import {
  encodeMessageRecord,
  encodePeerIndex,
  encodeRibEntries,
} from "../../lib/bgp/mrt/mrt_writer.ts";
import { RecordFile } from "./record_file.ts";
import { peerAs, type Table } from "./table.ts";
import { peerAddress } from "./send_table.ts";

/** When all of it happened, seconds since the epoch. */
const TIME_SEC = 1_700_000_000;

/** Writes a RIB file with a path of each of `peers` peers for every prefix, in order of address. */
export async function writeRibFile(path: string, table: Table, peers: number): Promise<void> {
  const file = await RecordFile.create(path);
  const index = Array.from({ length: peers }, (_, peer) => ({
    address: addressFromBytes(Uint8Array.from(peerAddress(peer).split("."), Number)),
    asn: peerAs(peer),
    routerId: 0x0a090001 + peer,
  }));
  await file.write(encodePeerIndex(TIME_SEC, 0x0a000001, "", index));
  let sequence = 0;
  for (const family of [4, 6] as const) {
    const { starts, lengths, high, low } = family === 4 ? table.ipv4 : table.ipv6;
    const group = new Uint32Array(lengths.length);
    for (let n = 0; n + 1 < starts.length; n++) group.fill(n, starts[n], starts[n + 1]);
    const order = Uint32Array.from(lengths, (_, n) => n).sort((a, b) =>
      high[a]! - high[b]! || (low[a] ?? 0) - (low[b] ?? 0) || lengths[a]! - lengths[b]!
    );
    for (const n of order) {
      const value = family === 4
        ? BigInt(high[n]!)
        : BigInt(high[n]!) << 96n | BigInt(low[n]!) << 64n;
      const prefix: Prefix = { family, value, length: lengths[n]! };
      const paths = index.map((_, peer) => ({
        peer,
        originatedSec: TIME_SEC - (group[n]! % 100_000),
        pathId: null,
        attributes: attributesOf(table, family, group[n]!, peer),
      }));
      await file.write(encodeRibEntries(TIME_SEC, sequence++, prefix, paths));
    }
  }
  await file.close();
}

/** Writes what a peer sends, message by message. */
export async function writeUpdateFile(
  path: string,
  stream: Uint8Array,
  asn = peerAs(0),
): Promise<void> {
  const file = await RecordFile.create(path);
  const session = {
    peer: addressFromBytes(Uint8Array.of(192, 0, 2, 1)),
    peerAs: asn,
    local: addressFromBytes(Uint8Array.of(192, 0, 2, 2)),
    localAs: 64_500,
  };
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  let count = 0;
  for (let at = 0; at < stream.length; count++) {
    const end = at + view.getUint16(at + 16);
    // A thousand messages a second.
    const time = {
      sec: TIME_SEC + Math.floor(count / 1_000),
      microseconds: count % 1_000 * 1_000,
    };
    await file.write(encodeMessageRecord(time, session, stream.subarray(at, end)));
    at = end;
  }
  await file.close();
}

const SCRATCH = new Uint8Array(4_096);
const SCRATCH_VIEW = new DataView(SCRATCH.buffer);

/** In a RIB entry MP_REACH_NLRI is its next hop alone (RFC 6396 §4.3.4). */
function attributesOf(table: Table, family: 4 | 6, group: number, peer: number): Uint8Array {
  let at = 0;
  if (family === 6) {
    SCRATCH_VIEW.setUint32(0, 0x800e1110);
    SCRATCH_VIEW.setBigUint64(4, 0xfd00000000000000n);
    SCRATCH_VIEW.setBigUint64(12, BigInt(0x10 + peer));
    at = 20;
  }
  const nextHop = family === 4 ? 0xc0000201 + peer : null;
  const end = table.writeAttributes(SCRATCH_VIEW, at, { peer, family, group, round: 0, nextHop });
  return SCRATCH.slice(0, end);
}
