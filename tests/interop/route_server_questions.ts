/**
 * Questions to a route server of the rig, and what its answers are held to.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { parseAddress } from "../../lib/ip/address.ts";
import { containsPrefix, parsePrefix } from "../../lib/ip/prefix.ts";
import {
  createLookingGlass,
  type LookingGlassOptions,
} from "../../lib/looking_glass/create_looking_glass.ts";
import type {
  Parsed,
  RouteAnswer,
  SummaryAnswer,
  TableAnswer,
} from "../../lib/looking_glass/answer.ts";
import type { Dialect } from "../../lib/looking_glass/dialects/dialect.ts";
import type { RouterQuery } from "../../lib/looking_glass/query.ts";
import { parseAsPath } from "../../lib/route/as_path.ts";
import type { RoutePath } from "../../lib/route/route.ts";
import { matchesAsPath, parseAsPathPattern } from "../../lib/route/as_path_pattern.ts";
import { parseCommunity } from "../../lib/route/community.ts";
import { labOptions, labServer } from "../support/lab_router.ts";
import {
  ANNOUNCED_PREFIXES,
  announcedRows,
  announcedWhere,
  familyOf,
  seenRows,
  shortRows,
} from "./announced_routes.ts";
import type { RouteServerRig } from "./route_server_rig.ts";
import { serveTelnetShell } from "./telnet_shell.ts";

/** Communities of each kind that were announced. */
const COMMUNITIES = ["65535:666", "0:0", "65001:1:2", "4200000001:4294967295:0", "rt:65001:77"];

/** How a question gets to the route server and its answer back. */
export type Put = (query: RouterQuery) => Promise<Parsed>;

/** Puts questions in the dialect to the daemon's own program. */
export function throughProgram(dialect: Dialect, rig: RouteServerRig): Put {
  return async (query) => {
    const command = dialect.command(query, "text");
    ok(command !== null, said(query));
    return dialect.parse(query, await rig.ask(command), "text");
  };
}

/** Puts questions, and holds answers to what was announced. */
export class RouteServerQuestions {
  readonly #dialect: Dialect;
  readonly #put: Put;

  constructor(dialect: Dialect, put: Put) {
    this.#dialect = dialect;
    this.#put = put;
  }

  /** The answer to a question, which must be complete. */
  async ask(query: RouterQuery): Promise<Parsed["answer"]> {
    const { answer, complete, problems } = await this.#put(query);
    deepEqual([complete, problems], [true, []], said(query));
    return answer;
  }

  /** All paths to a prefix or to an address. */
  async route(text: string): Promise<RouteAnswer> {
    const target = text.includes("/")
      ? { prefix: parsePrefix(text).prefix }
      : { address: parseAddress(text) };
    const answer = await this.ask({ kind: "route", target });
    return answer.kind === "route" ? answer : unexpected(answer);
  }

  /** Rows of a table. */
  async table(query: RouterQuery): Promise<TableAnswer> {
    const answer = await this.ask(query);
    return answer.kind === "table" ? answer : unexpected(answer);
  }

  /** Neighbors of a family. */
  async neighbors(family: 4 | 6): Promise<SummaryAnswer["neighbors"]> {
    const answer = await this.ask({ kind: "summary", family });
    return answer.kind === "summary" ? answer.neighbors : unexpected(answer);
  }

  /**
   * Every announced prefix is shown with all its paths and attributes, and nothing else. `undo` takes
   * back what the daemon changes in a route or does not show of it.
   */
  async holdEveryRoute(undo: (path: RoutePath) => RoutePath = (path) => path): Promise<void> {
    for (const prefix of ANNOUNCED_PREFIXES) {
      const { match, paths } = await this.route(prefix);
      equal(match, "exact", prefix);
      deepEqual(seenRows(paths.map(undo)), announcedRows(prefix), prefix);
    }
  }

  /** Addresses find their longest match, or only the default route; a prefix that is absent, none. */
  async holdMatches(): Promise<void> {
    const matches = await Promise.all(
      ["10.0.0.1", "8.8.8.8", "2001:db8:1::1", "3fff::1", "10.9.0.0/24"].map(async (text) =>
        (await this.route(text)).match
      ),
    );
    deepEqual(matches, ["longest", "default", "longest", "default", "none"]);
  }

  /** Everything inside a prefix, and nothing beside it. */
  async holdLonger(): Promise<void> {
    for (const text of ["10.0.0.0/16", "10.0.0.0/24", "2001:db8:1::/48"]) {
      const { prefix } = parsePrefix(text);
      deepEqual(
        shortRows((await this.table({ kind: "longer", prefix })).paths),
        announcedWhere((route) => containsPrefix(prefix, parsePrefix(route.prefix).prefix)),
        text,
      );
    }
  }

