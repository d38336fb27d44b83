/**
 * The compiled twin of what `rtt/connection_times.ts` keeps of handshakes: their legs, and what their
 * SYNs offer. AssemblyScript.
 */
import { openingOf, Sums, sumsOf, TICK_NS, ticksOf, Timing, timingOf } from "./time_records";

// Octets of an opening.
const STATE: u32 = 0, CLIENT_LEG: u32 = 4, SYN_TIME: u32 = 8;

const IS_SYN_SEEN: u32 = 1, IS_CLIENT_B: u32 = 2, IS_AMBIGUOUS: u32 = 4;
const HAS_SERVER_LEG: u32 = 8, HAS_CLIENT_LEG: u32 = 16;

const SCALE_SHIFT: u32 = 8, SCALE_MAX: i32 = 14;
const HANDSHAKE_MSS_SHIFT: u32 = 16, MSS_MAX: i32 = 0xffff;

// Bits of the state of a direction that a SYN brings.
const HAS_SYN: u32 = 32, HAS_SCALE: u32 = 64, MSS_SHIFT: u32 = 20, MSS_UNIT_LOG2: u32 = 4;
const SYN_BITS: u32 = HAS_SYN | HAS_SCALE | (15 << SCALE_SHIFT) | (0xfff << MSS_SHIFT);

/** Takes the client's SYN, from side `client`; `scale` and `mss` are -1 if not there. */
export function addSyn(tcp: u32, client: u32, timeNs: f64, scale: i32, mss: i32): void {
  const opening = openingOf(tcp);
  const again = (load<u32>(opening, STATE) & IS_SYN_SEEN) != 0 ? IS_AMBIGUOUS : 0;
  const isClientB = client == 1 ? IS_CLIENT_B : 0;
  const offer = ((min(scale, SCALE_MAX) + 1) << SCALE_SHIFT) |
    (min(max(mss, 0), MSS_MAX) << HANDSHAKE_MSS_SHIFT);
  store<u32>(opening, IS_SYN_SEEN | again | isClientB | (offer as u32), STATE);
  store<f64>(opening, timeNs, SYN_TIME);
}

/** Keeps in a record what the client's SYN offered, if it was seen. */
export function takeClientSyn(tcp: u32, record: u32): void {
  const handshake = load<u32>(openingOf(tcp), STATE);
  if ((handshake & IS_SYN_SEEN) == 0) return;
  const scale = (((handshake >>> SCALE_SHIFT) & 255) as i32) - 1;
  takeSyn(record, clientOf(handshake), scale, (handshake >>> HANDSHAKE_MSS_SHIFT) as i32);
}

/** Keeps what the SYN of side `direction` offers. */
export function takeSyn(record: u32, direction: u32, scale: i32, mss: i32): void {
  const timing = timingOf(record, direction);
  const scaleBits = scale < 0 ? 0 : HAS_SCALE | ((min(scale, SCALE_MAX) as u32) << SCALE_SHIFT);
  const units = ((min(max(mss, 0), MSS_MAX) as u32) + (1 << MSS_UNIT_LOG2) - 1) >> MSS_UNIT_LOG2;
  const kept = load<u32>(timing, Timing.state) & ~SYN_BITS;
  store<u32>(timing, kept | HAS_SYN | scaleBits | (units << MSS_SHIFT), Timing.state);
}

/** Takes the time of a SYN-ACK of side `server`; the leg to it, NaN if it cannot be told. */
export function addSynAck(tcp: u32, server: u32, timeNs: f64): f64 {
  const opening = openingOf(tcp);
  const handshake = load<u32>(opening, STATE);
  if ((handshake & IS_SYN_SEEN) == 0) {
    if (server == 0) store<u32>(opening, handshake | IS_CLIENT_B, STATE);
    return NaN;
  }
  const legNs = timeNs - load<f64>(opening, SYN_TIME);
  const isTold = (handshake & (IS_AMBIGUOUS | HAS_SERVER_LEG)) != 0;
  if (clientOf(handshake) == server || isTold || !(legNs >= 0)) return NaN;
  store<u32>(opening, handshake | HAS_SERVER_LEG, STATE);
  store<f64>(opening, legNs, SYN_TIME);
  return legNs;
}

/** Takes the leg to the client; the whole handshake, NaN if the other leg is not known. */
export function addClientLeg(tcp: u32, legNs: f64): f64 {
  const opening = openingOf(tcp);
  const handshake = load<u32>(opening, STATE);
  store<u32>(opening, handshake | HAS_CLIENT_LEG, STATE);
  store<u32>(opening, ticksOf(legNs), CLIENT_LEG);
  return (handshake & HAS_SERVER_LEG) == 0 ? NaN : legNs + load<f64>(opening, SYN_TIME);
}

/**
 * Least time from a packet of side `direction` to the other side's answer, nanoseconds, NaN if unknown.
 * Selects words, since nobody could foretell branches; doubles have no select of their own.
 */
@inline
export function legNs(tcp: u32, record: u32, direction: u32): f64 {
  const opening = openingOf(tcp);
  const handshake = load<u32>(opening, STATE);
  const isFromClient = direction == clientOf(handshake);
  const isKnown = (handshake & select<u32>(HAS_SERVER_LEG, HAS_CLIENT_LEG, isFromClient)) != 0;
  const clientLeg = reinterpret<u64>((load<u32>(opening, CLIENT_LEG) as f64) * TICK_NS);
  const leg = select<u64>(load<u64>(opening, SYN_TIME), clientLeg, isFromClient);
  const handshakeNs = select<u64>(leg, reinterpret<u64>(NaN), isKnown);
  const ticks = load<u32>(sumsOf(record, direction), Sums.min);
  const dataNs = (ticks as f64) * TICK_NS;
  const isHandshakeLess = ticks == 0 || reinterpret<f64>(handshakeNs) < dataNs;
  return reinterpret<f64>(select<u64>(handshakeNs, reinterpret<u64>(dataNs), isHandshakeLess));
}

@inline
function clientOf(handshake: u32): u32 {
  return (handshake & IS_CLIENT_B) >>> 1;
}
