/**
 * Which AS originates the prefix that holds an address, from several sources.
 *
 * @module
 */
import { NetglassError } from "../errors/mod.ts";
import type { JsonValue } from "../io/json_value.ts";
import { askRipestat } from "../io/ripestat.ts";
import type { SourceApi } from "../io/source_api.ts";
import { type IpAddress, renderAddress } from "../ip/address.ts";
import { parseAsNumber } from "../ip/as_number.ts";
import { contains, parsePrefix, type Prefix, renderPrefix } from "../ip/prefix.ts";
import { readOriginValidation } from "../route/origin_validation.ts";
import type { OriginValidation } from "../route/route.ts";
import { askCymruAs, askCymruOrigins, type CymruAccess } from "./cymru.ts";
import { demandRouted } from "./routed_address.ts";
import {
  askSources,
  type Difference,
  differenceOf,
  type Finding,
  firstOf,
  type RegistryAccess,
  shortName,
  type SourceReport,
  unlessNotFound,
} from "./source_report.ts";

/** Most origins of one prefix whose state is asked for: each costs a turn of a second. */
const VALIDATED_MAX = 3;
/** Most origins of one prefix that are read. */
const ORIGINS_MAX = 64;

/** Origin validation state of a prefix and one of its origins. */
export interface OriginState {
  readonly asn: number;
  readonly state: OriginValidation;
}

/** What one source says of an address; null or empty where it does not say. */
export interface IpFacts {
  /** The longest prefix in the table that holds the address. */
  readonly prefix: Prefix | null;
  /** Ascending; several if several ASes originate the prefix (MOAS). */
  readonly origins: readonly number[];
  /** Name of the first origin (remote words). */
  readonly name: string | null;
  /** ISO 3166 code. Cymru: of the holder of the prefix; BGPKIT: of where the address is thought to be. */
  readonly country: string | null;
  readonly rpki: readonly OriginState[];
  /** As the source says of its data (remote words). */
  readonly updatedAt: string | null;
}

/** Who originates the prefix of an address; single values are those of the first source that has them. */
export interface IpOrigin extends IpFacts {
  readonly address: IpAddress;
  readonly sources: readonly SourceReport<IpFacts>[];
  readonly differences: readonly Difference[];
}

const NO_FACTS: IpFacts = {
  prefix: null,
  origins: [],
  name: null,
  country: null,
  rpki: [],
  updatedAt: null,
};

/**
 * Asks all enabled sources about `address`; what each failed with is in `sources`.
 *
 * @throws {InputError} `input.special_use` for an address that the internet does not route: no
 *   source is told of it
 */
export async function findIpOrigin(
  address: IpAddress,
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<IpOrigin> {
  demandRouted(address);
  const sources = await askSources<IpFacts>(access, {
    cymru: (cymru) => fromCymru(address, cymru, signal),
    ripestat: (api) => fromRipestat(address, api, signal),
    bgpkit: (api) => fromBgpkit(address, api, signal),
  });
  return {
    address,
    prefix: firstOf(sources, ({ prefix }) => prefix),
    origins: firstOf(sources, ({ origins }) => origins.length === 0 ? null : origins) ?? [],
    name: firstOf(sources, ({ name }) => name),
    country: firstOf(sources, ({ country }) => country),
    rpki: firstOf(sources, ({ rpki }) => rpki.length === 0 ? null : rpki) ?? [],
    updatedAt: firstOf(sources, ({ updatedAt }) => updatedAt),
    sources,
    differences: differencesOf(sources),
  };
}

function differencesOf(sources: readonly SourceReport<IpFacts>[]): readonly Difference[] {
  const validated = new Set(
    sources.flatMap(({ facts }) => facts?.rpki.map(({ asn }) => asn) ?? []),
  );
  return [
    ...differenceOf("prefix", sources, ({ prefix }) => prefix && renderPrefix(prefix)),
    ...differenceOf(
      "origins",
      sources,
      ({ origins }) => origins.length === 0 ? null : origins.map((asn) => `AS${asn}`).join(" "),
    ),
    ...differenceOf("name", sources, ({ name }) => name, shortName),
    ...differenceOf("country", sources, ({ country }) => country),
    ...[...validated].flatMap((asn) =>
      differenceOf(
        `rpki of AS${asn}`,
        sources,
        ({ rpki }) => rpki.find((one) => one.asn === asn)?.state ?? null,
      )
    ),
  ];
}

/** The longest prefix of the origin zone; several records of it are several origins. */
async function fromCymru(
  address: IpAddress,
  access: CymruAccess,
  signal: AbortSignal,
): Promise<Finding<IpFacts>> {
  const { records, problems } = await askCymruOrigins(address, access, signal);
  const [longest] = records;
  if (longest === undefined) return { facts: null, problems };
  const origins = ascending(
    records.filter(({ prefix }) => prefix.length === longest.prefix.length)
      .flatMap((record) => record.origins),
  );
  const [first] = origins;
  const named = first === undefined ? null : await askCymruAs(first, access, signal);
  const facts: IpFacts = {
    ...NO_FACTS,
    prefix: longest.prefix,
    origins,
    name: named?.records[0]?.name ?? null,
    country: longest.country,
  };
  return { facts, problems: [...problems, ...named?.problems ?? []] };
}

/** `network-info` for prefix and origins, then holder and origin validation at the same time. */
async function fromRipestat(
  address: IpAddress,
  api: SourceApi,
  signal: AbortSignal,
): Promise<Finding<IpFacts>> {
  const resource = renderAddress(address);
  const { data, warnings } = await askRipestat(api, "network-info", { resource }, signal);
  const prefix = prefixAround(address, data.field("prefix"));
  if (prefix === null) return { facts: null, problems: warnings };
  const origins = ascending(
    data.field("asns").items().take(ORIGINS_MAX)
      .map((asn) => asn.parsed("an AS number", parseAsNumber)).toArray(),
  );
  const problems = [...warnings];
  if (origins.length > VALIDATED_MAX) {
    problems.push(`origin validation asked for ${VALIDATED_MAX} of ${origins.length} origins`);
  }
  const shown = renderPrefix(prefix);
  /** What is only missing must not take away what is known. */
  const attempt = async <T>(asked: Promise<T>): Promise<T | null> => {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof NetglassError)) throw error;
      problems.push(error.message);
      return null;
    }
  };
  const [name, ...states] = await Promise.all([
    attempt(askHolder(shown, origins[0], api, signal)),
    ...origins.slice(0, VALIDATED_MAX).map(async (asn) => {
      const state = await attempt(askValidation(shown, asn, api, signal));
      return state === null ? [] : [{ asn, state }];
    }),
  ]);
  return { facts: { ...NO_FACTS, prefix, origins, name, rpki: states.flat() }, problems };
}

