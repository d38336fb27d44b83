/**
 * Whether the origin of a route of ours is one that its holder has signed for, as the guard asks it.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { denied } from "./denied.ts";

/** RFC 6811 §2; `unverified`: there is no source, or it could not be read. */
export interface OriginOpinion {
  readonly state: "valid" | "invalid" | "not_found" | "unverified";
  /** Why it is invalid or unverified, a clause, or null. */
  readonly detail: string | null;
}

/** Judges an origin; never throws. */
export type OriginJudge = (
  prefix: Prefix,
  asn: number,
  signal: AbortSignal,
) => Promise<OriginOpinion>;

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
