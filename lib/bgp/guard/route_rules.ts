/**
 * Which attributes a route of ours may have: everything that a caller asks for, judged.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import { parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import { parseAsNumber } from "../../ip/as_number.ts";
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { IpSyntaxError, quoteText } from "../../ip/syntax_error.ts";
import { type Community, parseCommunity, renderCommunity } from "../../route/community.ts";
import type { BgpSpeaker, Origination, PeerStatus } from "../bgp_service.ts";
import { findPeer } from "../find_peer.ts";
import { denied } from "./denied.ts";
import type { AllowedPrefix, GuardSettings } from "./settings.ts";

/** What a caller asks for beside the network; null: not said. */
export interface RouteWishes {
  readonly nextHop: string | null;
  /** AS numbers parted by commas or blanks. */
  readonly asPath: string | null;
  readonly prepend: number | null;
  readonly med: number | null;
  readonly localPref: number;
  readonly communities: readonly string[];
  /** Names or addresses; empty: every peer that may have it. */
  readonly peers: readonly string[];
  readonly lifetimeSec: number | null;
}

/** A route that all rails let pass, without its id and end. */
export interface JudgedRoute extends Omit<Origination, "id" | "expiresAtMs"> {
  readonly lifetimeSec: number;
}

/**
 * The route that these wishes come to.
 *
 * @throws {PolicyDenied} `policy.peer`, `policy.next_hop`, `policy.as_path`, `policy.prepend`,
 *   `policy.community`, `policy.lifetime`
 * @throws {InputError} `input.peer`, `input.next_hop`, `input.as_path`, `input.community`
 */
export function judgeRoute(
  prefix: Prefix,
  wishes: RouteWishes,
  entry: AllowedPrefix,
  settings: GuardSettings,
  speaker: Pick<BgpSpeaker, "settings" | "peers">,
): JudgedRoute {
  const peers = chosenPeers(wishes.peers, entry, speaker);
  return {
    prefix,
    peers: peers.map((peer) => peer.settings.index),
    prepend: judgePrepend(wishes, settings.maxPrepend, speaker.settings.localAs),
    med: wishes.med,
    localPref: wishes.localPref,
    communities: judgeCommunities(wishes.communities, entry, settings),
    nextHop: judgeNextHop(wishes.nextHop, peers, settings.nextHops),
    lifetimeSec: judgeLifetime(wishes.lifetimeSec, settings),
  };
}

/**
 * Seconds that a change lasts.
 *
 * @throws {PolicyDenied} `policy.lifetime`
 */
export function judgeLifetime(
  wished: number | null,
  { defaultLifetimeSec, maxLifetimeSec }: GuardSettings,
): number {
  const lifetimeSec = wished ?? defaultLifetimeSec;
  if (lifetimeSec <= maxLifetimeSec) return lifetimeSec;
  throw denied({
    reason: "lifetime",
    message: `Cannot keep it for ${lifetimeSec} s: ${maxLifetimeSec} s is the longest`,
    hint: `Give lifetime_sec of at most ${maxLifetimeSec}, and renew before it ends.`,
    configKey: "bgp.originate.max_lifetime_sec",
  });
}

function chosenPeers(
  wished: readonly string[],
  entry: AllowedPrefix,
  speaker: Pick<BgpSpeaker, "peers">,
): readonly PeerStatus[] {
  const mayHave = ({ settings: { name } }: PeerStatus): boolean =>
    entry.peers.length === 0 || entry.peers.includes(name.toLowerCase());
  const all = speaker.peers();
  if (wished.length === 0) return all.filter(mayHave);
  const chosen = new Map<number, PeerStatus>();
  for (const text of wished) {
    const peer = findPeer(speaker, text);
    if (!mayHave(peer)) {
      throw denied({
        reason: "peer",
        message: `Cannot announce ${renderPrefix(entry.prefix)} to ${peer.settings.name}: ` +
          "it is allowed to other peers only",
        hint: `Allowed: ${entry.peers.join(", ")}.`,
        configKey: "bgp.originate.allowed_prefixes",
      });
    }
    chosen.set(peer.settings.index, peer);
  }
  return [...chosen.values()];
}

