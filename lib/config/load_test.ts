import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { InputError, PermissionMissing } from "../errors/mod.ts";
import { explainConfig } from "./explain.ts";
import { defaultConfig, loadConfig, type LoadedConfig, type LoadRequest } from "./load.ts";

const USER = "/home/ann/.config/netglass/config.yaml";
const LOCAL = "/srv/repo/config.yaml";

function request(
  files: Record<string, string> = {},
  env: Record<string, string> = {},
  more: Partial<LoadRequest> = {},
): LoadRequest {
  return {
    configFile: null,
    argv: {},
    env: (name) => env[name],
    readFile: (path) => files[path] ?? null,
    cwd: "/srv/repo",
    home: "/home/ann",
    platform: "linux",
    ...more,
  };
}

function load(...args: Parameters<typeof request>): Promise<LoadedConfig> {
  return loadConfig(request(...args));
}

/** The problem lines of a load that fails. */
async function problemsOf(...args: Parameters<typeof request>): Promise<string[]> {
  let caught: unknown;
  try {
    await load(...args);
  } catch (error) {
    caught = error;
  }
  ok(caught instanceof InputError, "the load must fail with an InputError");
  strictEqual(caught.code, "input.config");
  return caught.message.replace(/^Cannot load the configuration(, \d+ problems)?:\s+/, "").split(
    /\n\s+/,
  );
}

Deno.test("without files and environment every key has its default", async () => {
  const loaded = await load();
  deepStrictEqual(loaded.config, {
    ...defaultConfig(),
    pcap: { ...defaultConfig().pcap, allowed_paths: ["/srv/repo/captures"] },
  });
  deepStrictEqual(loaded.layers, ["defaults"]);
  deepStrictEqual(loaded.warnings, []);
  deepStrictEqual(loaded.candidates, [USER, LOCAL]);
});

Deno.test("the loaded configuration is frozen all the way down", async () => {
  const { config } = await load();
  ok(Object.isFrozen(config) && Object.isFrozen(config.security));
  ok(Object.isFrozen(config.toolsets) && Object.isFrozen(config.security.allowed_targets));
});

Deno.test("a switch outweighs the environment, which outweighs the file, which outweighs the default", async () => {
  const files = {
    [USER]: "limits: {concurrency: 2, answer_chars: 2000}\ndns: {timeout_ms: 200}\n",
  };
  const env = { NETGLASS_LIMITS_CONCURRENCY: "3", NETGLASS_DNS_TIMEOUT_MS: "300" };
  const loaded = await load(files, env, { argv: { "dns.timeout_ms": 400 } });
  strictEqual(loaded.config.limits.answer_chars, 2000);
  strictEqual(loaded.config.limits.concurrency, 3);
  strictEqual(loaded.config.dns.timeout_ms, 400);
  strictEqual(loaded.config.http.max_sessions, 64);
  deepStrictEqual(loaded.layers, ["defaults", USER, "environment", "command line"]);
  deepStrictEqual(loaded.sources["limits.answer_chars"], { kind: "file", file: USER, line: 1 });
  deepStrictEqual(loaded.sources["limits.concurrency"], {
    kind: "env",
    name: "NETGLASS_LIMITS_CONCURRENCY",
  });
  deepStrictEqual(loaded.sources["dns.timeout_ms"], { kind: "argv" });
  deepStrictEqual(loaded.sources["http.max_sessions"], { kind: "default" });
});

Deno.test("the seed's environment names are accepted", async () => {
  const { config } = await load({}, {
    NETWORK_MCP_ALLOWED_TARGETS: "a.example, 192.0.2.0/24,",
    NETWORK_MCP_BLOCKED_TARGETS: "b.example",
    NETWORK_MCP_BLOCK_PRIVATE: "Yes",
    NETWORK_MCP_MAX_PACKETS: "500",
    NETWORK_MCP_PCAP_ALLOWED_PATHS: "~/pcaps,relative,/abs/",
  });
  deepStrictEqual(config.security.allowed_targets, ["a.example", "192.0.2.0/24"]);
  deepStrictEqual(config.security.blocked_targets, ["b.example"]);
  strictEqual(config.security.block_private, true);
  strictEqual(config.pcap.max_packets, 500);
  deepStrictEqual(config.pcap.allowed_paths, [
    "/home/ann/pcaps",
    "/srv/repo/relative",
    "/abs",
  ]);
});

