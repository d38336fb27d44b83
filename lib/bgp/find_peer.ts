/**
 * Which peer an argument names.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import { nearestWord } from "../errors/nearest_word.ts";
import { quoteText } from "../ip/syntax_error.ts";
import { sayList } from "../words/list.ts";
import type { BgpSpeaker, PeerStatus } from "./bgp_service.ts";

/** A peer, as `findPeer` finds it. */
export const peerInput = () =>
  z.string().min(1).max(64).describe("Name or address of the peer, as bgp_get_peers shows it");

/** @throws {InputError} `input.peer` if none has this name or address */
export function findPeer(speaker: Pick<BgpSpeaker, "peer" | "peers">, text: string): PeerStatus {
  const found = speaker.peer(text);
  if (found !== null) return found;
  const names = speaker.peers().map(({ settings }) => settings.name);
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
