/**
 * What netglass knows of one family of routers: how it is recognised, which commands it takes, and
 * how its output reads.
 *
 * @module
 */
import type { Parsed } from "../answer.ts";
import type { QueryKind, RouterQuery } from "../query.ts";
import type { RouterCommand } from "../router_command.ts";

/** The dialects. `ios` is IOS and IOS-XE; `frr` is FRR and Quagga. */
export type DialectName =
  | "frr"
  | "ios"
  | "iosxr"
  | "nxos"
  | "eos"
  | "junos"
  | "bird"
  | "openbgpd";

/** How far a dialect has been checked. */
export interface Verification {
  /** `real`: against the running system; `documented`: against published output only. */
  readonly against: "real" | "documented";
  /** Which: `FRR 8.4.4`, `IOS 15.5 output in public documentation`. */
  readonly what: string;
}

/** One dialect. Pure: it neither connects nor waits. */
export interface Dialect {
  readonly name: DialectName;
  readonly title: string;
  readonly verification: Verification;
  /** Text that only this dialect prints, in a greeting or in the answer to {@link probe}. */
  readonly signatures: readonly RegExp[];
  /** Prompts that only this dialect uses, or an empty list. */
  readonly prompts: readonly RegExp[];
  /** The command whose answer tells the dialect (`show version`, `show status`). */
  readonly probe: RouterCommand;
  /** Commands that switch paging off, tried in order right after login until one is not refused. */
  readonly pagingOff: readonly RouterCommand[];
  /** Questions that it can put. */
  readonly queries: ReadonlySet<QueryKind>;
  /** The command of a query, or null if this dialect (or an argument) cannot say it. */
  command(query: RouterQuery, format: "text" | "json"): RouterCommand | null;
  /** Reads the output of `command(query, format)`: no echo, no prompt, lines ended by `\n`. Never throws. */
  parse(query: RouterQuery, output: string, format: "text" | "json"): Parsed;
}
