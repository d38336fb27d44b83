/** The compiled twin of the frequent part of `quality/duplicates.ts`: packets that are no copies. AssemblyScript. */
import { base, Column } from "./columns";
import { be16 } from "./octets";

const TCP: u32 = 6, UDP: u32 = 17, ICMP: u32 = 1, ICMPV6: u32 = 58;
const SYN_FIN: u32 = 0x03;

const SLOTS_MASK: u32 = 2047, SLOT_LOG2: u32 = 4;
// Octets of a slot.
const HASH: u32 = 0, CHECK: u32 = 4, USEC: u32 = 8, FROM: u32 = 12;

const COPY_WINDOW_USEC: i32 = 50_000, COPY_WINDOW_WITHOUT_ID_USEC: i32 = 1_000;

/** Times from here on are left to TypeScript, microseconds: they exceed 64 bits. */
const FAR_USEC: f64 = 9e18;

let slots: u32 = 0;

/** Told once where recent packets are remembered. */
export function bindCopies(slotsAt: u32): void {
  slots = slotsAt;
}

/**
 * Remembers the packets of rows from `from` on; the row that TypeScript must take, as it is a copy, or
 * `count`. `bytes`: what offsets count from.
 */
export function rememberPackets(bytes: u32, from: u32, count: u32): u32 {
  for (let row = from; row < count; row++) {
    const p1 = base + row, p2 = base + (row << 1), p4 = base + (row << 2);
    const flow = load<i32>(p4, Column.flowFlow);
    if (flow < 0 || load<u16>(p2, Column.malformed) != 0) continue;
    const protocol = load<u16>(p2, Column.l4Protocol) as u32;
    const payload = load<i32>(p4, Column.payloadWire);
    const identification = load<u32>(p4, Column.ipId);
    if (identification == 0) {
      const takesRoom = payload > 0 || (load<u16>(p2, Column.tcpFlags) & SYN_FIN) != 0;
      if (protocol != TCP || !takesRoom) continue;
    }
    const usecs = load<f64>(base + (row << 3), Column.flowTimeNs) * 1e-3;
    if (!(abs(usecs) < FAR_USEC)) return row;
    const usec = (usecs as i64) as i32;
    const check = (identification << 16) ^ checksumOf(bytes, p4, protocol & 255);
    const sender = ((flow << 1) as u32) | (load<u8>(p1, Column.flowDirection) as u32);
    let hash = (sender * 0x9e3779b1) ^
      (check * 0x27d4eb2f) ^
      ((load<u32>(p4, Column.seq) ^ ((payload as u32) << 16)) * 0x85ebca6b);
    hash = (hash ^ (hash >>> 15)) | 1;
    const slot = slots + (((hash >>> 1) & SLOTS_MASK) << SLOT_LOG2);
    if (load<u32>(slot, HASH) == hash && load<u32>(slot, CHECK) == check) {
      const delay = usec - load<i32>(slot, USEC);
      const window = identification != 0 ? COPY_WINDOW_USEC : COPY_WINDOW_WITHOUT_ID_USEC;
      if (delay >= 0 && delay <= window) return row;
    }
    store<u32>(slot, hash, HASH);
    store<u32>(slot, check, CHECK);
    store<i32>(slot, usec, USEC);
    const ttl = load<u8>(p1, Column.ttl) as u32;
    store<u32>(slot, ttl | ((load<u16>(p2, Column.interfaceId) as u32) << 8), FROM);
  }
  return count;
}

@inline
function checksumOf(bytes: u32, p4: u32, protocol: u32): u32 {
  const header = load<i32>(p4, Column.l4Offset);
  if (header >= 0) {
    if (protocol == TCP) return be16(bytes + header + 16);
    if (protocol == UDP) return be16(bytes + header + 6);
    if (protocol == ICMP || protocol == ICMPV6) return be16(bytes + header + 2);
  }
  return load<u32>(p4, Column.fragmentOffset);
}
