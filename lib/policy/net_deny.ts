/**
 * What the runtime never dials, whatever is allowed: the rules of `decide.ts` as far as a flag can
 * say them. A denial beats an allowance in Deno, so what the configuration itself needs is cut out
 * of a denied range, and what no flag can say becomes a comment.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { parseAddress } from "../ip/address.ts";
import { contains, containsPrefix, overlaps, type Prefix, renderPrefix } from "../ip/prefix.ts";
import { SPECIAL_USE } from "../ip/special_use.ts";
import { METADATA } from "./metadata.ts";
import { type Grant, GrantList } from "./permission_set.ts";
import { hostPrefix, renderPatternFlag, renderRangeFlag, subtractRange } from "./range_flags.ts";
import { matchesName, parseTargetPattern, type TargetPattern } from "./targets.ts";

/** The ports on which metadata services answer: HTTP, HTTPS, and the second one of Azure's WireServer. */
const METADATA_PORTS = [80, 443, 32526];

/** An address that the configuration itself needs, and the key that says so. */
export interface NeededAddress {
  readonly range: Prefix;
  readonly reason: string;
}

/** What must work beside the denials. */
export interface DenyNeeds {
  readonly addresses: readonly NeededAddress[];
  /**
   * Addresses of services that the rules let pass: only the denial of loopback is cut around them,
   * since all else that is denied holds for services too.
   */
  readonly services: readonly NeededAddress[];
  /** Families in which UDP is wanted, and the tools that want it. */
  readonly udpFamilies: readonly (4 | 6)[];
  readonly udpTools: readonly string[];
}

/** The denied entries, and what they cover. */
export class DenyList {
  readonly #grants = new GrantList();
  readonly #ranges: Prefix[] = [];

  addRange(range: Prefix, flag: string, reason: string): void {
    this.#grants.add(flag, reason);
    this.#ranges.push(range);
  }

  /** A name, or an address with a port. */
  addText(flag: string, reason: string): void {
    this.#grants.add(flag, reason);
  }

  covers(address: string): boolean {
    return this.#ranges.some((range) => contains(range, parseAddress(address)));
  }

  toArray(): readonly Grant[] {
    return this.#grants.toArray();
  }
}

/** A stretch of a denied range that stays open, and why; `isSaid` if a person should know. */
interface Hole extends NeededAddress {
  readonly isSaid: boolean;
}

/**
 * Derives the denied entries; `comments` gains what a person must know.
 *
 * @throws {InputError} `input.target_pattern`
 */
