/**
 * Who holds an AS number, from several sources.
 *
 * @module
 */
import { askRipestat } from "../io/ripestat.ts";
import type { SourceApi } from "../io/source_api.ts";
import { parseAsNumber } from "../ip/as_number.ts";
import { type Allocation, askCymruAs, type CymruAccess } from "./cymru.ts";
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

/** What one source says of an AS; null where it does not say. */
export interface AsFacts extends Allocation {
  /** Short name, mostly with a description (remote words). */
  readonly name: string | null;
  /** Whether it originates anything. */
  readonly announced: boolean | null;
}

/** Who holds an AS number. */
export interface AsOwner {
  readonly asn: number;
  /** Name by the first source that has one (remote words), or null. */
  readonly owner: string | null;
  /** ISO 3166 code of the holder's country by the first source that has one, or null. */
  readonly country: string | null;
  readonly sources: readonly SourceReport<AsFacts>[];
  readonly differences: readonly Difference[];
}

/** Most rows that are looked through for the one of an AS; there should be one. */
const ROWS_MAX = 64;

/** An allocation that a source says nothing of. */
const NO_ALLOCATION: Allocation = { country: null, registry: null, allocated: null };

/** Asks all enabled sources who holds `asn`; what each failed with is in `sources`. */
export async function findAsOwner(
  asn: number,
  access: RegistryAccess,
  signal: AbortSignal,
): Promise<AsOwner> {
  const sources = await askSources<AsFacts>(access, {
    cymru: (cymru) => fromCymru(asn, cymru, signal),
    ripestat: (api) => fromRipestat(asn, api, signal),
    bgpkit: (api) => fromBgpkit(asn, api, signal),
  });
  return {
    asn,
    owner: firstOf(sources, ({ name }) => name),
    country: firstOf(sources, ({ country }) => country),
    sources,
    differences: [
      ...differenceOf("name", sources, ({ name }) => name, shortName),
      ...differenceOf("country", sources, ({ country }) => country),
    ],
  };
}

async function fromCymru(
  asn: number,
  access: CymruAccess,
  signal: AbortSignal,
): Promise<Finding<AsFacts>> {
  const { records: [record], problems } = await askCymruAs(asn, access, signal);
  if (record === undefined) return { facts: null, problems };
  const { name, country, registry, allocated } = record;
  return { facts: { name, country, registry, allocated, announced: null }, problems };
}

/** `as-overview`: `{holder, announced}`. */
async function fromRipestat(
  asn: number,
  api: SourceApi,
  signal: AbortSignal,
): Promise<Finding<AsFacts>> {
  const { data, warnings } = await askRipestat(
    api,
    "as-overview",
    { resource: `AS${asn}` },
    signal,
  );
  const announced = data.field("announced");
  const facts: AsFacts = {
    ...NO_ALLOCATION,
    name: data.field("holder").words(),
    announced: announced.isAbsent ? null : announced.flag(),
  };
  // It answers for every number: one that nobody holds has no holder and is not announced.
  const isKnown = facts.name !== null || facts.announced === true;
  return { facts: isKnown ? facts : null, problems: warnings };
}

/** `/v3/utils/asn`: `{data: [{asn, name, country, org_name …}]}`; 404 for an unknown number. */
async function fromBgpkit(
  asn: number,
  api: SourceApi,
  signal: AbortSignal,
): Promise<Finding<AsFacts>> {
  const document = await unlessNotFound(api.get("/v3/utils/asn", { asn: String(asn) }, signal));
  if (document === null) return { facts: null, problems: [] };
  const row = document.field("data").items().take(ROWS_MAX).find((item) =>
    item.field("asn").parsed("an AS number", parseAsNumber) === asn
  );
  if (row === undefined) return { facts: null, problems: [] };
  const facts: AsFacts = {
    ...NO_ALLOCATION,
    name: row.field("name").words(),
    country: row.field("country").words(),
    announced: null,
  };
  return { facts, problems: [] };
}
