/**
 * The compiled twin of the searches of `dns/host_table.ts` and `dns/name_table.ts`, for all messages of
 * the queue at once. AssemblyScript.
 */

// Octets of a message in the queue, see `dns_messages.ts`, and of the ids that are found.
const MESSAGE: u32 = 112;
const NAME_SIZE: u32 = 28, ADDRESS_LENGTH: u32 = 40, SRC: u32 = 44, DST: u32 = 60;
const SRC_ID: u32 = 96, DST_ID: u32 = 100, NAME_ID: u32 = 104;

// Slots of an index, see `flow/hash_index.ts`.
const ID_MASK: u32 = 0x1fffff, PROBES_MAX: u32 = 128;

// Octets of what hosts and names are found by.
const HOST_LOG2: u32 = 5, HOST_LENGTH: u32 = 16;
const NAME_LOG2: u32 = 6, NAME_WORDS: u32 = 15;

let hashKeys: u32 = 0, messages: u32 = 0, words: u32 = 0;
let hosts: u32 = 0, hostSlots: u32 = 0, hostMask: u32 = 0;
let knownNames: u32 = 0, nameSlots: u32 = 0, nameMask: u32 = 0;

/** Told once where the multipliers of the hash and the queue lie. */
export function bindDnsTables(hashKeysAt: u32, messagesAt: u32, wordsAt: u32): void {
  hashKeys = hashKeysAt;
  messages = messagesAt;
  words = wordsAt;
}

/** Told once where hosts are, and the slots of their index. */
export function bindDnsHosts(hostsAt: u32, slotsAt: u32, mask: u32): void {
  hosts = hostsAt;
  hostSlots = slotsAt;
  hostMask = mask;
}

/** Told once where names are, and the slots of their index. */
export function bindDnsNames(namesAt: u32, slotsAt: u32, mask: u32): void {
  knownNames = namesAt;
  nameSlots = slotsAt;
  nameMask = mask;
}

/** Finds the hosts and, if wanted, the name of each of the first `count` messages; -1 for what is not known. */
export function findDns(count: u32, hasNames: bool): void {
  let name = words;
  for (let index: u32 = 0; index < count; index++) {
    const at = messages + index * MESSAGE;
    const length = load<u32>(at, ADDRESS_LENGTH);
    store<i32>(at, findHost(at + SRC, length), SRC_ID);
    store<i32>(at, findHost(at + DST, length), DST_ID);
    const size = load<u32>(at, NAME_SIZE);
    if (hasNames) store<i32>(at, size > 0 ? findName(name, size) : -1, NAME_ID);
    name += (size + 3) & ~3;
  }
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

function findHost(address: u32, length: u32): i32 {
  let hash = mix(load<u32>(address));
  if (length != 4) {
    hash = next(hash, load<u32>(address, 4), key(4));
    hash = next(hash, load<u32>(address, 8), key(5));
    hash = next(hash, load<u32>(address, 12), key(6));
  }
  hash = last(hash, length);
  let slot = hash & hostMask;
  for (let probes: u32 = 0; probes < PROBES_MAX; probes++) {
    const entry = load<u32>(hostSlots + (slot << 2));
    if (entry == 0) return -1;
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

function findName(name: u32, size: u32): i32 {
  const count = (size + 3) >> 2;
  if (count > NAME_WORDS) return -1;
  let hash = size;
  for (let word: u32 = 0; word < count; word++) hash = last(mix(load<u32>(name + (word << 2))), hash);
  let slot = hash & nameMask;
  for (let probes: u32 = 0; probes < PROBES_MAX; probes++) {
    const entry = load<u32>(nameSlots + (slot << 2));
    if (entry == 0) return -1;
    if (((entry ^ hash) & ~ID_MASK) == 0) {
      const id = (entry & ID_MASK) - 1;
      if (isName(knownNames + (id << NAME_LOG2), name, size, count)) return id as i32;
    }
    slot = (slot + 1) & nameMask;
  }
  return -1;
}

@inline
function isName(known: u32, name: u32, size: u32, count: u32): bool {
  if (load<u32>(known) != size) return false;
  for (let word: u32 = 0; word < count; word++) {
    if (load<u32>(known + (word << 2), 4) != load<u32>(name + (word << 2))) return false;
  }
  return true;
}
