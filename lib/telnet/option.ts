/**
 * Telnet options that route servers offer or ask for, and which of them we take: one row a code
 * point of the IANA registry "Telnet Options".
 *
 * @module
 */

/** One option. */
export interface TelnetOption {
  readonly code: number;
  readonly name: string;
  /** Where it is defined. */
  readonly source: string;
  /** True: the server may do it (WILL is answered with DO). We ourselves do none (DO: WONT). */
  readonly isTaken: boolean;
}

/** Options by code; one that is not here is refused like those that are not taken. */
export const TELNET_OPTIONS: readonly TelnetOption[] = [
  { code: 0, name: "TRANSMIT-BINARY", source: "RFC 856", isTaken: false },
  // Routers echo whatever we say to it; refusing would only make both sides disagree.
  { code: 1, name: "ECHO", source: "RFC 857", isTaken: true },
  { code: 3, name: "SUPPRESS-GO-AHEAD", source: "RFC 858", isTaken: true },
  { code: 5, name: "STATUS", source: "RFC 859", isTaken: false },
  { code: 6, name: "TIMING-MARK", source: "RFC 860", isTaken: false },
  { code: 24, name: "TERMINAL-TYPE", source: "RFC 1091", isTaken: false },
  { code: 25, name: "END-OF-RECORD", source: "RFC 885", isTaken: false },
  // A server that does not know the window size (FRR) has no reason to page.
  { code: 31, name: "NAWS", source: "RFC 1073", isTaken: false },
  { code: 32, name: "TERMINAL-SPEED", source: "RFC 1079", isTaken: false },
  { code: 33, name: "TOGGLE-FLOW-CONTROL", source: "RFC 1372", isTaken: false },
  { code: 34, name: "LINEMODE", source: "RFC 1184", isTaken: false },
  { code: 35, name: "X-DISPLAY-LOCATION", source: "RFC 1096", isTaken: false },
  { code: 36, name: "ENVIRON", source: "RFC 1408", isTaken: false },
  { code: 37, name: "AUTHENTICATION", source: "RFC 2941", isTaken: false },
  { code: 38, name: "ENCRYPT", source: "RFC 2946", isTaken: false },
  { code: 39, name: "NEW-ENVIRON", source: "RFC 1572", isTaken: false },
];
