/**
 * Archives of route collectors that answer over HTTPS for many vantage points at once.
 *
 * @module
 */
import type { HttpSourceName } from "../../config/config.ts";
import type { Clock } from "../../io/io.ts";
import type { RouteTarget } from "../dialects/route_match.ts";
import type { VantageView } from "../vantage.ts";

/** What a source needs of time. */
export type SourceClock = Pick<Clock, "now" | "monotonicMs" | "sleep">;

/** What a source sees. */
export interface SourceViews {
  /**
   * One view a collector that sees something. A collector that is not here sees nothing, has no
   * data, or does not exist: the sources do not tell these apart.
   */
  readonly views: readonly VantageView[];
  /** False if something of the answer is missing: `problems` says what. */
  readonly complete: boolean;
  /** Each in one line (remote words). */
  readonly problems: readonly string[];
}

/** A source of views. */
export interface RouteSource {
  readonly name: HttpSourceName;
  /** Whom to name beside its data, as its operator asks. */
  readonly attribution: string;
  /**
   * What its collectors see of a prefix, or of the longest prefix that holds an address.
   *
   * @throws {RemoteFailure} `remote.http`, `remote.answer` with the field that is wrong
   * @throws {PermissionMissing} `permission.net`
   */
  lookUp(target: RouteTarget, signal: AbortSignal): Promise<SourceViews>;
}
