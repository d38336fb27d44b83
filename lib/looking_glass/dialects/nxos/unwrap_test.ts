import { equal } from "node:assert/strict";
import { unwrap } from "./unwrap.ts";

const FULL = "x".repeat(80);

Deno.test("a line that fills the terminal goes on in the next one, also more than once", () => {
  equal(unwrap(`${FULL}\nrest\nother\n`), `${FULL}rest\nother\n`);
  equal(unwrap(`${FULL}\n${FULL}\nrest\n`), `${FULL}${FULL}rest\n`);
});

Deno.test("a shorter or longer line is whole", () => {
  equal(unwrap(`${FULL.slice(1)}\nrest\n`), `${FULL.slice(1)}\nrest\n`);
  equal(unwrap(`${FULL}x\nrest\n`), `${FULL}x\nrest\n`);
});

Deno.test("a full line is whole if it ends like a row, or if an indented line follows", () => {
  const row = `${"x".repeat(78)} i`;
  equal(unwrap(`${row}\n* e192.0.2.0/24\n`), `${row}\n* e192.0.2.0/24\n`);
  equal(unwrap(`${FULL}\n  AS-Path: 64496\n`), `${FULL}\n  AS-Path: 64496\n`);
  equal(unwrap(`${FULL}\n\nnext\n`), `${FULL}\n\nnext\n`);
});

Deno.test("a last line that is cut stays cut", () => {
  equal(unwrap("a\nb"), "a\nb");
  equal(unwrap(FULL), FULL);
  equal(unwrap(""), "");
});