/**
 * The seed's `as_path` is the whole path as an eBGP peer sees it, so it may only be our own AS
 * number, once and as often more as prepending is allowed.
 */
function judgePrepend(
  { asPath, prepend }: RouteWishes,
  maxPrepend: number,
  localAs: number,
): number {
  const inPath = asPath === null ? [] : readAsPath(asPath);
  const foreign = inPath.find((asn) => asn !== localAs);
  if (foreign !== undefined) {
    throw denied({
      reason: "as_path",
      message:
        `Cannot announce the path ${quoteText(asPath ?? "")}: AS ${foreign} is not ours, and ` +
        "AS paths are not made up",
      hint:
        `Leave as_path out; prepend puts our own AS ${localAs} in front up to ${maxPrepend} times.`,
      configKey: null,
    });
  }
  const byPath = inPath.length === 0 ? null : inPath.length - 1;
  if (byPath !== null && prepend !== null && byPath !== prepend) {
    throw new InputError("as_path", "Cannot prepend: as_path and prepend say different things", {
      hint: "Give one of them.",
    });
  }
  const times = prepend ?? byPath ?? 0;
  if (times <= maxPrepend) return times;
  throw denied({
    reason: "prepend",
    message: `Cannot prepend ${times} times: ${maxPrepend} is the most`,
    hint: `Prepend at most ${maxPrepend} times.`,
    configKey: "bgp.originate.max_prepend",
  });
}

function readAsPath(text: string): readonly number[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  try {
    return words.map(parseAsNumber);
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError("as_path", error.message, {
      hint: "Leave as_path out, or write our own AS number as often as it shall stand there.",
    });
  }
}

function judgeCommunities(
  wished: readonly string[],
  entry: AllowedPrefix,
  settings: GuardSettings,
): readonly Community[] {
  const attached = new Map(settings.communities.map((one) => [renderCommunity(one), one]));
  const mayAttach = new Set([...entry.communities, ...attached.keys()]);
  for (const text of wished) {
    const community = parseCommunity(text);
    const canonical = renderCommunity(community);
    if (!mayAttach.has(canonical)) {
      throw denied({
        reason: "community",
        message: `Cannot attach community ${canonical}: it is not allowed with ` +
          renderPrefix(entry.prefix),
        hint: mayAttach.size === 0
          ? "No community is allowed with it."
          : `Allowed: ${[...mayAttach].join(", ")}.`,
        configKey: "bgp.originate.allowed_prefixes",
      });
    }
    attached.set(canonical, community);
  }
  return [...attached.values()];
}

/**
 * The next hop that a caller may name: ours on a session of `peers`, or an allowed one.
 *
 * @throws {PolicyDenied} `policy.next_hop`
 * @throws {InputError} `input.next_hop`
 */
export function judgeNextHop(
  wished: string | null,
  peers: readonly PeerStatus[],
  allowed: readonly string[],
): string | null {
  if (wished === null) return null;
  const address = parseAddressOrNull(wished);
  if (address === null) {
    throw new InputError(
      "next_hop",
      `Cannot use ${quoteText(wished)} as next hop: it is no address`,
      {
        hint: "Leave next_hop out: it is our own address on the session.",
      },
    );
  }
  const canonical = renderAddress(address);
  const ours = peers.flatMap(({ settings, negotiated }) => [
    settings.localAddress,
    negotiated?.localAddress ?? null,
    settings.nextHop.ipv4,
    settings.nextHop.ipv6,
  ]);
  if (ours.includes(canonical) || allowed.includes(canonical)) return canonical;
  throw denied({
    reason: "next_hop",
    message: `Cannot announce next hop ${canonical}: it is neither ours nor allowed`,
    hint: "Leave next_hop out: it is our own address on the session.",
    configKey: "bgp.originate.allowed_next_hops",
  });
}
