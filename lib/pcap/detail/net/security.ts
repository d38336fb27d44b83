/**
 * Fields of AH (RFC 4302 §2) and ESP (RFC 4303 §2).
 *
 * @module
 */
import type { LayerReader } from "../layer_reader.ts";
import { IP_PROTOCOL_WORDS } from "../words.ts";

/** Authentication header. */
export function ahFields(layer: LayerReader): void {
  layer.number("ah.next_header", 0, 1, IP_PROTOCOL_WORDS);
  layer.number("ah.length", 1, 1);
  layer.hexNumber("ah.spi", 4, 4);
  layer.number("ah.sequence", 8, 4);
}

/** What of ESP is not encrypted. */
export function espFields(layer: LayerReader): void {
  layer.hexNumber("esp.spi", 0, 4);
  layer.number("esp.sequence", 4, 4);
}
