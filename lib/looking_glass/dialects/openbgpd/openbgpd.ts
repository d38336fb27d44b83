/**
 * OpenBGPD, asked through its program bgpctl.
 *
 * @module
 */
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { routerCommand } from "../../router_command.ts";
import type { Dialect } from "../dialect.ts";
import { openbgpdCommand } from "./command.ts";
import { readOpenbgpdNeighbors } from "./neighbors.ts";
import { readOpenbgpdRefusal } from "./refusal.ts";
import { readRibDetail } from "./rib_detail.ts";
import { readRibTable } from "./rib_table.ts";

/** OpenBGPD behind a shell that passes `show …` to bgpctl. Its output has no pager. */
export const openbgpd: Dialect = {
  name: "openbgpd",
  title: "OpenBGPD",
  verification: { against: "real", what: "OpenBGPD 7.7" },
  signatures: [
    /^RDE memory statistics$/m,
    /^valid commands\/args:$/m,
    /^Neighbor +AS +MsgRcvd +MsgSent +OutQ +Up\/Down +State\/PrfRcvd$/m,
  ],
  prompts: [],
  probe: routerCommand("show ip bgp memory"),
  pagingOff: [],
  queries: new Set(["route", "summary", "longer", "as_path", "community", "neighbor_routes"]),
  command: (query, format) => format === "text" ? openbgpdCommand(query) : null,
  parse(query, output) {
    const refusal = readOpenbgpdRefusal(output);
    return refusal === null
      ? read(query, output)
      : { answer: refusal, complete: true, problems: [] };
  },
};

function read(query: RouterQuery, output: string): Parsed {
  switch (query.kind) {
    case "route":
      return readRibDetail(query, output);
    case "summary":
      return readOpenbgpdNeighbors(query.family, output);
    case "longer":
    case "as_path":
    case "community":
      return readRibTable("in", output);
    case "neighbor_routes":
      return readRibTable(query.direction === "advertised" ? "out" : "in", output);
    case "ping":
    case "traceroute": {
      const said = "OpenBGPD has no such command";
      return {
        answer: { kind: "refused", why: "not_available", said },
        complete: true,
        problems: [],
      };
    }
  }
}
