/**
 * Attributes of a route as `show route … all` prints them, one a line: `BGP.med: 50`.
 *
 * @module
 */
import { parseAsPath } from "../../../route/as_path.ts";
import type { RoutePath } from "../../../route/route.ts";
import { addFlag, type PathDraft, readAddress, readUint32 } from "../text/path_draft.ts";
import { clip } from "../text/problem_list.ts";

/** Most characters that are kept of an attribute that is not known (remote words). */
const WORDS_MAX = 200;
/** Most of them that are kept. */
const UNKNOWN_MAX = 32;

const ORIGINS: Readonly<Record<string, RoutePath["origin"]>> = {
  IGP: "igp",
  EGP: "egp",
  Incomplete: "incomplete",
};

/** RFC 8097 §2: type 0x43, subtype 0, the state in the last octet. */
const OVS_KEY = 0x4300_0000;
const OVS_STATES = ["ovs:valid", "ovs:not-found", "ovs:invalid"] as const;

/** Sets what a value says; false if it cannot be read. */
type ReadAttribute = (value: string, path: PathDraft) => boolean;

/** The attributes, by the name that BIRD gives them. */
const ATTRIBUTES: ReadonlyMap<string, ReadAttribute> = new Map<string, ReadAttribute>([
  ["BGP.origin", (value, path) => {
    path.origin = ORIGINS[value] ?? null;
    return path.origin !== null;
  }],
  ["BGP.as_path", (value, path) => {
    // A set inside of a confederation is `({65001 65002})`.
    const asPath = parseAsPath(value.replaceAll("({", "[").replaceAll("})", "]"));
    path.asPath = asPath ?? [];
    return asPath !== null;
  }],
  ["BGP.next_hop", (value, path) => {
    // IPv6: the global address, then the link-local one (RFC 2545 §3).
    path.nextHop = readAddress(value.split(" ", 1)[0] ?? "");
    return path.nextHop !== null;
  }],
  ["BGP.med", (value, path) => (path.med = readUint32(value)) !== null],
  ["BGP.local_pref", (value, path) => (path.localPref = readUint32(value)) !== null],
  ["BGP.atomic_aggr", (_, path) => {
    addFlag(path, "atomic_aggregate");
    return true;
  }],
  ["BGP.aggregator", (value, path) => {
    const [, address = "", asn = ""] = /^(\S+) AS(\d{1,10})$/.exec(value) ?? [];
    const parsed = { asn: readUint32(asn), address: readAddress(address) };
    if (parsed.asn === null || parsed.address === null) return false;
    path.aggregator = { asn: parsed.asn, address: parsed.address };
    return true;
  }],
  ["BGP.community", (value, path) => {
    const all = tuples(value)?.map((parts) => standard(parts)) ?? [null];
    path.communities = known(all);
    return all.length === path.communities.length;
  }],
  ["BGP.large_community", (value, path) => {
    const all = tuples(value)?.map((parts) => large(parts)) ?? [null];
    path.largeCommunities = known(all);
    return all.length === path.largeCommunities.length;
  }],
  ["BGP.ext_community", (value, path) => {
    const all = tuples(value);
    // `(unknown 0x5, 65000, 1)` does not say how the eight octets are divided.
    const foreign = all?.filter(([kind = ""]) => kind.startsWith("unknown ")) ?? [];
    for (const parts of foreign) noteUnknown("BGP.ext_community", `(${parts.join(", ")})`, path);
    path.extendedCommunities = known(all?.map((parts) => extended(parts)) ?? []);
    return all?.length === path.extendedCommunities.length + foreign.length;
  }],
  ["BGP.originator_id", (value, path) => (path.originatorId = readAddress(value)) !== null],
  ["BGP.cluster_list", (value, path) => {
    const all = value.split(" ").map(readAddress);
    path.clusterList = known(all);
    return all.length === path.clusterList.length;
  }],
  ["BGP.otc", (value, path) => (path.otc = readUint32(value)) !== null],
]);

/** Reads one attribute into a path; false if its value cannot be read. */
export function readAttribute(name: string, value: string, path: PathDraft): boolean {
  const read = ATTRIBUTES.get(name);
  if (read !== undefined) return read(value.trim(), path);
  noteUnknown(name, value.trim(), path);
  return true;
}

function noteUnknown(name: string, value: string, path: PathDraft): void {
  if (path.unknownAttributes.length >= UNKNOWN_MAX) return;
  path.unknownAttributes.push(unknown(name, value));
}

/** `BGP.63 [t]: de ad be ef`: the type in hexadecimal, flags, octets. */
function unknown(name: string, value: string): string {
  const type = /^BGP\.([0-9a-f]{2})(?: \[\w*\])?$/.exec(name)?.[1];
  return type !== undefined && /^[0-9a-f]{2}(?: [0-9a-f]{2})*$/.test(value)
    ? clip(`type ${parseInt(type, 16)}: 0x${value.replaceAll(" ", "")}`, WORDS_MAX)
    : clip(`${name}: ${value}`, WORDS_MAX);
}

/** The parts of `(a, b) (c, d)`, or null if anything else stands there. */
function tuples(text: string): string[][] | null {
  const found: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf(")", at);
    if (text[at] !== "(" || end === -1) return null;
    found.push(text.slice(at + 1, end).split(",").map((part) => part.trim()));
    at = end + 1;
    while (text[at] === " ") at++;
  }
  return found;
}

function standard(parts: readonly string[]): string | null {
  const [high, low] = parts.map(readUint32);
  if (parts.length !== 2 || !isHalf(high) || !isHalf(low)) return null;
  return `${high}:${low}`;
}

function large(parts: readonly string[]): string | null {
  const values = known(parts.map(readUint32));
  return parts.length === 3 && values.length === 3 ? values.join(":") : null;
}

function extended([kind, first = "", second = ""]: readonly string[]): string | null {
  if (kind === "generic") return generic(first, second);
  const value = readUint32(second);
  if ((kind !== "rt" && kind !== "ro") || value === null) return null;
  const administrator = first.includes(".") ? readAddress(first) : readUint32(first);
  return administrator === null ? null : `${kind}:${administrator}:${value}`;
}

/** The two halves of a community of which BIRD does not know the type. */
function generic(first: string, second: string): string | null {
  const halves = [first, second].map((half) => /^0x([0-9a-f]{1,8})$/.exec(half)?.[1]);
  const [key, value] = halves;
  if (key === undefined || value === undefined) return null;
  const state = parseInt(key, 16) === OVS_KEY ? OVS_STATES[parseInt(value, 16)] : undefined;
  return state ?? `0x${key.padStart(8, "0")}${value.padStart(8, "0")}`;
}

function isHalf(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && value <= 0xffff;
}

function known<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}
