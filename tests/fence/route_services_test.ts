/**
 * Whom the looking glass may dial: the flags that netglass prints name whom the configuration
 * enables, and the code asks nobody else.
 */
import assert from "node:assert/strict";
import type { Config } from "../../lib/config/config.ts";
import { defaultConfig } from "../../lib/config/load.ts";
import { Unavailable } from "../../lib/errors/mod.ts";
import { systemClock } from "../../lib/io/clock.ts";
import type { Io } from "../../lib/io/io.ts";
import { createIo } from "../../lib/io/real.ts";
import { parseAddress } from "../../lib/ip/address.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { createRouteSources } from "../../lib/looking_glass/http_sources/create_route_sources.ts";
import { findAsOwner } from "../../lib/registry/as_owner.ts";
import { findIpOrigin } from "../../lib/registry/ip_origin.ts";
import { Install } from "../support/netglass.ts";

const DEFAULTS = defaultConfig();
const RESOLVER = "127.0.0.1:5399";
const SHIPPED = [
  "ix-br2.gru.routeviews.org:23",
  "route-views.linx.routeviews.org:23",
  "route-views.napafrica.routeviews.org:23",
  "route-views.routeviews.org:23",
  "route-views.sg.routeviews.org:23",
  "route-views.sydney.routeviews.org:23",
];

/** What the looking glass of a configuration may dial, but for its name server, sorted. */
async function grantedTo(looking_glass: Record<string, unknown>): Promise<string[]> {
  await using install = await Install.make({ dns: { resolvers: [RESOLVER] }, looking_glass });
  const flags = await install.flags("--toolsets", "looking_glass");
  const flag = flags.find((text) => text.startsWith("--allow-net=")) ?? "";
  return flag.slice("--allow-net=".length).split(",")
    .filter((value) => value !== RESOLVER && !value.startsWith("0.0.0.0:")).sort();
}

Deno.test("the shipped configuration grants six route servers and none of those it only lists", async () => {
  const granted = await grantedTo({});
  assert.deepEqual(granted, SHIPPED);
  const disabled = DEFAULTS.looking_glass.servers.filter(({ enabled }) => !enabled);
  assert.ok(disabled.length > 20);
  for (const { host } of disabled) assert.ok(!granted.join().includes(host), host);
});

Deno.test("enabling a listed server grants its host and port besides, disabling one takes them away", async () => {
  const listed = DEFAULTS.looking_glass.servers.find(({ enabled }) => !enabled);
  assert.ok(listed !== undefined);
  const main = DEFAULTS.looking_glass.servers.find(({ host }) =>
    host === "route-views.routeviews.org"
  );
  const servers = [{ name: listed.name, enabled: true }, { name: main?.name, enabled: false }];
  assert.deepEqual(
    await grantedTo({ servers }),
    [
      ...SHIPPED.filter((value) => value !== "route-views.routeviews.org:23"),
      `${listed.host}:${listed.port}`,
    ].sort(),
  );
});

Deno.test("the HTTP sources that code asks are those that the flags name", async () => {
  const http_sources = ["routeviews-api", "ripestat", "bgpkit"] as const;
  const asked = new Set<string>();
  const { net } = createIo({ resolvers: [], dnsTimeoutMs: 100 });
  const listening: Io["net"] = {
    ...net,
    getHttp: ({ url }) => {
      const { protocol, hostname, port } = new URL(url);
      asked.add(`${hostname}:${port === "" && protocol === "https:" ? 443 : port}`);
      return Promise.reject(new Unavailable("test", "Cannot ask anybody in a test"));
    },
  };
  const config: Config = {
    ...DEFAULTS,
    dns: { resolvers: [], timeout_ms: 100 },
    looking_glass: { ...DEFAULTS.looking_glass, http_sources },
  };
  const { signal } = new AbortController();
  const access = { net: listening, clock: systemClock, config };
  for (const source of createRouteSources(config, listening, systemClock)) {
    for (
      const target of [
        { prefix: parsePrefix("192.0.2.0/24").prefix },
        { address: parseAddress("192.0.2.1") },
      ]
    ) await assert.rejects(source.lookUp(target, signal), { code: "env.test" });
  }
  await findAsOwner(3333, access, signal);
  await findIpOrigin(parseAddress("193.0.6.139"), access, signal);
  const servers = DEFAULTS.looking_glass.servers.map(({ name }) => ({ name, enabled: false }));
  assert.deepEqual([...asked].sort(), await grantedTo({ servers, http_sources }));
});
