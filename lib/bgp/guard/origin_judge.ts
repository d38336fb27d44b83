/**
 * Whether the origin of a route of ours is one that its holder has signed for, as the guard asks it.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { denied } from "./denied.ts";

/** RFC 6811 §2; `unverified`: no source is configured; `unreadable`: there is one, and it fails. */
export interface OriginOpinion {
  readonly state: "valid" | "invalid" | "not_found" | "unverified" | "unreadable";
  /** Why it is invalid or could not be judged, a clause, or null. */
  readonly detail: string | null;
}

/** Judges an origin; never throws. */
export type OriginJudge = (
  prefix: Prefix,
  asn: number,
  signal: AbortSignal,
) => Promise<OriginOpinion>;

/**
 * Refuses what is not known to be harmless: who can silence the source must not switch the rail off.
 *
 * @throws {PolicyDenied} `policy.rpki_invalid`, `policy.rpki_unreadable`
 */
export function refuseUnjudged(prefix: Prefix, asn: number, opinion: OriginOpinion): void {
  refuseInvalid(prefix, asn, opinion);
  if (opinion.state !== "unreadable") return;
  throw denied({
    reason: "rpki_unreadable",
    message: `Cannot announce ${renderPrefix(prefix)}: nobody can say whether AS ${asn} may` +
      (opinion.detail === null ? "" : ` (${opinion.detail})`),
    hint:
      "Try again when the source of intel.rpki answers. Without any source origins are not judged.",
    configKey: "intel.rpki",
  });
}

/** @throws {PolicyDenied} `policy.rpki_invalid` */
export function refuseInvalid(
  prefix: Prefix,
  asn: number,
  { state, detail }: OriginOpinion,
): void {
  if (state !== "invalid") return;
  throw denied({
    reason: "rpki_invalid",
    message: `Cannot announce ${renderPrefix(prefix)} from AS ${asn}: it would be RPKI invalid` +
      (detail === null ? "" : ` (${detail})`),
    hint: "The holder of the prefix has to sign a ROA for this AS number and this length.",
    configKey: null,
  });
}
