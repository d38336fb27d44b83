/**
 * Captures of raw IPv4 as captures of Ethernet, which compiled code takes another way.
 *
 * @module
 */

const FILE_HEADER = 24, RECORD_HEADER = 16, ETHERNET_HEADER = 14;
const LINKTYPE_ETHERNET = 1;
/** Addresses that mean nothing, and the type of IPv4. */
const HEADER = Uint8Array.from([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0]);

/** The packets of a classic pcap file (big-endian, raw IPv4), each in an Ethernet frame. */
export function onEthernet(pcap: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.length);
  const parts: Uint8Array[] = [pcap.slice(0, FILE_HEADER)];
  for (let at = FILE_HEADER; at < pcap.length;) {
    const captured = view.getUint32(at + 8);
    const header = pcap.slice(at, at + RECORD_HEADER);
    const lengths = new DataView(header.buffer);
    lengths.setUint32(8, captured + ETHERNET_HEADER);
    lengths.setUint32(12, view.getUint32(at + 12) + ETHERNET_HEADER);
    at += RECORD_HEADER;
    parts.push(header, HEADER, pcap.subarray(at, at + captured));
    at += captured;
  }
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    file.set(part, end);
    end += part.length;
  }
  new DataView(file.buffer).setUint32(20, LINKTYPE_ETHERNET);
  return file;
}
