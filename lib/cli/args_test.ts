import assert from "node:assert/strict";
import { parseCommandLine, UsageError } from "./args.ts";

const NONE = {
  config: null,
  toolsets: null,
  tools: null,
  excludeTools: null,
  readOnly: false,
  acceptWiderPermissions: false,
};

Deno.test("no arguments mean serve on stdio", () => {
  assert.deepEqual(parseCommandLine([]), { name: "serve", http: null, common: NONE });
});

Deno.test("switches without a command belong to serve", () => {
  assert.deepEqual(parseCommandLine(["--http", "127.0.0.1:8080", "--read-only"]), {
    name: "serve",
    http: "127.0.0.1:8080",
    common: { ...NONE, readOnly: true },
  });
});

Deno.test("switches may stand before the command", () => {
  assert.deepEqual(
    parseCommandLine(["--config", "my.yaml", "--read-only", "call", "ping", "{}", "--pretty"]),
    {
      name: "call",
      tool: "ping",
      args: "{}",
      pretty: true,
      common: { ...NONE, config: "my.yaml", readOnly: true },
    },
  );
  assert.deepEqual(parseCommandLine(["--config=my.yaml", "doctor"]), {
    name: "doctor",
    common: { ...NONE, config: "my.yaml" },
  });
  assert.deepEqual(parseCommandLine(["--config", "doctor"]), {
    name: "serve",
    http: null,
    common: { ...NONE, config: "doctor" },
  });
});

Deno.test("lists are split at commas", () => {
  assert.deepEqual(
    parseCommandLine([
      "tools",
      "--json",
      "--toolsets",
      "a, b",
      "--tools=x,y",
      "--exclude-tools",
      "z",
    ]),
    {
      name: "tools",
      json: true,
      common: { ...NONE, toolsets: ["a", "b"], tools: ["x", "y"], excludeTools: ["z"] },
    },
  );
});

Deno.test("call takes a tool and JSON, and an empty object by default", () => {
  assert.deepEqual(parseCommandLine(["call", "ping", '{"target":"::1"}', "--pretty"]), {
    name: "call",
    tool: "ping",
    args: '{"target":"::1"}',
    pretty: true,
    common: NONE,
  });
  const bare = parseCommandLine(["call", "capabilities"]);
  assert.equal(bare.name === "call" ? bare.args : "", "{}");
});

Deno.test("every command has help and -h shows it", () => {
  for (const name of ["serve", "call", "tools", "permissions", "init", "doctor", "audit"]) {
    assert.deepEqual(parseCommandLine([name, "--help"]), { name: "help", topic: name });
  }
  assert.deepEqual(parseCommandLine(["-h"]), { name: "help", topic: null });
  assert.deepEqual(parseCommandLine(["help", "call"]), { name: "help", topic: "call" });
});

Deno.test("what makes no sense is a usage error that names what was wanted", () => {
  const cases: [string[], RegExp][] = [
    [["sevre"], /unknown command "sevre" \(known: serve, call/],
    [["call"], /"call" needs an argument/],
    [["call", "a", "{}", "b"], /"call" does not take "b"/],
    [["serve", "x"], /"serve" does not take "x"/],
    [["permissions", "--format", "xml"], /--format must be one of flags, json/],
    [["audit", "forge"], /"audit" knows "verify", not "forge"/],
    [["--frobnicate"], /^Unknown option '--frobnicate'$/],
    [["--config", "my.yaml", "sevre"], /unknown command "sevre"/],
    [["help", "sevre"], /no help on "sevre" \(known: serve, call/],
    [["--config"], /config/],
  ];
  for (const [argv, message] of cases) {
    assert.throws(
      () => parseCommandLine(argv),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  }
});
