import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { checkRecords } from "./check_records.ts";
import type { RouteServerEntry } from "./config.ts";
import { explainConfig } from "./explain.ts";
import { defaultConfig, loadConfig, type LoadedConfig } from "./load.ts";
import { rowOf } from "./schema.ts";

const FILE = "/f.yaml";

function load(text: string, env: Readonly<Record<string, string>> = {}): Promise<LoadedConfig> {
  return loadConfig({
    configFile: FILE,
    argv: {},
    env: (name) => env[name],
    readFile: () => text,
    cwd: "/srv",
    home: null,
    platform: "linux",
  });
}

/** A file whose servers are these lines, the first on line 3. */
function withServers(...lines: readonly string[]): Promise<LoadedConfig> {
  return load(["looking_glass:", "  servers:", ...lines.map((line) => `    ${line}`)].join("\n"));
}

async function problemsOf(...lines: readonly string[]): Promise<readonly string[]> {
  try {
    await withServers(...lines);
    return [];
  } catch (error) {
    return (error as Error).message
      .replace(/^Cannot load the configuration(, \d+ problems)?:\s+/, "")
      .split(/\n\s+/)
      .map((line) => line.replace(`${FILE}:`, "").replace(": looking_glass.servers", " "));
  }
}

const shipped = defaultConfig().looking_glass.servers;

function named({ config }: LoadedConfig, name: string): RouteServerEntry | undefined {
  return config.looking_glass.servers.find((server) => server.name === name);
}

Deno.test("an entry with a known name sets what it gives and leaves the rest", async () => {
  const loaded = await withServers("- { name: DE-CIX Frankfurt, enabled: true }");
  const before = shipped.find(({ name }) => name === "DE-CIX Frankfurt");
  ok(before !== undefined);
  strictEqual(before.enabled, false);
  deepStrictEqual(named(loaded, "DE-CIX Frankfurt"), { ...before, enabled: true });
  deepStrictEqual(
    loaded.config.looking_glass.servers.filter(({ name }) => name !== "DE-CIX Frankfurt"),
    shipped.filter(({ name }) => name !== "DE-CIX Frankfurt"),
  );
});

Deno.test("a known name is found without regard to case and composition, and keeps its spelling", async () => {
  const loaded = await withServers(
    `- { name: "${"ix.br são PAULO".normalize("NFD")}", enabled: false }`,
  );
  strictEqual(named(loaded, "IX.br São Paulo")?.enabled, false);
  strictEqual(loaded.config.looking_glass.servers.length, shipped.length);
});

Deno.test("inside of a group only what is given changes", async () => {
  const loaded = await withServers("- { name: AT&T, login: { password_env: ATT_PASSWORD } }");
  deepStrictEqual(named(loaded, "AT&T")?.login, {
    username: "rviews",
    password: "rviews",
    password_env: "ATT_PASSWORD",
  });
});

Deno.test("a new server needs a name and a host; everything else has a default", async () => {
  const loaded = await withServers("- { name: Lab, host: 2001:db8::1 }");
  deepStrictEqual(loaded.config.looking_glass.servers.at(-1), {
    name: "Lab",
    host: "2001:db8::1",
    port: 23,
    dialect: null,
    login: { username: null, password: null, password_env: null },
    location: null,
    asn: null,
    tags: [],
    families: ["ipv4", "ipv6"],
    ping: false,
    traceroute: false,
    format: "text",
    daily_connections: null,
    daily_bytes: null,
    verified: null,
    enabled: true,
  });
  strictEqual(loaded.config.looking_glass.servers.length, shipped.length + 1);
});

