import { deepStrictEqual, ok } from "node:assert/strict";
import type { Config, RouteServerEntry } from "../config/config.ts";
import { configEnvNames } from "../config/env.ts";
import { defaultConfig } from "../config/load.ts";
import {
  httpSources,
  type NeedyTool,
  publicIpServices,
  rdapHosts,
  resolvers,
  routeServers,
  rpkiSource,
  targets,
} from "./need.ts";
import type { PermissionSet } from "./permission_set.ts";
import { derivePermissions } from "./permissions.ts";
import { FIXED_HOST } from "./shipped.ts";

const routeLookup: NeedyTool = {
  name: "route_lookup",
  needs: () => [routeServers, httpSources, resolvers],
};
const asnOwner: NeedyTool = { name: "asn_owner", needs: () => [httpSources] };
const portCheck: NeedyTool = { name: "port_check", needs: () => [targets] };

const base = defaultConfig();
const [template] = base.looking_glass.servers;

function server(host: string, rest: Partial<RouteServerEntry> = {}): RouteServerEntry {
  ok(template !== undefined);
  const login = { username: null, password: null, password_env: null };
  return { ...template, name: "Lab", host, login, enabled: true, ...rest };
}

function derive(
  change: {
    readonly intel?: Partial<Config["intel"]>;
    readonly servers?: readonly RouteServerEntry[];
    readonly http_sources?: Config["looking_glass"]["http_sources"];
    readonly security?: Partial<Config["security"]>;
  },
  tools: readonly NeedyTool[] = [routeLookup],
): PermissionSet {
  const { servers = [], http_sources = [], security = {}, intel = {} } = change;
  const config: Config = {
    ...base,
    security: { ...base.security, ...security },
    looking_glass: { ...base.looking_glass, servers, http_sources },
    intel: { ...base.intel, ...intel },
  };
  return derivePermissions(
    config,
    tools,
    { ...FIXED_HOST, resolvers: ["9.9.9.9"] },
    { transport: "stdio" },
  );
}

/** What may be dialled beside the name server. */
function allowed({ net }: PermissionSet): unknown {
  return net.allow === "any"
    ? "any"
    : net.allow.map(({ value }) => value).filter((value) => value !== "9.9.9.9:53");
}

function denied({ net }: PermissionSet, pattern: RegExp): readonly string[] {
  return net.deny.map(({ value }) => value).filter((value) => pattern.test(value));
}

Deno.test("the shipped configuration grants one server on each continent, and no HTTP source", () => {
  const { net } = derivePermissions(base, [routeLookup], FIXED_HOST, { transport: "stdio" });
  deepStrictEqual(net.allow, [
    ...[
      "route-views.routeviews.org:23",
      "ix-br2.gru.routeviews.org:23",
      "route-views.linx.routeviews.org:23",
      "route-views.napafrica.routeviews.org:23",
      "route-views.sg.routeviews.org:23",
      "route-views.sydney.routeviews.org:23",
    ].map((value) => ({ value, reasons: ["looking_glass.servers", "route_lookup"] })),
    { value: "127.0.0.53:53", reasons: ["dns.resolvers", "route_lookup"] },
  ]);
});

Deno.test("an enabled server adds its host and port and nothing else; a disabled one adds nothing", () => {
  const off = derive({ servers: [server("rs.example", { enabled: false })] });
  const on = derive({ servers: [server("RS.example.", { port: 2605 })] });
  deepStrictEqual(allowed(off), []);
  deepStrictEqual(allowed(on), ["rs.example:2605"]);
  deepStrictEqual({ ...on, net: null }, { ...off, net: null });
  deepStrictEqual(on.net.deny, off.net.deny);
});

Deno.test("a tool that asks no route servers is granted none", () => {
  const set = derive({ servers: [server("rs.example")], http_sources: ["bgpkit"] }, [asnOwner]);
  deepStrictEqual(allowed(set), ["api.bgpkit.com:443"]);
});

Deno.test("an IPv6 literal is written in brackets, an IPv4-mapped one as what is dialled", () => {
  deepStrictEqual(
    allowed(derive({ servers: [server("2001:DB8:0::1"), server("::ffff:192.0.2.7")] })),
    ["[2001:db8::1]:23", "192.0.2.7:23"],
  );
});

Deno.test("each HTTP source adds its host", () => {
  deepStrictEqual(
    allowed(derive({ http_sources: ["routeviews-api", "ripestat", "bgpkit"] })),
    ["api.routeviews.org:443", "stat.ripe.net:443", "api.bgpkit.com:443"],
  );
});

Deno.test("each RDAP server adds its host, with the port of its URL", () => {
  const hosts = ["rdap.org", "http://192.0.2.7:8080/rdap", "https://[2001:db8::1]"];
  const tool: NeedyTool = { name: "rdap_lookup", needs: () => [rdapHosts] };
  deepStrictEqual(allowed(derive({ intel: { rdap: { hosts } } }, [tool])), [
    "rdap.org:443",
    "192.0.2.7:8080",
    "[2001:db8::1]:443",
  ]);
});

Deno.test("of the sources of ROA payloads only the one that counts is granted", () => {
  const tool: NeedyTool = { name: "rpki_lookup", needs: () => [rpkiSource] };
  const all = { file: "/srv/vrps.json", rtr: "rtr.example", url: "https://rpki.example/vrps.json" };
  const granted = (rpki: Config["intel"]["rpki"]) => {
    const set = derive({ intel: { rpki } }, [tool]);
    return [allowed(set), set.read.filter(({ reasons }) => reasons.includes("rpki_lookup"))];
  };
  const read = [{ value: "/srv/vrps.json", reasons: ["intel.rpki.file", "rpki_lookup"] }];
  deepStrictEqual(granted(all), [[], read]);
  deepStrictEqual(granted({ ...all, file: null }), [["rtr.example:323"], []]);
  deepStrictEqual(granted({ ...all, file: null, rtr: "[2001:db8::1]:8282" }), [
    ["[2001:db8::1]:8282"],
    [],
  ]);
  deepStrictEqual(granted({ file: null, rtr: null, url: all.url }), [["rpki.example:443"], []]);
  deepStrictEqual(granted({ file: null, rtr: null, url: null }), [[], []]);
});

