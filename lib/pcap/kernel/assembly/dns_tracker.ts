/**
 * The compiled twin of `dns/dns_tracker.ts` and the tables below it for plain messages: queries that
 * begin a lookup, and answers in time and without error to what waits for them. AssemblyScript.
 */
import {
  bursts, clientIds, clientQueries, codeCounts, codes, ednsSizes, lookupHeads, lookupSlots, queries, queryHeads,
  querySlots, serverCodes, serverCounts, serverFields, serverIds, tallies, waits,
} from "./dns_places";
import {
  first, giveBack, hasPlace, homeEntry, list, newerThan, next, nextFree, NONE, oldest, recordOf, take, unlist,
} from "./dns_records";
import {
  close, findLookup, findSibling, firstNsOf, hasAskedOthers, hashOf, hasOldLookup, isDone, isFor, isPlainPair, letGo,
  loadNeighbours, loadRest, lookupAt, LOOKUPS_MAX, openLookup, part, siblingOf, UNSURE,
} from "./dns_lookups";
import { end4, hostAt, messages, nameFactsAt } from "./dns_tables";

// Octets of a message in the queue, see `dns_messages.ts`, and of what was found for it.
const MESSAGE: u32 = 112;
const APP: u32 = 0, ID: u32 = 4, FLAGS: u32 = 8, RCODE: u32 = 12, EDNS: u32 = 16, TYPE: u32 = 20, CLASS: u32 = 24;
const FLOW: u32 = 32, TENANT: u32 = 36, NS: u32 = 80, FRAME: u32 = 88;
const SRC_ID: u32 = 96, DST_ID: u32 = 100, NAME_ID: u32 = 104, HASH: u32 = 108;
const IS_RESPONSE: u32 = 1, IS_TRUNCATED: u32 = 2, IS_TCP: u32 = 4;
const DNS: u32 = 66;

// Octets of hosts and of what is known of names.
const HOST_HASH: u32 = 20, HOST_CLIENT: u32 = 24, HOST_SERVER: u32 = 28;
const LABEL_HASH: u32 = 4, NAME_COUNT: u32 = 8;

// Octets of a query, see `dns/query_table.ts`.
const QUERY_LOG2: u32 = 6, QUERIES_MAX: u32 = 16384;
const Q_ANSWERED: u32 = 12, Q_FIRST_NS: u32 = 16, Q_LAST_NS: u32 = 24, Q_ANSWERED_NS: u32 = 32;
const Q_FLOW: u32 = 40, Q_ID: u32 = 44, Q_LOOKUP: u32 = 48, Q_SERVER: u32 = 52, Q_NEXT: u32 = 56;
/** More queries of one id in one flow than there are, `SAME_ID_MAX`. */
const CHAIN_MAX: u32 = 16;

// Octets of the fields of a server, see `dns/server_table.ts`.
const SERVER_LOG2: u32 = 7, SERVERS_MAX: u32 = 1024;
const S_QUERIES: u32 = 0, S_ANSWERS: u32 = 32, S_ANSWER_NS: u32 = 40, S_ANSWER_FRAME: u32 = 48, S_QUERY_NS: u32 = 56;
const S_SINCE: u32 = 64, S_SINCE_NS: u32 = 72, S_SINCE_FRAME: u32 = 80, S_WAITS: u32 = 88;
const WAITS_HELD: u32 = 64, WAITS_LOG2: u32 = 10;

// Response codes that are told apart, see `dns/rcode_counter.ts`.
const CODES_KEPT: u32 = 16, CODES_BYTES: u32 = 32, COUNTS_BYTES: u32 = 68;

const CLIENTS_MAX: u32 = 8192, EDNS_SIZES_MAX: u32 = 64, BURSTS_MASK: u32 = 32767;
/** Where it says how many bursts there are. */
const BURSTS: u32 = 65536;

