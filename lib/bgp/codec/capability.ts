/**
 * Capabilities (RFC 5492): the code points of IANA's registry (state of 2025-06), one row each, and
 * those that are spoken as values.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import { ROLE } from "../role.ts";
import { entriesAt, pair, quad, uint16At, uint32At } from "./octets.ts";

/** Codes of the capabilities that are spoken. */
export const CAPABILITY = {
  multiprotocol: 1,
  routeRefresh: 2,
  extendedNextHop: 5,
  extendedMessage: 6,
  role: 9,
  gracefulRestart: 64,
  as4: 65,
  addPath: 69,
  enhancedRefresh: 70,
} as const;

/** One code point. */
export interface CapabilityKind {
  readonly code: number;
  readonly name: string;
  readonly source: string;
  /** What its value must be like, octets: exactly, or a multiple; absent where it is not read. */
  readonly length?: { readonly exact: number } | {
    readonly multipleOf: number;
    readonly min: number;
  };
}

/** Ascending by code. */
export const CAPABILITIES: readonly CapabilityKind[] = [
  { code: 1, name: "Multiprotocol", source: "RFC 4760 §8", length: { exact: 4 } },
  { code: 2, name: "Route Refresh", source: "RFC 2918", length: { exact: 0 } },
  { code: 3, name: "Outbound Route Filtering", source: "RFC 5291" },
  { code: 4, name: "Multiple routes to a destination (deprecated)", source: "RFC 8277" },
  {
    code: 5,
    name: "Extended Next Hop Encoding",
    source: "RFC 8950 §4",
    length: { multipleOf: 6, min: 6 },
  },
  { code: 6, name: "Extended Message", source: "RFC 8654 §3", length: { exact: 0 } },
  { code: 7, name: "BGPsec", source: "RFC 8205" },
  { code: 8, name: "Multiple Labels", source: "RFC 8277" },
  { code: 9, name: "BGP Role", source: "RFC 9234 §4.1", length: { exact: 1 } },
  {
    code: 64,
    name: "Graceful Restart",
    source: "RFC 4724 §3",
    length: { multipleOf: 4, min: 2 },
  },
  { code: 65, name: "Four-octet AS number", source: "RFC 6793 §3", length: { exact: 4 } },
  { code: 66, name: "Dynamic Capability (deprecated)", source: "draft-ietf-idr-dynamic-cap-06" },
  { code: 67, name: "Dynamic Capability", source: "draft-ietf-idr-dynamic-cap" },
  { code: 68, name: "Multisession", source: "draft-ietf-idr-bgp-multisession" },
  { code: 69, name: "ADD-PATH", source: "RFC 7911 §4", length: { multipleOf: 4, min: 4 } },
  { code: 70, name: "Enhanced Route Refresh", source: "RFC 7313 §3.1", length: { exact: 0 } },
  { code: 71, name: "Long-Lived Graceful Restart", source: "RFC 9494" },
  { code: 72, name: "Routing Policy Distribution", source: "draft-ietf-idr-rpd" },
  { code: 73, name: "FQDN", source: "draft-walton-bgp-hostname-capability" },
  { code: 74, name: "BFD Strict-Mode", source: "draft-ietf-idr-bgp-bfd-strict-mode" },
  { code: 75, name: "Software Version", source: "draft-abraitis-bgp-version-capability" },
  { code: 76, name: "PATHS-LIMIT", source: "draft-abraitis-idr-addpath-paths-limit" },
  { code: 77, name: "Link-Local Next Hop", source: "draft-ietf-idr-linklocal-capability" },
  { code: 128, name: "Route Refresh (before RFC 2918)", source: "RFC 8810" },
  { code: 129, name: "Outbound Route Filtering (before RFC 5291)", source: "RFC 8810" },
  { code: 130, name: "Outbound Route Filtering (before RFC 5291)", source: "RFC 8810" },
  { code: 131, name: "Multisession (before its draft)", source: "RFC 8810" },
  { code: 184, name: "FQDN (before its draft)", source: "RFC 8810" },
  { code: 185, name: "OPERATIONAL message (before its draft)", source: "RFC 8810" },
];

const KINDS: ReadonlyMap<number, CapabilityKind> = new Map(
  CAPABILITIES.map((kind) => [kind.code, kind]),
);

/** A family by its numbers: also one that is not exchanged. */
export interface AfiSafi {
  /** Address family, as registered with IANA. */
  readonly afi: number;
  /** Subsequent address family, likewise. */
  readonly safi: number;
}

/** RFC 4724 §3, RFC 8538 §2. */
export interface GracefulRestartCapability {
  /** R: it has restarted. */
  readonly isRestarting: boolean;
  /** N: NOTIFICATION and hold timer are met gracefully too. */
  readonly notification: boolean;
  /** 0 to 4095, seconds. */
  readonly restartSec: number;
  /** Whose routes it has kept, and whether it goes on forwarding by them. */
  readonly families: readonly (AfiSafi & { readonly isForwarding: boolean })[];
}