export function deriveDeny(config: Config, needs: DenyNeeds, comments: string[]): DenyList {
  const allowed = config.security.allowed_targets.map(parseTargetPattern);
  const blocked = config.security.blocked_targets.map(parseTargetPattern);
  const blockPrivate = config.security.block_private;
  const deny = new DenyList();
  const unspeakable = new Map<string, string[]>();
  const said = (one: NeededAddress): Hole => ({ ...one, isSaid: true });
  const own = needs.addresses.map(said);
  const ownAndServices = [...own, ...needs.services.map(said)];

  /** Denies a range around its holes; of a range that is all hole, `ports` stay denied. */
  const denyRange = (
    range: Prefix,
    reason: string,
    holes: readonly Hole[] = own,
    ports: readonly number[] = [],
  ): void => {
    const text = renderRangeFlag(range);
    if (text === null) {
      unspeakable.set(reason, [...unspeakable.get(reason) ?? [], renderPrefix(range)]);
      return;
    }
    let pieces: readonly Prefix[] = [range];
    for (const hole of holes.filter((hole) => overlaps(range, hole.range))) {
      pieces = pieces.flatMap((piece) => subtractRange(piece, hole.range));
      if (!hole.isSaid) continue;
      comments.push(
        `${
          renderRangeFlag(hole.range)
        } (${hole.reason}) lies in the denied ${text} (${reason}): the flags deny around it, and the application check decides inside.`,
      );
    }
    for (const piece of pieces) {
      const flag = renderRangeFlag(piece);
      if (flag !== null) deny.addRange(piece, flag, reason);
    }
    if (pieces.length === 0) { for (const port of ports) deny.addText(`${text}:${port}`, reason); }
  };

  const denyPattern = (
    pattern: TargetPattern,
    reason: string,
    ports: readonly number[] = [],
  ): void => {
    if (pattern.kind === "range") {
      denyRange(pattern.prefix, reason, own, ports);
      return;
    }
    const flag = renderPatternFlag(pattern);
    if (flag !== null) deny.addText(flag, reason);
    else unspeakable.set(reason, [...unspeakable.get(reason) ?? [], `"${pattern.text}"`]);
  };

  for (const pattern of blocked) denyPattern(pattern, "security.blocked_targets");
  if (config.security.block_cloud_metadata) {
    for (const { host } of METADATA) {
      denyPattern(parseTargetPattern(host), "security.block_cloud_metadata", METADATA_PORTS);
    }
  }

  denyRange(BROADCAST, "always.unspecified");
  for (const { loopback, unspecified, family } of LOOPBACK) {
    const touches = (pattern: TargetPattern): boolean =>
      pattern.kind === "any" || (pattern.kind === "range" && overlaps(pattern.prefix, loopback));
    const isListed = allowed.length === 0 ||
      allowed.some((pattern) => touches(pattern) || matchesName(pattern, "localhost"));
    const isAllowed = isListed && !blockPrivate;
    if (!isAllowed) denyRange(loopback, LOOPBACK_REASON, ownAndServices);
    if (!isListed && allowed.some(({ kind }) => kind !== "range") && family === 4) {
      comments.push(
        "An allowed name that leads to loopback is stopped by the flags: add 127.0.0.0/8 and ::1 to security.allowed_targets if it may.",
      );
    }

    // A listening socket is named in the configuration and wins; a UDP socket wins where loopback
    // may be reached anyway, because then the second spelling of loopback opens nothing new.
    const listening = needs.addresses.find(({ range }) => containsPrefix(unspecified, range));
    const isUdpFreed = isAllowed && !blocked.some(touches) && needs.udpFamilies.includes(family);
    if (listening === undefined && !isUdpFreed) {
      denyRange(unspecified, "always.unspecified");
      continue;
    }
    const [opener, verb] = listening === undefined
      ? [needs.udpTools.join(", "), needs.udpTools.length === 1 ? "opens" : "open"]
      : [listening.reason, "opens"];
    comments.push(
      `${
        renderRangeFlag(unspecified)
      } is not denied by a flag, because ${opener} ${verb} a socket on it: the application check alone refuses it as a target.`,
    );
  }

  if (blockPrivate) {
    for (const range of privateRanges) {
      denyRange(range, "security.block_private", [...own, ...reachableHoles]);
    }
  }

  for (const [reason, texts] of unspeakable) {
    comments.push(
      `No flag can deny ${
        texts.join(", ")
      } (${reason}): the application check alone refuses these.`,
    );
  }
  return deny;
}

const LOOPBACK_REASON = "loopback is not an allowed target";

/**
 * The loopback ranges and the unspecified ones that lead there as well: a denied 127.0.0.0/8 does
 * not stop a connection to 0.0.0.0 (measured on 2.9.6).
 */
const LOOPBACK: readonly {
  readonly family: 4 | 6;
  readonly loopback: Prefix;
  readonly unspecified: Prefix;
}[] = [4, 6].flatMap((family) => {
  const of = (kind: string): Prefix | undefined =>
    SPECIAL_USE.find((row) => row.kind === kind && row.prefix.family === family)?.prefix;
  const [loopback, unspecified] = [of("loopback"), of("unspecified")];
  return loopback === undefined || unspecified === undefined
    ? []
    : [{ family: loopback.family, loopback, unspecified }];
});

/** RFC 919 §7. */
const BROADCAST: Prefix = hostPrefix(parseAddress("255.255.255.255"));

/**
 * The ranges of `security.block_private`, without those that another one of them covers and without
 * the unspecified addresses, which have a rule of their own. A range that no flag can write covers
 * nothing. What a translation prefix leads to is told by the address inside it.
 */
const privateRanges: readonly Prefix[] = SPECIAL_USE
  .filter((row) => row.globallyReachable !== true)
  .filter((row) => row.kind !== "translation" && row.kind !== "unspecified")
  .map((row) => row.prefix)
  .filter((prefix, _, all) =>
    !all.some((other) =>
      other.length < prefix.length && containsPrefix(other, prefix) &&
      (renderRangeFlag(other) !== null || renderRangeFlag(prefix) === null)
    )
  );

/** Ranges inside of special ones that are reachable from everywhere after all. */
const reachableHoles: readonly Hole[] = SPECIAL_USE
  .filter((row) => row.globallyReachable === true && row.prefix.family === 4)
  .map(({ prefix, name }) => ({ range: prefix, reason: name, isSaid: false }));
