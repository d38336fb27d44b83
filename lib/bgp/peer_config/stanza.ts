/**
 * What a pasted configuration of a router says about its sessions, whatever platform it is of.
 *
 * @module
 */
import type { BgpPeerEntry } from "../../config/bgp_config.ts";
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";

/** One neighbor of the router: the neighbor is we. */
export interface StanzaNeighbor {
  /** Our address, canonical. */
  readonly ourAddress: string;
  ourAs: number | null;
  theirAs: number | null;
  theirAddress: string | null;
  holdTimeSec: number | null;
  readonly families: Set<BgpPeerEntry["families"][number]>;
  theirRole: BgpPeerEntry["role"];
  isPassive: boolean;
  /** The port that the router dials. */
  ourPort: number | null;
  /** The router sends several paths of a prefix. */
  sendsPaths: boolean;
}

/** What was read. */
export interface Stanza {
  readonly platform: "router_bgp" | "junos" | "bird";
  /** At most {@link MAX_NEIGHBORS}. */
  readonly neighbors: readonly StanzaNeighbor[];
  /** Statements that no key of ours says, as they were pasted, secrets left out. */
  readonly notUnderstood: readonly string[];
  /** One sentence each. */
  readonly notes: readonly string[];
}

/** Neighbors beyond are counted as not understood. */
const MAX_NEIGHBORS = 50;
/** Longest statement that is shown. */
const MAX_SHOWN = 160;

/** What stands behind such a word is a secret, or the way to one. */
const SECRET =
  /\b(passw(?:or)?d|passphrase|secret|key-string|authentication(?:-key)?|md5|psk|wpa-psk)\b.*/is;

/** Collects what is read. */
export class StanzaBuilder {
  readonly #neighbors = new Map<string, StanzaNeighbor>();
  readonly #notUnderstood = new Set<string>();
  readonly #notes = new Set<string>();

  /** The neighbor with this address, or null for a text that is none, or one too many. */
  neighbor(text: string): StanzaNeighbor | null {
    const address = parseAddressOrNull(text);
    if (address === null) return null;
    const ourAddress = renderAddress(address);
    const known = this.#neighbors.get(ourAddress);
    if (known !== undefined || this.#neighbors.size >= MAX_NEIGHBORS) return known ?? null;
    const made: StanzaNeighbor = {
      ourAddress,
      ourAs: null,
      theirAs: null,
      theirAddress: null,
      holdTimeSec: null,
      families: new Set(),
      theirRole: null,
      isPassive: false,
      ourPort: null,
      sendsPaths: false,
    };
    this.#neighbors.set(ourAddress, made);
    return made;
  }

  all(): readonly StanzaNeighbor[] {
    return [...this.#neighbors.values()];
  }

  miss(statement: string): void {
    this.#notUnderstood.add(statement.trim().replace(SECRET, "$1 (left out)").slice(0, MAX_SHOWN));
  }

  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  /** A key for TCP-MD5 stands there: it is told of and never shown. */
  secret(): void {
    this.note(
      "The session is protected by TCP-MD5, which netglass cannot do by itself: take it off, or put a sidecar in between",
    );
  }

  finish(platform: Stanza["platform"]): Stanza {
    return {
      platform,
      neighbors: this.all(),
      notUnderstood: [...this.#notUnderstood],
      notes: [...this.#notes],
    };
  }
}

/** A number of 0 to `max`, or null. */
export function numberIn(text: string | undefined, max: number): number | null {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return null;
  return Number(text) <= max ? Number(text) : null;
}

/** An AS number in either notation (RFC 5396), or null. */
export function asNumberIn(text: string | undefined): number | null {
  const dotted = /^(\d{1,5})\.(\d{1,5})$/.exec(text ?? "");
  const number = dotted === null
    ? numberIn(text, 0xffff_ffff)
    : Number(dotted[1]) * 65_536 + Number(dotted[2]);
  return number !== null && number >= 1 && number <= 0xffff_ffff ? number : null;
}

/** A canonical address, or null. */
export function addressIn(text: string | undefined): string | null {
  const address = text === undefined ? null : parseAddressOrNull(text);
  return address === null ? null : renderAddress(address);
}

const ROLE_WORDS: Readonly<Record<string, NonNullable<BgpPeerEntry["role"]>>> = {
  provider: "provider",
  customer: "customer",
  peer: "peer",
  rs: "rs",
  "rs-server": "rs",
  rs_server: "rs",
  "rs-client": "rs-client",
  rs_client: "rs-client",
};

/** A role in the words of FRR or BIRD, or null. */
export function roleIn(word: string | undefined): BgpPeerEntry["role"] {
  return Object.hasOwn(ROLE_WORDS, word ?? "") ? ROLE_WORDS[word ?? ""] ?? null : null;
}