/** One capability as it stands in OPEN. */
export interface RawCapability {
  /** Capability code (RFC 5492). */
  readonly code: number;
  /** Its octets. */
  readonly value: Uint8Array;
}

/** The capabilities that are spoken, as values; what is absent is null, false or empty. */
export interface Capabilities {
  /** Empty: none announced, which means IPv4 unicast (RFC 4760 §8). */
  readonly families: readonly AfiSafi[];
  /** RFC 2918. */
  readonly routeRefresh: boolean;
  /** RFC 8950 §4: families that may have a next hop of another one. */
  readonly extendedNextHop: readonly (AfiSafi & { readonly nextHopAfi: number })[];
  /** RFC 8654. */
  readonly extendedMessage: boolean;
  /** RFC 9234 §4.1; with `hasRoleConflict` the first of those that it names. */
  readonly role: number | null;
  /** It names several roles that differ. */
  readonly hasRoleConflict: boolean;
  /** RFC 4724, or null. */
  readonly gracefulRestart: GracefulRestartCapability | null;
  /** AS number of four octets (RFC 6793), or null. */
  readonly as4: number | null;
  /** RFC 7911 §4: 1 receive, 2 send, 3 both. */
  readonly addPath: readonly (AfiSafi & { readonly mode: number })[];
  /** RFC 7313. */
  readonly enhancedRefresh: boolean;
}

/** Nothing announced. */
export const NO_CAPABILITIES: Capabilities = {
  families: [],
  routeRefresh: false,
  extendedNextHop: [],
  extendedMessage: false,
  role: null,
  hasRoleConflict: false,
  gracefulRestart: null,
  as4: null,
  addPath: [],
  enhancedRefresh: false,
};

/** True if the value has a length that its code knows; codes that are not read take any. */
export function isCapabilityLength({ code, value }: RawCapability): boolean {
  const length = KINDS.get(code)?.length;
  if (length === undefined) return true;
  if ("exact" in length) return value.length === length.exact;
  return value.length >= length.min && (value.length - length.min) % length.multipleOf === 0;
}

/**
 * Reads capabilities of fitting lengths. Of a code that stands there more than once the last counts,
 * except that lists are joined (RFC 5492 §4, RFC 4760 §8).
 */
export function readCapabilities(raw: readonly RawCapability[]): Capabilities {
  const valuesOf = (code: number): readonly Uint8Array[] =>
    raw.filter((capability) => capability.code === code).map(({ value }) => value);
  const roles = valuesOf(CAPABILITY.role).map((value) => value[0] ?? 0);
  const restart = valuesOf(CAPABILITY.gracefulRestart).at(-1);
  const as4 = valuesOf(CAPABILITY.as4).at(-1);
  return {
    families: distinctFamilies(
      valuesOf(CAPABILITY.multiprotocol).map((value) => ({
        afi: uint16At(value, 0),
        safi: value[3] ?? 0,
      })),
    ),
    routeRefresh: valuesOf(CAPABILITY.routeRefresh).length > 0,
    extendedNextHop: valuesOf(CAPABILITY.extendedNextHop).flatMap((value) =>
      entriesAt(0, value.length, 6).map((at) => ({
        afi: uint16At(value, at),
        safi: uint16At(value, at + 2),
        nextHopAfi: uint16At(value, at + 4),
      }))
    ),
    extendedMessage: valuesOf(CAPABILITY.extendedMessage).length > 0,
    role: roles[0] ?? null,
    hasRoleConflict: roles.some((role) => role !== roles[0]),
    gracefulRestart: restart === undefined ? null : readGracefulRestart(restart),
    as4: as4 === undefined ? null : uint32At(as4, 0),
    addPath: valuesOf(CAPABILITY.addPath).flatMap(readAddPath),
    enhancedRefresh: valuesOf(CAPABILITY.enhancedRefresh).length > 0,
  };
}

/** Writes capabilities, ascending by code. */
export function writeCapabilities(capabilities: Capabilities): RawCapability[] {
  const { families, role, gracefulRestart, as4, addPath, extendedNextHop } = capabilities;
  const raw: RawCapability[] = families.map(({ afi, safi }) => ({
    code: CAPABILITY.multiprotocol,
    value: Uint8Array.of(...pair(afi), 0, safi),
  }));
  const add = (code: number, octets: readonly number[]): void => {
    raw.push({ code, value: Uint8Array.from(octets) });
  };
  if (capabilities.routeRefresh) add(CAPABILITY.routeRefresh, []);
  if (extendedNextHop.length > 0) {
    add(
      CAPABILITY.extendedNextHop,
      extendedNextHop.flatMap(({ afi, safi, nextHopAfi }) => [
        ...pair(afi),
        ...pair(safi),
        ...pair(nextHopAfi),
      ]),
    );
  }
  if (capabilities.extendedMessage) add(CAPABILITY.extendedMessage, []);
  if (role !== null) add(CAPABILITY.role, [role]);
  if (gracefulRestart !== null) {
    add(CAPABILITY.gracefulRestart, writeGracefulRestart(gracefulRestart));
  }
  if (as4 !== null) add(CAPABILITY.as4, quad(as4));
  if (addPath.length > 0) {
    add(CAPABILITY.addPath, addPath.flatMap(({ afi, safi, mode }) => [...pair(afi), safi, mode]));
  }
  if (capabilities.enhancedRefresh) add(CAPABILITY.enhancedRefresh, []);
  return raw;
}

