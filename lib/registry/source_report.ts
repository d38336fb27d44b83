/**
 * Several sources asked the same: each with its own answer or error, and where they disagree.
 *
 * @module
 */
import type { Config, HttpSourceName } from "../config/config.ts";
import { NetglassError } from "../errors/mod.ts";
import type { Clock, Net } from "../io/io.ts";
import { type BaseUrls, SourceApi } from "../io/source_api.ts";
import type { CymruAccess } from "./cymru.ts";

/** Who can be asked who owns what. */
export type RegistrySource = "cymru" | Extract<HttpSourceName, "ripestat" | "bgpkit">;

/** How sources are asked. */
export interface RegistryAccess {
  readonly net: Net;
  readonly clock: Clock;
  readonly config: Pick<Config, "dns" | "looking_glass" | "intel">;
  /** Other places of the services than their own: for tests. */
  readonly baseUrls?: BaseUrls;
}

/** What one source said. */
export interface SourceReport<Facts> {
  readonly source: RegistrySource;
  /** Null without an answer, and also if the source knows nothing of what was asked. */
  readonly facts: Facts | null;
  /** What of the answer is missing, each in one line (remote words). */
  readonly problems: readonly string[];
  /** Why there is no answer, or null. */
  readonly error: NetglassError | null;
}

/** A thing of which sources say different things. */
export interface Difference {
  readonly what: string;
  readonly values: readonly {
    readonly value: string;
    readonly sources: readonly RegistrySource[];
  }[];
}

/** What a source that answers gives. */
export type Finding<Facts> = Pick<SourceReport<Facts>, "facts" | "problems">;

/** How each source is asked one kind of question. */
export interface Inquiry<Facts> {
  readonly cymru: (access: CymruAccess) => Promise<Finding<Facts>>;
  readonly ripestat: (api: SourceApi) => Promise<Finding<Facts>>;
  readonly bgpkit: (api: SourceApi) => Promise<Finding<Facts>>;
}

/**
 * Asks all that the configuration lets us ask, at the same time: the mapping over DNS always, the
 * services over HTTPS if `looking_glass.http_sources` names them. Rejects for a bug only.
 */
export async function askSources<Facts>(
  { net, clock, config, baseUrls }: RegistryAccess,
  inquiry: Inquiry<Facts>,
): Promise<readonly SourceReport<Facts>[]> {
  const enabled = config.looking_glass.http_sources;
  const overHttp = (["ripestat", "bgpkit"] as const).filter((name) => enabled.includes(name));
  return await Promise.all([
    ...overHttp.map((name) =>
      report(name, () => inquiry[name](new SourceApi(name, net, baseUrls)))
    ),
    report("cymru", () => inquiry.cymru(cymruAccess({ net, clock, config }))),
  ]);
}

/** How the mapping over DNS is asked. */
export function cymruAccess(
  { net, clock, config }: Pick<RegistryAccess, "net" | "clock"> & {
    readonly config: Pick<Config, "dns" | "intel">;
  },
): CymruAccess {
  return { net, clock, dnsTimeoutMs: config.dns.timeout_ms, zone: config.intel.asn.dns_zone };
}

async function report<Facts>(
  source: RegistrySource,
  ask: () => Promise<Finding<Facts>>,
): Promise<SourceReport<Facts>> {
  try {
    return { source, ...await ask(), error: null };
  } catch (error) {
    if (!(error instanceof NetglassError)) throw error;
    return { source, facts: null, problems: [], error };
  }
}

/** The answer, or null if the service says that it has nothing of what was asked (404). */
export async function unlessNotFound<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof NetglassError) || error.detail.status !== 404) throw error;
    return null;
  }
}

/** What the first source that says anything of it says, or null. */
export function firstOf<Facts, T>(
  reports: readonly SourceReport<Facts>[],
  pick: (facts: Facts) => T | null,
): T | null {
  for (const { facts } of reports) {
    const value = facts === null ? null : pick(facts);
    if (value !== null) return value;
  }
  return null;
}

/**
 * Where sources that say something say different things. `key` is what is compared; `show`, what is
 * shown for it, is the same unless given.
 */
export function differenceOf<Facts>(
  what: string,
  reports: readonly SourceReport<Facts>[],
  show: (facts: Facts) => string | null,
  key: (shown: string) => string = (shown) => shown,
): readonly Difference[] {
  const groups = new Map<string, { value: string; sources: RegistrySource[] }>();
  for (const { source, facts } of reports) {
    const value = facts === null ? null : show(facts);
    if (value === null) continue;
    const group = groups.get(key(value));
    if (group === undefined) groups.set(key(value), { value, sources: [source] });
    else group.sources.push(source);
  }
  return groups.size < 2 ? [] : [{ what, values: [...groups.values()] }];
}

/**
 * What names of one AS are compared by: the short name that they begin with. Sources append
 * descriptions and countries to it, each in its own way.
 */
export function shortName(name: string): string {
  return (/^[\w.-]+/.exec(name)?.[0] ?? name).toUpperCase();
}