  /** The daemon's filter picks the announced routes that our own matching picks. */
  async holdAsPaths(patterns: readonly string[]): Promise<void> {
    for (const text of patterns) {
      const pattern = parseAsPathPattern(text);
      for (const family of [4, 6] as const) {
        const { paths } = await this.table({ kind: "as_path", family, pattern });
        deepEqual(
          shortRows(ofNeighbors(paths)),
          announcedWhere((route) =>
            familyOf(route) === family && matchesAsPath(pattern, parseAsPath(route.asPath) ?? [])
          ),
          `${text} of IPv${family}`,
        );
      }
    }
  }

  /** Communities are found where they were announced. */
  async holdCommunities(texts: readonly string[] = COMMUNITIES): Promise<void> {
    for (const text of texts) {
      for (const family of [4, 6] as const) {
        const community = parseCommunity(text);
        const { paths } = await this.table({ kind: "community", family, community });
        deepEqual(
          shortRows(paths),
          announcedWhere((route) =>
            familyOf(route) === family &&
            [route.communities, route.largeCommunities, route.extendedCommunities]
              .some((list) => list?.includes(text) === true)
          ),
          `${text} of IPv${family}`,
        );
      }
    }
  }

  /** The routes of the iBGP neighbor. */
  async holdNeighborRoutes(): Promise<void> {
    const { paths } = await this.table(acceptedFrom("192.0.2.13"));
    deepEqual(shortRows(paths), [
      "10.0.0.0/24",
      "10.50.0.0/24 65001 64496",
      "10.51.0.0/24 65001",
      "10.53.0.0/24 65001 64497",
    ]);
  }

  /** A neighbor that is not there has no routes. */
  async holdNoNeighbor(): Promise<void> {
    deepEqual((await this.table(acceptedFrom("192.0.2.200"))).paths, []);
  }

  /**
   * The whole way: over telnet, the prompt learned, the dialect recognised, pages turned, and the
   * answers of the session equal to those of {@link ask}.
   */
  async holdTelnet(
    script: string,
    setting: Partial<Pick<LookingGlassOptions, "net" | "dialects">> = {},
  ): Promise<void> {
    await using served = await serveTelnetShell(script);
    const server = labServer(served.port, { dialect: null });
    const { dialects: _, ...options } = labOptions([server], { deadline_ms: 20_000 });
    const glass = createLookingGlass({ ...options, ...setting });
    try {
      const { signal } = new AbortController();
      for (
        const query of [
          { kind: "route", target: { address: parseAddress("10.0.0.1") } },
          { kind: "longer", prefix: parsePrefix("10.0.0.0/8").prefix },
          { kind: "community", family: 4, community: parseCommunity("64500:64500") },
        ] as const
      ) {
        const answer = await glass.ask(server, query, { signal });
        deepEqual([answer.dialect, answer.complete, answer.reason], [
          this.#dialect.name,
          true,
          null,
        ]);
        deepEqual(timeless(answer.parsed.answer), timeless(await this.ask(query)), answer.command);
      }
      const summary = await glass.ask(server, { kind: "summary", family: 4 }, { signal });
      const { answer } = summary.parsed;
      const addresses = answer.kind === "summary" ? answer.neighbors.map((row) => row.address) : [];
      deepEqual([summary.complete, addresses], [
        true,
        (await this.neighbors(4)).map((row) => row.address),
      ]);
    } finally {
      await glass.stop();
    }
  }
}

function acceptedFrom(neighbor: string): RouterQuery {
  return {
    kind: "neighbor_routes",
    neighbor: parseAddress(neighbor),
    family: 4,
    direction: "accepted",
  };
}

/** Routes that a neighbor announced and the rig lists: not the daemon's own, no confederation or loop. */
function ofNeighbors(paths: TableAnswer["paths"]): TableAnswer["paths"] {
  const listed = new Set(announcedWhere(() => true));
  return paths.filter((path) => listed.has(shortRows([path])[0] ?? ""));
}

/** Without ages, which grow between two questions, and times, which FRR computes from them. */
function timeless(answer: Parsed["answer"]): unknown {
  return answer.kind === "route" || answer.kind === "table"
    ? {
      ...answer,
      paths: answer.paths.map((path) => ({ ...path, ageSec: null, lastChange: null })),
    }
    : answer;
}

function said(query: RouterQuery): string {
  return JSON.stringify(query, (_, value) => typeof value === "bigint" ? String(value) : value);
}

function unexpected(answer: Parsed["answer"]): never {
  throw new TypeError(`The answer is of kind ${answer.kind}`);
}
