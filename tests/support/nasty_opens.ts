/**
 * OPENs that are wrong in every way that RFC 4271 §6.2 and its kin name, and some that only look so.
 *
 * @module
 */
import { octetsOf } from "./bgp_octets.ts";

/** An OPEN of AS 65010 with the identifier 10.0.0.2; fields and parameters in hexadecimal. */
export function openBody(
  { version = "04", asn = "fdf2", hold = "005a", id = "0a000002", parameters = "00" } = {},
): Uint8Array<ArrayBuffer> {
  return octetsOf(version + asn + hold + id + parameters);
}

/** One parameter of type 2 with these capabilities, and the length in front. */
export function parametersOf(hex: string): string {
  const size = octetsOf(hex).length;
  const digits = (value: number): string => value.toString(16).padStart(2, "0");
  return `${digits(size + 2)}02${digits(size)}${hex}`;
}

/** Multiprotocol IPv4 unicast: BIRD wants it once there are capabilities at all. */
const IPV4 = "010400010001";
const AS4 = parametersOf(IPV4 + "41040000fdf2");

/** `outcome`: `ok`, or code, subcode and data of the NOTIFICATION; `internal`: we are AS 65010 too. */
export type OpenCase = readonly [
  name: string,
  body: Uint8Array<ArrayBuffer>,
  outcome: string,
  session?: "internal",
];

/** To a speaker of AS 65000 with the identifier 10.0.0.1 that expects AS 65010. Names are unique. */
export const OPEN_CASES: readonly OpenCase[] = [
  ["no parameters", openBody(), "ok"],
  ["version 3", openBody({ version: "03" }), "2/1 0004"],
  ["version 5", openBody({ version: "05" }), "2/1 0004"],
  ["AS 0", openBody({ asn: "0000" }), "2/2 0000"],
  ["AS 23456 without the capability", openBody({ asn: "5ba0" }), "2/2 5ba0"],
  ["another AS", openBody({ asn: "fdf3" }), "2/2 fdf3"],
  ["our own AS where another is configured", openBody({ asn: "fde8" }), "2/2 fde8"],
  [
    "AS 0 in the capability",
    openBody({ parameters: parametersOf(IPV4 + "410400000000") }),
    "2/2 0000",
  ],
  [
    "another AS in the capability",
    openBody({ asn: "5ba0", parameters: parametersOf(IPV4 + "410400030d40") }),
    "2/2 00030d40",
  ],
  ["the capability and My AS at odds", openBody({ asn: "fdf3", parameters: AS4 }), "2/2 fdf2"],
  ["AS_TRANS where the AS fits two octets", openBody({ asn: "5ba0", parameters: AS4 }), "ok"],
  ["the identifier 0.0.0.0", openBody({ id: "00000000" }), "2/3 00000000"],
  ["our identifier in another AS (RFC 6286 §2.2)", openBody({ id: "0a000001" }), "ok"],
  ["our identifier in our AS", openBody({ id: "0a000001" }), "2/3 0a000001", "internal"],
  ["the identifier 224.0.0.1 (RFC 6286 §2.1)", openBody({ id: "e0000001" }), "ok"],
  ["a hold time of 0", openBody({ hold: "0000" }), "ok"],
  ["a hold time of 1", openBody({ hold: "0001" }), "2/6 0001"],
  ["a hold time of 2", openBody({ hold: "0002" }), "2/6 0002"],
  ["a hold time of 3", openBody({ hold: "0003" }), "ok"],
  ["a hold time of 65535", openBody({ hold: "ffff" }), "ok"],
  ["the parameter of authentication", openBody({ parameters: "03010100" }), "2/4 010100"],
  ["an unknown parameter", openBody({ parameters: "026300" }), "2/4 6300"],
  [
    "parameters longer than the message",
    openBody({ parameters: "08020641040000fdf2" }).subarray(0, 16),
    "2/0",
  ],
  ["parameters shorter than the message", openBody({ parameters: "00ff" }), "2/0"],
  ["a parameter that overruns", openBody({ parameters: "0302ff01" }), "2/0"],
  ["a parameter of one octet", openBody({ parameters: "0102" }), "2/0"],
  ["a capability that overruns", openBody({ parameters: "0402024104" }), "2/0"],
  ["a capability of one octet", openBody({ parameters: "03020141" }), "2/0"],
  ["AS4 of two octets", openBody({ parameters: parametersOf("4102fdf2") }), "2/0 4102fdf2"],
  [
    "Multiprotocol of three octets",
    openBody({ parameters: parametersOf("0103000100") }),
    "2/0 0103000100",
  ],
  ["Route Refresh with a value", openBody({ parameters: parametersOf("020100") }), "2/0 020100"],
  [
    "Graceful Restart of three octets",
    openBody({ parameters: parametersOf("4003000000") }),
    "2/0 4003000000",
  ],
  [
    "ADD-PATH of five octets",
    openBody({ parameters: parametersOf("45050001010100") }),
    "2/0 45050001010100",
  ],
  ["an unknown capability", openBody({ parameters: parametersOf(IPV4 + "fa03010203") }), "ok"],
  [
    "a capability without meaning in a short form",
    openBody({ parameters: parametersOf(IPV4 + "4700") }),
    "ok",
  ],
  [
    "AS4 twice, the same",
    openBody({ parameters: parametersOf(IPV4 + "41040000fdf2 41040000fdf2") }),
    "ok",
  ],
  [
    "AS4 twice, at odds: the last counts",
    openBody({ parameters: parametersOf(IPV4 + "41040000fdf2 410400030d40") }),
    "2/2 00030d40",
  ],
  ["RFC 9072", openBody({ parameters: `ffff000f02000c${IPV4}41040000fdf2` }), "ok"],
  [
    "RFC 9072 behind a length of one",
    openBody({ parameters: `01ff000f02000c${IPV4}41040000fdf2` }),
    "ok",
  ],
  ["RFC 9072 that is cut", openBody({ parameters: "ffff00" }), "2/0"],
  ["RFC 9072 that overruns", openBody({ parameters: "ffff000a02000641040000fdf2" }), "2/0"],
];
