/**
 * Framing of pcapng: sections in either byte order, interfaces with link type and clock of their
 * own, every kind of packet block (draft-ietf-opsawg-pcapng). A damaged block is left out and the
 * next one found by its length; where no length can be trusted any more, reading stops.
 *
 * @module
 */
import { DecodeError } from "../errors/mod.ts";
import { BATCH_PACKETS } from "./batch.ts";
import type { DamageEffect, DamageLog } from "./damage.ts";
import type { CaptureFormat, Framer } from "./format.ts";
import type { FramingBatch } from "./framing_batch.ts";
import {
  describeInterface,
  type PcapngInterface,
  readInterface,
  readStatistics,
} from "./pcapng_interface.ts";
import {
  findOption,
  numberOption,
  type OptionList,
  overlongOption,
  textOption,
} from "./pcapng_options.ts";
import { split, splitTime } from "./pcapng_time.ts";
import { type ByteWindow, MAX_RECORD_BYTES } from "./window.ts";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;

/** Blocks without packets, counted by these names; others are `unknown`. */
const OTHER_BLOCKS: ReadonlyMap<number, string> = new Map([
  [4, "name_resolution"],
  [7, "irig_timestamp"],
  [8, "arinc_429"],
  [9, "systemd_journal"],
  [10, "decryption_secrets"],
  [0xbad, "custom"],
  [0x40000bad, "custom"],
]);

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Type, length, and the length again at the end: no block is shorter. */
const MIN_BLOCK_BYTES = 12;

/** Section header without options. */
const MIN_SECTION_BYTES = 28;

const EPB_FLAGS = 2;
const EPB_DROPCOUNT = 4;

/** Numbers that the interface column can hold. */
const MAX_INTERFACES = 65_536;

/** Interfaces that are told of; packets of all are read. */
const TOLD_INTERFACES = 256;

/** True if a capture that begins with this word, in either byte order, is a pcapng file. */
export function isPcapng(magic: number): boolean {
  return magic === SECTION_HEADER;
}

/**
 * Checks the first section header.
 * @throws {DecodeError} `decode.cut_header`, `decode.section_header`
 */
export function openPcapng(window: ByteWindow, damage: DamageLog): Framer {
  if (!window.require(MIN_SECTION_BYTES)) {
    throw new DecodeError("cut_header", "Cannot read the capture: its section header is cut", {
      layer: "pcapng",
      offset: 0,
      needed: MIN_SECTION_BYTES,
      had: window.available,
      limitedBy: "file size",
      hint: "The file was cut while it was written or copied; take it again.",
    });
  }
  if (byteOrderAt(window.view, window.start) === null) {
    throw new DecodeError(
      "section_header",
      "Cannot read the capture: its section header has no byte-order magic",
      {
        layer: "pcapng",
        offset: 8,
        needed: 4,
        had: 4,
        limitedBy: "byte-order magic",
        hint: "The file begins like pcapng, but is damaged or something else.",
      },
    );
  }
  return new PcapngFramer(window, damage);
}

/** True for little-endian, null if the magic is neither. */
function byteOrderAt(view: DataView, section: number): boolean | null {
  if (view.getUint32(section + 8, true) === BYTE_ORDER_MAGIC) return true;
  return view.getUint32(section + 8, false) === BYTE_ORDER_MAGIC ? false : null;
}

class PcapngFramer implements Framer {
  stopped = false;
  needed = MIN_BLOCK_BYTES;
  readonly #window: ByteWindow;
  readonly #damage: DamageLog;
  #littleEndian = true;
  #version = "1.0";
  #sections = 0;
  /** Of the section at hand. */
  #interfaces: PcapngInterface[] = [];
  readonly #told: PcapngInterface[] = [];
  #interfaceCount = 0;
  #application: string | null = null;
  #operatingSystem: string | null = null;
  #hardware: string | null = null;
  readonly #otherBlocks: Record<string, number> = {};
  /** True after a block whose two lengths differ: the next must prove itself. */
  #distrust = false;

