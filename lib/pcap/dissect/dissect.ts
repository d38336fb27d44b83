/**
 * Dissection of a batch of packets into columns: each packet is walked once from its link type
 * inward, in place.
 *
 * @module
 */

import type { PacketBatch } from "../batch.ts";
import { Cut, type DissectColumns } from "./columns.ts";
import { Layer } from "./layer.ts";
import type { LayerTrace } from "./layer_trace.ts";
import { dissectEtherType } from "./link/ether_type.ts";
import { dissectEthernet } from "./link/ethernet.ts";
import { dissectLlc } from "./link/llc.ts";
import { dissectMpls } from "./link/mpls.ts";
import { dissectNflog } from "./link/nflog.ts";
import { dissectNull } from "./link/null.ts";
import { dissectChdlc, dissectPpp, dissectPppWithDirection } from "./link/ppp.ts";
import { dissectPppoe, dissectPppoeDiscovery } from "./link/pppoe.ts";
import { dissectRadiotap } from "./link/radiotap.ts";
import { dissectRaw } from "./link/raw.ts";
import { dissectSll, dissectSll2 } from "./link/sll.ts";
import { dissectVlan } from "./link/vlan.ts";
import { dissectWlan } from "./link/wlan.ts";
import { linkTypeLayer } from "./link_types.ts";
import { Reason } from "./malformed.ts";
import { dissectArp } from "./net/arp.ts";
import { dissectAh, dissectIp, dissectIpProtocol } from "./net/ip.ts";
import { dissectIpv4 } from "./net/ipv4.ts";
import { dissectIpv6 } from "./net/ipv6.ts";
import { ROOT_PATH } from "./path_table.ts";
import { Protocol } from "./protocol.ts";
import { dissectIcmp, dissectIcmpv6 } from "./transport/icmp.ts";
import { dissectSctp } from "./transport/sctp.ts";
import { dissectTcp } from "./transport/tcp.ts";
import { dissectUdp, dissectUdplite } from "./transport/udp.ts";
import { dissectErspan1or2, dissectErspan3, dissectEtherIp, dissectGre } from "./tunnel/gre.ts";
import { dissectGtpU } from "./tunnel/gtp_u.ts";
import { dissectGeneve, dissectVxlan } from "./tunnel/vxlan.ts";
import { Walk } from "./walk.ts";

/** Most steps of one packet; every step but a dispatch reads octets, so few packets have many. */
const STEPS_MAX = 256;

/** Longest wire length that offsets are computed with; a field beyond it is as good as endless. */
const WIRE_LENGTH_MAX = 0x1fffffff;

/** Takes the ordinary frames of a batch; what it leaves is marked row by row. */
export interface FrameKernel {
  /** After {@link FrameKernel.dissectFrames}: a value of `RowState` for each row. */
  readonly state: Uint8Array;
  /** The rows that are left then, the first ones. */
  readonly left: Uint16Array;
  /** Fills the rows of ordinary frames and clears the others; how many those are. */
  dissectFrames(batch: PacketBatch): number;
  /** Completes a row whose path came up for the first time. */
  learnPath(row: number): void;
}

/** Marks that a kernel leaves on rows. */
export const RowState = { odd: 1, pathMissing: 2, done: 4, keyed: 5 } as const;

/**
 * Fills `columns` for packets 0 to `batch.count` - 1. Never throws for what packets contain and
 * never reads outside of a packet's captured octets. Offsets must lie below 2^29. A kernel, bound to
 * these very columns, takes most packets off this code, to the same result.
 */
export function dissectBatch(
  batch: PacketBatch,
  columns: DissectColumns,
  kernel: FrameKernel | null = null,
): void {
  if (kernel !== null) return dissectRest(batch, columns, kernel);
  columns.clear();
  const walk = new Walk(batch.view, columns);
  for (let row = 0; row < batch.count; row++) dissectPacket(batch, walk, row);
}

function dissectRest(batch: PacketBatch, columns: DissectColumns, kernel: FrameKernel): void {
  const count = kernel.dissectFrames(batch);
  if (count === 0) return;
  const walk = new Walk(batch.view, columns);
  const { state, left } = kernel;
  for (let index = 0; index < count; index++) {
    const row = left[index] ?? 0;
    if (state[row] === RowState.odd) dissectPacket(batch, walk, row);
    else kernel.learnPath(row);
  }
}

/**
 * Takes down every header of packet `row`, and of the packet that an ICMP error quotes, in `trace`.
 * `scratch` is written to and means nothing afterwards.
 */
export function traceLayers(
  batch: PacketBatch,
  row: number,
  trace: LayerTrace,
  scratch: DissectColumns,
): void {
  const walk = new Walk(batch.view, scratch);
  trace.clear();
  walk.trace = trace;
  scratch.clearTransport(row);
  scratch.ipVersion[row] = 0;
  scratch.tunnelDepth[row] = 0;
  scratch.tunnelKind[row] = 0;
  scratch.vlanDepth[row] = 0;
  dissectPacket(batch, walk, row);
  const last = trace.count - 1;
  const protocol = trace.protocol[last] ?? Protocol.frame;
  const pos = trace.pos[last] ?? 0;
  if (walk.end - pos < QUOTE_OFFSET || !isIcmpError(protocol, batch.view.getUint8(pos))) return;
  walk.pos = pos + QUOTE_OFFSET;
  walkLayers(walk, Layer.ip);
}