// Octets of what the tracker counts.
const EXPIRED_NS: u32 = 0, LAST_NS: u32 = 8, IS_UNORDERED: u32 = 16, QUERIES: u32 = 24, RESPONSES: u32 = 32;
const EDNS_QUERIES: u32 = 40;
const EXPIRY_STEP_NS: f64 = 1e9, KEPT_NS: f64 = 5e9, PENDING_NS: f64 = 30e9, SLOW_NS: f64 = 100e6;

/** Messages whose records are loaded ahead. */
const AHEAD: u32 = 32;

/** The message up to which that was done. */
let aheadEnd: u32 = 0;
/** Made of what was loaded, so that the loads are made. */
let touched: u32 = 0;

/** Takes messages from number `from` on; the number of the one that TypeScript must take, or `count`. */
export function trackDns(from: u32, count: u32): u32 {
  if (from == 0) aheadEnd = 0;
  for (let index = from; index < count; index++) {
    if (index >= aheadEnd) loadAhead(index, min(count, index + AHEAD));
    const at = messages + index * MESSAGE;
    const isKnown = load<i32>(at, SRC_ID) >= 0 && load<i32>(at, DST_ID) >= 0 && load<i32>(at, NAME_ID) >= 0;
    if (!isKnown || load<u32>(at, APP) != DNS) return index;
    const ns = load<f64>(at, NS);
    if (ns > load<f64>(tallies, EXPIRED_NS) + EXPIRY_STEP_NS) {
      noteOrder(ns);
      if (forgetAnswered(ns)) return index;
      store<f64>(tallies, ns, EXPIRED_NS);
    }
    const isTaken = (load<u32>(at, FLAGS) & IS_RESPONSE) != 0 ? takeAnswer(at) : takeQuery(at);
    if (!isTaken) return index;
  }
  return count;
}

/**
 * Forgets queries that are alone with their id and were answered long before a time; true if there is
 * more that was not waited for so long.
 */
export function forgetAnswered(ns: f64): bool {
  const isOrdered = load<f64>(tallies, IS_UNORDERED) == 0;
  return forgetQueries(ns, isOrdered) || hasOldLookup(ns, isOrdered);
}

function forgetQueries(ns: f64, isOrdered: bool): bool {
  let isLeft = false;
  for (let query = oldest(queryHeads), newer = NONE; query >= 0; query = newer) {
    const at = queryAt(query);
    if (isOrdered && ns - load<f64>(at, Q_FIRST_NS) <= KEPT_NS) break;
    newer = newerThan(at);
    const isAlone = load<u32>(at, Q_ANSWERED) != 0 && load<i32>(at, Q_NEXT) < 0;
    if (!isAlone || ns - load<f64>(at, Q_ANSWERED_NS) <= KEPT_NS) {
      if (ns - load<f64>(at, Q_LAST_NS) > PENDING_NS) isLeft = true;
      continue;
    }
    const lookup = load<i32>(at, Q_LOOKUP);
    if (hasAskedOthers(lookup)) {
      isLeft = true;
      continue;
    }
    unlist(queryHeads, queries, QUERY_LOG2, querySlots, query);
    letGo(lookup);
    giveBack(queryHeads, queries, QUERY_LOG2, query);
  }
  return isLeft;
}

/** Loads slots of queries, then what they lead to, step by step: no load waits for that of another message. */
function loadAhead(from: u32, to: u32): void {
  const start = messages + from * MESSAGE, end = messages + to * MESSAGE;
  let made: u32 = 0, query = nextFree(queryHeads), lookup = nextFree(lookupHeads);
  for (let at = start; at < end; at += MESSAGE) {
    const hash = end4(load<u32>(at, FLOW), load<u32>(at, ID));
    store<u32>(at, hash, HASH);
    made ^= homeEntry(queryHeads, querySlots, hash) ^ loadServer(at);
    // Those that queries will take.
    if ((load<u32>(at, FLAGS) & IS_RESPONSE) != 0) continue;
    if (query >= 0) query = newerThan(queryAt(query));
    if (lookup >= 0) {
      made ^= loadRest(lookupAt(lookup));
      lookup = newerThan(lookupAt(lookup));
    }
  }
  for (let at = start; at < end; at += MESSAGE) {
    if ((load<u32>(at, FLAGS) & IS_RESPONSE) != 0) made ^= load<u32>(queryNear(at), Q_ID) ^ loadWaits(at);
    else made ^= loadPlaces(at);
  }
  for (let at = start; at < end; at += MESSAGE) made ^= load<u32>(lookupNear(at));
  for (let at = start; at < end; at += MESSAGE) made ^= loadNeighbours(lookupNear(at));
  made ^= query ^ lookup;
  touched = made;
  aheadEnd = to;
}