Deno.test("every field can be set", async () => {
  const loaded = await withServers(
    "- name: Lab",
    "  host: r1.lab.example",
    "  port: 2605",
    "  dialect: openbgpd",
    "  login: { username: ann, password: hunter2, password_env: LAB_PASSWORD }",
    "  location: Basement",
    "  asn: 4294967295",
    "  tags: [lab, rack-2]",
    "  families: [ipv6]",
    "  ping: true",
    "  traceroute: true",
    "  format: json",
    "  daily_connections: 5",
    "  daily_bytes: 1000",
    "  verified: 2026-02-28",
    "  enabled: false",
  );
  deepStrictEqual(named(loaded, "Lab"), {
    name: "Lab",
    host: "r1.lab.example",
    port: 2605,
    dialect: "openbgpd",
    login: { username: "ann", password: "hunter2", password_env: "LAB_PASSWORD" },
    location: "Basement",
    asn: 4_294_967_295,
    tags: ["lab", "rack-2"],
    families: ["ipv6"],
    ping: true,
    traceroute: true,
    format: "json",
    daily_connections: 5,
    daily_bytes: 1000,
    verified: "2026-02-28",
    enabled: false,
  });
});

Deno.test("the environment goes over the file, server by server", async () => {
  const loaded = await load(
    "looking_glass: { servers: [{ name: Lab, host: 192.0.2.1, port: 2605 }] }",
    {
      NETGLASS_LOOKING_GLASS_SERVERS: '[{"name":"lab","port":23},{"name":"B","host":"b.example"}]',
    },
  );
  deepStrictEqual(
    loaded.config.looking_glass.servers.slice(-2).map(({ name, host, port }) => [name, host, port]),
    [["Lab", "192.0.2.1", 23], ["B", "b.example", 23]],
  );
  deepStrictEqual(loaded.sources["looking_glass.servers"], {
    kind: "env",
    name: "NETGLASS_LOOKING_GLASS_SERVERS",
  });
});

Deno.test("the records are frozen all the way down, and the catalogue is not changed by a file", async () => {
  const before = JSON.stringify(shipped);
  const loaded = await withServers("- { name: AT&T, tags: [mine], login: { username: ann } }");
  const server = named(loaded, "AT&T");
  ok(Object.isFrozen(loaded.config.looking_glass.servers) && Object.isFrozen(server));
  ok(Object.isFrozen(server?.login) && Object.isFrozen(server?.tags));
  strictEqual(JSON.stringify(defaultConfig().looking_glass.servers), before);
});

