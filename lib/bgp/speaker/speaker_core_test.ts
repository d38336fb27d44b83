import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { hexText } from "../../bytes/hex.ts";
import { MemoryCore, quiet } from "../../../tests/support/memory_core.ts";
import { tie } from "../../../tests/support/memory_session.ts";
import {
  origination,
  peerSettings,
  speakerSettings,
} from "../../../tests/support/speaker_settings.ts";
import type { NegotiatedParts } from "../../../tests/support/memory_session.ts";
import type { Origination, SendReport } from "../bgp_service.ts";
import type { PeerSettings } from "../settings.ts";
import type { SpeakerCore } from "./speaker_core.ts";

const END_OF_RIB_4 = "ffffffffffffffffffffffffffffffff00170200000000";
const END_OF_RIB_6 = "ffffffffffffffffffffffffffffffff001d0200000006800f03000201";

/** AS 65001 and AS 65002, each the other's only peer; `ofUs` is what AS 65002 has configured of us. */
function twoSpeakers(
  ofUs: Partial<PeerSettings> = {},
): { readonly us: MemoryCore; readonly them: MemoryCore } {
  const us = new MemoryCore(speakerSettings());
  const them = new MemoryCore(
    speakerSettings({
      localAs: 65_002,
      routerId: "10.0.0.2",
      peers: [
        peerSettings({
          address: "127.0.0.1",
          localAddress: "127.0.0.2",
          remoteAs: 65_001,
          ...ofUs,
        }),
      ],
    }),
    us.clock,
  );
  tie(us.session(), them.session());
  return { us, them };
}

async function bothUp(
  { us, them }: ReturnType<typeof twoSpeakers>,
  parts: NegotiatedParts = {},
): Promise<void> {
  us.session().up(parts);
  them.session().up(parts);
  await quiet();
}

/** Runs an order while time stands still. */
async function settled<T>(order: Promise<T>): Promise<T> {
  await quiet();
  return await order;
}

function announce(core: SpeakerCore, route: Origination): Promise<SendReport> {
  return settled(core.run({ kind: "announce", origination: route }));
}

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

Deno.test("an enhanced refresh sweeps what was not sent again", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair, { enhancedRefresh: true });
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  // A path that only they know of.
  const lost = origination("198.51.100.0/24", us.clock.now());
  await announce(us.core, lost);
  us.session().other = null;
  await settled(us.core.run({ kind: "withdraw", id: lost.id }));
  us.session().other = them.session();
  deepEqual(them.rib.prefixes(0), ["192.0.2.0/24", "198.51.100.0/24"]);
  await settled(them.core.run({ kind: "refresh", peer: 0, family: 0 }));
  deepEqual(them.rib.prefixes(0), ["192.0.2.0/24"]);
});

Deno.test("a lost session flushes the paths of its peer, and an early return keeps the new ones", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair);
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  them.session().down(false);
  us.session().down(false);
  await quiet();
  deepEqual(them.rib.prefixes(0), []);
  await bothUp(pair);
  deepEqual(them.rib.prefixes(0), ["192.0.2.0/24"]);
});

const RESTART = {
  restarting: false,
  notification: false,
  restartSec: 3,
  forwarding: [true, true],
  families: [true, true],
} as const;

Deno.test("a peer that restarts keeps its paths as stale until End-of-RIB", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair, { gracefulRestart: RESTART });
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  await announce(us.core, origination("198.51.100.0/24", us.clock.now()));
  them.session().down(true);
  us.session().down(false);
  await settled(us.core.run({ kind: "withdraw", id: "198.51.100.0/24" }));
  deepEqual(them.rib.stale(0), ["192.0.2.0/24", "198.51.100.0/24"]);
  await bothUp(pair, { gracefulRestart: RESTART });
  deepEqual(them.rib.prefixes(0), ["192.0.2.0/24"]);
  deepEqual(them.rib.stale(0), []);
});

Deno.test("stale paths go when the restart takes too long", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair, { gracefulRestart: RESTART });
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  them.session().down(true);
  await us.clock.pass(2_900);
  await quiet();
  deepEqual(them.rib.stale(0), ["192.0.2.0/24"]);
  await us.clock.pass(200);
  await quiet();
  deepEqual(them.rib.prefixes(0), []);
});

Deno.test("stale paths go at once where the peer did not keep forwarding", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair, { gracefulRestart: RESTART });
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  them.session().down(true);
  them.session().up({ gracefulRestart: { ...RESTART, forwarding: [false, false] } });
  await quiet();
  deepEqual(them.rib.prefixes(0), []);
});

Deno.test("a second restart waits its own time, whatever the first one's End-of-RIB was given", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  const restart = { ...RESTART, restartSec: 600 };
  await bothUp(pair, { gracefulRestart: restart });
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  us.session().other = null;
  them.session().down(true);
  them.session().up({ gracefulRestart: restart });
  // Half the time for End-of-RIB is over when the peer restarts once more, with a route.
  them.rib.refresh(0);
  await us.clock.leap(180_000);
  them.session().down(true);
  await us.clock.leap(200_000);
  await quiet();
  deepEqual(them.rib.stale(0), ["192.0.2.0/24"]);
});

