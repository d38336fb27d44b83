/**
 * The compiled twin of `dns/host_table.ts` and, but for long names, `dns/name_table.ts`, for all messages
 * of the queue at once. AssemblyScript.
 */

// Octets of a message in the queue, see `dns_messages.ts`, and of the ids that are found.
const MESSAGE: u32 = 112;
const NAME_SIZE: u32 = 28, ADDRESS_LENGTH: u32 = 40, SRC: u32 = 44, DST: u32 = 60;
const SRC_ID: u32 = 96, DST_ID: u32 = 100, NAME_ID: u32 = 104;

// Slots of an index, see `flow/hash_index.ts`.
const ID_MASK: u32 = 0x1fffff, PROBES_MAX: u32 = 128;

// Octets of what hosts and names are found by.
const HOST_LOG2: u32 = 5, HOST_LENGTH: u32 = 16, HOST_HASH: u32 = 20, HOST_CLIENT: u32 = 24, HOST_SERVER: u32 = 28;
const NAME_LOG2: u32 = 6, NAME_WORDS: u32 = 15, FACT_LOG2: u32 = 4;
// What else is known of a name, and how many names there are and their octets.
const FACT_HASH: u32 = 0, FACT_LABEL: u32 = 4, FACT_COUNT: u32 = 8;
const SUM_NAMES: u32 = 0, SUM_OCTETS: u32 = 4;
const HOSTS_MAX: u32 = 16384;

/** The messages of the queue. */
export let messages: u32 = 0;

/** Messages whose hosts and names are loaded ahead. */
const AHEAD: u32 = 32;
/** Made of what was loaded, so that the loads are made. */
let touched: u32 = 0;

let hashKeys: u32 = 0, words: u32 = 0;
let hosts: u32 = 0, hostSlots: u32 = 0, hostMask: u32 = 0, hostCount: u32 = 0;
let knownNames: u32 = 0, nameSlots: u32 = 0, nameMask: u32 = 0, nameFacts: u32 = 0, nameSums: u32 = 0;
/** False once the crowd has a name that is left to TypeScript: they are kept in order. */
let mayKeepNames: bool = true;

/** Told once where the multipliers of the hash and the queue lie. */
export function bindDnsTables(hashKeysAt: u32, messagesAt: u32, wordsAt: u32): void {
  hashKeys = hashKeysAt;
  messages = messagesAt;
  words = wordsAt;
}

/** Told once where hosts are, the slots of their index, and how many hosts there are. */
export function bindDnsHosts(hostsAt: u32, slotsAt: u32, mask: u32, countAt: u32): void {
  hostCount = countAt;
  hosts = hostsAt;
  hostSlots = slotsAt;
  hostMask = mask;
}

/** Told once where names are, the slots of their index, what else is known of them, and how many there are. */
export function bindDnsNames(namesAt: u32, slotsAt: u32, mask: u32, factsAt: u32, sumsAt: u32): void {
  nameSums = sumsAt;
  nameFacts = factsAt;
  knownNames = namesAt;
  nameSlots = slotsAt;
  nameMask = mask;
}

/** Where the words of a host are. */
@inline
export function hostAt(id: u32): u32 {
  return hosts + (id << HOST_LOG2);
}

/** Where it lies what is known of a name. */
@inline
export function nameFactsAt(id: u32): u32 {
  return nameFacts + (id << FACT_LOG2);
}

/**
 * Finds the hosts of the first `count` messages, and the name of each if that is wanted, or keeps them;
 * -1 for what no table keeps. How many names are left to TypeScript.
 */
