/**
 * The compiled twin of `dns/message_scan.ts` and of how `dns/message_queue.ts` takes messages of UDP
 * that are plainly sound. AssemblyScript.
 */
import { base, Column } from "./columns";
import { dnsProtocols, dnsRows } from "./messages";
import { be16, be32 } from "./octets";

const TCP: u32 = 6, UDP: u32 = 17;
const DNS: u32 = 66, DNS_PORT: i32 = 53;
const VXLAN: u32 = 5, GENEVE: u32 = 6;

const HEADER_OCTETS: u32 = 12, TYPE_OPT: u32 = 41;
const NAME_MAX: u32 = 255, LABEL_MAX: u32 = 63, POINTER: u32 = 0xc0, POINTERS_MAX: u32 = 8;

// Octets of a message in the queue, and of its fields.
const MESSAGE: u32 = 112;
const APP: u32 = 0, ID: u32 = 4, FLAGS: u32 = 8, RCODE: u32 = 12, EDNS: u32 = 16, TYPE: u32 = 20, CLASS: u32 = 24;
const NAME_SIZE: u32 = 28, FLOW: u32 = 32, TENANT: u32 = 36, ADDRESS_LENGTH: u32 = 40;
const SRC: u32 = 44, DST: u32 = 60, NS: u32 = 80, FRAME: u32 = 88;
const IS_RESPONSE: u32 = 1, IS_TRUNCATED: u32 = 2;
const MESSAGES_MAX: u32 = 1024, NAME_WORDS: u32 = 16384, NAME_WORDS_MAX: u32 = 64;

// What is counted of the queue: messages, words of names.
const MESSAGES: u32 = 0, WORDS: u32 = 4;

// Doubles: packets of DNS and of the protocols after it, messages without a flow, time of the last packet.
const PACKETS: u32 = 0, WITHOUT_FLOW: u32 = 24, LAST_NS: u32 = 32;

let counts: u32 = 0, messages: u32 = 0, names: u32 = 0, tallies: u32 = 0;

// What a scan found.
let nameEnd: u32 = 0, ednsOctets: i32 = -1, rcode: u32 = 0;

/** Told once where the queue lies, what is counted of it, and what is counted of packets. */
export function bindDnsQueue(countsAt: u32, messagesAt: u32, namesAt: u32, talliesAt: u32): void {
  counts = countsAt;
  messages = messagesAt;
  names = namesAt;
  tallies = talliesAt;
}

/**
 * Takes the rows from place `from` on of the `found` ones that `collectDns` wrote; the place of the row
 * that TypeScript must take, or for which the queue has no room, or `found`.
 */
export function readDns(bytes: u32, firstFrame: f64, from: u32, found: u32): u32 {
  for (let place = from; place < found; place++) {
    const row = load<u32>(dnsRows + (place << 2));
    const p1 = base + row, p4 = base + (row << 2);
    const app = load<u8>(p1, Column.app) as u32;
    const protocol = load<u16>(base + (row << 1), Column.l4Protocol) as u32;
    if (load<u8>(dnsProtocols + app) == 0) {
      if (app == 0 && mayMatter(p1, p4, protocol)) return place;
      continue;
    }
    const captured = load<i32>(p4, Column.payloadCaptured);
    if (protocol == TCP || captured < load<i32>(p4, Column.payloadWire) || isFull()) return place;
    const start = bytes + load<u32>(p4, Column.payloadOffset);
    if (captured < (HEADER_OCTETS as i32) || !scan(start, start + captured)) return place;
    const tally = tallies + ((app - DNS) << 3);
    store<f64>(tally, load<f64>(tally, PACKETS) + 1, PACKETS);
    if (app == DNS) {
      if (load<i32>(p4, Column.flowFlow) < 0) {
        store<f64>(tallies, load<f64>(tallies, WITHOUT_FLOW) + 1, WITHOUT_FLOW);
        continue;
      }
      if (load<u8>(p1, Column.noTime) == 0) {
        store<f64>(tallies, load<f64>(base + (row << 3), Column.flowTimeNs), LAST_NS);
      }
    }
    enqueue(bytes, row, app, start, firstFrame + row);
  }
  return found;
}

/** True if a packet that is of no known protocol may carry DNS nevertheless. */
function mayMatter(p1: u32, p4: u32, protocol: u32): bool {
  if (protocol != TCP && load<u8>(p1, Column.fragment) != 0) return true;
  if (protocol != TCP && protocol != UDP) return false;
  return load<i32>(p4, Column.srcPort) == DNS_PORT || load<i32>(p4, Column.dstPort) == DNS_PORT;
}

@inline
function isFull(): bool {
  return load<u32>(counts, MESSAGES) == MESSAGES_MAX ||
    load<u32>(counts, WORDS) + NAME_WORDS_MAX > NAME_WORDS;
}

