/** The compiled twin of `dns/lookup_table.ts` for what plain messages need. AssemblyScript. */
import { lookupHeads, lookups, lookupSlots, pairs } from "./dns_places";
import { first, giveBack, homeEntry, list, newerThan, next, NONE, olderThan, oldest, take, unlist } from "./dns_records";
import { end4, hostAt, nameFactsAt } from "./dns_tables";

// Octets of a message in the queue, see `dns_messages.ts`, and of what was found for it.
const CLASS: u32 = 24, TENANT: u32 = 36, NS: u32 = 80, FRAME: u32 = 88;
const SRC_ID: u32 = 96, DST_ID: u32 = 100, NAME_ID: u32 = 104;

// Octets of hosts and of what is known of names.
const HOST_HASH: u32 = 20, NAME_HASH: u32 = 0;

// Octets of a lookup, see `dns/lookup_table.ts`.
const LOOKUP_LOG2: u32 = 7;
export const LOOKUPS_MAX: u32 = 16384;
const L_HASH: u32 = 0, L_HOLDS: u32 = 12, L_FIRST_NS: u32 = 16, L_WAITED_NS: u32 = 24;
const L_TYPE: u32 = 32, L_CLASS: u32 = 36, L_TENANT: u32 = 40, L_STATE: u32 = 44, L_NAME: u32 = 48, L_CLIENT: u32 = 52;
const L_SIBLING: u32 = 56, L_SERVERS: u32 = 60, L_LAST_NS: u32 = 64, L_FRAME: u32 = 72, L_QUERIES: u32 = 80;
const L_SERVER: u32 = 84;
const IS_DONE: u32 = 1, TYPE_A: u32 = 1, TYPE_AAAA: u32 = 28;
/** A lookup whose name or client has no number: whether it is the one, TypeScript knows. */
export const UNSURE: i32 = -2;

const PENDING_NS: f64 = 30e9, SLOW_NS: f64 = 100e6;

/** Where a lookup is. */
@inline
export function lookupAt(lookup: i32): u32 {
  return lookups + ((lookup as u32) << LOOKUP_LOG2);
}

/** True once it is decided. */
@inline
export function isDone(lookup: i32): bool {
  return (load<u32>(lookupAt(lookup), L_STATE) & IS_DONE) != 0;
}

/** The lookup for the other kind of address, or none. */
@inline
export function siblingOf(lookup: i32): i32 {
  return load<i32>(lookupAt(lookup), L_SIBLING);
}

/** Time of the first query. */
@inline
export function firstNsOf(lookup: i32): f64 {
  return load<f64>(lookupAt(lookup), L_FIRST_NS);
}

/** True if more servers than one were asked; TypeScript keeps the others, and lets go of them. */
@inline
export function hasAskedOthers(lookup: i32): bool {
  return load<u32>(lookupAt(lookup), L_SERVERS) > 1;
}

/** The open lookup of a query, with another type perhaps; none, or {@link UNSURE}. */
export function findLookup(at: u32, hash: u32, type: u32): i32 {
  const client = load<i32>(at, SRC_ID);
  for (let lookup = first(lookupHeads, lookupSlots, hash); lookup >= 0; lookup = next()) {
    if (load<u32>(lookupAt(lookup), L_HASH) != hash) continue;
    const is = isFor(lookupAt(lookup), at, type, client);
    if (is != 0) return is == UNSURE ? UNSURE : lookup;
  }
  return NONE;
}

/** The open lookup that will be the sibling of one of a query, none, or {@link UNSURE}. */
@inline
export function findSibling(at: u32, client: u32, type: u32): i32 {
  if (type != TYPE_A && type != TYPE_AAAA) return NONE;
  const other = type == TYPE_A ? TYPE_AAAA : TYPE_A;
  const sibling = findLookup(at, hashOf(at, client, other), other);
  return sibling >= 0 && siblingOf(sibling) >= 0 ? NONE : sibling;
}

/** 1 if a lookup is for what a message is about, 0 if not, or {@link UNSURE}. */
export function isFor(lookup: u32, at: u32, type: u32, client: i32): i32 {
  if (load<u32>(lookup, L_TYPE) != type || load<u32>(lookup, L_CLASS) != load<u32>(at, CLASS)) return 0;
  if (load<u32>(lookup, L_TENANT) != load<u32>(at, TENANT)) return 0;
  const knownName = load<i32>(lookup, L_NAME), knownClient = load<i32>(lookup, L_CLIENT);
  if (knownName < 0 || knownClient < 0) return UNSURE;
  return (knownName == load<i32>(at, NAME_ID) && knownClient == client) as i32;
}

