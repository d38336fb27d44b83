/**
 * What an ICMP message says (IANA icmp-parameters, icmpv6-parameters).
 *
 * @module
 */
import type { PacketBatch } from "../batch.ts";
import type { DissectColumns } from "../dissect/columns.ts";

const ICMP = 1;

const TYPES: ReadonlyMap<number, string> = new Map([
  [0, "Echo (ping) reply"],
  [3, "Destination unreachable"],
  [4, "Source quench"],
  [5, "Redirect"],
  [8, "Echo (ping) request"],
  [9, "Router advertisement"],
  [10, "Router solicitation"],
  [11, "Time-to-live exceeded"],
  [12, "Parameter problem"],
  [13, "Timestamp request"],
  [14, "Timestamp reply"],
]);

const UNREACHABLE: ReadonlyMap<number, string> = new Map([
  [0, "Network unreachable"],
  [1, "Host unreachable"],
  [2, "Protocol unreachable"],
  [3, "Port unreachable"],
  [4, "Fragmentation needed"],
  [9, "Network administratively prohibited"],
  [10, "Host administratively prohibited"],
  [13, "Communication administratively prohibited"],
]);

const V6_TYPES: ReadonlyMap<number, string> = new Map([
  [1, "Destination Unreachable"],
  [2, "Packet Too Big"],
  [3, "Time Exceeded"],
  [4, "Parameter Problem"],
  [128, "Echo (ping) request"],
  [129, "Echo (ping) reply"],
  [130, "Multicast Listener Query"],
  [131, "Multicast Listener Report"],
  [132, "Multicast Listener Done"],
  [133, "Router Solicitation"],
  [134, "Router Advertisement"],
  [135, "Neighbor Solicitation"],
  [136, "Neighbor Advertisement"],
  [137, "Redirect"],
  [143, "Multicast Listener Report Message v2"],
]);

const V6_UNREACHABLE: ReadonlyMap<number, string> = new Map([
  [0, "no route to destination"],
  [1, "administratively prohibited"],
  [2, "beyond scope of source address"],
  [3, "address unreachable"],
  [4, "port unreachable"],
  [5, "source address failed policy"],
  [6, "reject route to destination"],
]);

/** Type and code in words; identifier and sequence number of an echo. */
export function icmpLine(packets: PacketBatch, dissected: DissectColumns, row: number): string {
  const type = dissected.icmpType[row] ?? -1;
  const code = dissected.icmpCode[row] ?? -1;
  const isV4 = dissected.l4Protocol[row] === ICMP;
  const name = (isV4 ? TYPES : V6_TYPES).get(type) ?? `Type ${type} code ${code}`;
  const isEcho = isV4 ? type === 8 || type === 0 : type === 128 || type === 129;
  const at = dissected.l4Offset[row] ?? -1;
  const end = (packets.offset[row] ?? 0) + (packets.capturedLength[row] ?? 0);
  if (isEcho && at >= 0 && at + 8 <= end) {
    const id = packets.view.getUint16(at + 4).toString(16).padStart(4, "0");
    return `${name} id=0x${id}, seq=${packets.view.getUint16(at + 6)}`;
  }
  const isUnreachable = isV4 ? type === 3 : type === 1;
  const why = isUnreachable ? (isV4 ? UNREACHABLE : V6_UNREACHABLE).get(code) : undefined;
  if (why !== undefined) return `${name} (${why})`;
  return code === 0 || name.startsWith("Type") ? name : `${name} (code ${code})`;
}
