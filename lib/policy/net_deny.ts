/**
 * What the runtime never dials, whatever is allowed. A denial beats an allowance in Deno, so what the
 * configuration itself needs is cut out of a denied range, and what no flag can say becomes a
 * comment.
 *
 * @module
 */
import { parseAddress } from "../ip/address.ts";
import {
  contains,
  containsPrefix,
  overlaps,
  parsePrefix,
  type Prefix,
  renderPrefix,
} from "../ip/prefix.ts";
import { SPECIAL_USE } from "../ip/special_use.ts";
import type { Config } from "../config/config.ts";
import { readRange } from "../config/target_cover.ts";
import { METADATA } from "./metadata.ts";
import { type Grant, GrantList } from "./permission_set.ts";
import { renderNameFlag, renderRangeFlag, subtractRange } from "./range_flags.ts";

/** The ports on which metadata services answer: HTTP, HTTPS, and the second one of Azure's WireServer. */
const METADATA_PORTS = [80, 443, 32526];

/** An address that the configuration itself needs, and the key that says so. */
export interface NeededAddress {
  readonly range: Prefix;
  readonly reason: string;
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

/** A stretch of a denied range that must stay open, and why; `isSaid` if a person should know. */
interface Hole {
  readonly range: Prefix;
  readonly reason: string;
  readonly isSaid: boolean;
}

/** Derives the denied entries; `needed` stays open, `comments` gains what a person must know. */
export function deriveDeny(
  config: Config,
  needed: readonly NeededAddress[],
  comments: string[],
): DenyList {
  const deny = new DenyList();
  const unspeakable = new Map<string, string[]>();
  const note = (reason: string, text: string): void => {
    unspeakable.set(reason, [...unspeakable.get(reason) ?? [], text]);
  };
  const own: readonly Hole[] = needed.map((one) => ({ ...one, isSaid: true }));
  const said = new Set<string>();

  /** Denies a range around its holes; of a range that is all hole, `ports` stay denied. */
  const denyRange = (
    range: Prefix,
    reason: string,
    holes: readonly Hole[],
    ports: readonly number[] = [],
  ): void => {
    const text = renderRangeFlag(range);
    if (text === null) {
      note(reason, renderPrefix(range));
      return;
    }
    let pieces: readonly Prefix[] = [range];
    for (const hole of holes.filter((hole) => overlaps(range, hole.range))) {
      pieces = pieces.flatMap((piece) => subtractRange(piece, hole.range));
      if (!hole.isSaid) continue;
      said.add(
        `${
          renderTarget(hole.range)
        } (${hole.reason}) lies in the denied ${text} (${reason}): the flags deny around it, and the application check decides inside.`,
      );
    }
    for (const piece of pieces) {
      const flag = renderRangeFlag(piece);
      if (flag !== null) deny.addRange(piece, flag, reason);
    }
    if (pieces.length === 0) { for (const port of ports) deny.addText(`${text}:${port}`, reason); }
  };

  for (const pattern of config.security.blocked_targets) {
    const reason = "security.blocked_targets";
    const range = readRange(pattern);
    const flag = range === null ? renderNameFlag(pattern) : null;
    if (range !== null) denyRange(range, reason, own);
    else if (flag !== null) deny.addText(flag, reason);
    else note(reason, `"${pattern}"`);
  }

  if (config.security.block_cloud_metadata) {
    const reason = "security.block_cloud_metadata";
    for (const { host } of METADATA) {
      const range = readRange(host);
      if (range === null) deny.addText(host, reason);
      else denyRange(range, reason, own, METADATA_PORTS);
    }
  }

  for (const range of deniedLoopback(config)) {
    denyRange(range, "loopback is not an allowed target", own);
  }

  if (config.security.block_private) {
    const exempt: readonly Hole[] = config.security.allowed_targets.flatMap((pattern) => {
      const range = readRange(pattern);
      return range === null ? [] : [{ range, reason: "security.allowed_targets", isSaid: true }];
    });
    const reachable: readonly Hole[] = SPECIAL_USE
      .filter((row) => row.globallyReachable === true)
      .map(({ prefix, name }) => ({ range: prefix, reason: name, isSaid: false }));
    for (const range of privateRanges) {
      denyRange(range, "security.block_private", [...own, ...exempt, ...reachable]);
    }
  }

  comments.push(...said);
  for (const [reason, texts] of unspeakable) {
    comments.push(
      `No flag can deny ${
        texts.join(", ")
      } (${reason}): the application check alone refuses these.`,
    );
  }
  return deny;
}

/**
 * The special ranges that are not reachable from everywhere, without those that another one of them
 * covers. A range that no flag can write covers nothing, so `::1` stays beside `::/96`.
 */
const privateRanges: readonly Prefix[] = SPECIAL_USE
  .filter((row) => row.globallyReachable !== true)
  .map((row) => row.prefix)
  .filter((prefix, _, all) =>
    !all.some((other) =>
      other.length < prefix.length && containsPrefix(other, prefix) &&
      (renderRangeFlag(other) !== null || renderRangeFlag(prefix) === null)
    )
  );

/**
 * The loopback ranges that no target may be in. 0.0.0.0/8 and :: belong to them because connecting
 * there reaches this host, and a denied 127.0.0.0/8 does not cover them (measured on 2.9.6).
 */
function deniedLoopback(config: Config): readonly Prefix[] {
  const { allowed_targets, blocked_targets, block_private } = config.security;
  const isNamed = allowed_targets.some((text) => /^(\*|(.*\.)?localhost\.?)$/i.test(text));
  return ([["127.0.0.0/8", "0.0.0.0/8"], ["::1/128", "::/128"]] as const).flatMap((texts) => {
    const [loopback, unspecified] = texts.map((text) => parsePrefix(text).prefix);
    if (loopback === undefined || unspecified === undefined) return [];
    const touches = (text: string): boolean => {
      const range = readRange(text);
      return range !== null && overlaps(range, loopback);
    };
    const isAllowed = allowed_targets.length === 0
      ? !block_private
      : isNamed || allowed_targets.some(touches);
    if (!isAllowed) return [loopback, unspecified];
    return blocked_targets.some(touches) ? [unspecified] : [];
  });
}

/** An address without its length, a range with it. */
function renderTarget(range: Prefix): string {
  return renderRangeFlag(range) ?? renderPrefix(range);
}