Deno.test("our environment name wins over the seed's, and a conflict is said", async () => {
  const loaded = await load({}, {
    NETGLASS_PCAP_MAX_PACKETS: "7",
    NETWORK_MCP_MAX_PACKETS: "8",
    NETGLASS_SECURITY_BLOCK_PRIVATE: "true",
    NETWORK_MCP_BLOCK_PRIVATE: "1",
  });
  strictEqual(loaded.config.pcap.max_packets, 7);
  deepStrictEqual(loaded.warnings, [
    "NETWORK_MCP_MAX_PACKETS is ignored: NETGLASS_PCAP_MAX_PACKETS sets pcap.max_packets otherwise",
  ]);
});

Deno.test("an empty variable is not set, so clearing one never widens an allow list", async () => {
  const files = { [USER]: "security: {allowed_targets: [a.example]}" };
  const { config } = await load(files, { NETGLASS_SECURITY_ALLOWED_TARGETS: " " });
  deepStrictEqual(config.security.allowed_targets, ["a.example"]);
});

Deno.test("null in a variable clears a key that may be null", async () => {
  const files = { [USER]: "audit: {path: /var/audit}\ntools: [ping]\n" };
  const { config } = await load(files, { NETGLASS_AUDIT_PATH: "null", NETGLASS_TOOLS: "null" });
  strictEqual(config.audit.path, null);
  strictEqual(config.tools, null);
});

Deno.test("relative paths of a file start at the file's folder", async () => {
  const text = "pcap: {allowed_paths: [./captures, ../other, ~/p]}\naudit: {path: audit}\n";
  const { config } = await load({ "/etc/netglass/n.yaml": text }, {}, {
    configFile: "/etc/netglass/n.yaml",
  });
  deepStrictEqual(config.pcap.allowed_paths, [
    "/etc/netglass/captures",
    "/etc/other",
    "/home/ann/p",
  ]);
  strictEqual(config.audit.path, "/etc/netglass/audit");
});

Deno.test("a named file is read alone, by switch before environment", async () => {
  const files = {
    "/srv/repo/a.yaml": "read_only: true",
    "/b.yaml": "limits: {concurrency: 1}",
    [USER]: "limits: {concurrency: 2}",
    [LOCAL]: "limits: {concurrency: 3}",
  };
  const a = await load(files, { NETGLASS_CONFIG: "/b.yaml" }, { configFile: "a.yaml" });
  deepStrictEqual(a.files, ["/srv/repo/a.yaml"]);
  strictEqual(a.config.limits.concurrency, 16);
  const b = await load(files, { NETGLASS_CONFIG: "/b.yaml" });
  deepStrictEqual(b.candidates, ["/b.yaml"]);
  strictEqual(b.config.limits.concurrency, 1);
});

Deno.test("a named file that is not there fails the load", async () => {
  deepStrictEqual(await problemsOf({}, {}, { configFile: "/no.yaml" }), [
    "/no.yaml: found no such file, wanted the file --config names",
  ]);
  deepStrictEqual(await problemsOf({}, { NETGLASS_CONFIG: "~/no.yaml" }), [
    "/home/ann/no.yaml: found no such file, wanted the file NETGLASS_CONFIG names",
  ]);
});

