import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { quiet } from "../../../tests/support/memory_core.ts";
import { origination } from "../../../tests/support/speaker_settings.ts";
import { announce, bothUp, settled, twoSpeakers } from "../../../tests/support/two_speakers.ts";
import { hexText } from "../../bytes/hex.ts";

const END_OF_RIB_4 = "ffffffffffffffffffffffffffffffff00170200000000";
const END_OF_RIB_6 = "ffffffffffffffffffffffffffffffff001d0200000006800f03000201";

Deno.test("an empty table is two End-of-RIBs, one for each family", async () => {
  const pair = twoSpeakers();
  await bothUp(pair);
  deepEqual(pair.us.session().sent.map((message) => hexText(message)), [
    END_OF_RIB_4,
    END_OF_RIB_6,
  ]);
  deepEqual(pair.them.reports.findLast(({ kind }) => kind === "end_of_rib"), {
    kind: "end_of_rib",
    peer: 0,
    endOfRib: [true, true],
  });
  deepEqual([...pair.us.faults, ...pair.them.faults], []);
});

Deno.test("a route goes to an Established peer, which has it until it is withdrawn", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair);
  const report = await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  equal(report.peers[0]?.state, "sent");
  equal(report.peers[0]?.sentAtMs, us.clock.now());
  deepEqual(
    report.peers[0]?.messages.map((message) => hexText(message)),
    [us.session().sent.map((message) => hexText(message)).at(-1)],
  );
  deepEqual(them.rib.prefixes(0), ["192.0.2.0/24"]);
  deepEqual(us.core.links[0]?.out.counts, [1, 0]);

  const gone = await settled(us.core.run({ kind: "withdraw", id: "192.0.2.0/24" }));
  equal(gone.peers[0]?.state, "sent");
  deepEqual(them.rib.prefixes(0), []);
  deepEqual(us.core.links[0]?.out.counts, [0, 0]);
  await rejects(us.core.run({ kind: "withdraw", id: "192.0.2.0/24" }), { code: "input.route_id" });
});

Deno.test("a route is pending until the session is up, then it goes out and is told", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  const report = await announce(us.core, origination("2001:db8:1::/48", us.clock.now()));
  deepEqual(report.peers, [{
    peer: "peer0",
    state: "pending",
    reason: "the session is in state Idle",
    messages: [],
    sentAtMs: null,
  }]);
  await bothUp(pair);
  deepEqual(them.rib.prefixes(0), ["2001:db8:1::/48"]);
  const [event, ...more] = us.events("sent");
  equal(more.length, 0);
  ok(event?.kind === "sent");
  equal(event.id, "2001:db8:1::/48");
  equal(event.report.peers[0]?.state, "sent");
});

Deno.test("routes with the same attributes share a message in the first table", async () => {
  const pair = twoSpeakers();
  const { us } = pair;
  for (const prefix of ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]) {
    await announce(us.core, origination(prefix, us.clock.now()));
  }
  await bothUp(pair);
  equal(us.session().sent.length, 3);
  deepEqual(pair.them.rib.prefixes(0), ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]);
});

Deno.test("a route is withdrawn by itself when its time is over, whatever the wall clock says", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair);
  const expiresAtMs = us.clock.now() + 2_000;
  await announce(us.core, origination("192.0.2.0/24", us.clock.now(), { expiresAtMs }));
  await us.clock.pass(1_900);
  deepEqual(them.rib.prefixes(0), ["192.0.2.0/24"]);
  await us.clock.pass(200);
  await quiet();
  deepEqual(them.rib.prefixes(0), []);
  const [event] = us.events("expired");
  ok(event?.kind === "expired");
  equal(event.report.peers[0]?.state, "sent");
  deepEqual(us.reports.findLast(({ kind }) => kind === "originations"), {
    kind: "originations",
    all: [],
  });
});

