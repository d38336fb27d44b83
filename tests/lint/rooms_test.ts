import assert from "node:assert/strict";
import plugin from "./rooms.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** `rule: message` of each finding in a file of ours. */
function lint(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, `${ROOT}${path}`, source)
    .map(({ id, message }) => `${id}: ${message}`);
}

Deno.test("a room imports what stands beneath it", () => {
  assert.deepEqual(lint("lib/probe/x.ts", 'import { dial } from "../io/dial.ts";'), []);
  assert.deepEqual(
    lint("lib/probe/x.ts", 'import type { Config } from "../config/config.ts";'),
    [],
  );
  assert.deepEqual(lint("lib/looking_glass/x.ts", 'import { a } from "../telnet/x.ts";'), []);
  assert.deepEqual(lint("lib/mcp/x.ts", 'import { a } from "../audit/redact.ts";'), []);
  assert.deepEqual(lint("lib/probe/x.ts", 'import { a } from "./deep/y.ts";'), []);
  assert.deepEqual(
    lint("tools/meta/x.ts", 'import { a } from "../../lib/mcp/define_tool.ts";'),
    [],
  );
  assert.deepEqual(lint("tools/mod.ts", 'import { a } from "./meta/audit_log.ts";'), []);
  assert.deepEqual(lint("lib/cli/x.ts", 'import { a } from "../../tools/mod.ts";'), []);
  assert.deepEqual(lint("main.ts", 'import { a } from "./tools/mod.ts";'), []);
});

Deno.test("domain rooms never import each other sideways", () => {
  assert.deepEqual(lint("lib/bgp/x.ts", 'import { a } from "../probe/ping.ts";'), [
    "netglass/imports: Imports run downward only: lib/bgp may not import lib/probe",
  ]);
  assert.deepEqual(lint("lib/telnet/x.ts", 'import { a } from "../looking_glass/x.ts";'), [
    "netglass/imports: Imports run downward only: lib/telnet may not import lib/looking_glass",
  ]);
});

Deno.test("domain rooms import neither mcp nor tools, not even lazily or by re-export", () => {
  for (
    const code of [
      'import { a } from "../mcp/define_tool.ts";',
      'import type { A } from "../mcp/define_tool.ts";',
      'export { a } from "../mcp/define_tool.ts";',
      'export * from "../mcp/define_tool.ts";',
      'const a = await import("../mcp/define_tool.ts");',
    ]
  ) {
    assert.deepEqual(lint("lib/probe/x.ts", code), [
      "netglass/imports: Imports run downward only: lib/probe may not import lib/mcp",
    ], code);
  }
  assert.deepEqual(lint("lib/probe/x.ts", 'import { a } from "../../tools/meta/audit_log.ts";'), [
    'netglass/imports: Only tools/mod.ts and tools/cards.ts import tools, not "lib/probe/x.ts"',
  ]);
});

Deno.test("bytes, ip and errors import nothing of ours", () => {
  for (const room of ["bytes", "ip", "errors"]) {
    assert.deepEqual(lint(`lib/${room}/x.ts`, 'import { a } from "../io/io.ts";'), [
      `netglass/imports: Imports run downward only: lib/${room} may not import lib/io`,
    ]);
  }
});

Deno.test("a domain room takes types of the configuration only", () => {
  assert.deepEqual(lint("lib/probe/x.ts", 'import { a } from "../config/load.ts";'), [
    "netglass/imports: lib/probe may import types of lib/config only",
  ]);
  assert.deepEqual(lint("lib/probe/x.ts", 'import { type A } from "../config/config.ts";'), []);
});

Deno.test("only tools/mod.ts imports tools, and a tool imports no tool", () => {
  assert.deepEqual(lint("tools/meta/x.ts", 'import { a } from "./audit_log.ts";'), [
    'netglass/imports: Only tools/mod.ts and tools/cards.ts import tools, not "tools/meta/x.ts"',
  ]);
  assert.deepEqual(lint("lib/mcp/x.ts", 'import { a } from "../../tools/mod.ts";'), [
    'netglass/imports: "tools/mod.ts" is for main.ts, mod.ts and lib/cli only',
  ]);
});

