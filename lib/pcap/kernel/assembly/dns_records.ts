/**
 * The compiled twin of `dns/aged_records.ts`, but for what has to grow or make room. A table is told by
 * the addresses of its heads, its records and the slots of its index. AssemblyScript.
 */

// Words of the heads.
const SIZE: u32 = 0, OLDEST: u32 = 4, NEWEST: u32 = 8, FREE: u32 = 12, GIVEN: u32 = 16, CAPACITY: u32 = 20;
const MASK: u32 = 24;

// Words at the start of a record.
const HASH: u32 = 0, NEWER: u32 = 4, OLDER: u32 = 8;

// Slots of an index, see `flow/hash_index.ts`.
const ID_MASK: u32 = 0x1fffff, PROBES_MAX: u32 = 128;

/** No record. */
export const NONE: i32 = -1;

/** The first entry that a search for a hash looks at. */
@inline
export function homeEntry(heads: u32, slots: u32, hash: u32): u32 {
  return load<u32>(slots + ((hash & load<u32>(heads, MASK)) << 2));
}

/** The record that was listed first, or none. */
@inline
export function oldest(heads: u32): i32 {
  return load<i32>(heads, OLDEST);
}

/** The record that was listed after the one at an address, or none. */
@inline
export function newerThan(at: u32): i32 {
  return load<i32>(at, NEWER);
}

/** The record that will be taken next, or none that was ever given. */
@inline
export function nextFree(heads: u32): i32 {
  return load<i32>(heads, FREE);
}

/** The record that was listed before the one at an address, or none. */
@inline
export function olderThan(at: u32): i32 {
  return load<i32>(at, OLDER);
}

/** The record of an entry. */
@inline
export function recordOf(entry: u32): i32 {
  return ((entry & ID_MASK) - 1) as i32;
}

/** One search in an index: where it is, and how many slots it looked at. */
let searchSlots: u32 = 0, searchMask: u32 = 0, searchHash: u32 = 0, searchAt: u32 = 0, probes: u32 = 0;

/** The first record that may have a hash, or none. One search goes on at a time. */
@inline
export function first(heads: u32, slots: u32, hash: u32): i32 {
  searchSlots = slots;
  searchMask = load<u32>(heads, MASK);
  searchHash = hash;
  searchAt = hash;
  probes = 0;
  return next();
}

/** The next record that may have the hash searched for, or none. */
export function next(): i32 {
  while (probes++ < PROBES_MAX) {
    const entry = load<u32>(searchSlots + ((searchAt & searchMask) << 2));
    if (entry == 0) return NONE;
    searchAt++;
    if (((entry ^ searchHash) & ~ID_MASK) == 0) return recordOf(entry);
  }
  return NONE;
}

/** True if a record of a hash can be taken and listed without any other having to make room. */
export function hasPlace(heads: u32, slots: u32, hash: u32, listedMax: u32): bool {
  const size = load<u32>(heads, SIZE), mask = load<u32>(heads, MASK);
  if (size >= listedMax || ((size + 1) << 1) > mask + 1) return false;
  if (load<i32>(heads, FREE) < 0 && load<u32>(heads, GIVEN) >= load<u32>(heads, CAPACITY)) return false;
  for (let probe: u32 = 0; probe < PROBES_MAX; probe++) {
    if (load<u32>(slots + (((hash + probe) & mask) << 2)) == 0) return true;
  }
  return false;
}

/** Takes a record that nobody has. */
@inline
export function take(heads: u32, records: u32, log2: u32): i32 {
  const free = load<i32>(heads, FREE);
  if (free >= 0) {
    store<i32>(heads, load<i32>(records + ((free as u32) << log2), NEWER), FREE);
    return free;
  }
  const given = load<u32>(heads, GIVEN);
  store<u32>(heads, given + 1, GIVEN);
  return given as i32;
}

/** Takes a record back that is not listed. */
@inline
export function giveBack(heads: u32, records: u32, log2: u32, record: i32): void {
  store<i32>(records + ((record as u32) << log2), load<i32>(heads, FREE), NEWER);
  store<i32>(heads, record, FREE);
}

/** Lists a record for which there is a place. */
@inline
export function list(heads: u32, records: u32, log2: u32, slots: u32, record: i32, hash: u32): void {
  const mask = load<u32>(heads, MASK);
  let slot = hash & mask;
  while (load<u32>(slots + (slot << 2)) != 0) slot = (slot + 1) & mask;
  store<u32>(slots + (slot << 2), (hash & ~ID_MASK) | ((record as u32) + 1));
  const at = records + ((record as u32) << log2);
  const newest = load<i32>(heads, NEWEST);
  store<u32>(at, hash, HASH);
  store<i32>(at, NONE, NEWER);
  store<i32>(at, newest, OLDER);
  if (newest >= 0) store<i32>(records + ((newest as u32) << log2), record, NEWER);
  else store<i32>(heads, record, OLDEST);
  store<i32>(heads, record, NEWEST);
  store<u32>(heads, load<u32>(heads, SIZE) + 1, SIZE);
}

/** Takes a record from the list. */
@inline
export function unlist(heads: u32, records: u32, log2: u32, slots: u32, record: i32): void {
  const at = records + ((record as u32) << log2);
  remove(heads, records, log2, slots, record, load<u32>(at, HASH));
  const newer = load<i32>(at, NEWER), older = load<i32>(at, OLDER);
  if (older >= 0) store<i32>(records + ((older as u32) << log2), newer, NEWER);
  else store<i32>(heads, newer, OLDEST);
  if (newer >= 0) store<i32>(records + ((newer as u32) << log2), older, OLDER);
  else store<i32>(heads, older, NEWEST);
  store<u32>(heads, load<u32>(heads, SIZE) - 1, SIZE);
}

/** Removes a record from the index; those after it close the gap, so that no search ends too early. */
function remove(heads: u32, records: u32, log2: u32, slots: u32, record: i32, hash: u32): void {
  const mask = load<u32>(heads, MASK);
  let gap = hash & mask;
  for (let probe: u32 = 0; recordOf(load<u32>(slots + (gap << 2))) != record; probe++) {
    if (probe == PROBES_MAX) return;
    gap = (gap + 1) & mask;
  }
  for (let at = (gap + 1) & mask;; at = (at + 1) & mask) {
    const entry = load<u32>(slots + (at << 2));
    if (entry == 0) break;
    const home = load<u32>(records + ((recordOf(entry) as u32) << log2), HASH) & mask;
    if (((at - home) & mask) < ((at - gap) & mask)) continue;
    store<u32>(slots + (gap << 2), entry);
    gap = at;
  }
  store<u32>(slots + (gap << 2), 0);
}