/** RFC 7911 §4: with a mode that is none the whole capability counts as not understood. */
function readAddPath(value: Uint8Array): Capabilities["addPath"] {
  const entries = entriesAt(0, value.length, 4).map((at) => ({
    afi: uint16At(value, at),
    safi: value[at + 2] ?? 0,
    mode: value[at + 3] ?? 0,
  }));
  return entries.every(({ mode }) => mode >= 1 && mode <= 3) ? entries : [];
}

function readGracefulRestart(value: Uint8Array): GracefulRestartCapability {
  const flags = value[0] ?? 0;
  return {
    isRestarting: (flags & 0x80) !== 0,
    notification: (flags & 0x40) !== 0,
    restartSec: uint16At(value, 0) & 0xfff,
    families: entriesAt(2, value.length, 4).map((at) => ({
      afi: uint16At(value, at),
      safi: value[at + 2] ?? 0,
      isForwarding: ((value[at + 3] ?? 0) & 0x80) !== 0,
    })),
  };
}

function writeGracefulRestart(restart: GracefulRestartCapability): number[] {
  const { isRestarting, notification, restartSec, families } = restart;
  const flags = (isRestarting ? 0x8000 : 0) | (notification ? 0x4000 : 0);
  return [
    ...pair(flags | Math.min(restartSec, 0xfff)),
    ...families.flatMap(({ afi, safi, isForwarding }) => [
      ...pair(afi),
      safi,
      isForwarding ? 0x80 : 0,
    ]),
  ];
}

/** A capability for people: `value` in words of ours, or hexadecimal, at most 80 characters. */
export function describeCapability(
  { code, value }: RawCapability,
): { readonly code: number; readonly name: string; readonly value: string } {
  const name = KINDS.get(code)?.name ?? `capability ${code}`;
  const words = isCapabilityLength({ code, value }) ? capabilityWords(code, value) : null;
  return { code, name, value: words ?? shortHex(value) };
}

/** The value in words, or null for a code that is not read. */
function capabilityWords(code: number, value: Uint8Array): string | null {
  const { families, role, gracefulRestart, as4, addPath, extendedNextHop } = readCapabilities([
    { code, value },
  ]);
  switch (code) {
    case CAPABILITY.multiprotocol:
      return families.map(familyText).join(", ");
    case CAPABILITY.extendedNextHop:
      return extendedNextHop.map((entry) => `${familyText(entry)} via AFI ${entry.nextHopAfi}`)
        .join(", ");
    case CAPABILITY.role:
      return Object.entries(ROLE).find(([, number]) => number === role)?.[0] ?? `role ${role}`;
    case CAPABILITY.gracefulRestart:
      return gracefulRestart === null ? null : restartText(gracefulRestart);
    case CAPABILITY.as4:
      return `AS ${as4}`;
    case CAPABILITY.addPath:
      return addPath.length === 0
        ? null
        : addPath.map((entry) =>
          `${familyText(entry)} ${["", "receive", "send", "both"][entry.mode]}`
        ).join(", ");
    default:
      return value.length === 0 ? "" : null;
  }
}

function restartText(
  { isRestarting, notification, restartSec, families }: GracefulRestartCapability,
): string {
  const parts = [`restart time ${restartSec} s`];
  if (isRestarting) parts.push("restarting");
  if (notification) parts.push("notification");
  for (const family of families) {
    parts.push(familyText(family) + (family.isForwarding ? " forwarding" : ""));
  }
  return parts.join(", ");
}

/** `ipv4-unicast`, or the two numbers. */
function familyText({ afi, safi }: AfiSafi): string {
  const version = afi === 1 ? "ipv4" : afi === 2 ? "ipv6" : null;
  const kind = safi === 1 ? "unicast" : safi === 2 ? "multicast" : null;
  return version !== null && kind !== null ? `${version}-${kind}` : `AFI ${afi} SAFI ${safi}`;
}

/** Hexadecimal, cut after 32 octets. */
function shortHex(value: Uint8Array): string {
  const cut = value.length > 32;
  return hexText(value.subarray(0, 32)) + (cut ? ` … (${value.length} octets)` : "");
}

function distinctFamilies(families: readonly AfiSafi[]): AfiSafi[] {
  return [...new Map(families.map((family) => [family.afi << 8 | family.safi, family])).values()];
}
