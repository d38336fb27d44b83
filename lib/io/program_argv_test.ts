import assert from "node:assert/strict";
import fc from "fast-check";
import { argvOf } from "./program_argv.ts";

function operandOf(operand: string): string {
  return argvOf({ program: "ping", options: [], operand }, "linux").at(-1) ?? "";
}

Deno.test("the operand stands behind --, except on Windows", () => {
  const call = { program: "ping", options: ["-n", "-c", "4"], operand: "192.0.2.1" } as const;
  assert.deepEqual(argvOf(call, "linux"), ["-n", "-c", "4", "--", "192.0.2.1"]);
  assert.deepEqual(argvOf(call, "windows"), ["-n", "-c", "4", "192.0.2.1"]);
  assert.deepEqual(argvOf({ program: "ping", options: ["-V"] }, "linux"), ["-V"]);
});

Deno.test("canonical addresses and host names pass", () => {
  for (
    const operand of [
      "192.0.2.1",
      "::1",
      "2001:db8::1",
      "fe80::1%eth0",
      "::ffff:192.0.2.1",
      "example.com",
      "xn--bcher-kva.example",
      "_dmarc.example.com",
      "a1",
      "1and1.com",
      "localhost",
    ]
  ) assert.equal(operandOf(operand), operand);
});

Deno.test("options, other spellings of addresses and other text never reach a program", () => {
  for (
    const operand of [
      "",
      "-f",
      "--help",
      "-",
      "@file",
      "/etc/passwd",
      "a b",
      "a\nb",
      "a\0b",
      "a;b",
      "$(id)",
      "a..b",
      ".a",
      "a.",
      "-a.example",
      "a-.example",
      "a".repeat(64),
      "a.".repeat(127) + "abc",
      "2130706433",
      "0x7f000001",
      "127.1",
      "0177.0.0.1",
      "1.2.3.4.5",
      "example.0x1",
      "2001:DB8::1",
      "2001:db8:0:0::1",
      "::1%",
      "::1%-f",
      "::1%a b",
      "fe80::1%a%b",
      "[::1]",
      "bücher.example",
      "１.2.3.4",
      "x".repeat(10_000),
    ]
  ) {
    assert.throws(() => operandOf(operand), { code: "input.target" }, JSON.stringify(operand));
  }
});

Deno.test("whatever passes as an operand is one plain word that is no option", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.domain()), (text) => {
    try {
      operandOf(text);
    } catch {
      return;
    }
    assert.match(text, /^[A-Za-z0-9_:][A-Za-z0-9._:%-]*$/);
  }));
});

Deno.test("options are switches, numbers and plain words only", () => {
  const good = ["-n", "-c", "4", "-i", "0.2", "--json", "-M", "do", "-4", "/d", "--mtu=1500"];
  assert.deepEqual(argvOf({ program: "ping", options: good }, "linux"), good);
  for (
    const option of [
      "",
      "--",
      "-",
      "a b",
      "-n\n",
      "x\0",
      "/etc/passwd",
      "../x",
      "-I=a b",
      "A;b",
      "-1e9x!",
      "99999999999",
    ]
  ) {
    assert.throws(() => argvOf({ program: "ping", options: [option] }, "linux"), TypeError, option);
  }
});

Deno.test("ip is asked to show, never to run or to change", () => {
  const options = ["-j", "-d", "-6", "route", "show", "table", "all"];
  assert.deepEqual(argvOf({ program: "ip", options }, "linux"), options);
  for (
    const option of [
      "exec",
      "-batch",
      "-b",
      "-n",
      "-force",
      "add",
      "del",
      "set",
      "net",
      "192.0.2.1",
    ]
  ) {
    assert.throws(() => argvOf({ program: "ip", options: [option] }, "linux"), TypeError, option);
  }
});

Deno.test("ip takes addresses, interfaces and marks only behind the words that want them", () => {
  const good = [
    "-j",
    "-6",
    "route",
    "get",
    "2001:db8::1",
    "from",
    "::1",
    "oif",
    "va.5",
    "mark",
    "16",
  ];
  assert.deepEqual(argvOf({ program: "ip", options: good }, "linux"), good);
  for (
    const options of [
      ["route", "get", "example.com"],
      ["route", "get", "127.1"],
      ["route", "get", "-batch"],
      ["route", "get", "192.0.2.1", "192.0.2.2"],
      ["oif", "-batch"],
      ["oif", "a b"],
      ["oif", "a/b"],
      ["oif", "sixteencharacter"],
      ["mark", "0x10"],
      ["mark", "-1"],
      ["netns", "exec"],
    ]
  ) {
    assert.throws(() => argvOf({ program: "ip", options }, "linux"), TypeError, options.join(" "));
  }
});
