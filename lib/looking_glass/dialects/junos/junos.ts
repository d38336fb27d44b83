/**
 * Juniper's Junos.
 *
 * @module
 */
import type { IpAddress } from "../../../ip/address.ts";
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { routerCommand } from "../../router_command.ts";
import type { Dialect } from "../dialect.ts";
import { readPing } from "../text/ping.ts";
import { readTraceroute } from "../text/traceroute.ts";
import { junosCommand } from "./command.ts";
import { readNeighborTable } from "./neighbor_table.ts";
import { readJunosRefusal } from "./refusal.ts";
import { readRouteDetail } from "./route_detail.ts";
import { readRouteTable } from "./route_table.ts";
import { readSummary } from "./summary.ts";

/** Junos, its unicast tables of the main instance. */
export const junos: Dialect = {
  name: "junos",
  title: "Juniper Junos",
  verification: {
    against: "documented",
    what: "output of Junos 10 to 23 in public documentation and discussions",
  },
  signatures: [/\bJUNOS\b/, /^Junos: \d/m],
  prompts: [/^[\w.-]+@[\w.-]+> ?$/],
  probe: routerCommand("show version"),
  pagingOff: [routerCommand("set cli screen-length 0")],
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
  command: (query, format) => format === "text" ? junosCommand(query) : null,
  parse(query, output) {
    const refusal = readJunosRefusal(output);
    return refusal === null
      ? read(query, output)
      : { answer: refusal, complete: true, problems: [] };
  },
};

function read(query: RouterQuery, output: string): Parsed {
  switch (query.kind) {
    case "route":
      return readRouteDetail(query, output);
    case "summary":
      return readSummary(query.family, output);
    case "longer":
      return readRouteTable(query.prefix.family, output);
    case "as_path":
    case "community":
      return readRouteTable(query.family, output);
    case "neighbor_routes":
      return query.direction === "accepted"
        ? readRouteTable(query.family, output)
        : readNeighborTable(query, output);
    case "ping":
      return readPing(output);
    case "traceroute":
      return readTrace(output, query.address);
  }
}

/** What the program itself reports stands in the middle of the hops. */
function readTrace(output: string, target: IpAddress): Parsed {
  return readTraceroute(output.replaceAll(/traceroute6?: [^\n]*/g, ""), target);
}
