/**
 * What an ARP message says (RFC 826), for Ethernet and IPv4.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import { addressFromBytes, renderAddress } from "../../ip/address.ts";
import type { PacketBatch } from "../batch.ts";
import type { DissectColumns } from "../dissect/columns.ts";

const MESSAGE_BYTES = 28;
/** Hardware addresses of 6 octets, protocol addresses of 4. */
const ETHERNET_IPV4 = 0x0604;
const REQUEST = 1, REPLY = 2;

/** The question or the answer. */
export function arpLine(packets: PacketBatch, dissected: DissectColumns, row: number): string {
  const at = dissected.l3Offset[row] ?? -1;
  const end = (packets.offset[row] ?? 0) + (packets.capturedLength[row] ?? 0);
  const { view, bytes } = packets;
  if (at < 0 || at + MESSAGE_BYTES > end || view.getUint16(at + 4) !== ETHERNET_IPV4) return "ARP";
  const sender = addressText(bytes, at + 14);
  const operation = view.getUint16(at + 6);
  if (operation === REQUEST) return `Who has ${addressText(bytes, at + 24)}? Tell ${sender}`;
  if (operation !== REPLY) return `ARP operation ${operation}`;
  return `${sender} is at ${hexText(bytes.subarray(at + 8, at + 14), ":")}`;
}

function addressText(bytes: Uint8Array, at: number): string {
  return renderAddress(addressFromBytes(bytes.subarray(at, at + 4)));
}
