/**
 * Random cases for the tools about planning: much that touches, nests and repeats, some of it
 * misspelled, and the whole address space now and then.
 *
 * @module
 */
import { addressBits, renderAddress } from "../../lib/ip/address.ts";
import { lastAddress, type Prefix, prefixOf, renderPrefix } from "../../lib/ip/prefix.ts";
import { addressAt } from "../../lib/planning/host_range.ts";
import type { Random } from "../fuzz/random.ts";

const FAMILIES: readonly [4, 6] = [4, 6];
const SIGNS = [..."0123456789abcdef.:/ %x"] as [string, ...string[]];

function randomBits(random: Random, bits: number): bigint {
  let value = 0n;
  for (let left = bits; left > 0; left -= 32) value = value << 32n | BigInt(random.bits());
  return value & (1n << BigInt(bits)) - 1n;
}

/** An address and a length: half of them from a neighborhood of a few subnets. */
function randomPlace(random: Random): { family: 4 | 6; value: bigint; length: number } {
  const family = random.pick(FAMILIES);
  const bits = addressBits(family);
  if (random.oneIn(2)) {
    return { family, value: randomBits(random, bits), length: random.below(bits + 1) };
  }
  const value = family === 4
    ? 0x0a00_0000n + BigInt(random.below(1024))
    : (0x2001_0db8n << 96n) + (BigInt(random.below(8)) << 64n) + BigInt(random.below(16));
  const length = family === 4 ? 20 + random.below(13) : random.pick([32, 62, 63, 64, 65, 126, 128]);
  return { family, value, length };
}

/** A prefix without host bits. */
export function randomPrefix(random: Random): Prefix {
  const { family, value, length } = randomPlace(random);
  return prefixOf(addressAt(family, value), length);
}

/** A prefix as somebody might write it: host bits, masks, lone addresses, mistakes. */
export function writtenPrefix(random: Random): string {
  const { family, value, length } = randomPlace(random);
  const address = renderAddress(addressAt(family, value));
  const ones = (1n << BigInt(32 - Math.min(length, 32))) - 1n;
  const forms: readonly [() => string, ...(() => string)[]] = [
    () => renderPrefix(prefixOf(addressAt(family, value), length)),
    () => `${address}/${length}`,
    () => `${address}/${length}`.toUpperCase(),
    () => address,
    () => `${address}/${renderAddress(addressAt(4, 0xffff_ffffn ^ ones))}`,
    () => `${address}/${renderAddress(addressAt(4, ones))}`,
    () => misspelled(random, `${address}/${length}`),
  ];
  return random.oneIn(2) ? forms[0]() : random.pick(forms)();
}

/** An address, often at the edge of the prefix, rarely misspelled. */
export function writtenAddress(random: Random, near: Prefix): string {
  const { family } = near;
  const all = 1n << BigInt(addressBits(family));
  const edge = random.pick([near.value, lastAddress(near).value]) + BigInt(random.below(5) - 2);
  const address = random.oneIn(4)
    ? addressAt(family, randomBits(random, addressBits(family)))
    : addressAt(family, (edge + all) % all);
  const text = random.oneIn(10)
    ? renderAddress(addressAt(4, randomBits(random, 32)))
    : renderAddress(address);
  return random.oneIn(10) ? misspelled(random, text) : text;
}

function misspelled(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + random.pick(SIGNS) + text.slice(at + random.below(2));
}

/** `count` of what `make` makes. */
export function several<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

/** A list of prefixes, mostly short, for what matters happens between three; some come again. */
export function writtenList(random: Random): string[] {
  const list = several(1 + random.below(random.oneIn(20) ? 12 : 4), () => writtenPrefix(random));
  return random.oneIn(4) ? [...list, ...list.slice(random.below(4)), ...list.slice(0, 2)] : list;
}

/** A VLAN map with wrong, repeated and missing things in it. */
export function randomVlanMap(random: Random): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (let left = random.below(5); left > 0; left--) {
    const key = random.pick(["1", "10", "010", "20", "30", "1002", "4094", "4095", "0", "x", ""]);
    const one = writtenPrefix(random);
    const many = several(1 + random.below(2), () => writtenPrefix(random));
    map[key] = random.pick<unknown>([one, many, { cidr: one, name: "a" }, { cidr: many }]);
  }
  return map;
}

/** Arguments of plan_subnets: tight and roomy parents, holes, growth, an earlier plan. */
export function randomPlanRequest(random: Random) {
  const family = random.pick(FAMILIES);
  const parentLength = family === 4
    ? 22 + random.below(6)
    : random.pick([58, 60, 61, 64, 118, 120, 122]);
  const [base, longest] = family === 4
    ? [0x0a00_0000n, 32]
    : [0x2001_0db8n << 96n, parentLength < 64 ? 64 : 128];
  const depth = longest - parentLength;
  /** A prefix in or beside the parent, rarely around it. */
  const nearby = (): string => {
    const up = random.oneIn(40) ? -1 : random.below(depth + 1);
    const length = parentLength + up;
    const step = 1n << BigInt(addressBits(family) - length);
    const slots = random.oneIn(8) ? 2 << Math.max(up, 0) : 1 << Math.max(up, 0);
    const value = base + BigInt(random.below(Math.min(slots, 2 ** 20))) * step;
    return renderPrefix(prefixOf(addressAt(family, value), length));
  };
  const holes = random.oneIn(2) ? 0 : 4;
  const requirements = several(1 + random.below(random.oneIn(20) ? 8 : 4), () => {
    const shared = { vlan_id: 0, name: "", growth_hosts: 0, avoid: [] as string[] };
    if (random.oneIn(3)) {
      return { ...shared, desired_prefix: parentLength + random.below(depth + 1) };
    }
    return {
      ...shared,
      needed_hosts: 1 + random.below(random.pick([4, 60, 300])),
      growth_hosts: random.oneIn(4) ? random.below(40) : 0,
      ...(random.oneIn(4) ? { growth_percent: random.below(150) } : {}),
    };
  }).map((one, index) => ({ ...one, vlan_id: 10 + index }));
  return {
    parent_cidr: renderPrefix(prefixOf(addressAt(family, base), parentLength)),
    requirements,
    gateway: random.pick(["first", "first", "last", "none"]),
    reserve: random.oneIn(4) ? random.below(4) : 0,
    growth_percent: random.oneIn(4) ? random.below(100) : 0,
    avoid: several(random.below(holes), nearby),
    existing: several(random.below(holes), nearby),
    previous_plan: random.oneIn(2) ? [] : several(random.below(6), nearby).map((cidr, index) => ({
      vlan_id: 10 + index + random.below(2) * 100,
      allocated_cidr: cidr,
    })),
  };
}
