/**
 * NTP packets (RFC 5905 §7.3): version, mode and stratum.
 *
 * @module
 */

/** What a packet says. */
export interface NtpFacts {
  readonly version: string;
  /** True for a client or symmetric active packet, false for what answers or is broadcast. */
  readonly isFromClient: boolean;
  /** 1 to 15; 0 for a kiss of death, 16 for unsynchronized. */
  readonly stratum: number;
}

/** The packet that the octets are; null for control messages and what is too short. */
export function readNtp(octets: Uint8Array): NtpFacts | null {
  const [first = 0, stratum] = octets;
  const version = (first >> 3) & 7;
  const mode = first & 7;
  if (stratum === undefined || mode < 1 || mode > 5 || version < 1 || version > 4) return null;
  return { version: `NTPv${version}`, isFromClient: mode === 1 || mode === 3, stratum };
}
