/**
 * What one point of the internet sees of one prefix, whichever way we learned it: the common form
 * that answers of route servers and of archives are compared in.
 *
 * @module
 */
import type { HttpSourceName } from "../config/config.ts";
import type { NetglassError } from "../errors/mod.ts";
import type { RoutePath } from "../route/route.ts";
import type { RouteAnswer } from "./answer.ts";

/** One vantage point and what it sees. */
export interface VantageView {
  /** Name of the server, or of the collector in an archive (`route-views.linx`, `RRC00`). */
  readonly vantage: string;
  /** `telnet`, or the HTTP source that answered for it. */
  readonly source: "telnet" | HttpSourceName;
  readonly location: string | null;
  /** How the answer matches what was asked; null if there is no answer. */
  readonly match: RouteAnswer["match"] | null;
  /** Empty if it sees nothing, or if `error` is set. */
  readonly paths: readonly RoutePath[];
  /** False if the answer was cut or does not add up: what is missing here may exist there. */
  readonly complete: boolean;
  /** Why it is not complete, one short line that may hold remote words; absent if nobody says. */
  readonly missing?: string;
  /** What the source says the answer is as of, ISO 8601, or null: now. */
  readonly asOf: string | null;
  /** Why there is no answer, or null. */
  readonly error: NetglassError | null;
}
