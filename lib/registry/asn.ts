/**
 * The AS of an address, and what an AS is, by both of Team Cymru's zones.
 *
 * @module
 */
import { NetglassError } from "../errors/mod.ts";
import type { IpAddress } from "../ip/address.ts";
import type { Prefix } from "../ip/prefix.ts";
import {
  type Allocation,
  askCymruAs,
  askCymruOrigins,
  type CymruAccess,
  type CymruAs,
} from "./cymru.ts";
import { demandRouted } from "./routed_address.ts";

/** Most origins of one prefix whose records are asked for. */
const NAMED_MAX = 8;

/** One prefix of the table that holds an address. */
export interface HoldingPrefix extends Allocation {
  readonly prefix: Prefix;
  /** Ascending; several if several ASes originate it (MOAS). */
  readonly origins: readonly number[];
}

/** What the zones say of an address. */
export interface AddressAses {
  /** Longest first, each once; empty if nobody announces one. */
  readonly prefixes: readonly HoldingPrefix[];
  /** The records of the origins of the longest prefix; an AS without one has only its number. */
  readonly origins: readonly CymruAs[];
  /** What is missing or not understood, each in one line (remote words). */
  readonly problems: readonly string[];
}

/**
 * Asks for the prefixes around an address, and for the ASes that originate the longest of them.
 *
 * @throws {InputError} `input.special_use`: nobody is told of such an address
 * @throws {RemoteFailure} `remote.dns_*` if the origin zone does not answer
 * @throws {PermissionMissing} if no name server may be asked
 * @throws {Unavailable} `env.no_resolver`
 */
export async function findAddressAses(
  address: IpAddress,
  access: CymruAccess,
  signal: AbortSignal,
): Promise<AddressAses> {
  demandRouted(address);
  const answer = await askCymruOrigins(address, access, signal);
  const problems = [...answer.problems];
  const byLength = Map.groupBy(answer.records, ({ prefix }) => prefix.length);
  const prefixes = [...byLength.values()].flatMap((records) =>
    records.slice(0, 1).map((record): HoldingPrefix => ({
      ...record,
      origins: [...new Set(records.flatMap(({ origins }) => origins))].sort((a, b) => a - b),
    }))
  );
  const wanted = prefixes[0]?.origins ?? [];
  if (wanted.length > NAMED_MAX) {
    problems.push(`records asked for ${NAMED_MAX} of ${wanted.length} origins`);
  }
  const origins = await Promise.all(wanted.map(async (asn, index): Promise<CymruAs> => {
    const bare = { asn, name: null, country: null, registry: null, allocated: null };
    if (index >= NAMED_MAX) return bare;
    try {
      const found = await askCymruAs(asn, access, signal);
      problems.push(...found.problems);
      return found.records[0] ?? bare;
    } catch (error) {
      // What is only missing must not take away what is known.
      if (!(error instanceof NetglassError)) throw error;
      problems.push(error.message);
      return bare;
    }
  }));
  return { prefixes, origins, problems };
}
