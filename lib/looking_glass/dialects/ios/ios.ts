/**
 * Cisco IOS and IOS-XE.
 *
 * @module
 */
import { routerCommand } from "../../router_command.ts";
import type { Dialect } from "../dialect.ts";
import { readPathDetail } from "../text/path_detail.ts";
import { readPing } from "../text/ping.ts";
import { CISCO_STATUS, readRouteTable } from "../text/route_table.ts";
import { addressWord, showBgp } from "../text/show_bgp.ts";
import { readSummaryTable } from "../text/summary_table.ts";
import { readTraceroute } from "../text/traceroute.ts";

/** Versions that say which refresh a path came in end it with its path identifiers. */
const ENDING = { line: /^(?:rx pathid:|Updated on )/, promisedBy: /^Refresh Epoch \d/ };
const TABLE = { status: CISCO_STATUS, hasTotal: false };
const SUMMARY = { hasTotal: false };

/** IOS and IOS-XE. IOS 15 shows large communities, but has no command to ask for them. */
export const ios: Dialect = {
  name: "ios",
  title: "Cisco IOS and IOS-XE",
  verification: { against: "documented", what: "IOS 15.5 output in public documents" },
  signatures: [
    /\bCisco IOS(?: XE)? Software\b/,
    /\bCisco Internetwork Operating System Software\b/,
  ],
  prompts: [],
  probe: routerCommand("show version"),
  pagingOff: [routerCommand("terminal length 0")],
  queries: new Set([
    "route",
    "summary",
    "longer",
    "as_path",
    "community",
    "neighbor_routes",
    "ping",
    "traceroute",
  ]),
  command(query, format) {
    if (format === "json") return null;
    if (query.kind === "ping" || query.kind === "traceroute") {
      const address = addressWord(query.address);
      return address === null ? null : routerCommand(query.kind, address);
    }
    if (query.kind === "community" && query.community.kind === "large") return null;
    const words = showBgp(query);
    return words === null ? null : routerCommand(...words);
  },
  parse(query, output) {
    switch (query.kind) {
      case "route":
        return readPathDetail(output, query.target, ENDING);
      case "summary":
        return readSummaryTable(output, query.family, SUMMARY);
      case "ping":
        return readPing(output);
      case "traceroute":
        return readTraceroute(output, query.address);
      default:
        return readRouteTable(output, TABLE);
    }
  },
};
