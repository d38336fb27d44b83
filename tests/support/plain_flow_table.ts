/**
 * The flow table as plainly as it can be written, without bounds: what the real one is held to.
 *
 * @module
 */
import { addressFromBytes, renderAddress } from "../../lib/ip/address.ts";
import type { PacketBatch } from "../../lib/pcap/batch.ts";
import { type DissectColumns, Fragment, Tunnel } from "../../lib/pcap/dissect/columns.ts";
import { Beginning, type FlowColumns } from "../../lib/pcap/flow/flow_columns.ts";

const SYN = 0x02, ACK = 0x10;
const TCP = 6, UDP = 17;
const TCP_HEADER = 20;

/** One end of a flow. */
export interface PlainEnd {
  readonly address: string;
  readonly port: number;
  packets: number;
  octets: number;
  /** Base sequence number, -1 while unknown. */
  base: number;
}

/** A flow. */
export interface PlainFlow {
  readonly id: number;
  readonly protocol: number;
  readonly tenant: number;
  readonly tcp: number;
  readonly stream: number;
  readonly firstFrame: number;
  readonly isReused: boolean;
  readonly ends: readonly [PlainEnd, PlainEnd];
  initiator: 0 | 1;
  hasSyn: boolean;
  /** A packet of it had the TCP header. */
  hasHead: boolean;
  firstNs: number;
  lastNs: number;
}

/** Flows in a Map of strings. */
export class PlainFlowTable {
  /** Every flow, by id. */
  readonly flows: PlainFlow[] = [];
  readonly #byKey = new Map<string, PlainFlow>();
  readonly #byDatagram = new Map<string, { flow: PlainFlow; direction: 0 | 1 }>();
  readonly #streams = { tcp: 0, udp: 0 };

  /** Fills `out`. */
  addBatch(packets: PacketBatch, dissected: DissectColumns, out: FlowColumns): void {
    for (let row = 0; row < packets.count; row++) this.#addPacket(packets, dissected, out, row);
  }

  #addPacket(packets: PacketBatch, columns: DissectColumns, out: FlowColumns, row: number): void {
    out.flow[row] = -1;
    out.tcp[row] = -1;
    out.direction[row] = 0;
    out.isNew[row] = 0;
    out.isReused[row] = 0;
    const length = columns.addressLength[row]!;
    if (length === 0) return;
    const address = (offset: number): string =>
      renderAddress(addressFromBytes(packets.bytes.subarray(offset, offset + length)));
    const from = { address: address(columns.srcOffset[row]!), port: columns.srcPort[row]! };
    const to = { address: address(columns.dstOffset[row]!), port: columns.dstPort[row]! };
    const kind = columns.tunnelKind[row];
    const tenant = kind === Tunnel.vxlan || kind === Tunnel.geneve ? columns.tunnelId[row]! : 0;
    const protocol = columns.l4Protocol[row]!;
    const src = `${from.address} ${from.port}`, dst = `${to.address} ${to.port}`;
    const key = `${protocol} ${tenant} ${[src, dst].sort().join(" ")}`;
    const datagram = `${protocol} ${tenant} ${from.address} ${to.address} ${columns.ipId[row]}`;
    const isLater = columns.fragment[row] === Fragment.later;
    const head = isLater ? this.#byDatagram.get(datagram) : undefined;
    let flow = head?.flow ?? this.#byKey.get(key);
    const isTcp = protocol === TCP && from.port >= 0;
    const flags = columns.tcpFlags[row]!;
    const end4 = packets.offset[row]! + packets.capturedLength[row]!;
    const hasHead = isTcp && (flags !== 0 || end4 - columns.l4Offset[row]! >= TCP_HEADER);
    const seq = columns.seq[row]!;
    const isSyn = isTcp && (flags & (SYN | ACK)) === SYN;
    const directionIn = (known: PlainFlow): 0 | 1 =>
      `${known.ends[0].address} ${known.ends[0].port}` === src ? 0 : 1;
    if (flow !== undefined && isSyn) {
      const { base } = flow.ends[directionIn(flow)];
      if (base >= 0 && base !== seq) {
        flow = undefined;
        out.isReused[row] = 1;
      }
    }
    if (flow === undefined) {
      const count = (): { packets: number; octets: number; base: number } => ({
        packets: 0,
        octets: 0,
        base: -1,
      });
      flow = {
        id: this.flows.length,
        protocol,
        tenant,
        tcp: isTcp ? this.#streams.tcp : -1,
        stream: from.port < 0
          ? -1
          : protocol === TCP
          ? this.#streams.tcp++
          : protocol === UDP
          ? this.#streams.udp++
          : -1,
        firstFrame: packets.firstFrame + row,
        isReused: out.isReused[row] === 1,
        ends: [{ ...from, ...count() }, { ...to, ...count() }],
        initiator: isTcp && (flags & (SYN | ACK)) === (SYN | ACK) ? 1 : 0,
        hasSyn: false,
        hasHead,
        firstNs: NaN,
        lastNs: NaN,
      };
      this.flows.push(flow);
      this.#byKey.set(key, flow);
      out.isNew[row] = Beginning.flow;
    } else if (hasHead && !flow.hasHead) {
      flow.hasHead = true;
      out.isNew[row] = Beginning.tcp;
    }
    const direction = head?.direction ?? directionIn(flow);
    const end = flow.ends[direction], other = flow.ends[1 - direction]!;
    if (columns.fragment[row] === Fragment.first) {
      this.#byDatagram.set(datagram, { flow, direction });
    }
    out.flow[row] = flow.id;
    out.tcp[row] = hasHead ? flow.tcp : -1;
    out.direction[row] = direction;
    end.packets++;
    end.octets += packets.wireLength[row]!;
    if (packets.noTime[row] === 0) {
      const ns = out.timeNs[row]!;
      flow.firstNs = Number.isNaN(flow.firstNs) ? ns : Math.min(flow.firstNs, ns);
      flow.lastNs = Number.isNaN(flow.lastNs) ? ns : Math.max(flow.lastNs, ns);
    }
    if (!hasHead) return;
    if (isSyn && !flow.hasSyn) {
      flow.hasSyn = true;
      flow.initiator = direction;
    }
    const isSynAck = (flags & (SYN | ACK)) === (SYN | ACK);
    if (isSynAck || end.base < 0) end.base = (flags & SYN) !== 0 ? seq : (seq - 1) >>> 0;
    if ((flags & ACK) !== 0 && other.base < 0) other.base = (columns.ack[row]! - 1) >>> 0;
  }
}
