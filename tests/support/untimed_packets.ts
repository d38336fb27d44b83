/**
 * Captures of which some packets have no time, as the simple packet blocks of pcapng have none.
 *
 * @module
 */

const FILE_HEADER = 24, RECORD_HEADER = 16;
const SECTION = 0x0a0d0d0a, INTERFACE = 1, SIMPLE_PACKET = 3, ENHANCED_PACKET = 6;
const BYTE_ORDER = 0x1a2b3c4d;

/**
 * The packets of a classic pcap file (big-endian, microseconds, nothing cut) as pcapng; those of
 * which `isTimed` says no, by their index, as simple packet blocks.
 */
export function withoutTimes(
  pcap: Uint8Array,
  isTimed: (index: number) => boolean,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.length);
  const blocks = [
    block(SECTION, [BYTE_ORDER, 1, 0xffff_ffff, 0xffff_ffff]),
    block(INTERFACE, [view.getUint32(20), 0]),
  ];
  for (let at = FILE_HEADER, index = 0; at < pcap.length; index++) {
    const length = view.getUint32(at + 8);
    const data = pcap.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
    blocks.push(
      isTimed(index)
        ? block(ENHANCED_PACKET, [0, ...ticksOf(view, at), length, length], data)
        : block(SIMPLE_PACKET, [length], data),
    );
    at += RECORD_HEADER + length;
  }
  const file = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const one of blocks) {
    file.set(one, end);
    end += one.length;
  }
  return file;
}

/** Microseconds since the Unix epoch, upper and lower half. */
function ticksOf(view: DataView, at: number): readonly [number, number] {
  const ticks = BigInt(view.getUint32(at)) * 1_000_000n +
    BigInt(view.getUint32(at + 4));
  return [Number(ticks >> 32n), Number(ticks & 0xffff_ffffn)];
}

function block(
  type: number,
  words: readonly number[],
  data: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const length = 12 + 4 * words.length + Math.ceil(data.length / 4) * 4;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  [type, length, ...words].forEach((word, index) => view.setUint32(4 * index, word, true));
  bytes.set(data, 8 + 4 * words.length);
  view.setUint32(length - 4, length, true);
  return bytes;
}
