/**
 * Framing of classic pcap: microseconds and nanoseconds, both byte orders, and the variant of
 * Kuznetsov's patched libpcap (draft-ietf-opsawg-pcap; the libpcap file format manual).
 *
 * @module
 */
import { DecodeError } from "../errors/mod.ts";
import { BATCH_PACKETS } from "./batch.ts";
import type { DamageLog } from "./damage.ts";
import type {
  CaptureFormat,
  CaptureInterface,
  Framer,
  RecordKernel,
  RecordShape,
} from "./format.ts";
import type { FramingBatch } from "./framing_batch.ts";
import type { ByteWindow } from "./window.ts";

/** Magic numbers, read big-endian; the byte-swapped forms mean a little-endian file. */
const VARIANTS = [
  { magic: 0xa1b2c3d4, variant: null, unitsPerSec: 1e6, recordBytes: 16 },
  { magic: 0xa1b23c4d, variant: "nanosecond", unitsPerSec: 1e9, recordBytes: 16 },
  // Linux 2.2 era patches append interface index, protocol and packet type to the record header.
  { magic: 0xa1b2cd34, variant: "modified (Kuznetsov)", unitsPerSec: 1e6, recordBytes: 24 },
] as const;

/** Bytes of the file header. */
const FILE_HEADER_BYTES = 24;

/** libpcap's own bound where the snap length is smaller or absent (MAXIMUM_SNAPLEN). */
const USUAL_MAX_PACKET = 262_144;

/** Bound of a packet whatever the snap length says. */
const MAX_PACKET = 16_777_216;

/** Bit of the link type word that says that the upper four bits hold the FCS length. */
const FCS_PRESENT = 0x0400_0000;

/** True if a capture that begins with these four bytes is a pcap file. */
export function isPcap(magic: number): boolean {
  return VARIANTS.some((one) => one.magic === magic || swap32(one.magic) === magic);
}

/** Bytes of a record header but for Kuznetsov's. */
const RECORD_BYTES = 16;

/**
 * Reads the file header. A kernel, bound to the batches and in the same memory as the window, takes
 * most records off this code, to the same result.
 * @throws {DecodeError} `decode.cut_header` if it is cut, `decode.version` if its version is unknown
 */
export function openPcap(
  window: ByteWindow,
  damage: DamageLog,
  kernel: RecordKernel | null = null,
): Framer {
  if (!window.require(FILE_HEADER_BYTES)) {
    throw new DecodeError("cut_header", "Cannot read the capture: its pcap header is cut", {
      layer: "pcap",
      offset: 0,
      needed: FILE_HEADER_BYTES,
      had: window.available,
      limitedBy: "file size",
      hint: "The file was cut while it was written or copied; take it again.",
    });
  }
  const { view, start } = window;
  const magic = view.getUint32(start);
  const littleEndian = !VARIANTS.some((one) => one.magic === magic);
  const shape = VARIANTS.find(({ magic: one }) => one === view.getUint32(start, littleEndian)) ??
    VARIANTS[0];
  const major = view.getUint16(start + 4, littleEndian);
  const minor = view.getUint16(start + 6, littleEndian);
  // 543 is what DG/UX's tcpdump wrote (libpcap, savefile.c).
  if (major !== 2 && major !== 543) {
    throw new DecodeError("version", `Cannot read pcap version "${major}.${minor}"`, {
      layer: "pcap",
      offset: 4,
      needed: FILE_HEADER_BYTES,
      had: FILE_HEADER_BYTES,
      limitedBy: "version",
      hint:
        "Version 2.4 is in use since 1998; the header is damaged, or the file is not a capture.",
    });
  }
  const word = view.getUint32(start + 20, littleEndian);
  const framer = new PcapFramer(window, damage, kernel, {
    littleEndian,
    shape,
    version: `${major}.${minor}`,
    // Before 2.3 the wire length came first; 2.3 files come in both orders (libpcap, sf-pcap.c).
    lengths: major === 543 || minor < 3 ? "swapped" : minor === 3 ? "either" : "usual",
    snapLength: view.getUint32(start + 16, littleEndian),
    linkType: word & 0xffff,
    fcsLength: (word & FCS_PRESENT) === 0 ? 0 : 2 * (word >>> 28),
  });
  window.start += FILE_HEADER_BYTES;
  return framer;
}