/** The query that most likely is that of a message; any if there is none. */
@inline
function queryNear(at: u32): u32 {
  const query = recordOf(homeEntry(queryHeads, querySlots, load<u32>(at, HASH)));
  return queryAt(max(query, 0));
}

/** The lookup of that. */
@inline
function lookupNear(at: u32): u32 {
  return lookupAt(load<i32>(queryNear(at), Q_LOOKUP));
}

/** Where a lookup of a message will be, and what is known of its client. */
@inline
function loadPlaces(at: u32): u32 {
  const client = hostAt(max(load<i32>(at, SRC_ID), 0));
  const number = max(load<i32>(client, HOST_CLIENT), 0) as u32;
  return homeEntry(lookupHeads, lookupSlots, hashOf(at, client, load<u32>(at, TYPE))) ^ load<u32>(clientQueries + (number << 2));
}

/** The number of the server of a message; any if it has none. */
@inline
function serverOf(at: u32): u32 {
  const isResponse = (load<u32>(at, FLAGS) & IS_RESPONSE) != 0;
  const host = hostAt(max(load<i32>(at + (isResponse ? SRC_ID : DST_ID)), 0));
  return max(load<i32>(host, HOST_SERVER), 0);
}

/** Where the waiting time of an answer will be. */
@inline
function loadWaits(at: u32): u32 {
  const server = serverOf(at);
  const held = load<f64>(serverFields + (server << SERVER_LOG2), S_WAITS) as u32;
  const wait = waits + (server << WAITS_LOG2) + (min(held, WAITS_HELD - 1) << 3);
  return load<u32>(wait) ^ load<u32>(wait, WAITS_HELD << 3);
}

/** What is known of the server of a message, and of its name. */
@inline
function loadServer(at: u32): u32 {
  const server = serverOf(at);
  const fields = serverFields + (server << SERVER_LOG2);
  return load<u32>(fields) ^ load<u32>(fields, S_SINCE) ^ load<u32>(serverCounts + server * COUNTS_BYTES) ^
    load<u32>(nameFactsAt(max(load<i32>(at, NAME_ID), 0)));
}

@inline
function queryAt(query: i32): u32 {
  return queries + ((query as u32) << QUERY_LOG2);
}

/** Takes a query; false, and nothing is changed, if it is not plain. */
function takeQuery(at: u32): bool {
  const queryHash = load<u32>(at, HASH);
  if (firstQuery(at, queryHash) >= 0) return false;
  const client = hostAt(load<u32>(at, SRC_ID)), server = hostAt(load<u32>(at, DST_ID));
  const type = load<u32>(at, TYPE);
  const hash = hashOf(at, client, type);
  if (findLookup(at, hash, type) != NONE) return false;
  const sibling = findSibling(at, client, type);
  if (sibling == UNSURE) return false;
  if (!hasPlace(lookupHeads, lookupSlots, hash, LOOKUPS_MAX)) return false;
  if (!hasPlace(queryHeads, querySlots, queryHash, QUERIES_MAX)) return false;
  if (load<i32>(server, HOST_SERVER) < 0 && load<u32>(serverIds) >= SERVERS_MAX) return false;
  if (load<i32>(client, HOST_CLIENT) < 0 && load<u32>(clientIds) >= CLIENTS_MAX) return false;
  const serverNumber = numberOf(server, HOST_SERVER, serverIds, load<u32>(at, DST_ID));
  const clientNumber = numberOf(client, HOST_CLIENT, clientIds, load<u32>(at, SRC_ID));
  begin(at, QUERIES);
  const name = nameFactsAt(load<u32>(at, NAME_ID));
  store<u32>(name, load<u32>(name, NAME_COUNT) + 1, NAME_COUNT);
  if (load<i32>(at, EDNS) >= 0) countEdns(load<u32>(at, EDNS));
  const lookup = openLookup(at, hash, type, sibling);
  askServer(at, serverNumber);
  const asked = clientQueries + (clientNumber << 2);
  store<u32>(asked, load<u32>(asked) + 1);
  beginQuery(at, queryHash, lookup, serverNumber);
  return true;
}

