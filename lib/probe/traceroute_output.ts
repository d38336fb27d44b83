/**
 * What the printout of any traceroute says: hops, and who answered each probe of a hop.
 *
 * @module
 */

/** One label stack entry that a router quoted (RFC 4950, RFC 3032 §2.1). */
export interface MplsLabel {
  readonly label: number;
  readonly trafficClass: number;
  readonly bottom: boolean;
  readonly ttl: number;
}

/** The outcome of one probe. */
export interface HopProbe {
  /** Canonical address that answered, or null for silence. */
  readonly address: string | null;
  /** Milliseconds, or null for silence. */
  readonly rttMs: number | null;
  /** The annotation without its `!` (`H`, `N`, `X`, `F-1400`, `13` …), or null. */
  readonly flag: string | null;
}

/** One row of a printout; a row is there even if no probe was answered. */
export interface TracedHop {
  readonly hop: number;
  readonly probes: readonly HopProbe[];
  /** Names that the program printed beside addresses (address → name). */
  readonly names: ReadonlyMap<string, string>;
  /** Label stacks by address. */
  readonly labels: ReadonlyMap<string, readonly MplsLabel[]>;
}

/** Annotations of traceroute (Linux, BSD, BusyBox) as words (RFC 792, RFC 1812 §5.2.7.1, RFC 4443). */
const FLAGS: Readonly<Record<string, string>> = {
  "H": "host unreachable",
  "N": "network unreachable",
  "P": "protocol unreachable",
  "S": "source route failed",
  "F": "fragmentation needed",
  "X": "administratively prohibited",
  "A": "administratively prohibited",
  "V": "host precedence violation",
  "C": "precedence cutoff in effect",
  "U": "network or host unknown",
  "W": "network or host unknown",
  "I": "source host isolated",
  "T": "unreachable for this type of service",
  "Q": "unreachable for this type of service",
  "Z": "host prohibited",
  "B": "beyond scope of the source address",
};

/** What an annotation means; a bare number is the ICMP code. */
export function sayFlag(flag: string): string {
  if (flag === "") return "the answer's TTL is at most 1";
  if (flag.startsWith("F-")) return `fragmentation needed, MTU ${flag.slice(2)}`;
  return FLAGS[flag] ?? `ICMP unreachable code ${flag}`;
}

/** Rows that one parse keeps. */
export const MAX_ROWS = 256;
/** Probes of one row that one parse keeps. */
export const MAX_ROW_PROBES = 64;
