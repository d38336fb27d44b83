/**
 * Makes the tables that the bench sends, the same for the same seed, as files of raw UPDATE messages.
 *
 *     deno run -A bench/bgp/generate_table.ts --dir FOLDER [--peers N] [--ipv4 N] [--ipv6 N]
 *       [--sets N] [--seed N] [--churn OPERATIONS]
 *
 * Files that are there already are kept.
 */
import { parseArgs } from "node:util";
import { FULL_TABLE, Table, type TableWish } from "./table.ts";
import { churnStream, smallStream, tableStream } from "./table_stream.ts";

/** The files of one peer. */
export interface TableFiles {
  readonly table: string;
  /** Null: no churn was asked for. */
  readonly churn: string | null;
}

/** Makes the files of `peers` peers in `folder`, or finds them there. */
export async function tableFiles(
  folder: string,
  wish: TableWish,
  peers: number,
  churn = 0,
): Promise<TableFiles[]> {
  const make = await maker(folder, wish);
  const files: TableFiles[] = [];
  for (let peer = 0; peer < peers; peer++) {
    files.push({
      table: await make("table", `${peer}`, (table) => tableStream(table, peer)),
      churn: churn === 0
        ? null
        : await make("churn", `${peer}-${churn}`, (table) => churnStream(table, peer, churn)),
    });
  }
  return files;
}

/** Makes the files of `peers` small peers, each with about `prefixes` prefixes of the table. */
export async function smallFiles(
  folder: string,
  wish: TableWish,
  peers: number,
  prefixes: number,
): Promise<string[]> {
  const make = await maker(folder, wish);
  const files: string[] = [];
  for (let peer = 0; peer < peers; peer++) {
    files.push(
      await make("small", `${peer}-${prefixes}`, (table) => smallStream(table, peer, prefixes)),
    );
  }
  return files;
}

/** Makes a file of a table in `folder` unless it is there, and answers its path. */
async function maker(folder: string, wish: TableWish) {
  await Deno.mkdir(folder, { recursive: true });
  const name = `${wish.ipv4}-${wish.ipv6}-${wish.attributeSets}-${wish.seed}`;
  let table: Table | null = null;
  return async (
    kind: string,
    which: string,
    stream: (table: Table) => Uint8Array,
  ): Promise<string> => {
    const path = `${folder}/${kind}-${name}-${which}.bgp`;
    try {
      await Deno.stat(path);
    } catch {
      await Deno.writeFile(`${path}.part`, stream(table ??= new Table(wish)));
      await Deno.rename(`${path}.part`, path);
    }
    return path;
  };
}

if (import.meta.main) {
  const number = (otherwise: number) => ({ type: "string", default: `${otherwise}` }) as const;
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      dir: { type: "string" },
      peers: number(1),
      ipv4: number(FULL_TABLE.ipv4),
      ipv6: number(FULL_TABLE.ipv6),
      sets: number(FULL_TABLE.attributeSets),
      seed: number(FULL_TABLE.seed),
      churn: number(0),
    },
  });
  const wish = {
    ipv4: Number(values.ipv4),
    ipv6: Number(values.ipv6),
    attributeSets: Number(values.sets),
    seed: Number(values.seed),
  };
  const started = performance.now();
  const files = await tableFiles(
    values.dir ?? await Deno.makeTempDir(),
    wish,
    Number(values.peers),
    Number(values.churn),
  );
  for (const { table, churn } of files) {
    console.log(table, (await Deno.stat(table)).size, churn ?? "");
  }
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
}
