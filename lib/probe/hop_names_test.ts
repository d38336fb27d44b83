import assert from "node:assert/strict";
import { systemClock } from "../io/clock.ts";
import { lookUpNames } from "./hop_names.ts";

const signal = new AbortController().signal;

Deno.test("each address is asked once, at most 8 at a time and 64 in all", async () => {
  let running = 0;
  let most = 0;
  const asked: string[] = [];
  const addresses = Array.from({ length: 100 }, (_, i) => `192.0.2.${i}`);
  const found = await lookUpNames(
    [...addresses, ...addresses],
    async (address) => {
      asked.push(address);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return address === "192.0.2.7" ? "seven.example" : null;
    },
    systemClock,
    signal,
  );
  assert.equal(asked.length, 64);
  assert.equal(most, 8);
  assert.deepEqual([...found.names], [["192.0.2.7", "seven.example"]]);
  assert.equal(found.complete, false);
});

Deno.test("when the time is over, waiting questions are given up", async () => {
  const never = (_address: string, stop: AbortSignal): Promise<string | null> =>
    new Promise((_resolve, reject) => stop.addEventListener("abort", () => reject(stop.reason)));
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  const found = await lookUpNames(["192.0.2.1", "192.0.2.2"], never, clock, signal);
  assert.deepEqual([found.names.size, found.complete], [0, false]);
});

Deno.test("a failing question is an address without a name", async () => {
  const found = await lookUpNames(
    ["192.0.2.1"],
    () => Promise.reject(new Error("SERVFAIL")),
    systemClock,
    signal,
  );
  assert.deepEqual([found.names.size, found.complete], [0, true]);
});
