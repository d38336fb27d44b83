/**
 * The keys of the packets of a batch: what makes them belong to one flow or to another.
 *
 * @module
 */
import { type ColumnMemory, separateMemory } from "../arena.ts";
import { BATCH_PACKETS, type PacketBatch } from "../batch.ts";
import { type DissectColumns, Tunnel } from "../dissect/columns.ts";
import type { FlowHash } from "./flow_hash.ts";
import { Kind } from "./flow_record.ts";

/** Kind of a packet that belongs to no flow. */
export const NO_FLOW = -1;

/** Keys as columns. IPv6 addresses stay in the bytes of the batch. */
export class FlowKeys {
  readonly hash: Int32Array;
  /** Protocol and bits of {@link Kind}, or {@link NO_FLOW}. */
  readonly kind: Int32Array;
  /** Network identifier of VXLAN or Geneve. Other tunnels have one per direction. */
  readonly tenant: Int32Array;
  /** Source port in the upper half, destination port in the lower; 0 without ports. */
  readonly ports: Int32Array;
  /** IPv4 source address; of IPv6 its offset. */
  readonly src: Int32Array;
  /** IPv4 destination address; of IPv6 its offset. */
  readonly dst: Int32Array;
  readonly #hash: FlowHash;

  /** Keys that are hashed by `hash`, in `memory`. */
  constructor(hash: FlowHash, memory: ColumnMemory = separateMemory) {
    this.#hash = hash;
    this.hash = memory.int32(BATCH_PACKETS);
    this.kind = memory.int32(BATCH_PACKETS);
    this.tenant = memory.int32(BATCH_PACKETS);
    this.ports = memory.int32(BATCH_PACKETS);
    this.src = memory.int32(BATCH_PACKETS);
    this.dst = memory.int32(BATCH_PACKETS);
  }

  /** Reads the keys of a dissected batch. */
  read({ view, count }: PacketBatch, columns: DissectColumns): void {
    const { addressLength, srcOffset, dstOffset, srcPort, dstPort, l4Protocol } = columns;
    const { tunnelKind, tunnelId } = columns;
    const hash = this.#hash;
    for (let row = 0; row < count; row++) {
      const length = addressLength[row] ?? 0;
      if (length === 0) {
        this.kind[row] = NO_FLOW;
        this.hash[row] = 0;
        continue;
      }
      let kind = (l4Protocol[row] ?? 0) & 0xff;
      const port = srcPort[row] ?? -1;
      let ports = 0;
      if (port >= 0) {
        kind |= Kind.ports;
        ports = (port << 16) | (dstPort[row] ?? 0);
      }
      let tenant = 0;
      const tunnel = tunnelKind[row] ?? 0;
      if (tunnel === Tunnel.vxlan || tunnel === Tunnel.geneve) tenant = (tunnelId[row] ?? 0) | 0;
      let src = srcOffset[row] ?? 0;
      let dst = dstOffset[row] ?? 0;
      if (length === 4) {
        src = view.getInt32(src);
        dst = view.getInt32(dst);
        this.hash[row] = hash.pair(
          hash.end4(src, ports >>> 16),
          hash.end4(dst, ports & 0xffff),
          kind,
          tenant,
        );
      } else {
        kind |= Kind.ipv6;
        this.hash[row] = hash.pair(
          hash.end6(view, src, ports >>> 16),
          hash.end6(view, dst, ports & 0xffff),
          kind,
          tenant,
        );
      }
      this.kind[row] = kind;
      this.tenant[row] = tenant;
      this.ports[row] = ports;
      this.src[row] = src;
      this.dst[row] = dst;
    }
  }

  /** Hash of the datagram that the fragment in `row` is a part of, the same for all its parts. */
  datagramHash(view: DataView, row: number, ipId: number): number {
    const hash = this.#hash;
    const kind = (this.kind[row] ?? 0) & ~Kind.ports;
    const tenant = this.tenant[row] ?? 0;
    const src = this.src[row] ?? 0;
    const dst = this.dst[row] ?? 0;
    if ((kind & Kind.ipv6) === 0) {
      return hash.pair(hash.end4(src, ipId), hash.end4(dst, ipId), kind, tenant);
    }
    return hash.pair(hash.end6(view, src, ipId), hash.end6(view, dst, ipId), kind, tenant);
  }
}
