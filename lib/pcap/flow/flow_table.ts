/**
 * The flow table: which packets belong together.
 *
 * @module
 */
import type { PacketBatch } from "../batch.ts";
import type { DissectColumns } from "../dissect/columns.ts";
import { Tunnel } from "../dissect/columns.ts";
import type { FlowColumns } from "./flow_columns.ts";

const SYN = 0x02, ACK = 0x10;
const TCP = 6;

interface Flow {
  readonly id: number;
  readonly tcp: number;
  readonly sideA: string;
  /** Initial sequence numbers, -1 while unknown. */
  baseA: number;
  baseB: number;
}

/** Flows by address pair, ports and protocol. */
export class FlowTable {
  readonly #flows = new Map<string, Flow>();
  #count = 0;
  #tcpCount = 0;

  /** Flows that were opened so far. */
  get size(): number {
    return this.#count;
  }

  /** Fills `out` (but for its times, which are there) for the packets of a dissected batch. */
  addBatch(packets: PacketBatch, dissected: DissectColumns, out: FlowColumns): void {
    for (let row = 0; row < packets.count; row++) this.#addPacket(packets, dissected, out, row);
  }

  #addPacket(packets: PacketBatch, columns: DissectColumns, out: FlowColumns, row: number): void {
    out.flow[row] = -1;
    out.tcp[row] = -1;
    out.direction[row] = 0;
    out.isNew[row] = 0;
    out.isReused[row] = 0;
    const length = columns.addressLength[row] ?? 0;
    if (length === 0 || (columns.ipVersion[row] ?? 0) === 0) return;
    const side = (offset: number, port: number): string =>
      `${[...packets.bytes.subarray(offset, offset + length)]}:${port}`;
    const src = side(columns.srcOffset[row] ?? 0, columns.srcPort[row] ?? -1);
    const dst = side(columns.dstOffset[row] ?? 0, columns.dstPort[row] ?? -1);
    const kind = columns.tunnelKind[row];
    const tenant = kind === Tunnel.vxlan || kind === Tunnel.geneve ? columns.tunnelId[row] : 0;
    const key = `${columns.l4Protocol[row]} ${tenant} ${[src, dst].sort().join(" ")}`;
    const hasTcp = columns.l4Protocol[row] === TCP && (columns.srcPort[row] ?? -1) >= 0;
    const flags = columns.tcpFlags[row] ?? 0;
    const seq = columns.seq[row] ?? 0;
    let flow = this.#flows.get(key);
    if (flow !== undefined && hasTcp && (flags & (SYN | ACK)) === SYN) {
      const base = flow.sideA === src ? flow.baseA : flow.baseB;
      if (base >= 0 && base !== seq) {
        flow = undefined;
        out.isReused[row] = 1;
      }
    }
    if (flow === undefined) {
      flow = {
        id: this.#count++,
        tcp: hasTcp ? this.#tcpCount++ : -1,
        sideA: src,
        baseA: -1,
        baseB: -1,
      };
      this.#flows.set(key, flow);
      out.isNew[row] = 1;
    }
    const fromA = flow.sideA === src;
    out.flow[row] = flow.id;
    out.tcp[row] = hasTcp ? flow.tcp : -1;
    out.direction[row] = fromA ? 0 : 1;
    if (!hasTcp) return;
    const own = (flags & SYN) !== 0 ? seq : (seq - 1) >>> 0;
    if (fromA && flow.baseA < 0) flow.baseA = own;
    if (!fromA && flow.baseB < 0) flow.baseB = own;
    if ((flags & ACK) === 0) return;
    const other = ((columns.ack[row] ?? 0) - 1) >>> 0;
    if (fromA && flow.baseB < 0) flow.baseB = other;
    if (!fromA && flow.baseA < 0) flow.baseA = other;
  }
}