Deno.test("the user's folder is found on each platform", async () => {
  const candidates = async (more: Partial<LoadRequest>, env: Record<string, string> = {}) =>
    (await load({}, env, more)).candidates;
  deepStrictEqual(await candidates({}, { XDG_CONFIG_HOME: "/xdg" }), [
    "/xdg/netglass/config.yaml",
    USER,
    LOCAL,
  ]);
  deepStrictEqual(await candidates({}, { XDG_CONFIG_HOME: "not/absolute" }), [USER, LOCAL]);
  deepStrictEqual(await candidates({ platform: "darwin", home: "/Users/ann" }), [
    "/Users/ann/.config/netglass/config.yaml",
    "/Users/ann/Library/Application Support/netglass/config.yaml",
    LOCAL,
  ]);
  deepStrictEqual(
    await candidates({ platform: "windows", home: "C:\\Users\\ann", cwd: "C:\\repo" }, {
      APPDATA: "C:\\Users\\ann\\AppData\\Roaming",
    }),
    ["C:\\Users\\ann\\AppData\\Roaming\\netglass\\config.yaml", "C:\\repo\\config.yaml"],
  );
  deepStrictEqual(await candidates({ home: null }), [LOCAL]);
});

Deno.test("a file that was only looked for and may not be read is passed over with a warning", async () => {
  const refusing = (path: string): string | null => {
    if (path !== USER) return null;
    throw new PermissionMissing("read", "Cannot read", { flag: `--allow-read=${path}` });
  };
  const loaded = await load({}, {}, { readFile: refusing });
  match(loaded.warnings[0] ?? "", /^\/home\/ann\/\.config.*was not looked at: the permission/);
  await rejects(load({}, {}, { readFile: refusing, configFile: USER }), PermissionMissing);
});

Deno.test("an empty file and an empty section change nothing", async () => {
  for (const text of ["", "# only a comment\n", "null\n", "security:\npcap: null\n", "{}"]) {
    const { config } = await load({ [USER]: text });
    deepStrictEqual(config.security, defaultConfig().security);
  }
});

