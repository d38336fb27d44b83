/**
 * Which rows messages may be in: fragments, DNS, and what applications say first. The compiled twin of
 * the searches in `stream/fragments.ts`, `dns/dns_traffic.ts` and `app/app_traffic.ts`. AssemblyScript.
 */
import { base, Column } from "./columns";

const FIN_SYN_RST: u32 = 0x07;
const UDP: u32 = 17;
const TLS: u32 = 69, HTTP: u32 = 71;
const HANDSHAKE_RECORD: u32 = 22, UPPER_A: u32 = 0x41, UPPER_Z: u32 = 0x5a;

/** Looks that a side of a flow has, those that a payload in vain costs, and none. */
const LOOKS_MAX: u32 = 4, LOOKS_IN_VAIN: u32 = 2, DONE: u32 = 0x80;
/** Most flows: ids from here on are left to TypeScript. */
const FLOWS_MAX: u32 = 0x1fffff;

export let dnsProtocols: u32 = 0;
export let dnsRows: u32 = 0;
/** Rows whose flows are loaded ahead, less one. */
const AHEAD_MASK: u32 = 63;

let readProtocols: u32 = 0, looks: u32 = 0;

/** Told once where the table of protocols lies, and where rows are to be written. */
export function bindDnsRows(protocolsAt: u32, rowsAt: u32): void {
  dnsProtocols = protocolsAt;
  dnsRows = rowsAt;
}

/** Told once where the table of protocols lies, and the looks left at the sides of flows. */
export function bindLooks(protocolsAt: u32, looksAt: u32): void {
  readProtocols = protocolsAt;
  looks = looksAt;
}

/** True if one of the first `count` rows is a fragment, or seems to be. */
export function hasFragments(count: u32): bool {
  let all: u64 = 0;
  for (let row: u32 = 0; row < count; row += 8) all |= load<u64>(base + row, Column.fragment);
  return all != 0;
}

/** Writes the rows that DNS may be in, and says how many they are. */
export function collectDns(count: u32): u32 {
  let to = dnsRows;
  for (let row: u32 = 0; row < count; row++) {
    const p1 = base + row, p2 = base + (row << 1);
    const app = load<u8>(p1, Column.app) as u32;
    const edge = (load<u16>(p2, Column.tcpFlags) as u32 & FIN_SYN_RST) | load<u8>(p1, Column.flowIsNew);
    const isOther = (((load<u16>(p2, Column.l4Protocol) as u32) ^ UDP) | app) == 0;
    const wanted = (load<u8>(dnsProtocols + app) as u32) | edge;
    store<u32>(to, row);
    to += ((wanted != 0 || isOther) as u32) << 2;
  }
  return (to - dnsRows) >> 2;
}

/**
 * Begins flows, and looks at rows from `from` on whose flows have looks left; the row that TypeScript
 * must look at, or `count`. `mayWait`: a message that does not begin here may go on here.
 */
export function lookOn(bytes: u32, from: u32, count: u32, mayWait: bool): u32 {
  for (let row = from; row < count; row++) {
    // Stored, so that the loads are made.
    if ((row & AHEAD_MASK) == 0) store<u32>(base, touchLooks(row, min(count, row + AHEAD_MASK + 1)), Column.keyTouched);
    const p1 = base + row, p4 = base + (row << 2);
    const flow = load<i32>(p4, Column.flowFlow);
    const slot = looks + (((flow + 1) as u32) << 1) + load<u8>(p1, Column.flowDirection);
    const app = load<u8>(p1, Column.app) as u32;
    const isRead = load<u8>(readProtocols + app) as u32;
    const isNew = load<u8>(p1, Column.flowIsNew) as u32;
    // One test that hardly ever holds, as most payloads are not the first.
    if (((isRead & load<u8>(slot)) | isNew) == 0) continue;
    if (isNew == 1 && !beginFlow(flow)) return row;
    const left = load<u8>(slot) as u32;
    if ((isRead & left) == 0) continue;
    const start = load<i32>(p4, Column.payloadOffset);
    if (start < 0 || load<i32>(p4, Column.payloadWire) == 0) continue;
    if (mayWait || load<i32>(p4, Column.payloadCaptured) == 0) return row;
    if (mayBegin(app, load<u8>(bytes + start))) return row;
    store<u8>(slot, left > LOOKS_IN_VAIN ? left - LOOKS_IN_VAIN : DONE);
  }
  return count;
}

/** Loads the looks left at the flows of rows `from` to `to` - 1: no load waits for another. */
@inline
function touchLooks(from: u32, to: u32): u32 {
  let touched: u32 = 0;
  for (let row = from; row < to; row++) {
    const flow = load<i32>(base + (row << 2), Column.flowFlow);
    touched ^= load<u16>(looks + (((flow + 1) as u32) << 1));
  }
  return touched;
}

/** Begins a flow; false if its id was another's. */
function beginFlow(flow: i32): bool {
  if (flow < 0) return true;
  const at = looks + (((flow + 1) as u32) << 1);
  if ((flow as u32) >= FLOWS_MAX || load<u8>(at) != 0) return false;
  store<u16>(at, LOOKS_MAX | (LOOKS_MAX << 8));
  return true;
}

/** False if no first message of a protocol begins with the octet. */
@inline
function mayBegin(app: u32, octet: u32): bool {
  if (app == TLS) return octet == HANDSHAKE_RECORD;
  return app != HTTP || (octet >= UPPER_A && octet <= UPPER_Z);
}