/** Takes an answer; false, and nothing is changed, if it is not plain. */
function takeAnswer(at: u32): bool {
  const flags = load<u32>(at, FLAGS);
  if (load<u32>(at, RCODE) != 0 || (flags & (IS_TRUNCATED | IS_TCP)) == IS_TRUNCATED) return false;
  const query = queryOf(at);
  if (query < 0 || load<u32>(queryAt(query), Q_ANSWERED) != 0) return false;
  const lookup = load<i32>(queryAt(query), Q_LOOKUP);
  if (isDone(lookup)) return false;
  const server = load<i32>(hostAt(load<u32>(at, SRC_ID)), HOST_SERVER);
  if (server < 0) return false;
  const fields = serverFields + ((server as u32) << SERVER_LOG2);
  const held = load<f64>(fields, S_WAITS) as u32;
  if (held >= WAITS_HELD) return false;
  const ns = load<f64>(at, NS);
  const waitedNs = max(0.0, ns - firstNsOf(lookup));
  if (waitedNs > SLOW_NS || mayEndBurst(at)) return false;
  const sibling = siblingOf(lookup);
  const isPair = sibling >= 0 && isDone(sibling);
  if (isPair && !isPlainPair(sibling, waitedNs)) return false;

  begin(at, RESPONSES);
  countSuccess(codes, codeCounts);
  countSuccess(serverCodes + server * CODES_BYTES, serverCounts + server * COUNTS_BYTES);
  store<f64>(fields, load<f64>(fields, S_ANSWERS) + 1, S_ANSWERS);
  store<f64>(fields, ns, S_ANSWER_NS);
  store<f64>(fields, load<f64>(at, FRAME), S_ANSWER_FRAME);
  store<f64>(fields, 0, S_SINCE);
  const asked = queryAt(query);
  store<u32>(asked, 1, Q_ANSWERED);
  store<f64>(asked, ns, Q_ANSWERED_NS);
  const wait = waits + ((server as u32) << WAITS_LOG2) + (held << 3);
  store<f64>(wait, max(0.0, ns - load<f64>(asked, Q_FIRST_NS)));
  store<f64>(wait, max(0.0, ns - load<f64>(asked, Q_LAST_NS)), WAITS_HELD << 3);
  store<f64>(fields, (held + 1) as f64, S_WAITS);
  close(lookup, waitedNs);
  if (isPair) part(lookup, sibling);
  letGo(lookup);
  return true;
}

/** Notes the time of a message, and counts it. */
@inline
function begin(at: u32, tally: u32): void {
  const ns = load<f64>(at, NS);
  noteOrder(ns);
  store<f64>(tallies, ns, LAST_NS);
  store<f64>(tallies + tally, load<f64>(tallies + tally) + 1);
}

@inline
function noteOrder(ns: f64): void {
  if (ns < load<f64>(tallies, LAST_NS)) store<f64>(tallies, 1, IS_UNORDERED);
}

/** First query of the chain of a message, or none. */
@inline
function firstQuery(at: u32, hash: u32): i32 {
  const flow = load<u32>(at, FLOW), id = load<u32>(at, ID);
  let query = first(queryHeads, querySlots, hash);
  while (query >= 0 && (load<u32>(queryAt(query), Q_FLOW) != flow || load<u32>(queryAt(query), Q_ID) != id)) query = next();
  return query;
}

