/**
 * Which packets the columns of the index tell all of: whole ones with one header of a kind, that
 * were captured to the end of their headers.
 *
 * @module
 */
import { Cut, Fragment } from "../dissect/columns.ts";
import { isIcmpError } from "../dissect/dissect.ts";
import { PATHS_MAX, type PathTable, ROOT_PATH } from "../dissect/path_table.ts";
import { Protocol } from "../dissect/protocol.ts";
import type { PassBatch } from "../pass.ts";
import { NO_TCP_LENGTH } from "./tcp_dictionaries.ts";

const TCP = 6, UDP = 17, ICMP = 1, SCTP = 132, UDP_LITE = 136;

/** Headers of a path, as a set of bits. */
const Shape = { ip: 1, ipv6: 2, tcp: 4, udp: 8, udplite: 16, sctp: 32, twice: 64 } as const;

const SHAPES: ReadonlyMap<number, number> = new Map([
  [Protocol.ip, Shape.ip],
  [Protocol.ipv6, Shape.ipv6],
  [Protocol.tcp, Shape.tcp],
  [Protocol.udp, Shape.udp],
  [Protocol.udplite, Shape.udplite],
  [Protocol.sctp, Shape.sctp],
]);

/** From an IPv4 or IPv6 header to its source address (RFC 791 3.1, RFC 8200 3), octets. */
const IPV4_SOURCE = 12, IPV6_SOURCE = 8;

/** Tells packets apart; paths are learnt as they come. */
export class PlainPackets {
  readonly #shapes = new Uint8Array(PATHS_MAX);
  #learnt = 0;

  /** Looks at paths that have come up since. */
  learn(paths: PathTable): void {
    for (; this.#learnt < paths.size; this.#learnt++) {
      const path = this.#learnt;
      const own = SHAPES.get(paths.protocolOf(path)) ?? 0;
      const outer = path === ROOT_PATH ? 0 : this.#shapes[paths.parentOf(path)] ?? 0;
      this.#shapes[path] = outer | own | ((outer & own) === 0 ? 0 : Shape.twice);
    }
  }

  /** True if the columns tell all of a row of a batch whose paths are learnt. */
  has({ dissected, flows }: PassBatch, row: number): boolean {
    const length = dissected.addressLength[row] ?? 0;
    const port = dissected.srcPort[row] ?? -1;
    const transport = dissected.l4Protocol[row] ?? -1;
    const network = length === 4 ? Shape.ip : length === 16 ? Shape.ipv6 : 0;
    const shape = port < 0 ? network : network | shapeOf(transport);
    if (this.#shapes[dissected.path[row] ?? ROOT_PATH] !== shape) return false;
    if (dissected.malformed[row] !== 0 || dissected.cut[row] === Cut.header) return false;
    if (dissected.tunnelDepth[row] !== 0) return false;
    if (dissected.fragment[row] !== Fragment.whole) return false;
    if (network === 0) return flows.flow[row] === -1;
    if ((flows.flow[row] ?? -1) < 0) return false;
    const source = (dissected.srcOffset[row] ?? 0) - (dissected.l3Offset[row] ?? 0);
    if (source !== (length === 4 ? IPV4_SOURCE : IPV6_SOURCE)) return false;
    if (port < 0) return !quotes(transport, dissected.icmpType[row] ?? -1);
    if ((dissected.payloadOffset[row] ?? -1) < 0) return false;
    if (transport !== TCP) return true;
    return (flows.tcp[row] ?? -1) >= 0 && (dissected.payloadWire[row] ?? 0) < NO_TCP_LENGTH;
  }
}

function shapeOf(transport: number): number {
  switch (transport) {
    case TCP:
      return Shape.tcp;
    case UDP:
      return Shape.udp;
    case SCTP:
      return Shape.sctp;
    default:
      return transport === UDP_LITE ? Shape.udplite : Shape.twice;
  }
}

/** True if the packet is about another one, whose headers count too. */
function quotes(transport: number, type: number): boolean {
  return type >= 0 && isIcmpError(transport === ICMP ? Protocol.icmp : Protocol.icmpv6, type);
}
