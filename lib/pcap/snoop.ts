/**
 * Framing of snoop captures, version 2 (RFC 1761; link types of RFC 3827).
 *
 * @module
 */
import { DecodeError } from "../errors/mod.ts";
import { BATCH_PACKETS } from "./batch.ts";
import type { DamageLog } from "./damage.ts";
import type { CaptureFormat, Framer } from "./format.ts";
import type { FramingBatch } from "./framing_batch.ts";
import type { ByteWindow } from "./window.ts";

const FILE_HEADER_BYTES = 16;
const RECORD_HEADER_BYTES = 24;
const MAX_PACKET = 16_777_216;

/** RFC 1761 §"Datalink Type" and RFC 3827 to LINKTYPE_; what is not here has no such number. */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1], // IEEE 802.3
  [2, 6], // IEEE 802.5 token ring
  [4, 1], // Ethernet
  [8, 10], // FDDI
]);

/** LINKTYPE of a datalink type that the registry does not know. */
const UNKNOWN_LINK_TYPE = 0xffff;

/** True if a capture that begins with these two words ("snoop", padded) is a snoop file. */
export function isSnoop(first: number, second: number): boolean {
  return first === 0x736e6f6f && second === 0x70000000;
}

/**
 * Reads the file header.
 * @throws {DecodeError} `decode.cut_header`, `decode.version`
 */
export function openSnoop(window: ByteWindow, damage: DamageLog): Framer {
  if (!window.require(FILE_HEADER_BYTES)) {
    throw new DecodeError("cut_header", "Cannot read the capture: its snoop header is cut", {
      layer: "snoop",
      offset: 0,
      needed: FILE_HEADER_BYTES,
      had: window.available,
      limitedBy: "file size",
      hint: "The file was cut while it was written or copied; take it again.",
    });
  }
  const { view, start } = window;
  const version = view.getUint32(start + 8);
  if (version !== 2) {
    throw new DecodeError("version", `Cannot read snoop version "${version}"`, {
      layer: "snoop",
      offset: 8,
      needed: FILE_HEADER_BYTES,
      had: FILE_HEADER_BYTES,
      limitedBy: "version",
      hint: "Version 2 is the only one that was ever published (RFC 1761).",
    });
  }
  const dataLink = view.getUint32(start + 12);
  const linkType = LINK_TYPES.get(dataLink) ?? UNKNOWN_LINK_TYPE;
  if (linkType === UNKNOWN_LINK_TYPE) {
    damage.add({
      code: "unknown_link_type",
      offset: 12,
      found: `snoop datalink type ${dataLink}`,
      limitedBy: "datalink type",
      effect: "noted",
    });
  }
  window.start += FILE_HEADER_BYTES;
  return new SnoopFramer(window, damage, linkType);
}

class SnoopFramer implements Framer {
  stopped = false;
  needed = RECORD_HEADER_BYTES;
  readonly #window: ByteWindow;
  readonly #damage: DamageLog;
  readonly #linkType: number;
  /** Packets dropped since the capture began, as the last record tells. */
  #dropped = 0;

  constructor(window: ByteWindow, damage: DamageLog, linkType: number) {
    this.#window = window;
    this.#damage = damage;
    this.#linkType = linkType;
  }

  format(): Omit<CaptureFormat, "compression"> {
    return {
      container: "snoop",
      byteOrder: "big",
      version: "2",
      variant: null,
      sections: 1,
      interfaces: [{
        id: 0,
        linkType: this.#linkType,
        snapLength: 0,
        timeResolution: "10^-6",
        fcsLength: 0,
        name: null,
        description: null,
        statistics: null,
        lostBetweenPackets: this.#dropped,
      }],
      application: null,
      operatingSystem: null,
      hardware: null,
      otherBlocks: {},
    };
  }

  frame(batch: FramingBatch): number {
    let count = 0;
    while (count < BATCH_PACKETS && !this.stopped && this.#record(batch, count)) count++;
    if (count > 0) {
      batch.linkType.fill(this.#linkType, 0, count);
      batch.fcsLength.fill(0, 0, count);
      batch.interfaceId.fill(0, 0, count);
      batch.noTime.fill(0, 0, count);
    }
    return count;
  }

  finish(available: number): void {
    if (available === 0) return;
    this.#damage.add({
      code: available < RECORD_HEADER_BYTES ? "cut_record_header" : "cut_packet",
      offset: this.#window.offset,
      found: `${available} of the ${this.needed} bytes of a record`,
      limitedBy: "file size",
      effect: "stopped",
    });
  }

  /** Frames the record at the start of the window; false if it is not whole or not a record. */
  #record(batch: FramingBatch, index: number): boolean {
    const window = this.#window;
    const { view, start: at } = window;
    if (window.available < RECORD_HEADER_BYTES) {
      this.needed = RECORD_HEADER_BYTES;
      return false;
    }
    const wire = view.getUint32(at);
    const captured = view.getUint32(at + 4);
    const length = view.getUint32(at + 8);
    const micros = view.getUint32(at + 20);
    if (captured > MAX_PACKET || length < RECORD_HEADER_BYTES + captured) {
      return this.#stop(`captured length ${captured} in a record of ${length} bytes`);
    }
    // Padding brings a record to a multiple of four; far more is no padding.
    if (length - RECORD_HEADER_BYTES - captured > 0xffff) {
      return this.#stop(`record of ${length} bytes for a captured length of ${captured}`);
    }
    if (length > window.available) {
      this.needed = length;
      return false;
    }
    if (captured > wire) {
      this.#normalized(
        "captured_above_wire",
        `captured length ${captured} above wire length ${wire}; taken as the wire length`,
        "wire length",
      );
    }
    if (micros >= 1e6) {
      this.#normalized(
        "time_fraction",
        `${micros} microseconds of a second; carried into the seconds`,
        "timestamp",
      );
    }
    this.#dropped = view.getUint32(at + 12);
    batch.offset[index] = at + RECORD_HEADER_BYTES;
    batch.capturedLength[index] = captured;
    batch.wireLength[index] = Math.max(captured, wire);
    batch.timeSec[index] = view.getUint32(at + 16) + Math.floor(micros / 1e6);
    batch.timeNsec[index] = (micros % 1e6) * 1000;
    window.start = at + length;
    return true;
  }

  #normalized(code: string, found: string, limitedBy: string): void {
    const { offset } = this.#window;
    this.#damage.add({ code, offset, found, limitedBy, effect: "normalized" });
  }

  #stop(found: string): boolean {
    this.#damage.add({
      code: "record_length",
      offset: this.#window.offset,
      found,
      limitedBy: "record length",
      effect: "stopped",
    });
    this.stopped = true;
    return false;
  }
}
