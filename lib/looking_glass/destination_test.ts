import assert from "node:assert/strict";
import { NetglassError } from "../errors/mod.ts";
import { parseDestination } from "./destination.ts";

function read(text: string): string {
  const { note, text: canonical, ...rest } = parseDestination(text);
  return `${"prefix" in rest ? "prefix" : "address"} ${canonical}${
    note === null ? "" : ` | ${note}`
  }`;
}

Deno.test("addresses and prefixes are read and written canonically", () => {
  assert.equal(read("8.8.8.8"), "address 8.8.8.8");
  assert.equal(read("2001:DB8:0::1"), "address 2001:db8::1");
  assert.equal(read("8.8.8.0/24"), "prefix 8.8.8.0/24");
  assert.equal(read("0.0.0.0/0"), "prefix 0.0.0.0/0");
  assert.equal(read("::/0"), "prefix ::/0");
  assert.equal(read("64:ff9b::/96"), "prefix 64:ff9b::/96");
});

Deno.test("what is put right is noted", () => {
  assert.equal(read("8.8.8.8/24"), "prefix 8.8.8.0/24 | Looked up as 8.8.8.0/24.");
  assert.equal(read("8.8.8.0/255.255.255.0"), "prefix 8.8.8.0/24 | Looked up as 8.8.8.0/24.");
  assert.equal(read("1.2.3.4/255.255.255.255"), "prefix 1.2.3.4/32 | Looked up as 1.2.3.4/32.");
  assert.equal(read("::ffff:8.8.8.8"), "address 8.8.8.8 | Looked up as 8.8.8.8.");
  assert.equal(read("::ffff:8.8.8.0/120"), "prefix 8.8.8.0/24 | Looked up as 8.8.8.0/24.");
});

Deno.test("everything else is refused with the wanted form", () => {
  for (
    const text of [
      "2606:4700::1111%x\nshow run",
      "8.8.8.8\r\nclear ip bgp *",
      "8.8.8.8 | redirect tftp:",
      "?",
      "\t",
      "\x03",
      "08.8.8.8",
      "0x8.8.8.8",
      "134744072",
      "8.8.8",
      "８.8.8.8",
      "8.8.8.0/33",
      "8.8.8.0/-1",
      "8.8.8.0/024",
      "8.8.8.0/0.0.0.255",
      "8.8.8.0/255.0.255.0",
      "2001:db8::/255.255.0.0",
      "fe80::1%eth0",
      "8.8.8.0/24/24",
      "8.8.8.0/255.255.255.0/24",
      "",
      "example.com",
    ]
  ) {
    assert.throws(
      () => parseDestination(text),
      (error) =>
        error instanceof NetglassError && error.code === "input.destination" &&
        error.hint.includes("192.0.2.0/24"),
      JSON.stringify(text),
    );
  }
});