Deno.test("each service that tells our address is granted, unless a rule denies it", () => {
  const tool: NeedyTool = { name: "get_public_ip", needs: () => [publicIpServices] };
  const services = ["https://a.example/ip?format=text", "http://b.example:8080"];
  const set = derive({
    intel: { public_ip: { services } },
    security: { blocked_targets: ["b.example"] },
  }, [tool]);
  deepStrictEqual(allowed(set), ["a.example:443"]);
  ok(
    set.comments.some((text) =>
      text.startsWith('intel.public_ip.services "http://b.example:8080" cannot be asked')
    ),
  );
});

Deno.test("the variable of a password is readable while its server is enabled", () => {
  const login = { username: "ann", password: null, password_env: "LAB_PASSWORD" };
  const envOf = (set: PermissionSet): readonly string[] => set.env.map(({ value }) => value);
  const names = configEnvNames("linux");
  const servers = [server("rs.example", { login })];
  deepStrictEqual(envOf(derive({ servers })), [...names, "LAB_PASSWORD"]);
  deepStrictEqual(envOf(derive({ servers }, [asnOwner])), names);
  deepStrictEqual(
    envOf(derive({ servers: [server("rs.example", { login, enabled: false })] })),
    names,
  );
});

Deno.test("security.allowed_targets does not matter to a service", () => {
  const set = derive({
    servers: [server("10.0.0.1"), server("rs.example")],
    security: { allowed_targets: ["192.0.2.0/24"] },
  });
  deepStrictEqual(allowed(set), ["10.0.0.1:23", "rs.example:23"]);
});

Deno.test("a private router that block_private denies is not granted, and said to be denied", () => {
  const set = derive({
    servers: [server("10.0.0.1", { name: "Lab r1" }), server("rs.example")],
    security: { block_private: true },
  });
  deepStrictEqual(allowed(set), ["rs.example:23"]);
  ok(set.comments.includes(
    'looking_glass.servers "Lab r1" cannot be asked: "10.0.0.1" is in 10.0.0.0/8 (Private-Use, RFC 1918 §3). Allow it with security.block_private: false.',
  ));
  deepStrictEqual(denied(set, /^10\./), ["10.0.0.0/8"]);
});

Deno.test("a server that blocked_targets names is not granted, by name or by range", () => {
  const set = derive({
    servers: [server("rs.bad.example"), server("203.0.113.7")],
    http_sources: ["ripestat"],
    security: { blocked_targets: ["*.bad.example", "203.0.113.0/24", "stat.ripe.net"] },
  });
  deepStrictEqual(allowed(set), []);
  deepStrictEqual(denied(set, /203|bad|ripe/), [
    "*.bad.example",
    "203.0.113.0/24",
    "stat.ripe.net",
  ]);
  deepStrictEqual(set.comments.filter((text) => text.includes("cannot be asked")), [
    'looking_glass.servers "Lab" cannot be asked: "rs.bad.example" matches "*.bad.example" of security.blocked_targets. Allow it with security.blocked_targets without "*.bad.example".',
    'looking_glass.servers "Lab" cannot be asked: "203.0.113.7" matches "203.0.113.0/24" of security.blocked_targets. Allow it with security.blocked_targets without "203.0.113.0/24".',
    'looking_glass.http_sources "ripestat" cannot be asked: "stat.ripe.net" matches "stat.ripe.net" of security.blocked_targets. Allow it with security.blocked_targets without "stat.ripe.net".',
  ]);
});

Deno.test("a metadata service is no route server", () => {
  const set = derive({ servers: [server("169.254.169.254", { port: 80 })] });
  deepStrictEqual(allowed(set), []);
  deepStrictEqual(denied(set, /^169\.254\.169\.254$/), ["169.254.169.254"]);
});

for (const host of ["127.0.0.1", "::ffff:127.0.0.1", "localhost"]) {
  Deno.test(`the denial of loopback is cut around a server at ${host}`, () => {
    const security = { allowed_targets: ["192.0.2.0/24"] };
    const without = derive({ security });
    deepStrictEqual(denied(without, /^127\./), ["127.0.0.0/8"]);
    const set = derive({ servers: [server(host, { port: 2605 })], security });
    deepStrictEqual(allowed(set), [host === "localhost" ? "localhost:2605" : "127.0.0.1:2605"]);
    const pieces = denied(set, /^127\./);
    ok(!pieces.includes("127.0.0.0/8") && !pieces.includes("127.0.0.1"), pieces.join());
    ok(pieces.includes("127.0.0.0") && pieces.includes("127.128.0.0/9"), pieces.join());
    ok(set.comments.includes(
      "127.0.0.1 (looking_glass.servers) lies in the denied 127.0.0.0/8 (loopback is not an allowed target): the flags deny around it, and the application check decides inside.",
    ));
  });
}

Deno.test("with an open network a denied service is still said", () => {
  const set = derive({
    servers: [server("10.0.0.1")],
    security: { network: "open", block_private: true },
  }, [routeLookup, portCheck]);
  deepStrictEqual(allowed(set), "any");
  ok(set.comments.some((text) => text.startsWith('looking_glass.servers "Lab" cannot be asked')));
});
