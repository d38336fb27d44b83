/**
 * The checksum of a header, with a verdict under Wireshark's `….checksum.status`.
 *
 * @module
 */
import { foldSum, sumPseudoHeader, sumWords } from "./checksum.ts";
import { ABSENT, type Around, hexOf, type LayerReader } from "./layer_reader.ts";

/** Adds the checksum at `at` over the first `length` octets, with nothing before them. */
export function headerChecksum(
  layer: LayerReader,
  around: Around,
  name: string,
  at: number,
  length: number,
): void {
  verdict(layer, around, name, at, length, 0);
}

/** Adds the checksum at `at` over a segment of `length` octets and its pseudo-header. */
export function segmentChecksum(
  layer: LayerReader,
  around: Around,
  name: string,
  at: number,
  length: number,
  protocol: number,
  covered = length,
): void {
  const { ip } = around;
  if (ip === null || ip.isFragment) {
    const found = layer.hexNumber(name, at, 2);
    if (found === ABSENT) return;
    const why = ip === null ? "no IP header around" : "the datagram is in several packets";
    layer.add(`${name}.status`, "Unverified", why);
    return;
  }
  const { view } = layer;
  const pseudo = sumPseudoHeader(view, ip.src, ip.dst, ip.addressLength, protocol, length);
  verdict(layer, around, name, at, covered, pseudo);
}

function verdict(
  layer: LayerReader,
  around: Around,
  name: string,
  at: number,
  length: number,
  pseudo: number,
): void {
  const found = layer.hexNumber(name, at, 2);
  if (found === ABSENT) return;
  const status = `${name}.status`;
  if (!layer.has(0, length)) {
    const why = around.isQuoted ? "the quotation is cut" : "partial capture";
    layer.add(status, "Unverified", why);
    return;
  }
  const sum = foldSum(sumWords(layer.view, layer.pos, layer.pos + length, pseudo));
  if (sum === 0xffff) {
    layer.add(status, "Good");
    return;
  }
  // The field itself is part of the sum: taken out, what is left is what it should complement.
  const others = foldSum(sum + (~found & 0xffff));
  const wanted = ~others & 0xffff;
  const why = pseudo !== 0 && found === foldSum(pseudo)
    ? "likely offload: only the pseudo-header is summed, the rest is left to the network card"
    : pseudo === 0 && found === 0
    ? "likely offload: left to the network card"
    : `calculated ${hexOf(wanted, 2)}`;
  layer.add(status, "Bad", why);
}