const badFiles: readonly (readonly [name: string, text: string, problems: readonly string[]])[] = [
  ["an unknown key of a section, with the nearest", "\nsecurity:\n  blok_private: true\n", [
    'F:3: security.blok_private: found an unknown key, wanted a key of config.yaml (did you mean "security.block_private"?)',
  ]],
  ["two letters swapped", "read_olny: true", [
    'F:1: read_olny: found an unknown key, wanted a key of config.yaml (did you mean "read_only"?)',
  ]],
  ["a key outside of its section", "allowed_targets: []", [
    'F:1: allowed_targets: found an unknown key, wanted a key of config.yaml (did you mean "security.allowed_targets"?)',
  ]],
  ["a mistyped section", "securty:\n  block_private: true", [
    'F:1: securty: found an unknown key, wanted a key of config.yaml (did you mean "security"?)',
  ]],
  ["a section of a later version", "flows: {enabled: true}", [
    "F:1: flows: found an unknown key, wanted a key of config.yaml",
  ]],
  ["a prototype name", "__proto__: {read_only: true}", [
    "F:1: __proto__: found an unknown key, wanted a key of config.yaml",
  ]],
  ["text for a list", "security:\n  allowed_targets: 10.0.0.0/8", [
    'F:2: security.allowed_targets: found text "10.0.0.0/8", wanted a list, each entry: host name, *.domain, address or CIDR range',
  ]],
  ["nothing for a list", "security:\n  allowed_targets:\n  # - a.example\n", [
    "F:2: security.allowed_targets: found null, wanted a list, each entry: host name, *.domain, address or CIDR range",
  ]],
  ["a number in a list", "security:\n  blocked_targets:\n    - a.example\n    - 7\n", [
    "F:4: security.blocked_targets[1]: found 7, wanted text: host name, *.domain, address or CIDR range",
  ]],
  ["an entry twice", "exclude_tools: [ping, ping]", [
    'F:1: exclude_tools[1]: found text "ping" again, wanted each once',
  ]],
  ["a YAML 1.1 boolean", "read_only: yes", [
    'F:1: read_only: found text "yes", wanted true or false',
  ]],
  ["a number as text", 'pcap: {max_packets: "5"}', [
    'F:1: pcap.max_packets: found text "5", wanted a whole number from 0 to 4294967295 (packets)',
  ]],
  ["a fraction", "limits: {concurrency: 1.5}", [
    "F:1: limits.concurrency: found 1.5, wanted a whole number from 1 to 256 (probes at once)",
  ]],
  ["not a number", "limits: {concurrency: .nan}", [
    "F:1: limits.concurrency: found NaN, wanted a whole number from 1 to 256 (probes at once)",
  ]],
  ["below and above a range", "dns: {timeout_ms: 99}\nlimits: {concurrency: 257}", [
    "F:1: dns.timeout_ms: found 99, wanted a whole number from 100 to 30000 (milliseconds)",
    "F:2: limits.concurrency: found 257, wanted a whole number from 1 to 256 (probes at once)",
  ]],
  ["a word that is none of the few", "security: {network: closed}", [
    'F:1: security.network: found text "closed", wanted listed or open',
  ]],
  [
    "duplicate keys, all of them",
    "read_only: true\ndns:\n  timeout_ms: 200\n  timeout_ms: 300\nread_only: false\n",
    [
      "F:4: dns.timeout_ms: found a second time, wanted once (first on line 3)",
      "F:5: read_only: found a second time, wanted once (first on line 1)",
    ],
  ],
  ["a duplicate section", "dns: {}\ndns: {}\n", [
    "F:2: dns: found a second time, wanted once (first on line 1)",
  ]],
  ["broken YAML", "security:\n  allowed_targets: [a\n", [
    "F:3: found deficient indentation, wanted valid YAML 1.2",
  ]],
  ["two documents", "read_only: true\n---\nread_only: false\n", [
    "F: found several documents, wanted one document",
  ]],
  ["a list at the top", "- a\n", ["F:1: found a list of 1, wanted sections and keys"]],
  ["text for a section", "pcap: none\n", [
    'F:1: pcap: found text "none", wanted a section with keys',
  ]],
  ["a section for a key", "read_only: {a: 1}", [
    "F:1: read_only: found a section, wanted true or false",
  ]],
  ["an alias", "toolsets: &a [meta]\ntools: *a\n", [
    "F:2: found aliases exceeded maxAliases (0), wanted valid YAML 1.2",
  ]],
  ["a resolver by name", "dns: {resolvers: [dns.example]}", [
    'F:1: dns.resolvers[0]: found text "dns.example", wanted system, or an address such as "192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:53"',
  ]],
  ["a short token, unseen", "http:\n  tokens:\n    - hunter2\n", [
    "F:3: http.tokens[0]: found text of 7 characters, wanted a token of at least 16 characters",
  ]],
  ["a door to the network without a token", 'http:\n  listen: "0.0.0.0:8080"\n', [
    'F:2: http.listen: found text "0.0.0.0:8080" without http.tokens, wanted a loopback address, or at least one token in http.tokens',
  ]],
  ["a listen address without port", "http: {listen: 127.0.0.1}", [
    'F:1: http.listen: found text "127.0.0.1", wanted an address with a port, such as "127.0.0.1:8080" or "[::1]:8080"',
  ]],
  ["an origin with a path", "http: {allowed_origins: ['https://a.example/']}", [
    'F:1: http.allowed_origins[0]: found text "https://a.example/", wanted an origin, such as "https://console.example" (lower case, no path)',
  ]],
  ["a tool name that is none", "tools: [Ping]", [
    'F:1: tools[0]: found text "Ping", wanted a name in lower case, such as dns_lookup',
  ]],
  ["a path with a control character", 'audit: {path: "a\\nb"}', [
    'F:1: audit.path: found text "a\\nb", wanted a path without control characters',
  ]],
];

for (const [name, text, problems] of badFiles) {
  Deno.test(`a file is refused for ${name}`, async () => {
    deepStrictEqual(
      (await problemsOf({ "/f.yaml": text }, {}, { configFile: "/f.yaml" }))
        .map((line) => line.replace("/f.yaml", "F")),
      problems,
    );
  });
}

Deno.test("the error tells a machine the first problem and how many there are", async () => {
  await rejects(load({ [USER]: "a: 1\nread_olny: 2\n" }), (error) => {
    ok(error instanceof InputError);
    deepStrictEqual(error.detail, {
      problems: 2,
      file: USER,
      line: 1,
      key: "a",
      found: "an unknown key",
      wanted: "a key of config.yaml",
      nearest: null,
    });
    return true;
  });
});

