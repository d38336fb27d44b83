/**
 * Registries of the dissector as words for field values.
 *
 * @module
 */
import { ETHER_TYPES } from "../dissect/ether_types.ts";
import { IP_PROTOCOLS } from "../dissect/ip_protocols.ts";
import { PPP_PROTOCOLS } from "../dissect/link/ppp_protocols.ts";
import type { Words } from "./layer_reader.ts";

function wordsOf(rows: readonly { readonly code: number; readonly name: string }[]): Words {
  return Object.fromEntries(rows.map(({ code, name }) => [code, name]));
}

/** EtherTypes by value. */
export const ETHER_TYPE_WORDS: Words = wordsOf(ETHER_TYPES);

/** PPP protocols by value. */
export const PPP_WORDS: Words = wordsOf(PPP_PROTOCOLS);

/** IP protocols and IPv6 extension headers by number (IANA protocol-numbers). */
export const IP_PROTOCOL_WORDS: Words = {
  ...wordsOf(IP_PROTOCOLS),
  0: "IPv6 hop-by-hop options",
  43: "IPv6 routing header",
  44: "IPv6 fragment header",
  59: "no next header",
  60: "IPv6 destination options",
};