Deno.test("a room that is not in the plan is named", () => {
  assert.deepEqual(lint("lib/attic/x.ts", 'import { a } from "../io/io.ts";'), [
    "netglass/imports: Room lib/attic is not in the plan: add it to DESIGN and to this rule",
  ]);
});

Deno.test("an import of a test, or of a module that the code does not name, is refused", () => {
  assert.deepEqual(lint("lib/probe/x.ts", 'import { a } from "./ping_test.ts";'), [
    'netglass/imports: "lib/probe/x.ts" imports a test: "./ping_test.ts"',
  ]);
  assert.deepEqual(lint("lib/probe/x.ts", "await import(name);"), [
    "netglass/imports: An import names its module in the code",
  ]);
  assert.deepEqual(lint("lib/io/x.ts", "await import(name);"), []);
});

Deno.test("only lib/io names a power of Deno", () => {
  const powers: [string, string][] = [
    ["await Deno.connect({ port: 1 });", "Deno.connect"],
    ["Deno.listen({ port: 1 });", "Deno.listen"],
    ["Deno.serve(h);", "Deno.serve"],
    ['await Deno.resolveDns("a", "A");', "Deno.resolveDns"],
    ['new Deno.Command("ping");', "Deno.Command"],
    ['await Deno.open("a");', "Deno.open"],
    ['Deno.openSync("a");', "Deno.openSync"],
    ['await Deno.readTextFile("a");', "Deno.readTextFile"],
    ['await Deno.writeFile("a", b);', "Deno.writeFile"],
    ['Deno.env.get("A");', "Deno.env"],
    ['Deno["connect"]({ port: 1 });', "Deno.connect"],
    ["globalThis.Deno.connect({ port: 1 });", "Deno.connect"],
    ["Deno[name]();", "Deno other than by a member that is written out"],
    ["const { connect } = Deno;", "Deno other than by a member that is written out"],
    ["use(Deno);", "Deno other than by a member that is written out"],
    ['await fetch("http://a");', "fetch"],
    ['await globalThis.fetch("http://a");', "globalThis.fetch"],
    ["const f = fetch;", "fetch"],
    ["use({ fetch });", "fetch"],
    ["new Worker(url);", "Worker"],
    ['import net from "node:net";', '"node:net"'],
    ['import { connect } from "node:tls";', '"node:tls"'],
    ['import dgram from "node:dgram";', '"node:dgram"'],
    ['import { open } from "node:fs/promises";', '"node:fs/promises"'],
    ['const c = await import("node:child_process");', '"node:child_process"'],
    ['export { connect } from "node:net";', '"node:net"'],
  ];
  for (const [code, what] of powers) {
    assert.deepEqual(
      lint("lib/probe/x.ts", code),
      [`netglass/doors: Only lib/io may name ${what}`],
      code,
    );
    assert.deepEqual(lint("lib/io/x.ts", code), [], code);
  }
});

Deno.test("what is no power may be named anywhere", () => {
  for (
    const code of [
      "const os = Deno.build.os;",
      "if (error instanceof Deno.errors.NotFound) stop();",
      "const server = { fetch: handle };",
      "await server.fetch(request);",
      "function f(addr: Deno.NetAddr): void {}",
      'import type { Socket } from "node:net";',
      'import { Buffer } from "node:buffer";',
    ]
  ) {
    assert.deepEqual(lint("lib/probe/x.ts", code), [], code);
  }
});

Deno.test("nothing prints with console", () => {
  assert.deepEqual(lint("tools/meta/x.ts", 'console.log("hello");'), [
    "netglass/silence: Nothing prints with console: stdout is the wire",
  ]);
  assert.deepEqual(lint("lib/io/x.ts", 'globalThis.console.error("hello");'), [
    "netglass/silence: Nothing prints with console: stdout is the wire",
  ]);
});

Deno.test("tests, benches and files elsewhere are exempt", () => {
  const code = 'import { a } from "../mcp/x.ts"; console.log(await fetch("http://a"), Deno.env);';
  for (const path of ["lib/probe/x_test.ts", "tests/demo/x.ts", "bench/x.ts", ".ci/x.ts"]) {
    assert.deepEqual(lint(path, code), []);
  }
  assert.deepEqual(Deno.lint.runPlugin(plugin, "/elsewhere/lib/bytes/x.ts", code), []);
});