Deno.test("problems of files, environment and switches are told together", async () => {
  deepStrictEqual(
    await problemsOf({ [USER]: "read_only: 1" }, { NETGLASS_LIMITS_CONCURRENCY: "many" }, {
      argv: { "dns.timeout_ms": 1, "no.such": true },
    }),
    [
      `${USER}:1: read_only: found 1, wanted true or false`,
      'NETGLASS_LIMITS_CONCURRENCY: limits.concurrency: found text "many", wanted a whole number from 1 to 256 (probes at once)',
      "command line: dns.timeout_ms: found 1, wanted a whole number from 100 to 30000 (milliseconds)",
      "command line: no.such: found an unknown key, wanted a key of config.yaml",
    ],
  );
});

Deno.test("a token in the environment is never shown", async () => {
  const lines = await problemsOf({}, { NETGLASS_HTTP_TOKENS: "tiny" });
  deepStrictEqual(lines, [
    "NETGLASS_HTTP_TOKENS: http.tokens[0]: found text of 4 characters, wanted a token of at least 16 characters",
  ]);
  const loaded = await load({}, { NETGLASS_HTTP_TOKENS: "0123456789abcdef" });
  deepStrictEqual(loaded.config.http.tokens, ["0123456789abcdef"]);
  deepStrictEqual(explainConfig(loaded).find(({ key }) => key === "http.tokens")?.value, [
    "(hidden)",
  ]);
});

Deno.test("a home that is not known refuses ~", async () => {
  deepStrictEqual(await problemsOf({}, { NETGLASS_AUDIT_PATH: "~/audit" }, { home: null }), [
    'NETGLASS_AUDIT_PATH: audit.path: found text "~/audit" and no home directory, wanted a path without ~',
  ]);
});

Deno.test("the full grammar of targets is asked of the policy", async () => {
  deepStrictEqual(
    await problemsOf({}, { NETGLASS_SECURITY_BLOCKED_TARGETS: "ok,10.0.0.0/99" }, {
      checkTarget: (text) => text.endsWith("/99") ? "a prefix length up to 32" : null,
    }),
    [
      'NETGLASS_SECURITY_BLOCKED_TARGETS: security.blocked_targets[1]: found text "10.0.0.0/99", wanted a prefix length up to 32',
    ],
  );
});

Deno.test("a config.yaml of the working directory tightens and cannot loosen", async () => {
  const files = {
    [USER]: [
      "toolsets: [connectivity]",
      "security:",
      "  allowed_targets: [192.0.2.0/24, '*.a.example']",
      "  blocked_targets: [192.0.2.1]",
      "limits: {concurrency: 8}",
    ].join("\n"),
    [LOCAL]: [
      "toolsets: [all]",
      "security:",
      "  network: open",
      "  allowed_targets: [192.0.2.128/25, 198.51.100.1]",
      "  blocked_targets: [b.example]",
      "  block_private: true",
      "  block_cloud_metadata: false",
      "limits: {concurrency: 9, answer_chars: 1000}",
      "audit: {path: ./steal}",
    ].join("\n"),
  };
  const { config, warnings, layers, sources } = await load(files);
  deepStrictEqual(config.toolsets, ["connectivity"]);
  deepStrictEqual(config.security, {
    network: "listed",
    allowed_targets: ["192.0.2.128/25"],
    blocked_targets: ["192.0.2.1", "b.example"],
    block_private: true,
    block_cloud_metadata: true,
  });
  strictEqual(config.limits.concurrency, 8);
  strictEqual(config.limits.answer_chars, 1000);
  strictEqual(config.audit.path, null);
  deepStrictEqual(sources["security.block_private"], { kind: "file", file: LOCAL, line: 6 });
  deepStrictEqual(layers, ["defaults", USER, `${LOCAL} (may only tighten)`]);
  const tail =
    ": a config.yaml of the working directory may only tighten; name it with --config to use it as it is";
  deepStrictEqual(warnings, [
    `${LOCAL}:1: toolsets: ignored "all"${tail}`,
    `${LOCAL}:3: security.network: ignored "open"${tail}`,
    `${LOCAL}:4: security.allowed_targets: ignored "198.51.100.1"${tail}`,
    `${LOCAL}:7: security.block_cloud_metadata: ignored false${tail}`,
    `${LOCAL}:8: limits.concurrency: ignored 9${tail}`,
    `${LOCAL}:9: audit.path: ignored "/srv/repo/steal"${tail}`,
  ]);
});

