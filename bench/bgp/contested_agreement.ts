/**
 * Contested feeds given to BIRD and to us: differences of best paths, and of Adj-RIB-In from what
 * bgpdump reads of the feeds.
 *
 *     deno run -A bench/bgp/contested_agreement.ts [--ipv4 N] [--ipv6 N] [--sets N] [--changes N]
 *       [--feeds 1..5]
 *
 * Needs Linux and root, and from Debian bird2 and bgpdump. It ends with 1 if anything differs.
 */
import { parseArgs } from "node:util";
import { type Agreement, type Agreements, compareTables } from "./agreement.ts";
import {
  CONTESTED_FEEDS,
  contestedStream,
  lastPrefix,
  RECEIVER_AS,
  settledStream,
} from "./contested_feeds.ts";
import { FULL_TABLE, Table, type TableWish } from "./table.ts";

/** Programs that it needs. */
export const AGREEMENT_PROGRAMS = ["bird", "birdc", "bgpdump"] as const;

/** What is sent. */
export interface ContestedWish {
  readonly table: TableWish;
  /** Prefixes of each feed that change or go after the table. */
  readonly changes: number;
  /** How many of `CONTESTED_FEEDS`, from the first on. */
  readonly feeds: number;
}

/** Compares; its files are gone at the end. */
export async function compareContested(
  { table: wish, changes, feeds }: ContestedWish,
): Promise<Agreements> {
  const table = new Table(wish);
  const folder = await Deno.makeTempDir({ prefix: "netglass-bench-" });
  try {
    return await compareTables(
      CONTESTED_FEEDS.slice(0, feeds).map((feed, n) => ({
        ...feed,
        stream: contestedStream(table, n, changes),
        settled: settledStream(table, n, changes),
        last: lastPrefix(n),
      })),
      RECEIVER_AS,
      folder,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function say(what: string, { compared, differences, examples }: Agreement): void {
  console.log(`${what}: ${differences} differences in ${compared}`);
  for (const example of examples) console.log(`  ${example}`);
}

if (import.meta.main) {
  const number = (otherwise: number) => ({ type: "string", default: `${otherwise}` }) as const;
  const { values } = parseArgs({
    options: {
      ipv4: number(FULL_TABLE.ipv4),
      ipv6: number(FULL_TABLE.ipv6),
      sets: number(FULL_TABLE.attributeSets),
      changes: number(100_000),
      feeds: number(3),
    },
  });
  const { bestPaths, adjRibIn, lostBy } = await compareContested({
    table: {
      ipv4: Number(values.ipv4),
      ipv6: Number(values.ipv6),
      attributeSets: Number(values.sets),
      seed: FULL_TABLE.seed,
    },
    changes: Number(values.changes),
    feeds: Number(values.feeds),
  });
  say("Best paths beside BIRD's", bestPaths);
  say("Adj-RIB-In beside bgpdump's", adjRibIn);
  console.log("Paths lost by:", lostBy);
  Deno.exit(bestPaths.differences + adjRibIn.differences === 0 ? 0 : 1);
}
