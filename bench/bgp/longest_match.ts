/**
 * Longest match in process: microseconds for the best prefix of an address, with all its paths and
 * their attributes as objects, for addresses all over the IPv4 table.
 *
 *     deno run -A bench/bgp/longest_match.ts FILE...
 *
 * One peer for each file; see `generate_table.ts`.
 */
import type { IpAddress } from "../../lib/ip/address.ts";
import { median } from "../stdio_session.ts";
import { MemoryTables } from "./memory_tables.ts";
import { Random } from "./random.ts";

const LOOKUPS = 20_000, ROUNDS = 9;
const SEED = 7;

/** Runs it in a process of its own. */
export async function longestMatchUs(files: readonly string[]): Promise<number> {
  const { stdout, success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", new URL(import.meta.url).pathname, ...files],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return Number(new TextDecoder().decode(stdout));
}

function addressesOf({ view }: MemoryTables): IpAddress[] {
  const ids: number[] = [];
  view.walk(0, { within: null, from: null }, (id) => void ids.push(id));
  const random = new Random(SEED);
  return Array.from({ length: LOOKUPS }, () => ({
    family: 4,
    value: view.prefixOf(ids[random.below(ids.length)]!).value,
    zone: null,
  }));
}

/** Every address is inside of a prefix; returns how many paths there were. */
function lookUp({ view }: MemoryTables, addresses: readonly IpAddress[]): number {
  let found = 0;
  for (const address of addresses) {
    for (const { attributes } of view.paths(view.longest(address))) {
      if (view.attributes(attributes).asPath.length > 0) found++;
    }
  }
  return found;
}

if (import.meta.main) {
  const tables = new MemoryTables(Deno.args.length);
  for (const [peer, file] of Deno.args.entries()) tables.feed(peer, await Deno.readFile(file));
  const addresses = addressesOf(tables);
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    if (lookUp(tables, addresses) < LOOKUPS) throw new Error("Some addresses have no path");
    taken.push(performance.now() - started);
  }
  console.log(`${median(taken) / LOOKUPS * 1_000}`);
}