Deno.test("the same file counts whole when it is named, by switch or environment", async () => {
  const files = { [LOCAL]: "security: {network: open}" };
  strictEqual((await load(files)).config.security.network, "listed");
  strictEqual((await load(files, {}, { configFile: LOCAL })).config.security.network, "open");
  strictEqual(
    (await load(files, { NETGLASS_CONFIG: "config.yaml" })).config.security.network,
    "open",
  );
});

Deno.test("the environment may loosen what the working directory tightened", async () => {
  const { config } = await load({ [LOCAL]: "read_only: true" }, { NETGLASS_READ_ONLY: "no" });
  strictEqual(config.read_only, false);
});

Deno.test("another program's config.yaml in the working directory is passed over", async () => {
  for (const text of ["title: My site\nbaseURL: /\n", "- a list\n"]) {
    const { config, warnings } = await load({ [LOCAL]: text });
    strictEqual(config.read_only, false);
    deepStrictEqual(warnings, [`${LOCAL} is passed over: it has no key of netglass`]);
  }
});

Deno.test("an error in our config.yaml of the working directory still refuses the start", async () => {
  deepStrictEqual(await problemsOf({ [LOCAL]: "read_only: true\nread_olny: true\n" }), [
    `${LOCAL}:2: read_olny: found an unknown key, wanted a key of config.yaml (did you mean "read_only"?)`,
  ]);
});

Deno.test("a section may stand in a section, and a wrong one is named by its whole path", async () => {
  const loaded = await load({ [USER]: "intel:\n  rpki:\n    rtr: rtr.example:8282\n  rdap:\n" });
  strictEqual(loaded.config.intel.rpki.rtr, "rtr.example:8282");
  strictEqual(loaded.config.intel.rdap.hosts[0], "rdap.org");
  ok(Object.isFrozen(loaded.config.intel.rpki));
  deepStrictEqual(await problemsOf({ [USER]: "intel:\n  rpki: 7\n  rdap: {host: []}\n" }), [
    `${USER}:2: intel.rpki: found 7, wanted a section with keys`,
    `${USER}:3: intel.rdap.host: found an unknown key, wanted a key of config.yaml (did you mean "intel.rdap.hosts"?)`,
  ]);
});

Deno.test("explain says value, source and documentation of every key", async () => {
  const loaded = await load({ [USER]: "\nread_only: true\n" }, { NETGLASS_DNS_TIMEOUT_MS: "500" });
  const byKey = new Map(explainConfig(loaded).map((row) => [row.key, row]));
  strictEqual(byKey.size, 66);
  strictEqual(byKey.get("read_only")?.source, `${USER}:2`);
  strictEqual(byKey.get("dns.timeout_ms")?.source, "NETGLASS_DNS_TIMEOUT_MS");
  strictEqual(byKey.get("dns.timeout_ms")?.value, 500);
  strictEqual(byKey.get("audit.path")?.source, "default");
});

Deno.test("a huge file is read or refused in a moment, and its problems are counted", async () => {
  const startMs = performance.now();
  const hosts = Array.from({ length: 40_000 }, (_, at) => `a${at}.example`);
  const loaded = await load({ [USER]: `security: {allowed_targets: [${hosts.join(",")}]}` });
  strictEqual(loaded.config.security.allowed_targets.length, 40_000);
  const keys = Array.from({ length: 40_000 }, (_, at) => `toolset${at}: 1`).join("\n");
  const lines = await problemsOf({ [USER]: keys });
  strictEqual(lines.length, 51);
  strictEqual(
    lines[0],
    `${USER}:1: toolset0: found an unknown key, wanted a key of config.yaml (did you mean "toolsets"?)`,
  );
  strictEqual(lines[50], "and 39950 more");
  // Compared each with each, they took more than twenty seconds.
  ok(performance.now() - startMs < 5_000);
});
