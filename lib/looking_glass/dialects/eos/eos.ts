/**
 * Arista's EOS.
 *
 * @module
 */
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { routerCommand } from "../../router_command.ts";
import type { Dialect } from "../dialect.ts";
import { readPing } from "../text/ping.ts";
import { readRefusal } from "../text/refusal.ts";
import { readTraceroute } from "../text/traceroute.ts";
import { eosCommand } from "./command.ts";
import { readEosDetail } from "./route_detail.ts";
import { readEosTable } from "./route_table.ts";
import { readEosSummary } from "./summary.ts";

/** EOS, its default VRF. */
export const eos: Dialect = {
  name: "eos",
  title: "Arista EOS",
  verification: {
    against: "documented",
    what: "output of EOS 4.1x to 4.33 in public documentation and discussions",
  },
  signatures: [/\bArista\b/],
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
  command: (query, format) => format === "text" ? eosCommand(query) : null,
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
      return readEosDetail(query.target, output);
    case "summary":
      return readEosSummary(query.family, output);
    case "longer":
    case "as_path":
    case "community":
    case "neighbor_routes":
      return readEosTable(output);
    case "ping":
      return readPing(output);
    case "traceroute":
      return readTraceroute(output, query.address);
  }
}
