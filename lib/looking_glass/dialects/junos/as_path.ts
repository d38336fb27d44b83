/**
 * AS paths as Junos writes them, with what it puts behind them.
 *
 * @module
 */
import { type AsPath, parseAsPath } from "../../../route/as_path.ts";
import type { RoutePath } from "../../../route/route.ts";
import { readAddress, readAsn } from "../text/path_draft.ts";

/** What one `AS path:` line says. */
export interface JunosAsPath {
  readonly asPath: AsPath;
  readonly origin: Exclude<RoutePath["origin"], null>;
  /** Words behind the origin: `Aggregator: 64496 192.0.2.1`, `(Originator)`, `Cluster list: …`. */
  readonly rest: string;
}

const ORIGINS = { I: "igp", E: "egp", "?": "incomplete" } as const;

/**
 * Reads `65001 64496 {64510 64511} I (Originator)`. Junos puts a member set of a confederation in
 * `([ ])` and the local AS in `[ ]` at the start: it belongs to the path only where it is sent.
 * Null if there is no origin behind a readable path.
 */
export function readJunosAsPath(text: string, direction: "in" | "out" = "in"): JunosAsPath | null {
  const [, path, letter, rest] = /^([\d\s.,(){}[\]]*)(?<![\d.])([IE?])(?=$|[\s,(])(.*)$/
    .exec(text.trim()) ?? [];
  if (path === undefined || rest === undefined) return null;
  const [, local, remote] = /^\s*(?:\[([^\]]*)\])?(.*)$/.exec(path) ?? [];
  const sent = direction === "out" && local !== undefined ? `${local} ` : "";
  const asPath = parseAsPath(
    sent + (remote ?? "").replaceAll("([", "[").replaceAll("])", "]"),
  );
  return asPath && { asPath, origin: ORIGINS[letter as keyof typeof ORIGINS], rest: rest.trim() };
}

/** Reads `64496 192.0.2.1`, or null. */
export function readAggregator(text: string): RoutePath["aggregator"] {
  const [asnText, addressText] = text.trim().split(/[\s,]+/, 2);
  const asn = readAsn(asnText);
  const address = readAddress(addressText);
  return asn === null || address === null ? null : { asn, address };
}
