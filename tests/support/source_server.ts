/**
 * Public services over HTTPS, played on loopback from fixtures: what stands in for the internet in
 * tests of those who ask them.
 *
 * @module
 */
import type { HttpSourceName } from "../../lib/config/config.ts";
import { systemClock } from "../../lib/io/clock.ts";
import { HostTurns } from "../../lib/io/host_turns.ts";
import { getHttp } from "../../lib/io/http_get.ts";
import type { Net } from "../../lib/io/io.ts";

/** Answers by path; a text is the name of a fixture in tests/fixtures/looking_glass/http. */
export type Play = Readonly<Record<string, string | (() => Response)>>;

/** The services; `stop` ends them. */
export interface SourceServer {
  readonly baseUrls: Readonly<Record<HttpSourceName, string>>;
  /** Path and query of each request, in order. */
  readonly asked: readonly string[];
  /** The door without the wait between requests. */
  readonly net: Pick<Net, "getHttp">;
  stop(): Promise<void>;
}

const FIXTURES = new URL("../fixtures/looking_glass/http/", import.meta.url);

/** Starts the services; what `play` does not hold is 404. */
export function startSourceServer(play: Play): SourceServer {
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      asked.push(pathname + search);
      const answer = play[pathname];
      if (answer === undefined) return Response.json({ error: "not found" }, { status: 404 });
      if (typeof answer !== "string") return answer();
      const headers = { "content-type": "application/json" };
      return new Response(await Deno.readFile(new URL(answer, FIXTURES)), { headers });
    },
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  const turns = new HostTurns(systemClock, 0);
  return {
    baseUrls: { "routeviews-api": base, ripestat: base, bgpkit: base },
    asked,
    net: { getHttp: (request) => getHttp(request, { turns, userAgent: "netglass/test" }) },
    stop: () => server.shutdown(),
  };
}
