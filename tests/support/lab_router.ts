/**
 * A route server on loopback that behaves, the little dialect that it speaks, and what the looking
 * glass needs to ask it.
 *
 * @module
 */
import type { Config, RouteServerEntry } from "../../lib/config/config.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { dial } from "../../lib/io/dial.ts";
import { files } from "../../lib/io/files.ts";
import type { LookingGlassOptions } from "../../lib/looking_glass/create_looking_glass.ts";
import type { Dialect } from "../../lib/looking_glass/dialects/dialect.ts";
import type { RouterQuery } from "../../lib/looking_glass/query.ts";
import { routerCommand } from "../../lib/looking_glass/router_command.ts";
import { serveTelnet, type TelnetPeer, type TelnetServer } from "./telnet_server.ts";

const PROMPT = "lab> ";

/** What a lab router does of its own. */
export interface LabBehaviour {
  /** Answers a command; default: `summary of CONNECTION` and a last line `end`. */
  readonly answer?: (peer: TelnetPeer, command: string, connection: number) => Promise<void>;
  /** Asked for before the prompt; another one is refused. */
  readonly password?: string;
}

/** A router and what it was told. */
export interface LabRouter extends TelnetServer {
  /** Every line that was not empty, passwords too. */
  readonly heard: readonly string[];
}

/** Serves a lab router on loopback until it is disposed of. */
export async function serveLab({ answer, password }: LabBehaviour = {}): Promise<LabRouter> {
  const heard: string[] = [];
  let connections = 0;
  const server = await serveTelnet(async (peer) => {
    const connection = ++connections;
    await peer.send("\r\nLab router\r\n\r\n");
    if (password !== undefined) {
      await peer.send("Password: ");
      const said = await peer.readLine();
      heard.push(said);
      await peer.send("\r\n");
      if (said !== password) return peer.send("% Bad passwords\r\n");
    }
    for (;;) {
      await peer.send(PROMPT);
      const line = await peer.readLine();
      if (line.includes("exit")) return;
      await peer.send(`${line}\r\n`);
      if (line === "") continue;
      heard.push(line);
      if (line === "show version") await peer.send("LabOS 1.0\r\n");
      else if (line === "show summary") {
        if (answer !== undefined) await answer(peer, line, connection);
        else await peer.send(`summary of ${connection}\r\nend\r\n`);
      } else if (line !== "terminal length 0") await peer.send("% Unknown command\r\n");
    }
  });
  return Object.assign(server, { heard });
}

/** The question that a lab router answers. */
export const LAB_QUERY: RouterQuery = { kind: "summary", family: 4 };

/** Says the summary only; the first line of the output is the router's identifier. */
export const labDialect: Dialect = {
  name: "frr",
  title: "LabOS",
  verification: { against: "real", what: "LabOS 1.0" },
  signatures: [/LabOS \d/],
  prompts: [],
  probe: routerCommand("show version"),
  pagingOff: [routerCommand("no pager"), routerCommand("terminal length 0")],
  queries: new Set(["summary", "ping"]),
  command: ({ kind }, format) =>
    format === "text" && (kind === "summary" || kind === "ping")
      ? routerCommand("show", kind)
      : null,
  parse: (_query, output) => ({
    answer: {
      kind: "summary",
      routerId: output.split("\n", 1)[0] ?? null,
      localAs: null,
      ribEntries: null,
      neighbors: [],
      announcedNeighbors: null,
    },
    complete: output.endsWith("end\n"),
    problems: [],
  }),
};

/** A configured server on loopback. */
export function labServer(port: number, fields: Partial<RouteServerEntry> = {}): RouteServerEntry {
  return {
    name: `Lab ${port}`,
    host: "127.0.0.1",
    port,
    dialect: "frr",
    login: { username: null, password: null, password_env: null },
    location: null,
    asn: null,
    tags: [],
    families: ["ipv4"],
    ping: false,
    traceroute: false,
    format: "text",
    daily_connections: null,
    daily_bytes: null,
    verified: null,
    enabled: true,
    ...fields,
  };
}

/** Options of a looking glass that reaches loopback, where the name `lab.example` leads as well. */
export function labOptions(
  servers: readonly RouteServerEntry[],
  { auditPath = null, ...glass }: Partial<Config["looking_glass"]> & {
    readonly auditPath?: string | null;
  } = {},
): LookingGlassOptions {
  const addresses = ["127.0.0.1"];
  return {
    config: {
      audit: { path: auditPath },
      looking_glass: { servers, http_sources: [], deadline_ms: 5_000, concurrency: 16, ...glass },
    },
    net: { dial, mayConnect: () => Promise.resolve(true) },
    clock: systemClock,
    hosts: {
      judge: (host) =>
        Promise.resolve({
          input: host,
          name: host === "lab.example" ? host : null,
          addresses,
          decision: {
            effect: "allow",
            rule: "default",
            matched: null,
            reason: "",
            wouldAllow: null,
          },
        }),
    },
    files,
    readEnv: () => undefined,
    dialects: [labDialect],
  };
}
