import assert from "node:assert/strict";
import { hostEntries } from "../../tests/host_fixtures.ts";
import { neighborsOf } from "./neighbors.ts";

Deno.test("neighbours of both families with every state, multicast left out and counted", () => {
  const { entries, leftOut } = neighborsOf(hostEntries("neigh.json"));
  assert.deepEqual(
    entries.map((row) => [row.ip_address, row.mac_address, row.interface, row.state]),
    [
      ["192.0.2.9", "00:11:22:33:44:55", "va", "PERMANENT"],
      ["192.0.2.10", null, "va", "NONE"],
      ["192.0.2.77", null, "va", "FAILED"],
      ["2001:db8::5", "00:11:22:33:44:56", "va", "STALE"],
    ],
  );
  assert.equal(entries.at(-1)?.is_router, true);
  assert.equal(leftOut, 11);
});

Deno.test("what is no address is passed over", () => {
  assert.deepEqual(neighborsOf([{ dst: "?" }, { dst: 7 }, {}]), { entries: [], leftOut: 0 });
});
