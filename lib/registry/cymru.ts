/**
 * Team Cymru's IP to ASN mapping over DNS: TXT records whose fields stand between bars
 * (team-cymru.com, "IP to ASN Mapping Service", DNS).
 *
 * @module
 */
import type { Clock, Net } from "../io/io.ts";
import { configuredServers, isTrustworthy, lookUp } from "../io/dns_lookup.ts";
import type { IpAddress } from "../ip/address.ts";
import { parseAsNumber } from "../ip/as_number.ts";
import { contains, parsePrefix, type Prefix } from "../ip/prefix.ts";
import { reverseName } from "../ip/reverse_name.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";
import { RemoteFailure } from "../errors/mod.ts";

/** Most origins that one record is read for, and most records of one answer. */
const ORIGINS_MAX = 64;
const RECORDS_MAX = 64;
/** Longest name of an AS, and longest piece of a record in a problem, characters. */
const NAME_MAX = 200;
const QUOTED_MAX = 80;

/** Who was given a resource, as the regional registries say. */
export interface Allocation {
  /** ISO 3166 code of the holder's country, not of where an address is; null if not said. */
  readonly country: string | null;
  /** `arin`, `ripencc`, `apnic`, `lacnic`, `afrinic`, or null. */
  readonly registry: string | null;
  /** `YYYY-MM-DD`, or null. */
  readonly allocated: string | null;
}

/** One record of the origin zones: a prefix in the table and who originates it. */
export interface CymruOrigin extends Allocation {
  readonly prefix: Prefix;
  /** Ascending; several if several ASes originate it (MOAS). */
  readonly origins: readonly number[];
}

/** The record of an AS. */
export interface CymruAs extends Allocation {
  readonly asn: number;
  /** Name and, mostly, a description and the country: `TEAM-CYMRU, US` (remote words), or null. */
  readonly name: string | null;
}

/** What the zone says. */
export interface CymruAnswer<T> {
  /** Empty: the zone has none. */
  readonly records: readonly T[];
  /** Records that could not be read, and cuts; each in one line (remote words). */
  readonly problems: readonly string[];
}

/** How the zones are asked. */
export interface CymruAccess {
  readonly net: Pick<Net, "exchangeUdp" | "dial" | "resolvers" | "resolversFlag">;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Patience with one try, milliseconds. */
  readonly dnsTimeoutMs: number;
  /** The domain above the zones, `cymru.com`. */
  readonly zone: string;
}

/**
 * Reads `23028 | 216.90.108.0/24 | US | arin | 1998-09-25`; the first field may hold several
 * numbers. Null if it is something else.
 */
export function readOriginRecord(text: string): CymruOrigin | null {
  const [origins = "", prefix = "", ...allocation] = fieldsOf(text);
  try {
    const numbers = origins.split(/\s+/).slice(0, ORIGINS_MAX).map(parseAsNumber);
    const parsed = parsePrefix(prefix);
    const sorted = [...new Set(numbers)].sort((a, b) => a - b);
    return { prefix: parsed.prefix, origins: sorted, ...allocationOf(allocation) };
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

/** Reads `23028 | US | arin | 2002-01-04 | TEAM-CYMRU, US`. Null if it is something else. */
export function readAsRecord(text: string): CymruAs | null {
  const [asn = "", country = "", registry = "", allocated = "", ...name] = fieldsOf(text);
  try {
    return {
      asn: parseAsNumber(asn),
      ...allocationOf([country, registry, allocated]),
      // A bar may stand in a name.
      name: name.join(" | ").slice(0, NAME_MAX) || null,
    };
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

/**
 * The prefixes in the table that hold an address, longest first. Empty if nobody announces one.
 *
 * @throws {RemoteFailure} `remote.dns_*` if no name server answers
 * @throws {PermissionMissing} if none may be asked
 * @throws {Unavailable} `env.no_resolver`
 */
export async function askCymruOrigins(
  address: IpAddress,
  access: CymruAccess,
  signal: AbortSignal,
): Promise<CymruAnswer<CymruOrigin>> {
  const labels = reverseName(address).replace(/\.(?:in-addr|ip6)\.arpa$/, "");
  const zone = address.family === 4 ? "origin" : "origin6";
  const { records, problems } = await ask(
    `${labels}.${zone}.asn.${access.zone}`,
    (text) => {
      const record = readOriginRecord(text);
      return record !== null && contains(record.prefix, address) ? record : null;
    },
    access,
    signal,
  );
  return { records: records.toSorted((a, b) => b.prefix.length - a.prefix.length), problems };
}

/** The record of an AS. Throws as {@link askCymruOrigins}. */
export async function askCymruAs(
  asn: number,
  access: CymruAccess,
  signal: AbortSignal,
): Promise<CymruAnswer<CymruAs>> {
  return await ask(
    `AS${asn}.asn.${access.zone}`,
    (text) => {
      const record = readAsRecord(text);
      return record?.asn === asn ? record : null;
    },
    access,
    signal,
  );
}

async function ask<T>(
  name: string,
  read: (text: string) => T | null,
  { net, clock, dnsTimeoutMs }: CymruAccess,
  signal: AbortSignal,
): Promise<CymruAnswer<T>> {
  const question = { name, type: "TXT", dnssec: false, edns: true };
  const options = { net, clock, transport: "auto", timeoutMs: dnsTimeoutMs, signal } as const;
  const { answer } = await lookUp(question, configuredServers(net.resolvers), options);
  const { status, message, error, server } = answer;
  if (status === "nxdomain" || status === "nodata") return { records: [], problems: [] };
  if (status !== "found" || message === null) {
    throw error ?? new RemoteFailure(
      "dns_failure",
      `Cannot look up "${name}": name server "${server.label}" answered "${status}"`,
      { retryable: true, detail: { stage: "dns", host: server.address } },
    );
  }
  const records: T[] = [];
  const problems = isTrustworthy(answer) ? [] : ["the answer was cut"];
  const texts = message.answers.filter(({ type }) => type === "TXT");
  if (texts.length > RECORDS_MAX) problems.push(`${texts.length - RECORDS_MAX} records not read`);
  for (const { value } of texts.slice(0, RECORDS_MAX)) {
    const record = read(value);
    if (record === null) problems.push(`not understood: ${value.trim().slice(0, QUOTED_MAX)}`);
    else records.push(record);
  }
  return { records, problems };
}

function fieldsOf(text: string): string[] {
  return text.split("|").map((field) => field.trim());
}

function allocationOf(
  [country = "", registry = "", allocated = ""]: readonly string[],
): Allocation {
  return {
    country: /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : null,
    registry: /^[a-z]{2,20}$/.test(registry) ? registry : null,
    allocated: /^\d{4}-\d{2}-\d{2}$/.test(allocated) ? allocated : null,
  };
}