Deno.test("a peer that is disabled while it restarts keeps nothing", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair, { gracefulRestart: RESTART });
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  them.session().down(true);
  await quiet();
  deepEqual(them.rib.stale(0), ["192.0.2.0/24"]);
  await settled(them.core.run({ kind: "disable", peer: 0, text: "maintenance" }));
  deepEqual(them.rib.prefixes(0), []);
});

Deno.test("the end of a refresh that did not begin sweeps nothing", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  const parts = { gracefulRestart: RESTART, enhancedRefresh: true };
  await bothUp(pair, parts);
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  us.session().other = null;
  them.session().down(true);
  them.session().up(parts);
  them.session().events.onRefresh(0, 2);
  await quiet();
  deepEqual(them.rib.stale(0), ["192.0.2.0/24"]);
});

Deno.test("no refresh begins before the End-of-RIB of a peer that can restart (RFC 7313 section 4)", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  const parts = { gracefulRestart: RESTART, enhancedRefresh: true };
  us.session().other = null;
  await bothUp(pair, parts);
  them.rib.refresh(0, "192.0.2.0/24");
  them.session().events.onRefresh(0, 1);
  deepEqual(them.rib.stale(0), []);
});

Deno.test("without Enhanced Route Refresh its marks mean nothing", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair);
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  them.session().events.onRefresh(0, 1);
  deepEqual(them.rib.stale(0), []);
});

Deno.test("a refresh whose end never comes is ended after five minutes", async () => {
  const pair = twoSpeakers();
  const { us, them } = pair;
  await bothUp(pair, { enhancedRefresh: true });
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  them.session().events.onRefresh(0, 1);
  await us.clock.leap(299_000);
  await quiet();
  deepEqual(them.rib.prefixes(0), ["192.0.2.0/24"]);
  await us.clock.leap(2_000);
  await quiet();
  deepEqual(them.rib.prefixes(0), []);
});

Deno.test("stale paths do not count as prefixes of the session that follows", async () => {
  const pair = twoSpeakers({ maxPrefixes: 1, maxPrefixesAction: "restart" });
  const { us, them } = pair;
  await bothUp(pair, { gracefulRestart: RESTART });
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  us.session().other = null;
  them.session().down(true);
  us.session().down(false);
  await settled(us.core.run({ kind: "withdraw", id: "192.0.2.0/24" }));
  us.session().other = them.session();
  them.session().up({ gracefulRestart: RESTART });
  us.session().up();
  await announce(us.core, origination("198.51.100.0/24", us.clock.now()));
  equal(them.session().state, "Established");
  deepEqual(them.rib.prefixes(0), ["198.51.100.0/24"]);
});

Deno.test("a peer that hovers about its limit is told of once a minute", async () => {
  const pair = twoSpeakers({ maxPrefixes: 1, maxPrefixesAction: "warn" });
  const { us, them } = pair;
  await bothUp(pair);
  const [first, second] = ["192.0.2.0/24", "198.51.100.0/24"].map((prefix) =>
    origination(prefix, us.clock.now())
  );
  ok(first !== undefined && second !== undefined);
  for (let turn = 0; turn < 3; turn++) {
    await announce(us.core, first);
    await announce(us.core, second);
    await settled(us.core.run({ kind: "withdraw", id: first.id }));
    await settled(us.core.run({ kind: "withdraw", id: second.id }));
  }
  equal(them.events("max_prefixes").length, 1);
  await us.clock.leap(60_001);
  await announce(us.core, first);
  await announce(us.core, second);
  equal(them.events("max_prefixes").length, 2);
});

Deno.test("too many prefixes end the session with Cease 6/1 until the restart is due", async () => {
  const pair = twoSpeakers({
    maxPrefixes: 1,
    maxPrefixesAction: "restart",
    maxPrefixesRestartSec: 3,
  });
  const { us, them } = pair;
  await bothUp(pair);
  await announce(us.core, origination("192.0.2.0/24", us.clock.now()));
  equal(them.session().state, "Established");
  await announce(us.core, origination("198.51.100.0/24", us.clock.now()));
  deepEqual(them.session().calls.slice(1, 3), [
    { kind: "reset", code: 6, subcode: 1 },
    { kind: "disable", text: "" },
  ]);
  equal(them.core.links[0]?.isDisabled, true);
  deepEqual(them.events("max_prefixes"), [{ kind: "max_prefixes", peer: "peer0", count: 2 }]);
  await them.clock.pass(3_100);
  deepEqual(them.session().calls.at(-1), { kind: "enable" });
  equal(them.core.links[0]?.isDisabled, false);
});

Deno.test("a warning is given once until there are fewer prefixes again", async () => {
  const pair = twoSpeakers({ maxPrefixes: 1, maxPrefixesAction: "warn" });
  const { us, them } = pair;
  await bothUp(pair);
  for (const prefix of ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]) {
    await announce(us.core, origination(prefix, us.clock.now()));
  }
  equal(them.events("max_prefixes").length, 1);
  equal(them.session().state, "Established");
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
