/**
 * FRRouting and Quagga: the VTY of bgpd, in text and in JSON.
 *
 * @module
 */
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { routerCommand } from "../../router_command.ts";
import type { Dialect } from "../dialect.ts";
import { readPathDetail } from "../text/path_detail.ts";
import { readPing } from "../text/ping.ts";
import { CISCO_STATUS, readRouteTable } from "../text/route_table.ts";
import { showBgp } from "../text/show_bgp.ts";
import { readSummaryTable } from "../text/summary_table.ts";
import { readTraceroute } from "../text/traceroute.ts";
import { readRouteJson, readSummaryJson, readTableJson } from "./answer_json.ts";

/** Every path ends with the time of its last update. */
const ENDING = { line: /^Last update: /, promisedBy: null };
const TABLE = { status: CISCO_STATUS, hasTotal: true };
const SUMMARY = { hasTotal: true };

/**
 * FRR and Quagga. A bgpd has neither ping nor traceroute, and the ping of vtysh runs until it is
 * interrupted: neither is asked for.
 */
export const frr: Dialect = {
  name: "frr",
  title: "FRRouting and Quagga",
  verification: { against: "real", what: "FRR 8.4.4" },
  signatures: [/\bFRRouting\b/, /\bQuagga\b/],
  prompts: [],
  probe: routerCommand("show version"),
  pagingOff: [routerCommand("terminal length 0")],
  queries: new Set(["route", "summary", "longer", "as_path", "community", "neighbor_routes"]),
  command(query, format) {
    const words = showBgp(query);
    return words === null ? null : routerCommand(...words, ...(format === "json" ? ["json"] : []));
  },
  parse: (query, output, format) =>
    format === "json" ? parseJson(query, output) : parseText(query, output),
};

function parseText(query: RouterQuery, output: string): Parsed {
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
}

function parseJson(query: RouterQuery, output: string): Parsed {
  switch (query.kind) {
    case "route":
      return readRouteJson(output, query.target);
    case "summary":
      return readSummaryJson(output, query.family);
    case "ping":
    case "traceroute":
      return parseText(query, output);
    default:
      return readTableJson(output);
  }
}
