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

  /** Puts 1 into `found` for the rows of a batch that the columns tell all of, else 0. */
  mark({ packets, dissected, flows }: PassBatch, found: Uint8Array): void {
    this.#learn(dissected.paths);
    const shapes = this.#shapes;
    const { path, malformed, cut, tunnelDepth, fragment, addressLength, srcPort } = dissected;
    const { l4Protocol, srcOffset, l3Offset, icmpType, payloadOffset, payloadWire } = dissected;
    const { flow, tcp } = flows;
    for (let row = 0; row < packets.count; row++) {
      found[row] = 0;
      const length = addressLength[row] ?? 0;
      const port = srcPort[row] ?? -1;
      const transport = l4Protocol[row] ?? -1;
      const network = length === 4 ? Shape.ip : length === 16 ? Shape.ipv6 : 0;
      const shape = port < 0 ? network : network | shapeOf(transport);
      if (shapes[path[row] ?? ROOT_PATH] !== shape) continue;
      if (((malformed[row] ?? 0) | (tunnelDepth[row] ?? 0)) !== 0) continue;
      if (cut[row] === Cut.header || fragment[row] !== Fragment.whole) continue;
      if ((flow[row] ?? -1) >= 0 !== (network !== 0)) continue;
      if (network !== 0) {
        const source = (srcOffset[row] ?? 0) - (l3Offset[row] ?? 0);
        if (source !== (length === 4 ? IPV4_SOURCE : IPV6_SOURCE)) continue;
        const type = icmpType[row] ?? -1;
        if (type >= 0 && quotes(transport, type)) continue;
        if (port >= 0 && (payloadOffset[row] ?? -1) < 0) continue;
        const isTcp = port >= 0 && transport === TCP;
        if (isTcp && ((tcp[row] ?? -1) < 0 || (payloadWire[row] ?? 0) >= NO_TCP_LENGTH)) continue;
      }
      found[row] = 1;
    }
  }

  /** Looks at paths that have come up since. */
  #learn(paths: PathTable): void {
    for (; this.#learnt < paths.size; this.#learnt++) {
      const path = this.#learnt;
      const own = SHAPES.get(paths.protocolOf(path)) ?? 0;
      const outer = path === ROOT_PATH ? 0 : this.#shapes[paths.parentOf(path)] ?? 0;
      this.#shapes[path] = outer | own | ((outer & own) === 0 ? 0 : Shape.twice);
    }
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
  return isIcmpError(transport === ICMP ? Protocol.icmp : Protocol.icmpv6, type);
}