/** `prefix-overview`: `{asns: [{asn, holder}]}`. */
async function askHolder(
  prefix: string,
  origin: number | undefined,
  api: SourceApi,
  signal: AbortSignal,
): Promise<string | null> {
  if (origin === undefined) return null;
  const { data } = await askRipestat(api, "prefix-overview", { resource: prefix }, signal);
  const row = data.field("asns").items().take(ORIGINS_MAX).find((item) =>
    item.field("asn").parsed("an AS number", parseAsNumber) === origin
  );
  return row?.field("holder").words() ?? null;
}

/** `rpki-validation`: `{status}`, of one prefix and one origin. */
async function askValidation(
  prefix: string,
  origin: number,
  api: SourceApi,
  signal: AbortSignal,
): Promise<OriginValidation> {
  const parameters = { resource: `AS${origin}`, prefix };
  const { data } = await askRipestat(api, "rpki-validation", parameters, signal);
  return data.field("status").parsed("an origin validation state", readOriginValidation);
}

/**
 * `/v3/utils/ip`: `{ip, country, asn: {asn, prefix, rpki, name, country}}`, `asn` null if nobody
 * announces it.
 */
async function fromBgpkit(
  address: IpAddress,
  api: SourceApi,
  signal: AbortSignal,
): Promise<Finding<IpFacts>> {
  const document = await unlessNotFound(
    api.get("/v3/utils/ip", { ip: renderAddress(address) }, signal),
  );
  if (document === null) return { facts: null, problems: [] };
  const country = document.field("country").words();
  const route = document.field("asn");
  if (route.isAbsent) {
    return { facts: country === null ? null : { ...NO_FACTS, country }, problems: [] };
  }
  const asn = route.field("asn").parsed("an AS number", parseAsNumber);
  const rpki = route.field("rpki");
  const facts: IpFacts = {
    prefix: prefixAround(address, route.field("prefix")),
    origins: [asn],
    name: route.field("name").words(),
    country,
    rpki: rpki.isAbsent
      ? []
      : [{ asn, state: rpki.parsed("an origin validation state", readOriginValidation) }],
    updatedAt: route.field("updated_at").words() ?? document.field("updated_at").words(),
  };
  return { facts, problems: [] };
}

/** A prefix that holds the address, or null if there is none; another one is a wrong answer. */
function prefixAround(address: IpAddress, value: JsonValue): Prefix | null {
  if (value.isAbsent || value.value === "") return null;
  return value.parsed(`a prefix that holds ${renderAddress(address)}`, (text) => {
    const { prefix } = parsePrefix(text);
    return contains(prefix, address) ? prefix : null;
  });
}

function ascending(asns: readonly number[]): readonly number[] {
  return [...new Set(asns)].sort((a, b) => a - b);
}
