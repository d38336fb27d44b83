/**
 * Cisco's IOS XR.
 *
 * @module
 */
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { routerCommand } from "../../router_command.ts";
import type { Dialect } from "../dialect.ts";
import { type PathEnding, readPathDetail } from "../text/path_detail.ts";
import { readPing } from "../text/ping.ts";
import { readRefusal } from "../text/refusal.ts";
import { CISCO_STATUS, readRouteTable } from "../text/route_table.ts";
import { readSummaryTable } from "../text/summary_table.ts";
import { readTraceroute } from "../text/traceroute.ts";
import { readAdvertised } from "./advertised.ts";
import { iosxrCommand } from "./command.ts";
import { detailAsIos, withoutTimeStamp } from "./output.ts";

/** Behind the words of every path; communities may follow. */
const ENDING: PathEnding = { line: /^Received Path ID \d+, Local Path ID /, promisedBy: null };

/** IOS XR, its default VRF. */
export const iosxr: Dialect = {
  name: "iosxr",
  title: "Cisco IOS XR",
  verification: {
    against: "documented",
    what: "output of IOS XR 4 to 7 in public documentation and discussions",
  },
  signatures: [/\bCisco IOS XR\b/],
  prompts: [/^RP\/\d+\/\w+\/CPU\d+:[^\s#>]+[#>] ?$/],
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
  command: (query, format) => format === "text" ? iosxrCommand(query) : null,
  parse(query, output) {
    const text = withoutTimeStamp(output);
    const refusal = readRefusal(text);
    return refusal === null ? read(query, text) : { answer: refusal, complete: true, problems: [] };
  },
};

function read(query: RouterQuery, output: string): Parsed {
  switch (query.kind) {
    case "route":
      return readPathDetail(detailAsIos(output), query.target, ENDING);
    case "summary":
      return readSummaryTable(output, query.family, { hasTotal: false });
    case "longer":
    case "as_path":
    case "community":
      return readRouteTable(output, { status: CISCO_STATUS, hasTotal: true });
    case "neighbor_routes":
      return query.direction === "advertised"
        ? readAdvertised(output)
        : readRouteTable(output, { status: CISCO_STATUS, hasTotal: true });
    case "ping":
      return readPing(output);
    case "traceroute":
      return readTraceroute(output, query.address);
  }
}
