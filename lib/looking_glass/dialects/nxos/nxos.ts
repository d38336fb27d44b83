/**
 * Cisco's NX-OS.
 *
 * @module
 */
import type { PathFlag } from "../../../route/route.ts";
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { routerCommand } from "../../router_command.ts";
import type { Dialect } from "../dialect.ts";
import { readPing } from "../text/ping.ts";
import { readRefusal } from "../text/refusal.ts";
import { readRouteTable, type TableHabits } from "../text/route_table.ts";
import { readSummaryTable } from "../text/summary_table.ts";
import { readTraceroute } from "../text/traceroute.ts";
import { nxosCommand } from "./command.ts";
import { readNxosDetail } from "./route_detail.ts";
import { unwrap } from "./unwrap.ts";

/** Two characters of status, and one for the kind of path. */
const STATUS: ReadonlyMap<string, PathFlag | null> = new Map([
  [" ", null],
  ["*", "valid"],
  [">", "best"],
  ["|", "multipath"],
  ["&", "backup"],
  ["2", null],
  ["s", "suppressed"],
  ["x", "removed"],
  ["S", "stale"],
  ["d", "dampened"],
  ["h", "history"],
  ["i", "internal"],
  ["e", "external"],
  ["c", "confed_external"],
  ["l", "local"],
  ["a", "aggregated"],
  ["r", "sourced"],
  ["I", "sourced"],
]);

const TABLE: TableHabits = { status: STATUS, hasTotal: false };

/** NX-OS, its default VRF. */
export const nxos: Dialect = {
  name: "nxos",
  title: "Cisco NX-OS",
  verification: {
    against: "documented",
    what: "output of NX-OS 6 to 10 in public documentation and discussions",
  },
  signatures: [/\bNX-OS\b/, /\bCisco Nexus Operating System\b/],
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
  command: (query, format) => format === "text" ? nxosCommand(query) : null,
  parse(query, output) {
    const refusal = readRefusal(output);
    return refusal === null
      ? read(query, output)
      : { answer: refusal, complete: true, problems: [] };
  },
};

function read(query: RouterQuery, output: string): Parsed {
  switch (query.kind) {
    case "route":
      return readNxosDetail(query.target, output);
    case "summary":
      return readSummaryTable(output, query.family, { hasTotal: false });
    case "longer":
    case "as_path":
    case "community":
    case "neighbor_routes":
      return readRouteTable(unwrap(output), TABLE);
    case "ping":
      return readPing(output);
    case "traceroute":
      return readTraceroute(output, query.address);
  }
}