Deno.test("what has expired already is not announced", async () => {
  const { us } = twoSpeakers();
  const nowMs = us.clock.now();
  const route = origination("192.0.2.0/24", nowMs, { expiresAtMs: nowMs });
  await rejects(us.core.run({ kind: "announce", origination: route }), {
    code: "input.expires_at",
  });
  deepEqual(us.reports.filter(({ kind }) => kind === "originations"), []);
});

Deno.test("announcing under the same id again moves the end and replaces the route", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair);
  const nowMs = us.clock.now();
  await announce(us.core, origination("192.0.2.0/24", nowMs, { expiresAtMs: nowMs + 1_000 }));
  await announce(
    us.core,
    origination("198.51.100.0/24", nowMs, { id: "192.0.2.0/24", expiresAtMs: nowMs + 9_000 }),
  );
  deepEqual(them.rib.prefixes(0), ["198.51.100.0/24"]);
  await us.clock.pass(5_000);
  await quiet();
  deepEqual(them.rib.prefixes(0), ["198.51.100.0/24"]);
  await us.clock.pass(5_000);
  await quiet();
  deepEqual(them.rib.prefixes(0), []);
});

Deno.test("a peer that takes nothing leaves a route pending, and costs no queue", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair);
  us.session().room = 0;
  const asked = us.core.run({
    kind: "announce",
    origination: origination("192.0.2.0/24", us.clock.now()),
  });
  await quiet();
  await us.clock.pass(1_001);
  const report = await asked;
  equal(report.peers[0]?.state, "pending");
  equal(report.peers[0]?.reason, "it reads too slowly: the route waits in its queue");
  deepEqual(them.rib.prefixes(0), []);
  us.session().drain();
  await quiet();
  deepEqual(them.rib.prefixes(0), ["192.0.2.0/24"]);
  equal(us.events("sent").length, 1);
});

Deno.test("success waits for the kernel: a message that is only queued is pending", async () => {
  const pair = twoSpeakers();
  const { us } = pair;
  await bothUp(pair);
  us.session().isTaken = false;
  const asked = us.core.run({
    kind: "announce",
    origination: origination("192.0.2.0/24", us.clock.now()),
  });
  await quiet();
  await us.clock.pass(1_001);
  equal((await asked).peers[0]?.state, "pending");
});

Deno.test("a preview has the very octets that are sent afterwards, and sends none", async () => {
  const pair = twoSpeakers();
  const { us } = pair;
  await bothUp(pair);
  const route = origination("192.0.2.0/24", us.clock.now());
  const before = us.session().sent.length;
  const [preview] = await settled(us.core.run({ kind: "preview", origination: route }));
  equal(us.session().sent.length, before);
  equal(preview?.verdict, "send");
  const report = await announce(us.core, route);
  deepEqual(preview?.messages, report.peers[0]?.messages);
  equal(
    preview?.messages.map((message) => hexText(message)).join(),
    "ffffffffffffffffffffffffffffffff0036020000001b" +
      "40010100" + "40020602010000fde9" + "4003047f000001" + "c00804ffffff01" + "18c00002",
  );
});

Deno.test("soft out sends all of ours again, and a refresh request does as well", async () => {
  const pair = twoSpeakers();
  const { us } = pair;
  await bothUp(pair, { enhancedRefresh: true });
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  /** Types, and of ROUTE-REFRESH subtype and AFI, of what was sent since. */
  const sentSince = (count: number) =>
    us.session().sent.slice(count).map((message) =>
      message[18] === 5 ? `refresh ${message[21]} AFI ${message[20]}` : `type ${message[18]}`
    );
  const first = us.session().sent.length;
  const again = await settled(us.core.run({ kind: "soft_out", peer: 0 }));
  equal(again.peers[0]?.state, "sent");
  equal(again.peers[0]?.messages.length, 1);
  // RFC 7313 §4 wants the marks also where nobody asked.
  deepEqual(sentSince(first), [
    "refresh 1 AFI 1",
    "type 2",
    "refresh 2 AFI 1",
    "refresh 1 AFI 2",
    "refresh 2 AFI 2",
  ]);
  const before = us.session().sent.length;
  equal(await settled(pair.them.core.run({ kind: "refresh", peer: 0, family: 0 })), true);
  deepEqual(sentSince(before), ["refresh 1 AFI 1", "type 2", "refresh 2 AFI 1"]);
});

