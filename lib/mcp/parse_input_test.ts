import assert from "node:assert/strict";
import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import { parseInput } from "./parse_input.ts";

const schema = z.strictObject({
  target: z.string().min(1).max(20),
  count: z.int().min(1).max(100).default(4),
  ports: z.array(z.int()).optional(),
  tls: z.boolean().optional(),
});

Deno.test("parseInput() fills defaults", () => {
  assert.deepEqual(parseInput("t", schema, { target: "a" }), { target: "a", count: 4 });
});

Deno.test('parseInput() understands "5" for 5, "true" for true and "[1,2]" for [1,2]', () => {
  assert.deepEqual(
    parseInput("t", schema, { target: "a", count: "5", tls: "true", ports: "[1,2]" }),
    { target: "a", count: 5, tls: true, ports: [1, 2] },
  );
});

Deno.test("parseInput() takes null for an optional argument as not given, for a required one not", () => {
  assert.deepEqual(
    parseInput("t", schema, { target: "a", count: null, ports: null, tls: "true" }),
    { target: "a", count: 4, tls: true },
  );
  assert.throws(() => parseInput("t", schema, { target: null }), { message: /got null$/ });
  assert.throws(() => parseInput("t", schema, { target: "a", other: null }), {
    message: /unknown argument "other"/,
  });
});

Deno.test("parseInput() unwraps inside arrays", () => {
  assert.deepEqual(parseInput("t", schema, { target: "a", ports: ["80", 443] }), {
    target: "a",
    count: 4,
    ports: [80, 443],
  });
});

Deno.test("parseInput() does not unwrap what would not print back the same", () => {
  for (const count of ["5.0", "0x5", " 5", "5e0", "٥", "", "+5"]) {
    assert.throws(() => parseInput("t", schema, { target: "a", count }), InputError);
  }
});

Deno.test("parseInput() never turns a number into a string", () => {
  assert.throws(() => parseInput("t", schema, { target: 5 }), {
    code: "input.arguments",
    message: 'Cannot call "t": target: expected string, got 5',
  });
});

Deno.test("parseInput() names an unknown argument and the known ones", () => {
  assert.throws(() => parseInput("t", schema, { target: "a", cuont: 3 }), {
    message: 'Cannot call "t": unknown argument "cuont" (known: target, count, ports, tls)',
    hint: "Correct the named arguments and call again. Arguments: target, count, ports, tls.",
  });
});

Deno.test("parseInput() says of a missing argument that it is missing", () => {
  assert.throws(() => parseInput("t", schema, {}), { message: /target: missing$/ });
});

Deno.test("parseInput() refuses counts of -1 and 10^9 with the bounds", () => {
  assert.throws(() => parseInput("t", schema, { target: "a", count: -1 }), {
    message: />=1, got -1/,
  });
  assert.throws(() => parseInput("t", schema, { target: "a", count: 1e9 }), {
    message: /<=100, got 1000000000/,
  });
});

Deno.test("parseInput() refuses what is no object at all", () => {
  for (const raw of [5, "text", [], true]) {
    assert.throws(() => parseInput("t", schema, raw), InputError);
  }
});

Deno.test("parseInput() quotes a 10,000-character value only in part", () => {
  assert.throws(
    () => parseInput("t", schema, { target: "x".repeat(10_000) }),
    (error: InputError) => error.message.length < 300,
  );
});

Deno.test("parseInput() unwraps a long list in a time that grows with its length alone", () => {
  const ports = Array.from({ length: 60_000 }, (_, port) => String(port));
  const raw = { target: "a", ports };
  const startMs = performance.now();
  const parsed = parseInput("t", schema, raw);
  // Copied anew for each item, it took more than ten seconds.
  assert.ok(performance.now() - startMs < 3_000);
  assert.deepEqual(parsed, { target: "a", count: 4, ports: ports.map(Number) });
  assert.equal(raw.ports[7], "7");
});

Deno.test("parseInput() names five unknown arguments and counts the others", () => {
  const raw = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`k${at}`, 1]));
  assert.throws(() => parseInput("t", schema, { target: "a", ...raw }), {
    message: 'Cannot call "t": unknown argument "k0", "k1", "k2", "k3", "k4" and 995 more ' +
      "(known: target, count, ports, tls)",
  });
});

Deno.test("parseInput() takes a word of a list in any case, and no other word", () => {
  const types = z.strictObject({ record_type: z.enum(["MX", "TXT"]).default("MX") });
  assert.deepEqual(parseInput("t", types, { record_type: "mx" }), { record_type: "MX" });
  assert.throws(() => parseInput("t", types, { record_type: "mxx" }), {
    message:
      /^Cannot call "t": record_type: Invalid option: expected one of "MX"\|"TXT", got "mxx"$/,
  });
});