const HOST = "1 to 64 characters in one line, no space around them";
const bad:
  readonly (readonly [name: string, lines: readonly string[], problems: readonly string[]])[] = [
    ["a port out of range, at its line", ["- name: Lab", "  host: lab.example", "  port: 70000"], [
      "5 [0].port: found 70000, wanted a whole number from 1 to 65535 (TCP port)",
    ]],
    ["port 0 of a later record", [
      "- { name: A, host: a.example }",
      "- { name: B, host: b.example, port: 0 }",
    ], ["4 [1].port: found 0, wanted a whole number from 1 to 65535 (TCP port)"]],
    ["a mistyped field, with the nearest", ["- { name: A, host: a.example, prot: 23 }"], [
      '3 [0].prot: found an unknown field, wanted a field of a server (did you mean "port"?)',
    ]],
    ["a field outside of its group", ["- { name: A, host: a.example, usrname: x }"], [
      '3 [0].usrname: found an unknown field, wanted a field of a server (did you mean "login.username"?)',
    ]],
    ["a mistyped field of a group", ["- name: A", "  host: a.example", "  login: { pasword: x }"], [
      '5 [0].login.pasword: found an unknown field, wanted a field of a server (did you mean "login.password"?)',
    ]],
    ["a prototype name", ["- { name: A, host: a.example, __proto__: { port: 1 } }"], [
      "3 [0].__proto__: found an unknown field, wanted a field of a server",
    ]],
    ["a field of a group written with a dot", [
      "- { name: A, host: a.example, login.username: ann }",
    ], [
      "3 [0].login.username: found a field name with a dot, wanted a section with fields",
    ]],
    ["text for a group", ["- { name: A, host: a.example, login: hunter2 }"], [
      "3 [0].login: found text of 7 characters, wanted a section with fields",
    ]],
    ["a name twice, in another case", [
      "- { name: Lab, host: a.example }",
      "- { name: LAB, host: b.example }",
    ], [
      '4 [1].name: found text "LAB" again, wanted each name once, without regard to case (first at looking_glass.servers[0])',
    ]],
    ["a known name twice", [
      "- { name: AT&T, enabled: true }",
      "- { name: at&t, enabled: false }",
    ], [
      '4 [1].name: found text "at&t" again, wanted each name once, without regard to case (first at looking_glass.servers[0])',
    ]],
    ["no name", ["- { host: a.example }"], [
      "3 [0].name: found nothing, wanted 1 to 64 characters",
    ]],
    ["null for a name", ["- { name: null, host: a.example }"], [
      "3 [0].name: found null, wanted 1 to 64 characters",
    ]],
    ["a name with an escape character", ['- { name: "a\\eb", host: a.example }'], [
      `3 [0].name: found text "a\\u001bb", wanted ${HOST}`,
    ]],
    ["a new name without a host, with the name that was meant", ["- { name: Equinix Sidney }"], [
      '3 [0].host: found nothing, wanted host name or address (no server is named text "Equinix Sidney" yet) (did you mean "Equinix Sydney"?)',
    ]],
    ["a URL for a host", ["- { name: A, host: 'telnet://a.example' }"], [
      '3 [0].host: found text "telnet://a.example", wanted the host alone, without scheme and path',
    ]],
    ["a bracketed address", ["- { name: A, host: '[2001:db8::1]' }"], [
      '3 [0].host: found text "[2001:db8::1]", wanted the address alone, without brackets and port',
    ]],
    ["a zone", ["- { name: A, host: 'fe80::1%eth0' }"], [
      '3 [0].host: found text "fe80::1%eth0", wanted the address alone, fe80::1',
    ]],
    ["an unknown dialect", ["- { name: A, host: a.example, dialect: huawei }"], [
      '3 [0].dialect: found text "huawei", wanted frr or ios or iosxr or nxos or eos or junos or bird or openbgpd or null',
    ]],
    ["no family", ["- { name: A, host: a.example, families: [] }"], [
      "3 [0].families: found a list of 0, wanted a list of at least 1, each entry: ipv4 or ipv6",
    ]],
    ["a family that is none", ["- name: A", "  host: a.example", "  families:", "    - ipv5"], [
      '6 [0].families[0]: found text "ipv5", wanted ipv4 or ipv6',
    ]],
    [
      "a day that is not in the calendar",
      ["- { name: A, host: a.example, verified: 2026-02-30 }"],
      [
        '3 [0].verified: found text "2026-02-30", wanted a date, such as 2026-07-01',
      ],
    ],
    ["a password that would end the line", [
      '- { name: A, host: a.example, login: { password: "a\\nb" } }',
    ], [
      "3 [0].login.password: found text of 3 characters, wanted 1 to 128 characters without control characters",
    ]],
    ["a password that is a number", ["- { name: A, host: a.example, login: { password: 1234 } }"], [
      "3 [0].login.password: found a number, wanted text, or null",
    ]],
    ["a variable whose name is none", [
      "- { name: A, host: a.example, login: { password_env: $LAB } }",
    ], [
      '3 [0].login.password_env: found text "$LAB", wanted the name of an environment variable, such as LAB_PASSWORD',
    ]],
    ["text for a record", ["- hunter2"], [
      "3 [0]: found text of 7 characters, wanted the fields of a server, name among them",
    ]],
    ["several faults, each told", ["- { name: A, port: no, ping: 1 }"], [
      '3 [0].port: found text "no", wanted a whole number from 1 to 65535 (TCP port)',
      "3 [0].ping: found 1, wanted true or false",
      '3 [0].host: found nothing, wanted host name or address (no server is named text "A" yet)',
    ]],
  ];

