import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { checkValue } from "./check_value.ts";
import { configEnvNames, parseEnvText } from "./env.ts";
import { renderDefaultConfig } from "./explain.ts";
import { defaultConfig, loadConfig } from "./load.ts";
import { configKeys, envNameOf, sectionNames } from "./schema.ts";
import { parseYaml } from "./yaml.ts";

const shipped = await Deno.readTextFile(new URL("../../config.yaml", import.meta.url));

Deno.test("the shipped config.yaml is what the table of keys renders", () => {
  strictEqual(shipped, renderDefaultConfig());
});

Deno.test("the shipped config.yaml parses to exactly the defaults", async () => {
  const { value, problems } = await parseYaml(shipped, "config.yaml");
  deepStrictEqual(problems, []);
  deepStrictEqual(value, JSON.parse(JSON.stringify(defaultConfig())));
});

Deno.test("the shipped config.yaml documents each key with what it may be, its default and its name", () => {
  const flat = shipped.replaceAll(/\n *# /g, " ");
  for (const row of configKeys) {
    ok(flat.includes(row.doc), row.path);
    ok(flat.includes(`Environment: ${envNameOf(row)}`), row.path);
    if (row.type === "integer") {
      ok(flat.includes(`from ${row.min} to ${row.max} (${row.unit}). Default: ${row.default}.`));
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
    deepStrictEqual(
      checkValue(row, row.default, { file: null, line: null, key: row.path }).problems,
      [],
      row.path,
    );
  }
});

Deno.test("the sections are those of the shape", () => {
  deepStrictEqual([...sectionNames], ["security", "pcap", "dns", "limits", "http", "audit"]);
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
      const place = { file: null, line: null, key: row.path };
      const checked = checkValue(row, parseEnvText(row, text), place);
      if (checked.problems.length > 0) return;
      deepStrictEqual(checkValue(row, checked.value, place), checked);
    }),
  );
});