  constructor(window: ByteWindow, damage: DamageLog) {
    this.#window = window;
    this.#damage = damage;
  }

  format(): Omit<CaptureFormat, "compression"> {
    return {
      container: "pcapng",
      byteOrder: this.#littleEndian ? "little" : "big",
      version: this.#version,
      variant: null,
      sections: this.#sections,
      interfaces: this.#told.map(describeInterface),
      application: this.#application,
      operatingSystem: this.#operatingSystem,
      hardware: this.#hardware,
      otherBlocks: { ...this.#otherBlocks },
    };
  }

  frame(batch: FramingBatch): number {
    const window = this.#window;
    let count = 0;
    while (count < BATCH_PACKETS && !this.stopped) {
      const length = this.#wholeBlock();
      if (length === 0) break;
      if (length > 0) {
        if (this.#block(batch, count, window.start, length)) count++;
        window.start += length;
      }
    }
    return count;
  }

  finish(available: number): void {
    const { skipLeft, offset } = this.#window;
    if (available === 0 && skipLeft === 0) return;
    this.#damage.add({
      code: "cut_block",
      offset,
      found: skipLeft > 0
        ? `the end, ${skipLeft} bytes before the end of a block`
        : `${available} of the ${this.needed} bytes of a block`,
      limitedBy: available < MIN_BLOCK_BYTES ? "file size" : "block length against file size",
      effect: "stopped",
    });
  }