export function findDns(count: u32, hasNames: bool): u32 {
  let name = words, unknown: u32 = 0;
  mayKeepNames = true;
  for (let from: u32 = 0; from < count; from += AHEAD) {
    const start = messages + from * MESSAGE, end = messages + min(count, from + AHEAD) * MESSAGE;
    loadAhead(start, end, name, hasNames);
    for (let at = start; at < end; at += MESSAGE) {
      const length = load<u32>(at, ADDRESS_LENGTH);
      store<i32>(at, findHost(at + SRC, length, load<u32>(at, SRC_ID)), SRC_ID);
      store<i32>(at, findHost(at + DST, length, load<u32>(at, DST_ID)), DST_ID);
      const size = load<u32>(at, NAME_SIZE);
      if (hasNames) {
        const id = size > 0 ? findName(name, size, load<u32>(at, NAME_ID)) : -1;
        store<i32>(at, id, NAME_ID);
        if (size > 0 && id < 0) {
          mayKeepNames = false;
          unknown++;
        }
      }
      name += (size + 3) & ~3;
    }
  }
  return unknown;
}

/**
 * Loads slots, then what is in them, of messages whose first name is at `words`: no load waits for that
 * of another message. The hashes are left where the ids will be.
 */
function loadAhead(start: u32, end: u32, words: u32, hasNames: bool): void {
  let made: u32 = 0, name = words;
  for (let at = start; at < end; at += MESSAGE) {
    const length = load<u32>(at, ADDRESS_LENGTH), size = load<u32>(at, NAME_SIZE);
    const src = hashOfHost(at + SRC, length), dst = hashOfHost(at + DST, length);
    store<u32>(at, src, SRC_ID);
    store<u32>(at, dst, DST_ID);
    made ^= homeOf(hostSlots, hostMask, src) ^ homeOf(hostSlots, hostMask, dst);
    if (hasNames) {
      const hash = hashOfName(name, size);
      store<u32>(at, hash, NAME_ID);
      made ^= homeOf(nameSlots, nameMask, hash);
    }
    name += (size + 3) & ~3;
  }
  for (let at = start; at < end; at += MESSAGE) {
    made ^= load<u32>(hostAt(homeOf(hostSlots, hostMask, load<u32>(at, SRC_ID))));
    made ^= load<u32>(hostAt(homeOf(hostSlots, hostMask, load<u32>(at, DST_ID))));
    if (hasNames) made ^= load<u32>(knownNames + (homeOf(nameSlots, nameMask, load<u32>(at, NAME_ID)) << NAME_LOG2));
  }
  touched = made;
}

/** What is in the first slot of a hash, 0 if nothing is. */
@inline
function homeOf(slots: u32, mask: u32, hash: u32): u32 {
  return max((load<u32>(slots + ((hash & mask) << 2)) & ID_MASK) as i32, 1) - 1;
}

@inline
function key(index: u32): u32 {
  return load<u32>(hashKeys + (index << 2));
}

@inline
function mix(word: u32): u32 {
  const x = (word ^ key(3)) * key(0);
  return x ^ (x >>> 16);
}

@inline
function next(hash: u32, word: u32, multiplier: u32): u32 {
  const x = (hash ^ (word * multiplier)) * key(7);
  return x ^ (x >>> 15);
}

@inline
function last(hash: u32, beside: u32): u32 {
  const x = (hash ^ (beside * key(1))) * key(2);
  return x ^ (x >>> 15);
}

/** Hash of a word and another beside it, see `flow/flow_hash.ts`. */
@inline
export function end4(word: u32, beside: u32): u32 {
  return last(mix(word), beside);
}

@inline
function hashOfHost(address: u32, length: u32): u32 {
  let hash = mix(load<u32>(address));
  if (length != 4) {
    hash = next(hash, load<u32>(address, 4), key(4));
    hash = next(hash, load<u32>(address, 8), key(5));
    hash = next(hash, load<u32>(address, 12), key(6));
  }
  return last(hash, length);
}

@inline
function hashOfName(name: u32, size: u32): u32 {
  let hash = size;
  for (let at = name; at < name + size; at += 4) hash = end4(load<u32>(at), hash);
  return hash;
}

