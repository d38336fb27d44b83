/**
 * The configuration of one platform, and how it is taken back.
 *
 * @module
 */

/** Text for one router. */
export interface Rendered {
  /** What is pasted into the configuration of the router, or is its file. */
  readonly config: string;
  /** What takes exactly that back. */
  readonly rollback: string;
  /** Commands of a Linux shell that go before it, where the router is a daemon on Linux. */
  readonly shell: readonly string[];
  readonly shellRollback: readonly string[];
  /** What shows that it works. */
  readonly verify: readonly string[];
  /** What the platform cannot say, and what to mind, one sentence each. */
  readonly notes: readonly string[];
}

/** Lines as text, with an end of line behind each. */
export function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
