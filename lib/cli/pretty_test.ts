import assert from "node:assert/strict";
import { renderPretty } from "./pretty.ts";

Deno.test("renderPretty() shows summary, scalars and an aligned table, and nothing empty", () => {
  assert.equal(
    renderPretty({
      success: true,
      summary: "2 ports checked",
      target: "127.0.0.1",
      page: { shown: 2, total: 2, next_cursor: null },
      results: [
        { port: 22, state: "open", banner: null },
        { port: 8080, state: "closed", banner: null },
      ],
      notes: [],
      meanings: {},
    }),
    `2 ports checked

  success: true
  target: 127.0.0.1

page
  shown: 2
  total: 2
  next_cursor: -

results
  port  state
  22    open
  8080  closed`,
  );
});

Deno.test("renderPretty() shows lines one beneath the other, and words side by side", () => {
  assert.equal(
    renderPretty({
      summary: "Done",
      config: ["router bgp 65000", " no neighbor"],
      sets: ["a", "b"],
      bgp: { may_announce: ["192.0.2.0/24", "10.0.0.0/8 ge 24"] },
    }),
    `Done

  sets: a b

config
  router bgp 65000
   no neighbor

bgp
  may_announce: 192.0.2.0/24, 10.0.0.0/8 ge 24`,
  );
});
