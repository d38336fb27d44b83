import assert from "node:assert/strict";
import fc from "fast-check";
import { RemoteFailure } from "../../errors/mod.ts";
import { systemClock } from "../../io/clock.ts";
import type { Net } from "../../io/io.ts";
import { parseAddress } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { createRouteSources } from "./create_route_sources.ts";

/** Words that steer a document into the readers rather than past them. */
const scalar = fc.oneof(
  fc.constantFrom("192.0.2.0/24", "192.0.2.7", "::/0", "64496 64500", "{1,2", "64496:1", "valid"),
  fc.constantFrom("2026-11-20T10:00:06", "9999-99-99T99:99:99Z", "ok", "", "RRC00"),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);

const field = fc.constantFrom(
  ...["status", "messages", "data", "rrcs", "rrc", "peers", "prefix", "rpki_state", "location"],
  ...["reporting_peers", "peer_asn", "peer_addr", "collector", "as_path", "communities"],
  ...["timestamp", "community", "largeCommunity", "peer", "next_hop", "latest_time", "__proto__"],
);

const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 6 },
    scalar,
    fc.array(tie("document"), { maxLength: 4 }),
    fc.dictionary(field, tie("document"), { maxKeys: 8 }),
  ),
}));

/** Rows as the services send them, with anything for a field. */
const row = fc.dictionary(field, fc.oneof(scalar, document));
const likely = fc.oneof(
  fc.array(fc.record({ prefix: fc.constant("192.0.2.0/24"), reporting_peers: fc.array(row) })),
  fc.record({
    status: fc.constant("ok"),
    data: fc.record({
      prefix: scalar,
      rrcs: fc.array(fc.record({ rrc: fc.constant("RRC00"), peers: fc.array(row) })),
    }),
  }),
);

Deno.test("any document gives views or remote.answer", async () => {
  const targets = [
    { prefix: parsePrefix("192.0.2.0/24").prefix },
    { address: parseAddress("192.0.2.7") },
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(likely, document),
      fc.constantFrom(...targets),
      async (sent, target) => {
        const body = new TextEncoder().encode(JSON.stringify(sent));
        const net: Pick<Net, "getHttp"> = {
          getHttp: ({ url }) =>
            Promise.resolve({ url, status: 200, contentType: "application/json", body }),
        };
        const sources = createRouteSources(
          {
            looking_glass: {
              servers: [],
              http_sources: ["routeviews-api", "ripestat"],
              deadline_ms: 1000,
              concurrency: 1,
            },
          },
          net,
          { ...systemClock, now: () => 0 },
        );
        for (const source of sources) {
          try {
            const { views, complete, problems } = await source.lookUp(
              target,
              new AbortController().signal,
            );
            assert.equal(complete, problems.length === 0);
            for (const view of views) {
              assert.equal(view.complete, complete);
              assert.ok(view.paths.length > 0 && view.match !== null);
            }
          } catch (error) {
            assert.ok(error instanceof RemoteFailure && error.code === "remote.answer", `${error}`);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});