/** What the file header fixes for every record. */
interface PcapHeader {
  readonly littleEndian: boolean;
  readonly shape: typeof VARIANTS[number];
  readonly version: string;
  readonly lengths: "usual" | "swapped" | "either";
  readonly snapLength: number;
  readonly linkType: number;
  readonly fcsLength: number;
}

class PcapFramer implements Framer {
  stopped = false;
  needed: number;
  readonly #window: ByteWindow;
  readonly #damage: DamageLog;
  readonly #header: PcapHeader;
  readonly #littleEndian: boolean;
  readonly #recordBytes: number;
  readonly #unitsPerSec: number;
  readonly #nsecPerUnit: number;
  readonly #maxPacket: number;
  readonly #capturedAt: number;
  readonly #wireAt: number;
  readonly #kernel: RecordKernel | null;
  readonly #shape: RecordShape;

  constructor(
    window: ByteWindow,
    damage: DamageLog,
    kernel: RecordKernel | null,
    header: PcapHeader,
  ) {
    this.#window = window;
    this.#damage = damage;
    this.#header = header;
    this.#littleEndian = header.littleEndian;
    this.#recordBytes = header.shape.recordBytes;
    this.#unitsPerSec = header.shape.unitsPerSec;
    this.#nsecPerUnit = 1e9 / header.shape.unitsPerSec;
    this.#maxPacket = Math.min(MAX_PACKET, Math.max(USUAL_MAX_PACKET, header.snapLength));
    this.#capturedAt = header.lengths === "swapped" ? 12 : 8;
    this.#wireAt = header.lengths === "swapped" ? 8 : 12;
    this.needed = this.#recordBytes;
    const isUsual = this.#recordBytes === RECORD_BYTES && header.lengths !== "swapped";
    this.#kernel = isUsual ? kernel : null;
    this.#shape = {
      linkType: header.linkType,
      fcsLength: header.fcsLength,
      isSwapped: !header.littleEndian,
      unitsPerSec: this.#unitsPerSec,
      nsecPerUnit: this.#nsecPerUnit,
      packetMax: this.#maxPacket,
    };
  }

  format(): Omit<CaptureFormat, "compression"> {
    const { littleEndian, shape, version, snapLength, linkType, fcsLength } = this.#header;
    const only: CaptureInterface = {
      id: 0,
      linkType,
      snapLength,
      timeResolution: shape.unitsPerSec === 1e9 ? "10^-9" : "10^-6",
      fcsLength,
      name: null,
      description: null,
      statistics: null,
      lostBetweenPackets: 0,
    };
    return {
      container: "pcap",
      byteOrder: littleEndian ? "little" : "big",
      version,
      variant: shape.variant,
      sections: 1,
      interfaces: [only],
      application: null,
      operatingSystem: null,
      hardware: null,
      otherBlocks: {},
    };
  }

  frame(batch: FramingBatch): number {
    const window = this.#window;
    const { bytes, view, end } = window;
    const framed = this.#kernel?.frameRecords(bytes, window.start, end, this.#shape) ?? 0;
    if (framed > 0) {
      window.start = (batch.offset[framed - 1] ?? 0) + (batch.capturedLength[framed - 1] ?? 0);
      return framed;
    }
    const { offset, capturedLength, wireLength, timeSec, timeNsec } = batch;
    const littleEndian = this.#littleEndian;
    const recordBytes = this.#recordBytes;
    const capturedAt = this.#capturedAt;
    const wireAt = this.#wireAt;
    const maxPacket = this.#maxPacket;
    const unitsPerSec = this.#unitsPerSec;
    const nsecPerUnit = this.#nsecPerUnit;
    let at = window.start | 0;
    let count = 0;
    while (count < BATCH_PACKETS) {
      const data = (at + recordBytes) | 0;
      if (data > end) {
        this.needed = recordBytes;
        break;
      }
      const captured = view.getUint32(at + capturedAt, littleEndian);
      const wire = view.getUint32(at + wireAt, littleEndian);
      const fraction = view.getUint32(at + 4, littleEndian);
      if (captured > maxPacket || captured > wire || fraction >= unitsPerSec || wire === 0) {
        // Rare: judged by itself, one record at a time.
        if (count > 0) break;
        return this.#oddRecord(batch, at);
      }
      const next = (data + captured) | 0;
      if (next > end) {
        this.needed = (recordBytes + captured) | 0;
        break;
      }
      offset[count] = data;
      capturedLength[count] = captured;
      wireLength[count] = wire;
      timeSec[count] = view.getUint32(at, littleEndian);
      timeNsec[count] = fraction * nsecPerUnit;
      count = (count + 1) | 0;
      at = next;
    }
    window.start = at;
    if (count > 0) this.#fillConstants(batch, count);
    return count;
  }

  finish(available: number): void {
    if (available === 0) return;
    const inHeader = available < this.#recordBytes;
    this.#damage.add({
      code: inHeader ? "cut_record_header" : "cut_packet",
      offset: this.#window.offset,
      found: `${available} of the ${this.needed} bytes of a record`,
      limitedBy: inHeader ? "file size" : "captured length against file size",
      effect: "stopped",
    });
  }

  #fillConstants(batch: FramingBatch, count: number): void {
    batch.linkType.fill(this.#header.linkType, 0, count);
    batch.fcsLength.fill(this.#header.fcsLength, 0, count);
    batch.interfaceId.fill(0, 0, count);
    batch.noTime.fill(0, 0, count);
  }

  /** A record whose fields do not fit each other: put right, or the end. Returns packets framed. */
  #oddRecord(batch: FramingBatch, at: number): number {
    const window = this.#window;
    const { view } = window;
    const littleEndian = this.#littleEndian;
    const sec = view.getUint32(at, littleEndian);
    const fraction = view.getUint32(at + 4, littleEndian);
    let captured = view.getUint32(at + this.#capturedAt, littleEndian);
    let wire = view.getUint32(at + this.#wireAt, littleEndian);
    if (captured > wire && this.#header.lengths === "either") [captured, wire] = [wire, captured];
    const isLong = captured > wire;
    const isLate = fraction >= this.#unitsPerSec;
    if (captured > this.#maxPacket) {
      return this.#stop(at, "captured_length", `captured length ${captured}`, this.#bound());
    }
    if (isLong && isLate) {
      const found = `captured length ${captured} above wire length ${wire}, and ` +
        `${fraction} as part of a second`;
      return this.#stop(at, "not_a_record", found, "record header");
    }
    if (sec === 0 && fraction === 0 && wire === 0) {
      return this.#stop(at, "zero_filled", "zeros where a record header belongs", "record header");
    }
    this.needed = this.#recordBytes + captured;
    if (this.needed > window.available) return 0;
    if (isLong) {
      this.#damage.add({
        code: "captured_above_wire",
        offset: window.base + at,
        found: `captured length ${captured} above wire length ${wire}; taken as the wire length`,
        limitedBy: "wire length",
        effect: "normalized",
      });
    }
    if (isLate) {
      this.#damage.add({
        code: "time_fraction",
        offset: window.base + at,
        found: `${fraction} as part of a second of ${this.#unitsPerSec}; carried into the seconds`,
        limitedBy: "timestamp",
        effect: "normalized",
      });
    }
    batch.offset[0] = at + this.#recordBytes;
    batch.capturedLength[0] = captured;
    batch.wireLength[0] = Math.max(captured, wire);
    batch.timeSec[0] = sec + Math.floor(fraction / this.#unitsPerSec);
    batch.timeNsec[0] = (fraction % this.#unitsPerSec) * this.#nsecPerUnit;
    window.start = at + this.needed;
    this.#fillConstants(batch, 1);
    return 1;
  }

  #bound(): string {
    return this.#maxPacket > USUAL_MAX_PACKET
      ? `snap length, at most ${MAX_PACKET}`
      : `the largest packet of the format, ${USUAL_MAX_PACKET}`;
  }

  #stop(at: number, code: string, found: string, limitedBy: string): number {
    this.#damage.add({ code, offset: this.#window.base + at, found, limitedBy, effect: "stopped" });
    this.stopped = true;
    return 0;
  }
}

function swap32(word: number): number {
  return ((word & 0xff) << 24 | (word & 0xff00) << 8 | word >>> 8 & 0xff00 | word >>> 24) >>> 0;
}