/** Hash of the lookup of a query of `client`. */
export function hashOf(at: u32, client: u32, type: u32): u32 {
  const who = end4(load<u32>(client, HOST_HASH), load<u32>(at, TENANT));
  const name = load<u32>(nameFactsAt(max(load<i32>(at, NAME_ID), 0)), NAME_HASH);
  return end4((type << 16) | load<u32>(at, CLASS), who ^ name);
}

/** Opens a lookup that is asked for once. */
@inline
export function openLookup(at: u32, hash: u32, type: u32, sibling: i32): i32 {
  const lookup = take(lookupHeads, lookups, LOOKUP_LOG2);
  const to = lookupAt(lookup);
  const ns = load<f64>(at, NS);
  // Of itself while it is open, and of its query.
  store<u32>(to, 2, L_HOLDS);
  store<f64>(to, ns, L_FIRST_NS);
  store<f64>(to, Infinity, L_WAITED_NS);
  store<u32>(to, type, L_TYPE);
  store<u32>(to, load<u32>(at, CLASS), L_CLASS);
  store<u32>(to, load<u32>(at, TENANT), L_TENANT);
  store<u32>(to, 0, L_STATE);
  store<u32>(to, load<u32>(at, NAME_ID), L_NAME);
  store<u32>(to, load<u32>(at, SRC_ID), L_CLIENT);
  store<i32>(to, sibling, L_SIBLING);
  store<u32>(to, 1, L_SERVERS);
  store<f64>(to, ns, L_LAST_NS);
  store<f64>(to, load<f64>(at, FRAME), L_FRAME);
  store<u32>(to, 1, L_QUERIES);
  store<u32>(to, load<u32>(at, DST_ID), L_SERVER);
  if (sibling >= 0) {
    store<i32>(lookupAt(sibling), lookup, L_SIBLING);
    hold(lookup);
    hold(sibling);
  }
  list(lookupHeads, lookups, LOOKUP_LOG2, lookupSlots, lookup, hash);
  return lookup;
}

/** Ends a lookup that was answered after `waitedNs`; it has to be let go then. */
@inline
export function close(lookup: i32, waitedNs: f64): void {
  const at = lookupAt(lookup);
  store<u32>(at, load<u32>(at, L_STATE) | IS_DONE, L_STATE);
  store<f64>(at, waitedNs, L_WAITED_NS);
  unlist(lookupHeads, lookups, LOOKUP_LOG2, lookupSlots, lookup);
}

/** True if of a pair, of which one waited so long, only has to be counted that there was one. */
@inline
export function isPlainPair(sibling: i32, waitedNs: f64): bool {
  return !hasAskedOthers(sibling) && abs(load<f64>(lookupAt(sibling), L_WAITED_NS) - waitedNs) <= SLOW_NS;
}

@inline
function hold(lookup: i32): void {
  const at = lookupAt(lookup);
  store<u32>(at, load<u32>(at, L_HOLDS) + 1, L_HOLDS);
}

/** Counts a pair of which both are decided, and makes them strangers. */
@inline
export function part(lookup: i32, sibling: i32): void {
  store<f64>(pairs, load<f64>(pairs) + 1);
  store<i32>(lookupAt(lookup), NONE, L_SIBLING);
  store<i32>(lookupAt(sibling), NONE, L_SIBLING);
  letGo(lookup);
  letGo(sibling);
}

/** Gives a lookup back that nobody needs any more. */
export function letGo(lookup: i32): void {
  const at = lookupAt(lookup);
  const holds = load<i32>(at, L_HOLDS) - 1;
  store<i32>(at, holds, L_HOLDS);
  if (holds <= 0) giveBack(lookupHeads, lookups, LOOKUP_LOG2, lookup);
}

/** The part of a lookup that is behind its first cache line. */
@inline
export function loadRest(lookup: u32): u32 {
  return load<u32>(lookup, L_QUERIES);
}

/** Lookups that are beside one in the list, from which it will be taken. */
@inline
export function loadNeighbours(lookup: u32): u32 {
  return load<u32>(lookupAt(max(newerThan(lookup), 0))) ^ load<u32>(lookupAt(max(olderThan(lookup), 0))) ^
    homeEntry(lookupHeads, lookupSlots, load<u32>(lookup, L_HASH));
}

/** True if an open lookup was last asked for too long before a time; `isOrdered`: none was opened before an older one. */
export function hasOldLookup(ns: f64, isOrdered: bool): bool {
  for (let lookup = oldest(lookupHeads); lookup >= 0; lookup = newerThan(lookupAt(lookup))) {
    if (isOrdered && ns - load<f64>(lookupAt(lookup), L_FIRST_NS) <= PENDING_NS) return false;
    if (ns - load<f64>(lookupAt(lookup), L_LAST_NS) > PENDING_NS) return true;
  }
  return false;
}