  /**
   * Length of the block at the start of the window if it is there in one piece and its two lengths
   * agree; 0 if it is not there or reading stops; -1 if it was left out.
   */
  #wholeBlock(): number {
    const window = this.#window;
    const { view, start: at } = window;
    if (window.skipLeft > 0 || window.available < MIN_BLOCK_BYTES) {
      this.needed = MIN_BLOCK_BYTES;
      return 0;
    }
    let littleEndian = this.#littleEndian;
    const isSection = view.getUint32(at, littleEndian) === SECTION_HEADER;
    if (isSection) {
      const order = byteOrderAt(view, at);
      if (order === null) {
        return this.#stop("byte_order", "a section without byte-order magic", "byte-order magic");
      }
      littleEndian = order;
    }
    const told = view.getUint32(at + 4, littleEndian);
    const least = isSection ? MIN_SECTION_BYTES : MIN_BLOCK_BYTES;
    if (told < least) {
      return this.#stop("block_length", `a block length of ${told}`, `the least, ${least}`);
    }
    // Some programs forget the padding in the length (draft, "General Block Structure": a multiple of 4).
    const length = Math.ceil(told / 4) * 4;
    if (length > MAX_RECORD_BYTES) return this.#leaveOutLong(length);
    if (length > window.available) {
      this.needed = length;
      return 0;
    }
    const trailer = view.getUint32(at + length - 4, littleEndian);
    // What belongs to the old section must not be taken for the new one, whatever the trailer says.
    if (isSection) this.#section(at, length, littleEndian);
    if (trailer !== told) {
      if (this.#distrust) {
        return this.#stop("block_length", `a second block whose lengths differ`, "block length");
      }
      this.#note("trailer_length", `block length ${told}, and ${trailer} at its end`, "skipped");
      this.#distrust = true;
      window.start += length;
      return -1;
    }
    this.#distrust = false;
    return length;
  }

  #leaveOutLong(length: number): number {
    if (this.#distrust) {
      return this.#stop("block_length", `a block length of ${length}`, "block length");
    }
    this.#note("block_too_long", `a block of ${length} bytes`, "skipped", "the bound of a block");
    this.#distrust = true;
    this.#window.skip(length);
    return -1;
  }

  /** Takes in a whole block; true if it put a packet at `index`. */
  #block(batch: FramingBatch, index: number, at: number, length: number): boolean {
    const type = this.#window.view.getUint32(at, this.#littleEndian);
    switch (type) {
      case ENHANCED_PACKET:
        return this.#enhancedPacket(batch, index, at, length);
      case SIMPLE_PACKET:
        return this.#simplePacket(batch, index, at, length);
      case OBSOLETE_PACKET:
        return this.#obsoletePacket(batch, index, at, length);
      case INTERFACE_DESCRIPTION:
        this.#interface(at, length);
        return false;
      case INTERFACE_STATISTICS:
        this.#statistics(at, length);
        return false;
      case SECTION_HEADER:
        return false;
      default: {
        const name = OTHER_BLOCKS.get(type) ?? "unknown";
        this.#otherBlocks[name] = (this.#otherBlocks[name] ?? 0) + 1;
        return false;
      }
    }
  }

  #enhancedPacket(batch: FramingBatch, index: number, at: number, length: number): boolean {
    const { view } = this.#window;
    const littleEndian = this.#littleEndian;
    if (length < 32) return this.#tooShort("enhanced packet", length);
    const captured = view.getUint32(at + 20, littleEndian);
    const wire = view.getUint32(at + 24, littleEndian);
    const from = this.#interfaceOf(view.getUint32(at + 8, littleEndian));
    if (from === null || !this.#fits(captured, length - 32)) return false;
    const high = view.getUint32(at + 12, littleEndian);
    const low = view.getUint32(at + 16, littleEndian);
    this.#put(batch, index, from, at + 28, captured, wire);
    putTime(batch, index, from, high, low);
    const options = at + 28 + ((captured + 3) & ~3);
    if (options + 4 <= at + length - 4) {
      this.#packetOptions(batch, index, from, at, length, options);
    }
    return true;
  }

  /** Packet options that change what the packet is: FCS length, drops before it. */
  #packetOptions(
    batch: FramingBatch,
    index: number,
    from: PcapngInterface,
    at: number,
    length: number,
    start: number,
  ): void {
    const { view } = this.#window;
    const littleEndian = this.#littleEndian;
    const list = this.#options(start, at + length);
    const flags = findOption(list, EPB_FLAGS, 4);
    if (flags >= 0) {
      // Bits 5 to 8; 0 means not told.
      const fcs = view.getUint32(flags, littleEndian) >>> 5 & 0xf;
      if (fcs > 0) batch.fcsLength[index] = fcs;
    }
    from.lost += numberOption(list, EPB_DROPCOUNT) ?? 0;
  }

  #simplePacket(batch: FramingBatch, index: number, at: number, length: number): boolean {
    if (length < 16) return this.#tooShort("simple packet", length);
    const wire = this.#window.view.getUint32(at + 8, this.#littleEndian);
    const from = this.#interfaceOf(0);
    if (from === null) return false;
    const captured = from.snapLength === 0 ? wire : Math.min(wire, from.snapLength);
    if (!this.#fits(captured, length - 16)) return false;
    this.#put(batch, index, from, at + 12, captured, wire);
    batch.timeSec[index] = 0;
    batch.timeNsec[index] = 0;
    batch.noTime[index] = 1;
    return true;
  }

  #obsoletePacket(batch: FramingBatch, index: number, at: number, length: number): boolean {
    const { view } = this.#window;
    const littleEndian = this.#littleEndian;
    if (length < 32) return this.#tooShort("packet", length);
    const captured = view.getUint32(at + 20, littleEndian);
    const from = this.#interfaceOf(view.getUint16(at + 8, littleEndian));
    if (from === null || !this.#fits(captured, length - 32)) return false;
    const drops = view.getUint16(at + 10, littleEndian);
    // 0xFFFF: not told.
    if (drops !== 0xffff) from.lost += drops;
    this.#put(batch, index, from, at + 28, captured, view.getUint32(at + 24, littleEndian));
    const high = view.getUint32(at + 12, littleEndian);
    putTime(batch, index, from, high, view.getUint32(at + 16, littleEndian));
    return true;
  }

  #put(
    batch: FramingBatch,
    index: number,
    from: PcapngInterface,
    data: number,
    captured: number,
    wire: number,
  ): void {
    batch.offset[index] = data;
    batch.capturedLength[index] = captured;
    batch.wireLength[index] = wire;
    batch.linkType[index] = from.linkType;
    batch.interfaceId[index] = from.id;
    batch.fcsLength[index] = from.fcsLength;
    batch.noTime[index] = 0;
    if (captured > wire) {
      batch.wireLength[index] = captured;
      const found =
        `captured length ${captured} above wire length ${wire}; taken as the wire length`;
      this.#note("captured_above_wire", found, "normalized", "wire length");
    }
  }

  #section(at: number, length: number, littleEndian: boolean): void {
    const { view } = this.#window;
    this.#littleEndian = littleEndian;
    this.#interfaces = [];
    this.#sections++;
    const major = view.getUint16(at + 12, littleEndian);
    const minor = view.getUint16(at + 14, littleEndian);
    this.#version = `${major}.${minor}`;
    // 1.2 was written by some programs and means 1.0 (draft, "Section Header Block").
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      this.#stop("version", `a section of version ${major}.${minor}`, "version");
    }
    if (this.#sections > 1) return;
    const list = this.#options(at + 24, at + length);
    this.#hardware = textOption(list, 2);
    this.#operatingSystem = textOption(list, 3);
    this.#application = textOption(list, 4);
  }

  #interface(at: number, length: number): void {
    if (length < 20) {
      // The numbers of those after it must stay right: packets of this one are refused by it.
      this.#tooShort("interface description", length);
      this.#stop("interface", "an interface without description", "block length");
      return;
    }
    if (this.#interfaceCount >= MAX_INTERFACES) {
      this.#note("interfaces", "one interface too many", "skipped", `${MAX_INTERFACES} interfaces`);
      return;
    }
    const list = this.#options(at + 16, at + length);
    const one = readInterface(this.#interfaceCount++, at + 8, list);
    this.#interfaces.push(one);
    if (this.#told.length < TOLD_INTERFACES) this.#told.push(one);
  }

  #statistics(at: number, length: number): void {
    if (length < 24) {
      this.#tooShort("interface statistics", length);
      return;
    }
    const from = this.#interfaceOf(this.#window.view.getUint32(at + 8, this.#littleEndian));
    if (from !== null) from.statistics = readStatistics(this.#options(at + 20, at + length));
  }

  #options(start: number, blockEnd: number): OptionList {
    const { view } = this.#window;
    const list = { view, start, end: blockEnd - 4, littleEndian: this.#littleEndian };
    const claimed = overlongOption(list);
    if (claimed > 0) {
      this.#note("option_length", `an option of ${claimed} bytes beyond its block`, "noted");
    }
    return list;
  }

  #interfaceOf(id: number): PcapngInterface | null {
    const found = this.#interfaces[id];
    if (found !== undefined) return found;
    const had = this.#interfaces.length;
    this.#note("interface_id", `interface ${id} of ${had}`, "skipped", "interface descriptions");
    return null;
  }

  #fits(captured: number, room: number): boolean {
    if (captured <= room) return true;
    const found = `captured length ${captured} in a block with room for ${room}`;
    this.#note("captured_above_block", found, "skipped");
    return false;
  }

  #tooShort(what: string, length: number): false {
    this.#note("short_block", `a block of ${length} bytes for ${what}`, "skipped");
    return false;
  }

  #note(code: string, found: string, effect: DamageEffect, limitedBy = "block length"): void {
    this.#damage.add({ code, offset: this.#window.offset, found, limitedBy, effect });
  }

  #stop(code: string, found: string, limitedBy: string): 0 {
    this.#note(code, found, "stopped", limitedBy);
    this.stopped = true;
    return 0;
  }
}

function putTime(
  batch: FramingBatch,
  index: number,
  from: PcapngInterface,
  high: number,
  low: number,
): void {
  splitTime(from.unit, high, low);
  batch.timeSec[index] = split.sec + from.offsetSec;
  batch.timeNsec[index] = split.nsec;
}
