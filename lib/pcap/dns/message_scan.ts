/**
 * The quick reading of DNS messages that are plainly sound, without an object or a text each.
 * Whatever is unusual about a message is left to {@link readDnsMessage}.
 *
 * @module
 */

const HEADER_BYTES = 12;
const TYPE_OPT = 41;
const NAME_BYTES_MAX = 255;
const LABEL_BYTES_MAX = 63;
/** Pointers of a name that are followed here; compression of one message needs few. */
const POINTERS_MAX = 8;

/** What the last message that was read says. Valid until the next one. */
export class MessageScan {
  id = 0;
  isResponse = false;
  isTruncated = false;
  /** With the upper bits of EDNS. */
  rcode = 0;
  /** What the name of the first question lies in. */
  octets: Uint8Array = new Uint8Array(0);
  /** Where it begins and ends, the root label included; in the same place if nothing is asked. */
  nameStart = 0;
  nameEnd = 0;
  type = 0;
  class = 0;
  /** Payload size of EDNS, -1 without. */
  ednsBytes = -1;

  /** True if the octets from `start` to `end` are a sound message with one question, whose name is not compressed. */
  scan(octets: Uint8Array, start: number, end: number): boolean {
    if (end - start < HEADER_BYTES || u16(octets, start + 4) !== 1) return false;
    const flags = u16(octets, start + 2);
    this.id = u16(octets, start);
    this.isResponse = (flags & 0x8000) !== 0;
    this.isTruncated = (flags & 0x0200) !== 0;
    this.rcode = flags & 15;
    this.ednsBytes = -1;
    this.octets = octets;
    this.nameStart = start + HEADER_BYTES;
    const fixed = labelsEnd(octets, start + HEADER_BYTES, end);
    if (fixed < 0 || fixed + 4 > end) return false;
    this.nameEnd = fixed;
    this.type = u16(octets, fixed);
    this.class = u16(octets, fixed + 2);
    let records = u16(octets, start + 6) + u16(octets, start + 8) + u16(octets, start + 10);
    let at = fixed + 4;
    while (records-- > 0) {
      at = nameEnd(octets, start, at, end);
      if (at < 0 || at + 10 > end) return false;
      if (u16(octets, at) === TYPE_OPT) {
        this.ednsBytes = u16(octets, at + 2);
        this.rcode |= (octets[at + 4] ?? 0) << 4;
      }
      at += 10 + u16(octets, at + 8);
      if (at > end) return false;
    }
    return at === end;
  }
}

function u16(octets: Uint8Array, at: number): number {
  return (octets[at] ?? 0) << 8 | (octets[at + 1] ?? 0);
}

/** The end of a name of labels alone, -1 if it is not one. */
function labelsEnd(octets: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && at - start < NAME_BYTES_MAX) {
    const length = octets[at] ?? 0;
    if (length === 0) return at + 1;
    if (length > LABEL_BYTES_MAX) return -1;
    at += 1 + length;
  }
  return -1;
}

/** The end of the name at `from` of the message that begins at `start`; -1 if it is not sound, or that cannot be told here. */
function nameEnd(octets: Uint8Array, start: number, from: number, end: number): number {
  let behind = -1;
  let at = from;
  let limit = from;
  let wireBytes = 1;
  for (let pointers = 0; pointers <= POINTERS_MAX;) {
    if (at >= end) return -1;
    const length = octets[at] ?? 0;
    if (length === 0) return behind < 0 ? at + 1 : behind;
    if (length >= 0xc0) {
      const target = start + (u16(octets, at) & 0x3fff);
      if (at + 1 >= end || target >= limit) return -1;
      if (behind < 0) behind = at + 2;
      at = limit = target;
      pointers++;
      continue;
    }
    wireBytes += 1 + length;
    if (length > LABEL_BYTES_MAX || wireBytes > NAME_BYTES_MAX) return -1;
    at += 1 + length;
  }
  return -1;
}
