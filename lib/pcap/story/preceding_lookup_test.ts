import assert from "node:assert/strict";
import { UNHURRIED } from "../../../tests/support/asked_capture.ts";
import { sourceOf } from "../../../tests/support/capture_bytes.ts";
import {
  captureOf,
  message,
  type TimedPacket,
  udpPacket,
} from "../../../tests/support/dns_capture.ts";
import { walkPackets } from "../engine/walk.ts";
import { LookupWatch, type PrecedingLookup } from "./preceding_lookup.ts";

const CLIENT = "192.0.2.10", SERVER = "198.51.100.5", RESOLVER = "203.0.113.53";

/** What a watch for {@link CLIENT} and {@link SERVER} finds in packets. */
async function lookupIn(packets: readonly TimedPacket[]): Promise<PrecedingLookup | null> {
  const watch = new LookupWatch(CLIENT, SERVER);
  const options = { needs: {}, maxPackets: 0, signal: UNHURRIED.signal };
  await walkPackets(sourceOf(captureOf(packets)), options, (batch) => {
    for (let row = 0; row < batch.packets.count; row++) watch.add(batch, row);
  });
  return watch.finish();
}

function query(ms: number, asker: string, id: number, name = "a.example"): TimedPacket {
  return udpPacket(ms, `${asker}:4000`, `${RESOLVER}:53`, message("query", id, name));
}

function answer(ms: number, asker: string, id: number, addresses: readonly string[]): TimedPacket {
  const answers = addresses.map((data) => ({ type: "A", name: "a.example", ttl: 60, data }));
  const data = message("response", id, "a.example", { answers });
  return udpPacket(ms, `${RESOLVER}:53`, `${asker}:4000`, data);
}

Deno.test("a question asked twice counts from the first time", async () => {
  const found = await lookupIn([
    query(0, CLIENT, 1),
    query(5000, CLIENT, 1),
    answer(5020, CLIENT, 1, ["198.51.100.4", SERVER]),
  ]);
  assert.equal(found?.queries, 2);
  assert.deepEqual([found?.query?.frame, found?.answer.frame], [1, 3]);
  assert.equal((found?.answer.ns ?? 0) - (found?.query?.ns ?? 0), 5020e6);
});

Deno.test("the last answer to the client itself stands above one to another address", async () => {
  const own = [query(0, CLIENT, 1), answer(10, CLIENT, 1, [SERVER])];
  const others = [query(20, "192.0.2.99", 2), answer(30, "192.0.2.99", 2, [SERVER])];
  assert.equal((await lookupIn([...own, ...others]))?.asker, CLIENT);
  const found = await lookupIn(others);
  assert.deepEqual([found?.asker, found?.isOwn], ["192.0.2.99", false]);
});

Deno.test("an answer whose query was not captured has no latency", async () => {
  const found = await lookupIn([answer(10, CLIENT, 1, [SERVER])]);
  assert.deepEqual([found?.query, found?.queries], [null, 0]);
});

Deno.test("answers with other addresses, and queries alone, are none", async () => {
  const packets = [query(0, CLIENT, 1), answer(10, CLIENT, 1, ["198.51.100.6"])];
  assert.equal(await lookupIn(packets), null);
  assert.equal(await lookupIn([query(0, CLIENT, 1)]), null);
});
