import { deepEqual, equal, ok } from "node:assert/strict";
import { quiet } from "../../../tests/support/memory_core.ts";
import { origination } from "../../../tests/support/speaker_settings.ts";
import { announce, bothUp, settled, twoSpeakers } from "../../../tests/support/two_speakers.ts";

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
  // Also where we do not help it to restart.
  const theirs = [{ code: 64, name: "Graceful Restart", value: "" }];
  us.session().other = null;
  await bothUp(pair, { theirs, enhancedRefresh: true });
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
