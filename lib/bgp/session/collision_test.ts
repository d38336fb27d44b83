import assert from "node:assert/strict";
import { type Collision, decideCollision } from "./collision.ts";

/** We are 10.0.0.5 of AS 65001; the peer's OPEN came on `newer`. */
function keeps(more: Partial<Collision>): string {
  return decideCollision({
    localRouterId: 0x0a000005,
    remoteRouterId: 0x0a000009,
    localAs: 65001,
    remoteAs: 65002,
    newer: "passive",
    older: "active",
    ...more,
  });
}

Deno.test("the connection that the higher identifier began is kept, whichever OPEN came last", () => {
  assert.equal(keeps({}), "newer");
  assert.equal(keeps({ newer: "active", older: "passive" }), "older");
  assert.equal(keeps({ remoteRouterId: 0x0a000001 }), "older");
  assert.equal(keeps({ remoteRouterId: 0x0a000001, newer: "active", older: "passive" }), "newer");
});

Deno.test("identifiers compare as unsigned numbers", () => {
  assert.equal(keeps({ remoteRouterId: 0xc0000201 }), "newer");
  assert.equal(keeps({ localRouterId: 0xc0000201 }), "older");
});

Deno.test("with equal identifiers the higher AS decides (RFC 6286)", () => {
  assert.equal(keeps({ remoteRouterId: 0x0a000005 }), "newer");
  assert.equal(keeps({ remoteRouterId: 0x0a000005, remoteAs: 64999 }), "older");
});

Deno.test("of two that the same side began the newer one is kept", () => {
  assert.equal(keeps({ older: "passive" }), "newer");
  assert.equal(keeps({ older: "passive", remoteRouterId: 1 }), "newer");
});
