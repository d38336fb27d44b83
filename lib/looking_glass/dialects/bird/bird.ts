/**
 * The BIRD Internet Routing Daemon, asked through its client `birdc -r`.
 *
 * @module
 */
import type { Parsed } from "../../answer.ts";
import type { RouterQuery } from "../../query.ts";
import { routerCommand } from "../../router_command.ts";
import type { Dialect } from "../dialect.ts";
import { birdCommand } from "./command.ts";
import { readBirdProtocols } from "./protocols.ts";
import { readBirdRefusal, withoutBanner } from "./refusal.ts";
import { readBirdRoute, readBirdTable } from "./route_text.ts";

/** BIRD 2, and BIRD 1.6 with one daemon a family. Its pager cannot be switched off. */
export const bird: Dialect = {
  name: "bird",
  title: "BIRD",
  verification: { against: "real", what: "BIRD 2.0.12; BIRD 1.6 by its documentation" },
  signatures: [/^BIRD v?[123]\.\d/m, /^No such command\. Press `\?' for help\.$/m],
  prompts: [/^bird> $/],
  probe: routerCommand("show status"),
  pagingOff: [],
  queries: new Set(["route", "summary", "longer", "as_path", "community", "neighbor_routes"]),
  command: (query, format) => format === "text" ? birdCommand(query) : null,
  parse(query, output) {
    const body = withoutBanner(output);
    const refusal = readBirdRefusal(body);
    return refusal === null ? read(query, body) : { answer: refusal, complete: true, problems: [] };
  },
};

function read(query: RouterQuery, output: string): Parsed {
  switch (query.kind) {
    case "route":
      return readBirdRoute(query, output);
    case "summary":
      return readBirdProtocols(query.family, output);
    case "longer":
      return readBirdTable(query.prefix.family, output);
    case "as_path":
    case "community":
    case "neighbor_routes":
      return readBirdTable(query.family, output);
    case "ping":
    case "traceroute": {
      const said = "BIRD has no such command";
      return {
        answer: { kind: "refused", why: "not_available", said },
        complete: true,
        problems: [],
      };
    }
  }
}