function findHost(address: u32, length: u32, hash: u32): i32 {
  let slot = hash & hostMask;
  for (let probes: u32 = 0; probes < PROBES_MAX; probes++) {
    const entry = load<u32>(hostSlots + (slot << 2));
    if (entry == 0) return keepHost(address, length, hash, hostSlots + (slot << 2));
    if (((entry ^ hash) & ~ID_MASK) == 0) {
      const id = (entry & ID_MASK) - 1;
      const host = hosts + (id << HOST_LOG2);
      const isIt = load<u64>(host) == load<u64>(address) && load<u64>(host, 8) == load<u64>(address, 8);
      if (isIt && load<u32>(host, HOST_LENGTH) == length) return id as i32;
    }
    slot = (slot + 1) & hostMask;
  }
  return -1;
}

/** Keeps a host in a slot that is empty; its number, -1 if there is no room. */
function keepHost(address: u32, length: u32, hash: u32, slot: u32): i32 {
  const id = load<u32>(hostCount);
  if (id >= HOSTS_MAX) return -1;
  store<u32>(hostCount, id + 1);
  store<u32>(slot, (hash & ~ID_MASK) | (id + 1));
  const host = hostAt(id);
  store<u64>(host, load<u64>(address));
  store<u64>(host, load<u64>(address, 8), 8);
  store<u32>(host, length, HOST_LENGTH);
  store<u32>(host, hash, HOST_HASH);
  store<i32>(host, -1, HOST_CLIENT);
  store<i32>(host, -1, HOST_SERVER);
  return id as i32;
}

function findName(name: u32, size: u32, hash: u32): i32 {
  const count = (size + 3) >> 2;
  if (count > NAME_WORDS) return -1;
  let slot = hash & nameMask;
  for (let probes: u32 = 0; probes < PROBES_MAX; probes++) {
    const entry = load<u32>(nameSlots + (slot << 2));
    if (entry == 0) return mayKeepNames ? keepName(name, size, hash, nameSlots + (slot << 2)) : -1;
    if (((entry ^ hash) & ~ID_MASK) == 0) {
      const id = (entry & ID_MASK) - 1;
      if (isName(knownNames + (id << NAME_LOG2), name, size, count)) return id as i32;
    }
    slot = (slot + 1) & nameMask;
  }
  return -1;
}

/** Keeps a name that is not long in a slot that is empty; its number. */
function keepName(name: u32, size: u32, hash: u32, slot: u32): i32 {
  const id = load<u32>(nameSums, SUM_NAMES);
  store<u32>(nameSums, id + 1, SUM_NAMES);
  store<u32>(nameSums, load<u32>(nameSums, SUM_OCTETS) + size, SUM_OCTETS);
  store<u32>(slot, (hash & ~ID_MASK) | (id + 1));
  const known = knownNames + (id << NAME_LOG2);
  store<u32>(known, size);
  for (let at: u32 = 0; at < size; at += 4) store<u32>(known + at, load<u32>(name + at), 4);
  const facts = nameFactsAt(id);
  store<u32>(facts, hash, FACT_HASH);
  store<u32>(facts, hashOfLabel(name), FACT_LABEL);
  store<u32>(facts, 0, FACT_COUNT);
  return id as i32;
}

/** Hash of the first label of a name. */
function hashOfLabel(name: u32): u32 {
  const octets = 1 + (load<u8>(name) as u32);
  const whole: u32 = octets & ~3;
  let hash = octets;
  for (let at: u32 = 0; at < whole; at += 4) hash = end4(load<u32>(name + at), hash);
  return end4(load<u32>(name + whole) & ((1 << ((octets & 3) << 3)) - 1), hash);
}

@inline
function isName(known: u32, name: u32, size: u32, count: u32): bool {
  if (load<u32>(known) != size) return false;
  for (let word: u32 = 0; word < count; word++) {
    if (load<u32>(known + (word << 2), 4) != load<u32>(name + (word << 2))) return false;
  }
  return true;
}
