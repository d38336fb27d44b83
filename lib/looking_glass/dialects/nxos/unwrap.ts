/**
 * Lines that NX-OS broke at the width of the terminal, put together again.
 *
 * @module
 */

/** Columns of a terminal that said nothing of its size. */
const WIDTH = 80;
/** A row of a table that is whole ends with its origin. */
const WHOLE_ROW = / [ie?]$/;

/**
 * Joins each line that fills the terminal with the one behind it, unless it ends like a whole row
 * of a table, or the one behind it is indented like a line of its own.
 */
export function unwrap(output: string): string {
  const lines = output.split("\n");
  let joined = "";
  lines.forEach((line, i) => {
    const next = lines[i + 1];
    const isBroken = line.length === WIDTH && !WHOLE_ROW.test(line.slice(-2)) && next &&
      !next.startsWith("  ");
    joined += next === undefined || isBroken ? line : `${line}\n`;
  });
  return joined;
}
