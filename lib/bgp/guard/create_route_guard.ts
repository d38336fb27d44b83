/**
 * Making the guard of a speaker from the configuration.
 *
 * @module
 */
import type { BgpConfig } from "../../config/bgp_config.ts";
import { NetglassError } from "../../errors/mod.ts";
import type { Clock } from "../../io/io.ts";
import { validateOrigin } from "../../route/origin_validation.ts";
import type { BgpSpeaker } from "../bgp_service.ts";
import type { RoaSource } from "../speaker/create_bgp_service.ts";
import type { OriginJudge } from "./origin_judge.ts";
import type { OwnAddress } from "./prefix_rules.ts";
import { RouteGuard } from "./route_guard.ts";
import { guardSettings } from "./settings.ts";

/** What the guard is made from. */
export interface CreateRouteGuardParts {
  readonly config: { readonly bgp: BgpConfig };
  readonly speaker: BgpSpeaker;
  readonly clock: Pick<Clock, "now" | "monotonicMs">;
  /** Null: no source is configured. */
  readonly roaPayloads: (() => Promise<RoaSource>) | null;
  /** Addresses beside those of sessions that no route may cover. */
  readonly protectedAddresses: () => Promise<readonly OwnAddress[]>;
}

/** Makes the guard. */
export function createRouteGuard(
  { config, roaPayloads, ...parts }: CreateRouteGuardParts,
): RouteGuard {
  return new RouteGuard({
    ...parts,
    settings: guardSettings(config),
    judgeOrigin: originJudge(roaPayloads),
  });
}

const WHY = {
  asn: "a ROA covers it, but for another AS",
  length: "its ROA does not let it be so long",
  none: "nothing covers it",
} as const;

/** Judges by the payloads; where they cannot be had, it says so. */
function originJudge(roaPayloads: CreateRouteGuardParts["roaPayloads"]): OriginJudge {
  return async (prefix, asn, signal) => {
    if (roaPayloads === null) return { state: "unverified", detail: "no source is configured" };
    try {
      const { table } = await (await roaPayloads()).read(signal);
      const { state, reason } = validateOrigin(prefix, asn, table);
      return { state, detail: state === "invalid" && reason !== null ? WHY[reason] : null };
    } catch (error) {
      if (!(error instanceof NetglassError)) throw error;
      return { state: "unreadable", detail: error.message };
    }
  };
}
