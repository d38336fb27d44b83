/**
 * The compiled kernel, bound to the memory of one pass. What it does, TypeScript can do as well
 * (`dissect/`): that is its oracle in tests, and takes every packet that is not ordinary.
 *
 * @module
 */
import { Bug } from "../../errors/mod.ts";
import type { Arena } from "../arena.ts";
import { BATCH_PACKETS, type PacketBatch } from "../batch.ts";
import { TCP_PROTOCOL_BY_PORT, UDP_PROTOCOL_BY_PORT } from "../dissect/app/port_protocols.ts";
import { DissectColumns } from "../dissect/columns.ts";
import type { FrameKernel } from "../dissect/dissect.ts";
import { ROOT_PATH } from "../dissect/path_table.ts";
import type { PathTable } from "../dissect/path_table.ts";
import { Protocol } from "../dissect/protocol.ts";
import { UDP_TUNNEL_LAYER_BY_PORT } from "../dissect/tunnel/udp_tunnels.ts";
import { FlowColumns } from "../flow/flow_columns.ts";
import { FlowHash } from "../flow/flow_hash.ts";
import { FlowKeys } from "../flow/flow_keys.ts";
import type { FlowKernel } from "../flow/flow_table.ts";
import { type FramingBatch, makeFramingBatch } from "../framing_batch.ts";
import type { SegmentKernel } from "../tcp/flag_analyzer.ts";
import { TcpFlagColumns } from "../tcp/flag_columns.ts";
import { TcpOptionColumns } from "../tcp/option_columns.ts";
import { KERNEL_WASM } from "./kernel_wasm.ts";

/** What `assembly/kernel.ts` exports; numbers are addresses, counts and row numbers. */
interface KernelExports {
  bind(columns: number, tcp: number, udp: number, tunnels: number, paths: number): void;
  dissectFrames(bytes: number, count: number): number;
  bindFlows(keys: number, hot: number, pool: number): void;
  findFlows(bytes: number, count: number, slots: number, mask: number): void;
  addKnownFlows(from: number, count: number): number;
  parseOptions(bytes: number, count: number): void;
  flagSegments(bytes: number, count: number, records: number, baseSec: number): void;
}

const TCP = 6;
/** Places of the path table: tag, address family, transport; below them protocol or `data`. */
const VLAN_PLACE = 512, IPV6_PLACE = 256, UDP_PLACE = 128, PLACES = 1024;

/** Octets from the first column to the last, as in `assembly/columns.ts`. */
const LAST_PLACE = 48_640;

let compiled: WebAssembly.Module | undefined;

/** The memory of a pass with the kernel over it. */
export class Kernel implements FrameKernel, FlowKernel, SegmentKernel {
  readonly packets: FramingBatch;
  readonly columns: DissectColumns;
  readonly flows: FlowColumns;
  readonly options: TcpOptionColumns;
  readonly tcpFlags: TcpFlagColumns;
  readonly state: Uint8Array;
  readonly keys: FlowKeys;
  readonly found: Int32Array;
  readonly #hashKeys: Uint32Array;
  readonly #paths: Uint16Array;
  readonly #exports: KernelExports;

  /**
   * Columns in `arena`, and the kernel bound to them.
   * @throws {Unavailable} `env.memory`
   */
  constructor(readonly arena: Arena, paths: PathTable) {
    this.packets = makeFramingBatch(arena);
    this.columns = new DissectColumns(paths, arena);
    this.state = arena.uint8(BATCH_PACKETS);
    this.flows = new FlowColumns(arena);
    this.options = new TcpOptionColumns(arena);
    this.tcpFlags = new TcpFlagColumns(arena);
    const hash = new FlowHash();
    this.keys = new FlowKeys(hash, arena);
    this.found = arena.int32(BATCH_PACKETS);
    arena.int32(BATCH_PACKETS); // keyTouched
    this.#checkPlaces();
    this.#hashKeys = arena.uint32(hash.keys.length);
    this.#hashKeys.set(hash.keys);
    this.#paths = arena.uint16(PLACES);
    const tables = [TCP_PROTOCOL_BY_PORT, UDP_PROTOCOL_BY_PORT, UDP_TUNNEL_LAYER_BY_PORT];
    const [tcp = 0, udp = 0, tunnels = 0] = tables.map((table) => {
      const copy = arena.uint8(table.length);
      copy.set(table);
      return copy.byteOffset;
    });
    compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(KERNEL_WASM));
    const instance = new WebAssembly.Instance(compiled, { env: { memory: arena.memory } });
    this.#exports = instance.exports as unknown as KernelExports;
    this.#exports.bind(this.packets.offset.byteOffset, tcp, udp, tunnels, this.#paths.byteOffset);
  }

  /** Dissects the ordinary frames of the batch; how many rows are left to be looked at. */
  dissectFrames(batch: PacketBatch): number {
    return this.#exports.dissectFrames(batch.bytes.byteOffset, batch.count);
  }

  bindFlows(hot: number, pool: number): void {
    this.#exports.bindFlows(this.#hashKeys.byteOffset, hot, pool);
  }

  findFlows(batch: PacketBatch, slots: Int32Array): void {
    const { bytes, count } = batch;
    this.#exports.findFlows(bytes.byteOffset, count, slots.byteOffset, slots.length - 1);
  }

  addKnownFlows(from: number, count: number): number {
    return this.#exports.addKnownFlows(from, count);
  }

  /** Fills {@link Kernel.options} for the batch, as `parseTcpOptions` does. */
  parseOptions(batch: PacketBatch): void {
    this.#exports.parseOptions(batch.bytes.byteOffset, batch.count);
  }

  /** Fills {@link Kernel.tcpFlags} for the batch, with the records of connections at an address of the arena. */
  flagSegments(batch: PacketBatch, records: number): void {
    const { count, bytes } = batch;
    this.#exports.flagSegments(bytes.byteOffset, count, records, this.flows.baseSec);
  }

  /** The compiled code knows the columns by their place: the last one tells whether all are where it thinks. */
  #checkPlaces(): void {
    const place = this.found.byteOffset - this.packets.offset.byteOffset;
    if (place !== LAST_PLACE) throw new Bug(new Error(`Column at ${place}, not ${LAST_PLACE}`));
  }

  /** Completes a row whose path came up for the first time. */
  learnPath(row: number): void {
    const { columns } = this;
    const { paths } = columns;
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
    this.#paths[place | leaf] = path;
  }
}
