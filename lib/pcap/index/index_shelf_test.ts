/** Which captures have an index, and what happens when there is no memory for one more. */
import assert from "node:assert/strict";
import { type IndexPlace, IndexShelf, type MakeIndex } from "./index_shelf.ts";
import { IndexBuilder, type PacketIndex } from "./packet_index.ts";

const FACTS = { packets: 0 } as PacketIndex["facts"];

/** Makes an index that takes `octets` octets. */
function taking(octets: number): MakeIndex {
  return (budget) => {
    const index = new IndexBuilder({ take: () => true }).finish(FACTS);
    return Promise.resolve(budget.take(octets) ? index : "memory");
  };
}

const never: MakeIndex = () => assert.fail("It is there already");

/** Asks twice: the second time an index is made. */
async function fill(place: IndexPlace, octets: number): Promise<PacketIndex | null> {
  assert.equal(await place.take(never), null);
  return await place.take(taking(octets));
}

Deno.test("the second question has the index made, the third one finds it", async () => {
  const place = new IndexShelf().place("a", 1000);
  const index = await fill(place, 600);
  assert.notEqual(index, null);
  assert.equal(await place.take(never), index);
});

Deno.test("who was asked longest ago makes room", async () => {
  const shelf = new IndexShelf();
  await fill(shelf.place("a", 1000), 400);
  await fill(shelf.place("b", 1000), 400);
  shelf.place("a", 1000);
  await fill(shelf.place("c", 1000), 400);
  assert.equal(shelf.takenBytes, 800);
  assert.notEqual(await shelf.place("a", 1000).take(never), null);
  assert.notEqual(await shelf.place("c", 1000).take(never), null);
  assert.equal(await shelf.place("b", 1000).take(() => Promise.resolve("memory")), null);
});

Deno.test("an index that does not fit is not tried again, and takes nothing", async () => {
  const shelf = new IndexShelf();
  const place = shelf.place("a", 1000);
  assert.equal(await fill(place, 1001), null);
  assert.equal(place.fault, "memory");
  assert.equal(shelf.takenBytes, 0);
  assert.equal(await place.take(never), null);
});

Deno.test("without memory for indexes none is made", async () => {
  const place = new IndexShelf().place("a", 0);
  assert.equal(await place.take(never), null);
  assert.equal(await place.take(never), null);
  assert.equal(place.fault, null);
});

Deno.test("a question that fails while it makes the index leaves the place as it was", async () => {
  const shelf = new IndexShelf();
  const place = shelf.place("a", 1000);
  await place.take(never);
  const failing: MakeIndex = (budget) => {
    budget.take(500);
    return Promise.reject(new Error("cancelled"));
  };
  await assert.rejects(place.take(failing), /cancelled/);
  assert.equal(shelf.takenBytes, 0);
  assert.notEqual(await place.take(taking(500)), null);
});

Deno.test("while one question makes the index, others read the capture", async () => {
  const place = new IndexShelf().place("a", 1000);
  await place.take(never);
  const { promise, resolve } = Promise.withResolvers<void>();
  const making = place.take(async (budget) => {
    await promise;
    return new IndexBuilder(budget).finish(FACTS);
  });
  assert.equal(await place.take(never), null);
  resolve();
  assert.notEqual(await making, null);
});