/** The query that a message answers, or none that is plain to see. */
function queryOf(at: u32): i32 {
  let query = firstQuery(at, load<u32>(at, HASH));
  const type = load<u32>(at, TYPE), client = load<i32>(at, DST_ID);
  for (let steps: u32 = 0; query >= 0 && steps < CHAIN_MAX; steps++) {
    const is = isFor(lookupAt(load<i32>(queryAt(query), Q_LOOKUP)), at, type, client);
    if (is != 0) return is == UNSURE ? NONE : query;
    query = load<i32>(queryAt(query), Q_NEXT);
  }
  return NONE;
}

/** True if a burst of vain tries may be one of the name that was answered. */
@inline
function mayEndBurst(at: u32): bool {
  if (load<u16>(bursts, BURSTS) == 0) return false;
  const client = load<u32>(hostAt(load<u32>(at, DST_ID)), HOST_HASH);
  const label = load<u32>(nameFactsAt(load<u32>(at, NAME_ID)), LABEL_HASH);
  return load<u16>(bursts + ((end4(client, label) & BURSTS_MASK) << 1)) != 0;
}

/** The number of a host in `field`, given to it as the next of `ids` if it has none. */
@inline
function numberOf(host: u32, field: u32, ids: u32, id: u32): u32 {
  const known = load<i32>(host + field);
  if (known >= 0) return known as u32;
  const number = load<u32>(ids);
  store<u32>(ids, number + 1);
  store<u32>(ids + (number << 2), id, 4);
  store<u32>(host + field, number);
  return number;
}

@inline
function countEdns(size: u32): void {
  store<f64>(tallies, load<f64>(tallies, EDNS_QUERIES) + 1, EDNS_QUERIES);
  const sizes = load<u32>(ednsSizes);
  let number: u32 = 0, at = ednsSizes + 4;
  for (; number < sizes && load<u32>(at) != size; number++) at += 8;
  if (number == EDNS_SIZES_MAX) return;
  if (number == sizes) {
    store<u32>(ednsSizes, sizes + 1);
    store<u32>(at, size);
  }
  store<u32>(at, load<u32>(at, 4) + 1, 4);
}

@inline
function countSuccess(codesAt: u32, countsAt: u32): void {
  let code: u32 = 0;
  for (; code < CODES_KEPT; code++) {
    if (load<u32>(countsAt + (code << 2)) == 0) {
      store<u16>(codesAt + (code << 1), 0);
      break;
    }
    if (load<u16>(codesAt + (code << 1)) == 0) break;
  }
  store<u32>(countsAt + (code << 2), load<u32>(countsAt + (code << 2)) + 1);
}

@inline
function askServer(at: u32, server: u32): void {
  const fields = serverFields + (server << SERVER_LOG2);
  const ns = load<f64>(at, NS), since = load<f64>(fields, S_SINCE);
  store<f64>(fields, load<f64>(fields, S_QUERIES) + 1, S_QUERIES);
  if (since == 0) {
    store<f64>(fields, ns, S_SINCE_NS);
    store<f64>(fields, load<f64>(at, FRAME), S_SINCE_FRAME);
  }
  store<f64>(fields, since + 1, S_SINCE);
  store<f64>(fields, ns, S_QUERY_NS);
}

@inline
function beginQuery(at: u32, hash: u32, lookup: i32, server: u32): void {
  const query = take(queryHeads, queries, QUERY_LOG2);
  const to = queryAt(query);
  const ns = load<f64>(at, NS);
  store<u32>(to, 0, Q_ANSWERED);
  store<f64>(to, ns, Q_FIRST_NS);
  store<f64>(to, ns, Q_LAST_NS);
  store<f64>(to, 0, Q_ANSWERED_NS);
  store<u32>(to, load<u32>(at, FLOW), Q_FLOW);
  store<u32>(to, load<u32>(at, ID), Q_ID);
  store<i32>(to, lookup, Q_LOOKUP);
  store<u32>(to, server, Q_SERVER);
  store<i32>(to, NONE, Q_NEXT);
  list(queryHeads, queries, QUERY_LOG2, querySlots, query, hash);
}
