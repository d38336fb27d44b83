/**
 * ICMP errors that quote a packet of one flow (RFC 792, RFC 1191, RFC 4443): somebody on the way
 * could not deliver it.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import type { FlowReader, Side } from "../flow/flow_reader.ts";
import { icmpLine } from "../packet_list/icmp_line.ts";
import type { PassBatch } from "../pass.ts";
import type { Moment } from "./turn_watch.ts";

/** What a router or host said of the flow. */
export interface IcmpError extends Moment {
  /** Who said it. */
  readonly from: string;
  /** Type and code in words. */
  readonly text: string;
  /** The quoted packet came from this side of the flow. */
  readonly side: Side;
  /** "Fragmentation needed" or "packet too big": the MTU told, octets, 0 if it does not tell; else null. */
  readonly mtu: number | null;
  /** Length of the quoted packet, octets. */
  readonly quotedBytes: number;
}

const ICMP = 1, ICMPV6 = 58;
/** Types of errors by protocol: unreachable, quench, redirect, time exceeded, parameter problem. */
const ERRORS: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [ICMP, new Set([3, 4, 5, 11, 12])],
  [ICMPV6, new Set([1, 2, 3, 4])],
]);
const UNREACHABLE = 3, FRAGMENTATION_NEEDED = 4, PACKET_TOO_BIG = 2;
const HEADER4 = 20, HEADER6 = 40, PORT_OCTETS = 4;
/** Extension headers that are the same as eight octets and as many more (RFC 8200 §4). */
const EXTENSIONS6: ReadonlySet<number> = new Set([0, 43, 60]);
const FRAGMENT6 = 44;
const EXTENSIONS_MAX = 8;
const ERRORS_KEPT = 16;

/** Addresses and ports out of a quoted packet. */
interface Quoted {
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  readonly protocol: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly length: number;
}

/** Collects the errors about one flow. */
export class IcmpWatch {
  readonly #protocol: number;
  /** Octets of address and port, side A and side B. */
  readonly #addresses: readonly [Uint8Array, Uint8Array];
  readonly #ports: readonly [number, number];
  readonly #errors: IcmpError[] = [];
  #count = 0;

  constructor(flows: FlowReader, id: number) {
    this.#protocol = flows.protocol(id);
    this.#addresses = [addressOf(flows, id, 0), addressOf(flows, id, 1)];
    this.#ports = [flows.port(id, 0), flows.port(id, 1)];
  }

  /** Takes packet `row` if it is an error that quotes the flow. */
  add(batch: PassBatch, row: number): void {
    const { packets, dissected, flows } = batch;
    const type = dissected.icmpType[row] ?? -1;
    if (ERRORS.get(dissected.l4Protocol[row] ?? -1)?.has(type) !== true) return;
    const from = dissected.payloadOffset[row] ?? -1;
    if (from < 0) return;
    const end = from + (dissected.payloadCaptured[row] ?? 0);
    const quoted = readQuoted(packets.bytes.subarray(from, end));
    const side = quoted === null ? null : this.#sideOf(quoted);
    if (quoted === null || side === null) return;
    this.#count++;
    if (this.#errors.length >= ERRORS_KEPT) return;
    const source = dissected.srcOffset[row] ?? 0;
    const address = packets.bytes.subarray(source, source + (dissected.addressLength[row] ?? 0));
    this.#errors.push({
      frame: packets.firstFrame + row,
      ns: packets.noTime[row] === 1 ? NaN : flows.timeNs[row] ?? NaN,
      from: renderAddress(addressFromBytes(address)),
      text: icmpLine(packets, dissected, row),
      side,
      mtu: mtuOf(batch, row, type),
      quotedBytes: quoted.length,
    });
  }

  /** The first errors, and how many there were. */
  finish(): { readonly errors: readonly IcmpError[]; readonly count: number } {
    return { errors: this.#errors, count: this.#count };
  }

  #sideOf({ protocol, src, dst, srcPort, dstPort }: Quoted): Side | null {
    if (protocol !== this.#protocol) return null;
    const isFrom = (side: Side): boolean => {
      const other = side === 0 ? 1 : 0;
      return srcPort === this.#ports[side] && dstPort === this.#ports[other] &&
        isSame(src, this.#addresses[side]) && isSame(dst, this.#addresses[other]);
    };
    if (isFrom(0)) return 0;
    return isFrom(1) ? 1 : null;
  }
}

/** Addresses and ports of the packet that an error quotes; null if they are not all there. */
function readQuoted(octets: Uint8Array): Quoted | null {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const version = (octets[0] ?? 0) >> 4;
  if (version === 4 && octets.length >= HEADER4) {
    const header = ((octets[0] ?? 0) & 15) * 4;
    const isFirst = (view.getUint16(6) & 0x1fff) === 0;
    if (header < HEADER4 || !isFirst || octets.length < header + PORT_OCTETS) return null;
    return {
      src: octets.subarray(12, 16),
      dst: octets.subarray(16, 20),
      protocol: octets[9] ?? 0,
      ...portsAt(view, header),
      length: view.getUint16(2),
    };
  }
  return version === 6 && octets.length >= HEADER6 ? readQuoted6(octets, view) : null;
}

function readQuoted6(octets: Uint8Array, view: DataView): Quoted | null {
  let protocol = octets[6] ?? 0;
  let at = HEADER6;
  for (let count = 0; count < EXTENSIONS_MAX && at + 8 <= octets.length; count++) {
    const isFragment = protocol === FRAGMENT6;
    if (!isFragment && !EXTENSIONS6.has(protocol)) break;
    if (isFragment && (view.getUint16(at + 2) & 0xfff8) !== 0) return null;
    protocol = octets[at] ?? 0;
    at += isFragment ? 8 : 8 * ((octets[at + 1] ?? 0) + 1);
  }
  if (octets.length < at + PORT_OCTETS) return null;
  return {
    src: octets.subarray(8, 24),
    dst: octets.subarray(24, 40),
    protocol,
    ...portsAt(view, at),
    length: HEADER6 + view.getUint16(4),
  };
}

function portsAt(view: DataView, at: number): { srcPort: number; dstPort: number } {
  return { srcPort: view.getUint16(at), dstPort: view.getUint16(at + 2) };
}

function mtuOf({ packets, dissected }: PassBatch, row: number, type: number): number | null {
  const at = dissected.l4Offset[row] ?? 0;
  if (dissected.l4Protocol[row] === ICMPV6) {
    return type === PACKET_TOO_BIG ? packets.view.getUint32(at + 4) : null;
  }
  const isTooBig = type === UNREACHABLE && dissected.icmpCode[row] === FRAGMENTATION_NEEDED;
  return isTooBig ? packets.view.getUint16(at + 6) : null;
}

function addressOf(flows: FlowReader, id: number, side: Side): Uint8Array {
  const octets = new Uint8Array(16);
  return octets.subarray(0, flows.copyAddress(id, side, octets));
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, index) => octet === other[index]);
}
