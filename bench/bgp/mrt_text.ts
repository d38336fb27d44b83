/** A table in an MRT file as text: processor time of ours and of `bgpdump -m`. */
import { median } from "../stdio_session.ts";
import type { Table } from "./table.ts";
import { writeRibFile } from "./table_mrt.ts";

const PRINT = new URL("./print_mrt.ts", import.meta.url).pathname;

/** Medians of `rounds`, seconds; the file is written to `path`. */
export async function mrtTextSec(
  path: string,
  table: Table,
  rounds: number,
): Promise<{ readonly ours: number; readonly bgpdump: number }> {
  await writeRibFile(path, table, 1);
  const ours: number[] = [], bgpdump: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await cpuSeconds(`'${Deno.execPath()}' run -A -q '${PRINT}' '${path}'`));
    bgpdump.push(await cpuSeconds(`bgpdump -m '${path}'`));
  }
  return { ours: median(ours), bgpdump: median(bgpdump) };
}

/** User and system seconds of a command, its output thrown away. */
async function cpuSeconds(command: string): Promise<number> {
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `${command} >/dev/null 2>&1; times`],
    stdin: "null",
  }).output();
  const children = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}
