/**
 * Fields of UDP (RFC 768) and UDP-Lite (RFC 3828).
 *
 * @module
 */
import { segmentChecksum } from "../checksum_field.ts";
import { ABSENT, type Around, type LayerReader } from "../layer_reader.ts";

const UDP = 17, UDP_LITE = 136;

/** UDP header. */
export function udpFields(layer: LayerReader, around: Around): void {
  around.transport = "udp";
  layer.number("udp.srcport", 0, 2);
  layer.number("udp.dstport", 2, 2);
  const told = layer.number("udp.length", 4, 2, { 0: "to the end of the packet" });
  const checksum = layer.uint(6, 2);
  if (checksum === ABSENT) return;
  if (checksum === 0) {
    noChecksum(layer, around.ip?.addressLength === 16);
    return;
  }
  const length = told === 0 ? layer.wireEnd - layer.pos : told;
  segmentChecksum(layer, around, "udp.checksum", 6, length, UDP);
}

/** RFC 8200 §8.1 wants one over IPv6, but tunnels may go without (RFC 6935); UDP-Lite always does. */
function noChecksum(layer: LayerReader, isWanted: boolean): void {
  layer.hexNumber("udp.checksum", 6, 2);
  if (isWanted) layer.add("udp.checksum.status", "Illegal", "a checksum must be there");
  else layer.add("udp.checksum.status", "Not present", "the sender computed none");
}

/** UDP-Lite header, whose checksum covers the first octets only. */
export function udpLiteFields(layer: LayerReader, around: Around): void {
  layer.number("udp.srcport", 0, 2);
  layer.number("udp.dstport", 2, 2);
  const coverage = layer.number("udp.checksum_coverage", 4, 2, { 0: "the whole datagram" });
  if (coverage === ABSENT) return;
  if (layer.uint(6, 2) === 0) {
    noChecksum(layer, true);
    return;
  }
  const length = layer.wireEnd - layer.pos;
  const covered = coverage === 0 ? length : coverage;
  if (covered < 8 || covered > length) {
    layer.hexNumber("udp.checksum", 6, 2);
    layer.note(4, `coverage ${coverage} of a datagram of ${length} octets`);
    return;
  }
  segmentChecksum(layer, around, "udp.checksum", 6, length, UDP_LITE, covered);
}
