import assert from "node:assert/strict";
import fc from "fast-check";
import { RemoteFailure } from "../errors/mod.ts";
import { JsonValue } from "./json_value.ts";

const parse = (text: string) => JsonValue.parse("stat.example", new TextEncoder().encode(text));

const failureOf = (act: () => unknown): RemoteFailure => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof RemoteFailure);
    return error;
  }
  throw new Error("nothing was thrown");
};

Deno.test("a wrong field is named with its path and what it is", () => {
  const [, rrc] = parse('{"data":{"rrcs":[{"rrc":"RRC00"},{"rrc":7}]}}')
    .field("data").field("rrcs").items();
  const error = failureOf(() => rrc?.field("rrc").text());
  assert.equal(error.code, "remote.answer");
  assert.equal(error.detail.field, "data.rrcs[1].rrc");
  assert.equal(
    error.message,
    'Cannot use the answer of "stat.example": "data.rrcs[1].rrc" is 7, want a text',
  );
});

Deno.test("what is not JSON, not UTF-8 or cut is said so", () => {
  for (const body of ["", "{", "<html>", '{"a":1}x', "\u0000"]) {
    assert.equal(
      failureOf(() => parse(body)).message,
      'Cannot use the answer of "stat.example": it is no JSON',
    );
  }
  const error = failureOf(() => JsonValue.parse("stat.example", Uint8Array.of(34, 0xff, 34)));
  assert.equal(error.detail.field, "");
});

Deno.test("inherited names are no fields", () => {
  assert.equal(parse("{}").field("constructor").isAbsent, true);
  assert.equal(parse('{"__proto__":{"a":1}}').field("a").isAbsent, true);
});

Deno.test("numbers and texts are read alike where both are in use", () => {
  const asn = (text: string) => (/^\d+$/.test(text) ? Number(text) : null);
  for (const right of ["[15169]", '["15169"]']) {
    assert.equal(parse(right).items().next().value?.parsed("an AS number", asn), 15169);
  }
  for (const wrong of ["[1.5]", '["x"]', "[null]", "[[]]", "[true]"]) {
    const [item] = parse(wrong).items();
    assert.equal(failureOf(() => item?.parsed("an AS number", asn)).detail.field, "[0]");
  }
});

Deno.test("what is no array has neither items nor a length", () => {
  for (const text of ["{}", "null", '"[]"', "1"]) {
    assert.match(failureOf(() => parse(text).items()).message, /want an array$/);
    assert.match(failureOf(() => parse(text).length).message, /want an array$/);
  }
});

Deno.test("a flag is true or false and nothing else", () => {
  assert.equal(parse('{"announced":false}').field("announced").flag(), false);
  assert.equal(
    failureOf(() => parse('{"announced":"no"}').field("announced").flag()).message,
    'Cannot use the answer of "stat.example": "announced" is "no", want true or false',
  );
});

Deno.test("words are trimmed and cut, and absent ones are none", () => {
  const document = parse(JSON.stringify({ long: "x".repeat(300), blank: " ", none: null }));
  assert.equal(document.field("long").words()?.length, 201);
  assert.equal(document.field("blank").words(), null);
  assert.equal(document.field("none").words(), null);
  assert.equal(document.field("other").words(), null);
});

Deno.test("any octets give a value or remote.answer", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
    try {
      JsonValue.parse("stat.example", body);
    } catch (error) {
      assert.ok(error instanceof RemoteFailure && error.code === "remote.answer");
    }
  }));
});

Deno.test("nesting without end is no trouble", () => {
  const depth = 1_000_000;
  const value = parse("[".repeat(depth) + "]".repeat(depth));
  assert.equal(value.length, 1);
});
