/** Where the tables of `dns/dns_tracker.ts` lie. AssemblyScript. */

// Tables of records that wait, see `dns_records.ts`.
export let queryHeads: u32 = 0, queries: u32 = 0, querySlots: u32 = 0;
export let lookupHeads: u32 = 0, lookups: u32 = 0, lookupSlots: u32 = 0;

// How many servers there are and their hosts, counts, waiting times, response codes.
export let serverIds: u32 = 0, serverFields: u32 = 0, waits: u32 = 0, serverCodes: u32 = 0, serverCounts: u32 = 0;

// How many clients there are and their hosts, their queries.
export let clientIds: u32 = 0, clientQueries: u32 = 0;

// What is counted of all messages, and the filter of `dns/search_storms.ts`.
export let tallies: u32 = 0, ednsSizes: u32 = 0, pairs: u32 = 0, bursts: u32 = 0, codes: u32 = 0, codeCounts: u32 = 0;

/** Told once where queries are. */
export function bindDnsQueries(headsAt: u32, recordsAt: u32, slotsAt: u32): void {
  queryHeads = headsAt;
  queries = recordsAt;
  querySlots = slotsAt;
}

/** Told once where lookups are. */
export function bindDnsLookups(headsAt: u32, recordsAt: u32, slotsAt: u32): void {
  lookupHeads = headsAt;
  lookups = recordsAt;
  lookupSlots = slotsAt;
}

/** Told once where it is what is known of servers. */
export function bindDnsServers(idsAt: u32, fieldsAt: u32, waitsAt: u32, codesAt: u32, countsAt: u32): void {
  serverIds = idsAt;
  serverFields = fieldsAt;
  waits = waitsAt;
  serverCodes = codesAt;
  serverCounts = countsAt;
}

/** Told once where it is what is known of clients. */
export function bindDnsClients(idsAt: u32, queriesAt: u32): void {
  clientIds = idsAt;
  clientQueries = queriesAt;
}

/** Told once where everything else is that messages change. */
export function bindDnsTallies(
  talliesAt: u32,
  ednsAt: u32,
  pairsAt: u32,
  burstsAt: u32,
  codesAt: u32,
  countsAt: u32,
): void {
  tallies = talliesAt;
  ednsSizes = ednsAt;
  pairs = pairsAt;
  bursts = burstsAt;
  codes = codesAt;
  codeCounts = countsAt;
}
