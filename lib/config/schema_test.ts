import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { checkRecords } from "./check_records.ts";
import { type Checked, checkValue } from "./check_value.ts";
import { configEnvNames, parseEnvText } from "./env.ts";
import { defaultConfig, loadConfig } from "./load.ts";
import { envNameOf, type KeyRow, wantedOf } from "./row.ts";
import type { RouteServerEntry } from "./config.ts";
import { configKeys, sectionNames } from "./schema.ts";
import { renderDefaultConfig } from "./shipped_yaml.ts";
import { parseYaml } from "./yaml.ts";

function check(row: KeyRow, found: unknown): Checked {
  const place = { file: null, line: null, key: row.path };
  return row.type === "records"
    ? checkRecords(row, found, [], place)
    : checkValue(row, found, place);
}

const shipped = await Deno.readTextFile(new URL("../../config.yaml", import.meta.url));

Deno.test("the shipped config.yaml is what the table of keys renders", () => {
  strictEqual(shipped, renderDefaultConfig());
});

Deno.test("the shipped config.yaml parses to exactly the defaults, of servers what is not common to all", async () => {
  const { value, problems } = await parseYaml(shipped, "config.yaml");
  deepStrictEqual(problems, []);
  const written = JSON.parse(JSON.stringify(value));
  const defaults = JSON.parse(JSON.stringify(defaultConfig()));
  const enabled = defaults.looking_glass.servers.filter((server: RouteServerEntry) =>
    server.enabled
  );
  deepStrictEqual(
    written.looking_glass.servers.map(({ name }: RouteServerEntry) => name),
    enabled.map(({ name }: RouteServerEntry) => name),
  );
  deepStrictEqual(written.looking_glass.servers[0], {
    name: "RouteViews Main",
    host: "route-views.routeviews.org",
    dialect: "ios",
    login: { username: "rviews" },
    location: "Eugene, Oregon, United States",
    asn: 6447,
    tags: ["north-america", "us", "eugene", "multihop"],
    ping: true,
    traceroute: true,
    daily_connections: 100,
    daily_bytes: 500_000,
    enabled: true,
  });
  written.looking_glass.servers = defaults.looking_glass.servers;
  deepStrictEqual(written, defaults);
});

Deno.test("the servers of the shipped config.yaml are complete, and enabled without their #", async () => {
  const everyone = shipped.replaceAll("    # - {", "    - {");
  const { value } = await parseYaml(everyone, "config.yaml");
  const row = configKeys.find(({ path }) => path === "looking_glass.servers");
  ok(row?.type === "records");
  const { servers } = JSON.parse(JSON.stringify(value)).looking_glass;
  const enabled = row.default.map((server) => ({ ...server, enabled: true }));
  deepStrictEqual(check(row, servers), { value: enabled, problems: [] });
});

Deno.test("the shipped config.yaml documents each key with what it may be, its default and its name", () => {
  const flat = shipped.replaceAll(/\n *# */g, " ");
  for (const row of configKeys) {
    ok(flat.includes(row.doc), row.path);
    ok(flat.includes(`Environment: ${envNameOf(row)}`), row.path);
    if (row.type === "records") {
      for (const field of row.fields) ok(flat.includes(`${field.path}: ${field.doc}`), field.path);
    }
    if (row.type === "integer") {
      ok(flat.includes(`Value: ${wantedOf(row)}. Default: ${row.default}.`), row.path);
    }
  }
});

Deno.test("the shipped config.yaml loads, and its values are the defaults", async () => {
  const { config, warnings } = await loadConfig({
    configFile: "/srv/netglass/config.yaml",
    argv: {},
    env: () => undefined,
    readFile: (path) => path === "/srv/netglass/config.yaml" ? shipped : null,
    cwd: "/srv/netglass",
    home: null,
    platform: "linux",
  });
  deepStrictEqual(warnings, []);
  deepStrictEqual(config, {
    ...defaultConfig(),
    pcap: { ...defaultConfig().pcap, allowed_paths: ["/srv/netglass/captures"] },
  });
});

Deno.test("every default passes its own check", () => {
  for (const row of configKeys) {
    deepStrictEqual(check(row, row.default), { value: row.default, problems: [] }, row.path);
  }
});

Deno.test("the sections are those of the shape", () => {
  deepStrictEqual([...sectionNames], [
    "security",
    "pcap",
    "dns",
    "limits",
    "host",
    "http",
    "looking_glass",
    "intel",
    "intel.rdap",
    "intel.asn",
    "intel.rpki",
    "intel.public_ip",
    "bgp",
    "bgp.limits",
    "bgp.originate",
    "tunnels",
    "audit",
  ]);
});

Deno.test("the environment names are the key paths, the seed's five, and the folders", () => {
  const names = configEnvNames("linux");
  strictEqual(names.length, configKeys.length + 5 + 3);
  ok(names.includes("NETGLASS_PCAP_MAX_PACKETS") && names.includes("NETGLASS_TOOLSETS"));
  deepStrictEqual(names.filter((name) => !name.startsWith("NETGLASS_")), [
    "HOME",
    "NETWORK_MCP_ALLOWED_TARGETS",
    "NETWORK_MCP_BLOCKED_TARGETS",
    "NETWORK_MCP_BLOCK_PRIVATE",
    "NETWORK_MCP_MAX_PACKETS",
    "NETWORK_MCP_PCAP_ALLOWED_PATHS",
    "XDG_CONFIG_HOME",
  ]);
  deepStrictEqual(
    configEnvNames("windows").filter((name) => !name.startsWith("NET")),
    ["APPDATA", "USERPROFILE"],
  );
});

Deno.test("loading reads no environment name but the declared ones", async () => {
  for (const platform of ["linux", "darwin", "windows"] as const) {
    const read = new Set<string>();
    await loadConfig({
      configFile: null,
      argv: {},
      env: (name) => {
        read.add(name);
        return undefined;
      },
      readFile: () => null,
      cwd: platform === "windows" ? "C:\\srv" : "/srv",
      home: null,
      platform,
    });
    const declared = configEnvNames(platform);
    deepStrictEqual([...read].filter((name) => !declared.includes(name)), []);
  }
});

Deno.test("foreign text never makes the parser throw or an unchecked value pass", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" })),
      async (text) => {
        const document = await parseYaml(text, "f");
        ok(Array.isArray(document.problems));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("an environment text is taken or refused, never thrown at", () => {
  fc.assert(
    fc.property(fc.constantFrom(...configKeys), fc.string(), (row, text) => {
      const checked = check(row, parseEnvText(row, text));
      if (checked.problems.length > 0) return;
      deepStrictEqual(check(row, checked.value), checked);
    }),
  );
});
