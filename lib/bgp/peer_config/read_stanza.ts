/**
 * From a pasted configuration of a router to our entries of `bgp.peers`.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import { OTHER_ROLE } from "../role.ts";
import { readBird } from "./read_bird.ts";
import { readJunos } from "./read_junos.ts";
import { readRouterBgp } from "./read_router_bgp.ts";
import type { Stanza, StanzaNeighbor } from "./stanza.ts";

/** One entry as it would stand in `config.yaml`, and what is still open. */
export interface ProposedPeer {
  /** Our AS number and the AS of the router, where the text says them. */
  readonly localAs: number | null;
  /** Fields of an entry of `bgp.peers`, snake_case; what is not known is left out. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** Fields that the entry needs and the text does not say. */
  readonly missing: readonly string[];
}

/** Longest text that is read, characters. */
const MAX_STANZA_CHARS = 65_536;

/**
 * Reads a text; the platform is told from the words in it.
 *
 * @throws {InputError} `input.stanza` if no session is in it
 */
export function readStanza(text: string): Stanza {
  const stanza = readAny(text.slice(0, MAX_STANZA_CHARS));
  if (stanza !== null && stanza.neighbors.length > 0) return stanza;
  throw new InputError("stanza", "Cannot read the configuration: no session of BGP is in it", {
    hint:
      "Paste router bgp with its neighbor lines (IOS, EOS, FRR), protocols bgp (Junos, set or braces) or protocol bgp (BIRD).",
  });
}

function readAny(text: string): Stanza | null {
  if (/^\s*protocol\s+bgp\b/m.test(text)) return readBird(text);
  if (/^\s*router\s+bgp\b/m.test(text)) return readRouterBgp(text);
  return text.includes("bgp") && text.includes("group") ? readJunos(text) : null;
}

/** Our entry for a neighbor of the router. */
export function proposePeer(
  neighbor: StanzaNeighbor,
  name: string,
  theirAddress: string | null,
): ProposedPeer {
  const address = theirAddress ?? neighbor.theirAddress;
  const { theirRole, theirAs, ourAs } = neighbor;
  return {
    localAs: ourAs,
    entry: {
      name,
      ...address === null ? {} : { address },
      ...theirAs === null ? {} : { remote_as: theirAs },
      local_address: neighbor.ourAddress,
      connect: neighbor.isPassive ? "active" : "both",
      ...neighbor.holdTimeSec === null ? {} : { hold_time_sec: neighbor.holdTimeSec },
      ...neighbor.families.size === 0 ? {} : { families: [...neighbor.families] },
      ...theirRole === null ? {} : { role: OTHER_ROLE[theirRole] },
      add_path: neighbor.sendsPaths ? "receive" : "off",
    },
    missing: [
      ...address === null ? ["address"] : [],
      ...theirAs === null ? ["remote_as"] : [],
    ],
  };
}
