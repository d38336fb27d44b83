/**
 * The compiled kernel, bound to the memory of one pass. What it does, TypeScript can do as well
 * (`dissect/`): that is its oracle in tests, and takes every packet that is not ordinary.
 *
 * @module
 */
import type { Arena } from "../arena.ts";
import { BATCH_PACKETS, type PacketBatch } from "../batch.ts";
import { TCP_PROTOCOL_BY_PORT, UDP_PROTOCOL_BY_PORT } from "../dissect/app/port_protocols.ts";
import type { FrameKernel } from "../dissect/dissect.ts";
import { ROOT_PATH } from "../dissect/path_table.ts";
import type { PathTable } from "../dissect/path_table.ts";
import { Protocol } from "../dissect/protocol.ts";
import { UDP_TUNNEL_LAYER_BY_PORT } from "../dissect/tunnel/udp_tunnels.ts";
import type { RecordKernel, RecordShape } from "../format.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import type { FlowKeys } from "../flow/flow_keys.ts";
import type { FlowKernel, FlowPlaces } from "../flow/flow_table.ts";
import type { SegmentKernel } from "../tcp/flag_analyzer.ts";
import { type KernelExports, makeInstance } from "./instance.ts";
import { Slot } from "./slot.ts";

const TCP = 6;
/** Places of the path table: tag, address family, transport; below them protocol or `data`. */
const VLAN_PLACE = 512, IPV6_PLACE = 256, UDP_PLACE = 128, PLACES = 1024;

/** The kernel over the memory of one pass. It works on one {@link Slot} at a time. */
export class Kernel implements RecordKernel, FrameKernel, FlowKernel, SegmentKernel {
  readonly #paths: PathTable;
  readonly #hash = new FlowHash();
  /** Addresses of the tables that the kernel reads. */
  readonly #tables: readonly [tcp: number, udp: number, tunnels: number];
  readonly #pathTable: Uint16Array;
  readonly #exports: KernelExports;
  #slot: Slot;
  /** True if keys are wanted. */
  #hasFlows = false;

  /**
   * A kernel over `arena` that works on a slot made there.
   * @throws {Unavailable} `env.memory`
   */
  constructor(readonly arena: Arena, paths: PathTable) {
    this.#paths = paths;
    const hashKeys = arena.uint32(this.#hash.keys.length);
    hashKeys.set(this.#hash.keys);
    this.#pathTable = arena.uint16(PLACES);
    const copy = (table: Uint8Array): number => {
      const place = arena.uint8(table.length);
      place.set(table);
      return place.byteOffset;
    };
    this.#tables = [
      copy(TCP_PROTOCOL_BY_PORT),
      copy(UDP_PROTOCOL_BY_PORT),
      copy(UDP_TUNNEL_LAYER_BY_PORT),
    ];
    this.#exports = makeInstance(arena.memory);
    this.#exports.bindHash(hashKeys.byteOffset);
    this.#slot = this.makeSlot();
    this.turnTo(this.#slot);
  }

  /** One more slot, behind what the arena has handed out so far. */
  makeSlot(): Slot {
    return new Slot(this.arena, this.#paths, this.#hash);
  }

  /** The slot that the kernel works on. */
  get slot(): Slot {
    return this.#slot;
  }

  get state(): Uint8Array {
    return this.#slot.state;
  }

  get left(): Uint16Array {
    return this.#slot.left;
  }

  get keys(): FlowKeys {
    return this.#slot.keys;
  }

  /** Works on `slot`, which lies in the arena, from now on. */
  turnTo(slot: Slot): void {
    this.#slot = slot;
    this.#exports.bind(slot.address, ...this.#tables, this.#pathTable.byteOffset);
  }

  frameRecords(bytes: Uint8Array, start: number, end: number, shape: RecordShape): number {
    const address = bytes.byteOffset;
    const count = this.#exports.frameRecords(
      address,
      address + start,
      address + end,
      BATCH_PACKETS,
      shape.isSwapped,
      shape.unitsPerSec,
      shape.nsecPerUnit,
      shape.packetMax,
    );
    this.#exports.fillConstants(count, shape.linkType, shape.fcsLength);
    return count;
  }

  /**
   * Fills the times of the slot, from `baseSec` on, and adds the packets to `totals`, which lie in the
   * arena: octets on the wire, octets captured, least and greatest time.
   */
  sumPackets(count: number, baseSec: number, totals: Float64Array): void {
    this.#exports.sumPackets(count, baseSec, totals.byteOffset);
  }

  /** Dissects the ordinary frames of the batch; how many rows are left to be looked at. */
  dissectFrames(batch: PacketBatch): number {
    return this.#exports.dissectFrames(batch.bytes.byteOffset, batch.count, this.#hasFlows);
  }

  bindRecords(...places: FlowPlaces): void {
    this.#hasFlows = true;
    this.#exports.bindRecords(...places);
  }

  takeFlows(batch: PacketBatch, from: number, slots: Int32Array): number {
    const { bytes, count, firstFrame } = batch;
    const { byteOffset, length } = slots;
    return this.#exports.takeFlows(
      bytes.byteOffset,
      from,
      count,
      byteOffset,
      length - 1,
      firstFrame,
    );
  }

  /** Fills the options of the slot for the batch, as `parseTcpOptions` does. */
  parseOptions(batch: PacketBatch): void {
    this.#exports.parseOptions(batch.bytes.byteOffset, batch.count);
  }

  /** Fills the TCP flags of the slot for the batch, with the records of connections at an address of the arena; one more than the highest connection. */
  flagSegments(batch: PacketBatch, records: number): number {
    const { count, bytes } = batch;
    return this.#exports.flagSegments(bytes.byteOffset, count, records, this.#slot.flows.baseSec);
  }

  /** Completes a row whose path came up for the first time. */
  learnPath(row: number): void {
    const columns = this.#slot.dissected;
    const paths = this.#paths;
    const isIpv6 = columns.ipVersion[row] === 6;
    const isTcp = columns.l4Protocol[row] === TCP;
    const app = columns.app[row] ?? 0;
    const leaf = app !== 0 ? app : (columns.payloadWire[row] ?? 0) > 0 ? Protocol.data : 0;
    const isTagged = columns.vlanDepth[row] === 1;
    const eth = paths.child(ROOT_PATH, Protocol.eth);
    const link = isTagged ? paths.child(eth, Protocol.vlan) : eth;
    const ip = paths.child(link, isIpv6 ? Protocol.ipv6 : Protocol.ip);
    const transport = paths.child(ip, isTcp ? Protocol.tcp : Protocol.udp);
    const path = leaf === 0 ? transport : paths.child(transport, leaf);
    columns.path[row] = path;
    const place = (isTagged ? VLAN_PLACE : 0) | (isIpv6 ? IPV6_PLACE : 0) | (isTcp ? 0 : UDP_PLACE);
    this.#pathTable[place | leaf] = path;
  }
}