/** An error message quotes what it is about after eight octets (RFC 792, RFC 4443 3). */
const QUOTE_OFFSET = 8;

/** True for the types that quote a packet; compiled code knows them too (`QUOTING`). */
export function isIcmpError(protocol: number, type: number): boolean {
  if (protocol === Protocol.icmpv6) return type >= 1 && type <= 4;
  if (protocol !== Protocol.icmp) return false;
  return type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
}

function dissectPacket(batch: PacketBatch, walk: Walk, row: number): void {
  const start = batch.offset[row] ?? 0;
  const captured = batch.capturedLength[row] ?? 0;
  const wire = wireOctets(batch.wireLength[row] ?? 0, captured);
  walk.row = row;
  walk.pos = start;
  walk.end = start + captured;
  walk.wireEnd = start + wire;
  walk.limit = Reason.frameEnd;
  walk.path = ROOT_PATH;
  walk.type = 0;
  const columns = walk.columns;
  if (captured < wire) columns.cut[row] = Cut.payload;
  const fcs = batch.fcsLength[row] ?? 0;
  if (fcs !== 0 && fcs <= wire) walk.narrow(walk.wireEnd - fcs, Reason.frameEnd);
  walkLayers(walk, linkTypeLayer(batch.linkType[row] ?? 0));
  columns.path[row] = walk.path;
}

/** Goes from step to step until one ends the packet. */
function walkLayers(walk: Walk, first: number): void {
  let layer = first;
  for (let steps = 0; layer !== Layer.done; steps++) {
    if (steps === STEPS_MAX) layer = walk.bad(Protocol.frame, Reason.depth);
    else layer = dissectLayer(walk, layer);
  }
}

/** Wire length as a small integer, not less than what was captured. */
function wireOctets(wireLength: number, captured: number): number {
  if (wireLength < captured) return captured;
  return wireLength > WIRE_LENGTH_MAX ? WIRE_LENGTH_MAX : wireLength | 0;
}

/** The frequent steps first; {@link dissectRareLayer} has the others. */
function dissectLayer(walk: Walk, layer: number): number {
  if (layer === Layer.ethernet) return dissectEthernet(walk);
  if (layer === Layer.etherType) return dissectEtherType(walk);
  if (layer === Layer.ip) return dissectIp(walk);
  if (layer === Layer.ipv4) return dissectIpv4(walk);
  if (layer === Layer.tcp) return dissectTcp(walk);
  if (layer === Layer.ipv6) return dissectIpv6(walk);
  if (layer === Layer.udp) return dissectUdp(walk);
  return dissectRareLayer(walk, layer);
}

function dissectRareLayer(walk: Walk, layer: number): number {
  switch (layer) {
    case Layer.ipProtocol:
      return dissectIpProtocol(walk);
    case Layer.vlan:
      return dissectVlan(walk);
    case Layer.mpls:
      return dissectMpls(walk);
    case Layer.llc:
      return dissectLlc(walk);
    case Layer.arp:
      return dissectArp(walk);
    case Layer.sll:
      return dissectSll(walk);
    case Layer.sll2:
      return dissectSll2(walk);
    case Layer.null:
      return dissectNull(walk);
    case Layer.ppp:
      return dissectPpp(walk);
    case Layer.pppWithDirection:
      return dissectPppWithDirection(walk);
    case Layer.chdlc:
      return dissectChdlc(walk);
    case Layer.pppoe:
      return dissectPppoe(walk);
    case Layer.pppoeDiscovery:
      return dissectPppoeDiscovery(walk);
    case Layer.nflog:
      return dissectNflog(walk);
    case Layer.radiotap:
      return dissectRadiotap(walk);
    case Layer.wlan:
      return dissectWlan(walk);
    case Layer.icmp:
      return dissectIcmp(walk);
    case Layer.icmpv6:
      return dissectIcmpv6(walk);
    case Layer.sctp:
      return dissectSctp(walk);
    case Layer.udplite:
      return dissectUdplite(walk);
    case Layer.gre:
      return dissectGre(walk);
    case Layer.erspan1or2:
      return dissectErspan1or2(walk);
    case Layer.erspan3:
      return dissectErspan3(walk);
    case Layer.etherIp:
      return dissectEtherIp(walk);
    case Layer.vxlan:
      return dissectVxlan(walk);
    case Layer.geneve:
      return dissectGeneve(walk);
    case Layer.gtpU:
      return dissectGtpU(walk);
    case Layer.ah:
      return dissectAh(walk);
    case Layer.rawIp:
      return dissectRaw(walk);
    default:
      walk.enter(Protocol.unknownLink);
      return Layer.done;
  }
}
