import { deepEqual, equal, ok } from "node:assert/strict";
import { MemoryCore, quiet } from "../../../tests/support/memory_core.ts";
import { origination, speakerSettings } from "../../../tests/support/speaker_settings.ts";
import type { SendReport, SpeakerEvent } from "../bgp_service.ts";

const NETWORK = "192.0.2.0/24";

/** A speaker whose only session is up, and which announces the network. */
async function announcing() {
  const us = new MemoryCore(speakerSettings());
  us.session().up();
  await quiet();
  const route = origination(NETWORK, us.clock.now());
  const announced = us.core.run({ kind: "announce", origination: route });
  await quiet();
  equal((await announced).peers[0]?.state, "sent");
  return { us, route };
}

/** Withdraws while the peer takes nothing. */
async function withdrawLate(us: MemoryCore, id: string): Promise<SendReport> {
  us.session().room = 0;
  const asked = us.core.run({ kind: "withdraw", id });
  await quiet();
  await us.clock.pass(1_001);
  return await asked;
}

function told(us: MemoryCore): readonly (readonly [string, number])[] {
  return us.events("withdrawn").flatMap((event) =>
    (event as Extract<SpeakerEvent, { kind: "withdrawn" }>).report.peers.map((
      { state, messages },
    ) => [state, messages.length] as const)
  );
}

Deno.test("a withdrawal that a slow peer takes late is told with its octets", async () => {
  const { us, route } = await announcing();
  const { peers: [row] } = await withdrawLate(us, route.id);
  deepEqual([row?.state, row?.reason], [
    "pending",
    "it reads too slowly: the withdrawal waits in its queue",
  ]);
  deepEqual(told(us), []);
  us.session().drain();
  await quiet();
  deepEqual(told(us), [["sent", 1]]);
});

Deno.test("a withdrawal that waits as its session ends is told too: the route is gone with it", async () => {
  const { us, route } = await announcing();
  await withdrawLate(us, route.id);
  us.session().down(false);
  await quiet();
  deepEqual(told(us), [["not_exported", 0]]);
});

Deno.test("a late withdrawal is not told of a prefix that is announced again", async () => {
  const { us, route } = await announcing();
  await withdrawLate(us, route.id);
  const again = us.core.run({ kind: "announce", origination: { ...route, id: "another" } });
  us.session().drain();
  await quiet();
  equal((await again).peers[0]?.state, "sent");
  deepEqual(told(us), []);
});

Deno.test("a renewal that meets its withdrawal does not take those octets for its own", async () => {
  const { us, route } = await announcing();
  const orders = [
    us.core.run({ kind: "announce", origination: route }),
    us.core.run({ kind: "withdraw", id: route.id }),
  ];
  await quiet();
  const [renewed, withdrawn] = await Promise.all(orders);
  deepEqual(renewed?.peers.map(({ state, reason }) => [state, reason]), [
    ["not_exported", "it was taken back meanwhile"],
  ]);
  deepEqual(withdrawn?.peers.map(({ state }) => state), ["sent"]);
});

Deno.test("what was withdrawn while the session was down does not come back with it", async () => {
  const { us, route } = await announcing();
  us.session().down(false);
  await quiet();
  const withdrawn = us.core.run({ kind: "withdraw", id: route.id });
  await quiet();
  deepEqual((await withdrawn).peers.map(({ state }) => state), ["not_exported"]);
  us.session().up();
  await quiet();
  equal(await announcedTo(us), 0);
});

Deno.test("what has expired while the host slept does not come back with the session", async () => {
  const { us, route } = await announcing();
  us.session().down(false);
  await quiet();
  us.clock.now = () => route.expiresAtMs;
  us.session().up();
  await quiet();
  deepEqual(us.events("expired").map((event) => event.kind === "expired" && event.id), [route.id]);
  equal(await announcedTo(us), 0);
});

Deno.test("routes that go out again with their session are told in one, with the octets", async () => {
  const { us, route } = await announcing();
  const other = origination("198.51.100.0/24", us.clock.now());
  const announced = us.core.run({ kind: "announce", origination: other });
  await quiet();
  await announced;
  us.session().down(false);
  await quiet();
  us.session().up();
  await quiet();
  deepEqual(us.events("sent"), []);
  const [event] = us.events("resent");
  ok(event?.kind === "resent");
  deepEqual(event.ids, [route.id, other.id]);
  // Both have the same attributes.
  deepEqual(event.report.peers.map(({ state, messages }) => [state, messages.length]), [[
    "sent",
    1,
  ]]);
});

/** Routes that the peer has of us. */
async function announcedTo(us: MemoryCore): Promise<number> {
  await us.clock.pass(150);
  return us.numbers.read(0).sent[0];
}