Deno.test("soft out does not wait for routes of a family that was not agreed on", async () => {
  const pair = twoSpeakers({ families: ["ipv4-unicast"] });
  const { them } = pair;
  await bothUp(pair);
  await announce(them.core, origination("2001:db8::/48", them.clock.now()));
  const { peers } = await settled(them.core.run({ kind: "soft_out", peer: 0 }));
  deepEqual(peers.map(({ state, reason }) => [state, reason]), [
    ["not_exported", "nothing of ours goes to this peer"],
  ]);
});

Deno.test("an import override lifts itself", async () => {
  const { us } = twoSpeakers();
  const { prefix } = origination("192.0.2.0/24", 0);
  const expiresAtMs = us.clock.now() + 5_000;
  const override = { id: "p1", prefix, peer: null, localPref: 50, expiresAtMs };
  await us.core.run({ kind: "override", override });
  deepEqual(us.reports.at(-1), { kind: "overrides", all: [override] });
  await us.clock.pass(5_001);
  deepEqual(us.rib.calls, [
    { kind: "override", prefix: "192.0.2.0/24", localPref: 50 },
    { kind: "override", prefix: "192.0.2.0/24", localPref: null },
  ]);
  deepEqual(us.events("override_expired"), [{ kind: "override_expired", override }]);
});

Deno.test("an import override that is lifted ends no other one later", async () => {
  const { us } = twoSpeakers();
  const { prefix } = origination("192.0.2.0/24", 0);
  const override = { id: "p1", prefix, peer: null, localPref: 50 };
  const set = (part: { readonly id: string; readonly expiresAtMs: number }) =>
    us.core.run({ kind: "override", override: { ...override, ...part } });
  await set({ id: "p1", expiresAtMs: us.clock.now() + 5_000 });
  await us.core.run({ kind: "lift_override", prefix, peer: null });
  deepEqual(us.reports.at(-1), { kind: "overrides", all: [] });
  await set({ id: "p2", expiresAtMs: us.clock.now() + 60_000 });
  await us.clock.pass(5_001);
  deepEqual(us.events("override_expired"), []);
});

Deno.test("a thousand flaps leave nothing behind", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  for (let flap = 0; flap < 1_000; flap++) {
    us.session().up();
    them.session().up();
    await quiet(1);
    us.session().down(false);
    them.session().down(false);
  }
  await quiet();
  deepEqual(them.rib.prefixes(0), []);
  deepEqual(us.core.links[0]?.out.counts, [0, 0]);
  await bothUp(pair);
  deepEqual(them.rib.prefixes(0), ["192.0.2.0/24"]);
  equal(us.events("sent").length, 1);
  // One timer of each speaker, for its numbers: none is left of a session that is gone.
  equal(us.clock.sleeping, 2);
});

Deno.test("a stop withdraws, then says goodbye", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair);
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  await settled(us.core.run({ kind: "stop", text: "maintenance" }));
  deepEqual(us.session().calls.at(-1), { kind: "stop", text: "maintenance" });
  deepEqual(them.rib.prefixes(0), []);
  // For the audit record: what took the route back, with its octets.
  const [event] = us.events("withdrawn");
  ok(event?.kind === "withdrawn");
  deepEqual(event.report.peers.map(({ state, messages }) => [state, messages.length]), [[
    "sent",
    1,
  ]]);
  // The timer of the other speaker.
  equal(us.clock.sleeping, 1);
});

Deno.test("numbers of a peer are read without asking the speaker", async () => {
  const pair = twoSpeakers();
  const { us } = pair;
  await bothUp(pair);
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  await us.clock.pass(150);
  const { counters, sent } = us.numbers.read(0);
  equal(counters.established, 1);
  deepEqual(sent, [1, 0]);
});
