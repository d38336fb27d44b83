/**
 * Refusals of the rails: each names its rule and the key of the configuration that would change it.
 *
 * @module
 */
import { PolicyDenied, Unavailable } from "../../errors/mod.ts";

/** Why a rail refuses. */
export interface Denial {
  /** The part of the code after `policy.`. */
  readonly reason: string;
  /** Sentence case, action first, without a final period. */
  readonly message: string;
  /** What the caller can do, one sentence. */
  readonly hint: string;
  /** The key that would change it; null: none does. */
  readonly configKey: string | null;
  readonly retryAfterSec?: number;
}

/** The error of a refusal; it may be tried again only where a time is given. */
export function denied({ reason, message, hint, configKey, retryAfterSec }: Denial): PolicyDenied {
  return new PolicyDenied(reason, message, {
    hint,
    retryable: retryAfterSec !== undefined,
    detail: {
      rule: configKey ?? `bgp.${reason}`,
      config_key: configKey,
      ...(retryAfterSec === undefined ? {} : { retry_after_sec: retryAfterSec }),
    },
  });
}

/** The refusal of a plan that was made before everything was taken back; `act` such as `announce …`. */
export function takenBack(act: string): PolicyDenied {
  return denied({
    reason: "taken_back",
    message: `Cannot ${act}: everything was taken back since it was planned`,
    hint: "Find out why bgp_withdraw_all was called, then plan again.",
    configKey: null,
  });
}

/** Throws `error` unless it says that the thread of the sessions is gone, and with it whatever was out. */
export function unlessGone(error: unknown): void {
  if (!(error instanceof Unavailable && error.code === "env.bgp_thread")) throw error;
}
