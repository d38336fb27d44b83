/**
 * Which peer an argument names.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import { nearestWord } from "../errors/nearest_word.ts";
import { parseAddressOrNull, renderAddress } from "../ip/address.ts";
import { quoteText } from "../ip/syntax_error.ts";
import { sayList } from "../words/list.ts";
import type { BgpSpeaker, PeerStatus } from "./bgp_service.ts";

/** A peer, as `findPeer` finds it. */
export const peerInput = () =>
  z.string().min(1).max(64).describe("Name or address of the peer, as bgp_get_peers shows it");

/**
 * The peer of this name, in whatever case, or of this address, however it is written.
 *
 * @throws {InputError} `input.peer` if there is none
 */
export function findPeer(speaker: Pick<BgpSpeaker, "peers">, text: string): PeerStatus {
  const peers = speaker.peers();
  const parsed = parseAddressOrNull(text);
  const address = parsed === null ? null : renderAddress(parsed);
  const wanted = text.toLowerCase();
  const found = peers.find(({ settings }) => settings.name.toLowerCase() === wanted) ??
    peers.find(({ settings }) => settings.address === address);
  if (found !== undefined) return found;
  const names = peers.map(({ settings }) => settings.name);
  const near = nearestWord(text, names);
  const hint = near !== null
    ? `Did you mean "${near}"?`
    : names.length === 0
    ? "Add it to bgp.peers."
    : `Configured: ${sayList(names)}.`;
  throw new InputError("peer", `Cannot find ${quoteText(text)}: no such peer is configured`, {
    hint,
  });
}
