/** Rows of a bench: a number of ours beside a peer's, the ratio and the goal. */

/** One line of the table. */
export interface Row {
  readonly number: string;
  readonly ours: string;
  readonly peer: string;
  readonly ratio: string;
  readonly goal: string;
  /** Null where the goal cannot be judged here. */
  readonly met: boolean | null;
}

/** Prints rows as a Markdown table, or as more lines of one. */
export function printRows(rows: readonly Row[], withHead = true): void {
  // deno-lint-ignore no-console -- a bench prints
  const print = console.log;
  if (withHead) {
    print("| Number | netglass | peer | ratio | goal | met |");
    print("| --- | --- | --- | --- | --- | --- |");
  }
  for (const { number, ours, peer, ratio, goal, met } of rows) {
    const verdict = met === null ? "-" : met ? "yes" : "NO";
    print(`| ${number} | ${ours} | ${peer} | ${ratio} | ${goal} | ${verdict} |`);
  }
}
