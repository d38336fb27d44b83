/**
 * Which prefixes may be announced: refusals that no configuration lifts, special-use space, our own
 * sessions, and the allow-list.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import { parseAddress } from "../../ip/address.ts";
import {
  contains,
  containsPrefix,
  overlaps,
  parsePrefix,
  type Prefix,
  renderPrefix,
} from "../../ip/prefix.ts";
import { SPECIAL_USE, type SpecialKind, type SpecialUse } from "../../ip/special_use.ts";
import { orInputError } from "../or_input_error.ts";
import { denied } from "./denied.ts";
import type { AllowedPrefix, GuardSettings } from "./settings.ts";

/** Shorter prefixes are nobody's to announce by hand: more than any one network has. */
const SHORTEST = { 4: 8, 6: 16 } as const;

/** Ranges that no laboratory routes between ASes. */
const NEVER: ReadonlySet<SpecialKind> = new Set([
  "unspecified",
  "loopback",
  "link_local",
  "multicast",
  "broadcast",
  "reserved",
  "translation",
  "translation_local",
]);

/** An address that must stay reachable, and what it is. */
export interface OwnAddress {
  /** Canonical. */
  readonly address: string;
  /** For people: `the session with rr1`. */
  readonly what: string;
}

/**
 * Reads the network of a call. Host bits are refused: whoever writes them may mean another prefix.
 *
 * @throws {InputError} `input.network`
 */
export function readNetwork(text: string): Prefix {
  const { prefix, hostBitsSet } = orInputError("network", () => parsePrefix(text));
  if (!hostBitsSet) return prefix;
  throw new InputError("network", `Cannot use "${text}": it has bits behind its length`, {
    hint: `Write ${renderPrefix(prefix)} if that is meant.`,
  });
}

/**
 * The entry of the allow-list that lets `prefix` be announced.
 *
 * @throws {PolicyDenied} `policy.default_route`, `policy.prefix_too_short`, `policy.special_use`,
 *   `policy.own_address`, `policy.prefix_not_allowed`, `policy.prefix_length`, `policy.origin_as`
 */
export function judgePrefix(
  prefix: Prefix,
  settings: Pick<GuardSettings, "lab" | "allowed" | "localAs">,
  own: readonly OwnAddress[],
): AllowedPrefix {
  const text = renderPrefix(prefix);
  refuseShort(prefix, text);
  refuseSpecial(prefix, text, settings.lab);
  const mine = own.find(({ address }) => contains(prefix, parseAddress(address)));
  if (mine !== undefined) {
    throw denied({
      reason: "own_address",
      message: `Cannot announce ${text}: it covers ${mine.address}, ${mine.what}`,
      hint: "A route that covers our own sessions could cut them. Announce something else.",
      configKey: null,
    });
  }
  const entry = allowedEntry(prefix, text, settings.allowed);
  refuseOrigin(entry, text, settings.localAs);
  return entry;
}

function refuseOrigin({ originAs }: AllowedPrefix, text: string, localAs: number | null): void {
  if (originAs === null || originAs === localAs) return;
  throw denied({
    reason: "origin_as",
    message:
      `Cannot announce ${text}: it may only come from AS ${originAs}, and we are AS ${localAs}`,
    hint: "Only the operator can allow it, in bgp.originate.allowed_prefixes.",
    configKey: "bgp.originate.allowed_prefixes",
  });
}

function refuseShort({ family, length }: Prefix, text: string): void {
  const shortest = SHORTEST[family];
  if (length >= shortest) return;
  throw denied({
    reason: length === 0 ? "default_route" : "prefix_too_short",
    message: length === 0
      ? `Cannot announce ${text}: the default route is never announced`
      : `Cannot announce ${text}: IPv${family} prefixes shorter than /${shortest} are never announced`,
    hint: "No configuration permits this.",
    configKey: null,
  });
}

function refuseSpecial(prefix: Prefix, text: string, lab: boolean): void {
  const touched = SPECIAL_USE.filter((row) => overlaps(row.prefix, prefix));
  const special = touched.filter(({ globallyReachable }) => globallyReachable !== true);
  // An anycast service inside of reserved space is routed like any other prefix.
  const isService = touched.some((row) =>
    row.globallyReachable && !NEVER.has(row.kind) && containsPrefix(row.prefix, prefix)
  );
  if (isService) return;
  // The registry calls 64:ff9b::/96 reachable, which RFC 6052 §3.2 keeps within a network.
  const never = touched.find(({ kind }) => NEVER.has(kind));
  const [first] = special;
  const found: SpecialUse | undefined = never ?? (lab ? undefined : first);
  if (found === undefined) return;
  throw denied({
    reason: "special_use",
    message: `Cannot announce ${text}: ${renderPrefix(found.prefix)} is special-use space ` +
      `(${found.name}, ${found.source})`,
    hint: never === undefined
      ? "In a laboratory set bgp.originate.lab: true and name the prefix in " +
        "bgp.originate.allowed_prefixes."
      : "No configuration permits this.",
    configKey: never === undefined ? "bgp.originate.lab" : null,
  });
}

function allowedEntry(
  prefix: Prefix,
  text: string,
  allowed: readonly AllowedPrefix[],
): AllowedPrefix {
  const around = allowed.filter((entry) => containsPrefix(entry.prefix, prefix))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const entry = around.find(({ ge, le }) => prefix.length >= ge && prefix.length <= le);
  if (entry !== undefined) return entry;
  const configKey = "bgp.originate.allowed_prefixes";
  const [nearest] = around;
  if (nearest !== undefined) {
    const lengths = nearest.ge === nearest.le
      ? `/${nearest.ge}`
      : `/${nearest.ge} to /${nearest.le}`;
    throw denied({
      reason: "prefix_length",
      message: `Cannot announce ${text}: of ${
        renderPrefix(nearest.prefix)
      } only ${lengths} is allowed`,
      hint: `Only the operator can allow it, in ${configKey}.`,
      configKey,
    });
  }
  throw denied({
    reason: "prefix_not_allowed",
    message: `Cannot announce ${text}: it is not among ${configKey}`,
    hint: allowed.length === 0
      ? `The list is empty. Only the operator can allow prefixes, in ${configKey}.`
      : `Allowed: ${allowed.slice(0, 5).map((one) => renderPrefix(one.prefix)).join(", ")}. ` +
        "Only the operator can allow others.",
    configKey,
  });
}