/** True if the octets are a sound message with one question, whose name is not compressed. */
function scan(start: u32, end: u32): bool {
  if (be16(start + 4) != 1) return false;
  rcode = be16(start + 2) & 15;
  ednsOctets = -1;
  const fixed = labelsEnd(start + HEADER_OCTETS, end);
  if (fixed == 0 || fixed + 4 > end) return false;
  nameEnd = fixed;
  let records = be16(start + 6) + be16(start + 8) + be16(start + 10);
  let at = fixed + 4;
  while (records-- > 0) {
    at = nameAfter(start, at, end);
    if (at == 0 || at + 10 > end) return false;
    if (be16(at) == TYPE_OPT) {
      ednsOctets = be16(at + 2) as i32;
      rcode |= (load<u8>(at, 4) as u32) << 4;
    }
    at += 10 + be16(at + 8);
    if (at > end) return false;
  }
  return at == end;
}

/** The end of a name of labels alone, 0 if it is not one. */
function labelsEnd(start: u32, end: u32): u32 {
  let at = start;
  while (at < end && at - start < NAME_MAX) {
    const length = load<u8>(at) as u32;
    if (length == 0) return at + 1;
    if (length > LABEL_MAX) return 0;
    at += 1 + length;
  }
  return 0;
}

/** The end of the name at `from` of the message that begins at `start`; 0 if that cannot be told here. */
function nameAfter(start: u32, from: u32, end: u32): u32 {
  let behind: u32 = 0, at = from, limit = from, octets: u32 = 1;
  for (let pointers: u32 = 0; pointers <= POINTERS_MAX;) {
    if (at >= end) return 0;
    const length = load<u8>(at) as u32;
    if (length == 0) return behind == 0 ? at + 1 : behind;
    if (length >= POINTER) {
      const target = start + (be16(at) & 0x3fff);
      if (at + 1 >= end || target >= limit) return 0;
      if (behind == 0) behind = at + 2;
      at = limit = target;
      pointers++;
      continue;
    }
    octets += 1 + length;
    if (length > LABEL_MAX || octets > NAME_MAX) return 0;
    at += 1 + length;
  }
  return 0;
}

/** Puts what was scanned into the queue. */
function enqueue(bytes: u32, row: u32, app: u32, start: u32, frame: f64): void {
  const p1 = base + row, p4 = base + (row << 2);
  const number = load<u32>(counts, MESSAGES);
  store<u32>(counts, number + 1, MESSAGES);
  const at = messages + number * MESSAGE;
  const flags = be16(start + 2);
  const tunnel = load<u8>(p1, Column.tunnelKind) as u32;
  const length = load<u8>(p1, Column.addressLength) as u32;
  store<u32>(at, app, APP);
  store<u32>(at, be16(start), ID);
  store<u32>(at, ((flags >>> 15) * IS_RESPONSE) | (((flags >>> 9) & 1) * IS_TRUNCATED), FLAGS);
  store<u32>(at, rcode, RCODE);
  store<i32>(at, ednsOctets, EDNS);
  store<u32>(at, be16(nameEnd), TYPE);
  store<u32>(at, be16(nameEnd + 2), CLASS);
  store<i32>(at, load<i32>(p4, Column.flowFlow), FLOW);
  store<u32>(at, tunnel == VXLAN || tunnel == GENEVE ? load<u32>(p4, Column.tunnelId) : 0, TENANT);
  store<u32>(at, length, ADDRESS_LENGTH);
  copyAddress(bytes + load<u32>(p4, Column.srcOffset), length, at + SRC);
  copyAddress(bytes + load<u32>(p4, Column.dstOffset), length, at + DST);
  store<f64>(at, load<f64>(tallies, LAST_NS), NS);
  store<f64>(at, frame, FRAME);
  const name = start + HEADER_OCTETS;
  store<u32>(at, nameEnd - name, NAME_SIZE);
  const words = load<u32>(counts, WORDS);
  store<u32>(counts, words + foldName(name, nameEnd, names + (words << 2)), WORDS);
}

@inline
function copyAddress(from: u32, length: u32, to: u32): void {
  for (let at: u32 = 0; at < 16; at += 4) store<u32>(to + at, at < length ? be32(from + at) : 0);
}

/** Writes a name in words, letters in lower case; how many words. */
@inline
function foldName(start: u32, end: u32, words: u32): u32 {
  let to = words, from = start;
  for (; from + 4 <= end; from += 4, to += 4) store<u32>(to, lowerCase(load<u32>(from)));
  if (from < end) {
    const bits = (end - from) << 3;
    store<u32>(to, lowerCase(load<u32>(from) & ((1 << bits) - 1)));
    to += 4;
  }
  return (to - words) >> 2;
}

@inline
function lowerCase(word: u32): u32 {
  const low = word & 0x7f7f7f7f;
  const fromA = low + (0x80 - 0x41) * 0x01010101;
  const pastZ = low + (0x80 - 0x5b) * 0x01010101;
  return word | ((fromA & ~pastZ & ~word & 0x80808080) >>> 2);
}