for (const [name, lines, problems] of bad) {
  Deno.test(`a server is refused for ${name}`, async () => {
    deepStrictEqual(await problemsOf(...lines), problems);
  });
}

Deno.test("what is not a list shows nothing of itself", async () => {
  for (const text of ["{broken", "hunter2"]) {
    let message = "";
    try {
      await load("", { NETGLASS_LOOKING_GLASS_SERVERS: text });
    } catch (error) {
      message = (error as Error).message;
    }
    ok(message.includes(`found text of ${text.length} characters`), message);
    ok(!message.includes("hunter2"), message);
  }
});

Deno.test("a password is never shown, not even a published one", async () => {
  const loaded = await withServers(
    "- { name: Lab, host: a.example, login: { username: ann, password: hunter2 } }",
  );
  const explained = explainConfig(loaded).find(({ key }) => key === "looking_glass.servers");
  ok(Array.isArray(explained?.value) && Array.isArray(explained.default));
  deepStrictEqual(explained.value.at(-1).login, {
    username: "ann",
    password: "(hidden)",
    password_env: null,
  });
  const text = JSON.stringify(explained);
  ok(!text.includes("hunter2") && !text.includes('"password":"rviews"'));
});

Deno.test("a config.yaml of the working directory sets no servers, and is told so without their entries", async () => {
  const { config, warnings } = await loadConfig({
    configFile: null,
    argv: {},
    env: () => undefined,
    readFile: () =>
      "looking_glass:\n  servers:\n    - { name: AT&T, host: evil.example, login: { password: x } }\n  deadline_ms: 5000\n",
    cwd: "/srv",
    home: null,
    platform: "linux",
  });
  deepStrictEqual(config.looking_glass.servers, shipped);
  strictEqual(config.looking_glass.deadline_ms, 5000);
  deepStrictEqual(warnings, [
    "/srv/config.yaml:2: looking_glass.servers: ignored its entries: a config.yaml of the working directory may only tighten; name it with --config to use it as it is",
  ]);
});

Deno.test("ten thousand faulty servers are refused in a moment", async () => {
  const startMs = performance.now();
  const problems = await problemsOf(
    ...Array.from({ length: 10_000 }, (_, at) => `- { name: Equinix ${at}, prot: 1 }`),
  );
  strictEqual(problems.at(-1), "and 19950 more");
  ok(performance.now() - startMs < 5_000);
});

Deno.test("whatever is found, the outcome is problems or complete records that pass again", () => {
  const row = rowOf("looking_glass.servers");
  ok(row?.type === "records");
  const place = { file: null, line: null, key: row.path };
  const field = fc.constantFrom(...row.fields.flatMap(({ path }) => [path, ...path.split(".")]));
  const value = fc.oneof(
    fc.constantFrom("Lab", "a.example", "frr", "AT&T", "ipv4", null, true, 23, "2026-07-01"),
    fc.jsonValue(),
    fc.dictionary(field, fc.jsonValue()),
    fc.array(fc.constantFrom("ipv4", "ipv6", "lab")),
  );
  const named = fc.constantFrom({ name: "Lab", host: "a.example" }, { name: "AT&T" }, {});
  const record = fc.tuple(named, fc.dictionary(field, value, { maxKeys: 3 }))
    .map(([base, rest]) => ({ ...rest, ...base }));
  const names = row.fields.map(({ path }) => path.split(".")[0]);
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(record)), (found) => {
      const checked = checkRecords(row, found, row.default, place);
      if (checked.problems.length > 0) return;
      ok(Array.isArray(checked.value));
      for (const record of checked.value) deepStrictEqual(Object.keys(record), [...new Set(names)]);
      deepStrictEqual(checkRecords(row, checked.value, [], place), checked);
    }),
  );
});
