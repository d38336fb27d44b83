import assert from "node:assert/strict";
import { sessionStage } from "../../../tests/support/session_stage.ts";
import { sessionOf } from "../../../tests/support/bgp_session.ts";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { RemoteFailure } from "../../errors/mod.ts";
import { hexText } from "../../bytes/hex.ts";
import { encodeNotification } from "../codec/notification.ts";

Deno.test("what went wrong with a dial is kept, and the next follows later each time", async () => {
  const at: number[] = [];
  const clock = new ManualClock();
  const { session, told } = sessionOf({
    clock,
    dial: () => {
      at.push(clock.monotonicMs());
      return Promise.reject(
        new RemoteFailure("connect", "Cannot connect", { detail: { failure: "refused" } }),
      );
    },
    random: () => 1,
  });
  session.enable();
  await clock.pass(200_000);
  assert.deepEqual(at, [0, 5_000, 15_000, 35_000, 75_000, 155_000]);
  assert.deepEqual(told.log.slice(0, 6), [
    "Connect",
    "Active",
    "incident refused",
    "Connect",
    "Active",
    "incident refused",
  ]);
  await Promise.all([session.stop(""), clock.pass(0)]);
  assert.equal(clock.sleeping, 0);
});

Deno.test("a dial that nobody answers is given up after 20 seconds and made again", async () => {
  const stood = sessionStage();
  stood.session.enable();
  await stood.clock.pass(41_000);
  assert.deepEqual(stood.told.log, ["Connect", "incident timeout", "incident timeout"]);
  await stood.end();
});

Deno.test("connections from elsewhere, to elsewhere, or unwanted ones are closed and noted", async () => {
  const stood = sessionStage({ peer: { localAddress: "192.0.2.1" } });
  stood.session.enable();
  await stood.clock.pass(0);
  const stranger = stood.connects({}, { near: "192.0.2.3" });
  const elsewhere = stood.connects({}, { far: "192.0.2.9" });
  assert.equal(await stranger.hear(), "end");
  assert.equal(await elsewhere.hear(), "end");
  assert.deepEqual(stood.told.incidents.map(({ detail }) => detail), [
    "A connection came from 192.0.2.3, the peer is 192.0.2.2",
    "The peer connected to 192.0.2.9, configured is 192.0.2.1",
  ]);
  await stood.end();
});

Deno.test("while Idle waits for its next attempt connections are refused", async () => {
  const stood = sessionStage();
  const peer = stood.answers({ asn: 65009 });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.open();
  await stood.clock.pass(0);
  assert.equal(stood.session.state, "Idle");
  assert.equal(await stood.connects().hear(), "end");
  await stood.clock.pass(5_000);
  assert.equal(stood.session.state, "Connect");
  await stood.end();
});

const HIGHER = 0xc0000202, LOWER = 0x01010101;
for (const state of ["Connect", "OpenSent", "OpenConfirm", "Established"] as const) {
  for (const routerId of [HIGHER, LOWER]) {
    const whose = routerId === HIGHER ? "the peer's" : "our";
    Deno.test(`a second connection that comes in ${state} where ${whose} identifier is higher`, async () => {
      const stood = sessionStage();
      const dialed = state === "Connect" ? null : stood.answers({ routerId });
      stood.session.enable();
      await stood.clock.pass(0);
      if (state === "OpenConfirm" || state === "Established") await dialed?.open();
      if (state === "Established") await dialed?.keepalive();
      await stood.clock.pass(0);
      assert.equal(stood.session.state, state);
      const incoming = stood.connects({ routerId });
      await incoming.open();
      if (state === "OpenSent") await dialed?.open();
      await stood.clock.pass(0);
      // The connection of the side with the higher identifier is kept, but never against one that is up.
      const keptIncoming = state === "Connect" || (state !== "Established" && routerId === HIGHER);
      const [kept, lost] = keptIncoming ? [incoming, dialed] : [dialed, incoming];
      if (state !== "Established") await kept?.keepalive();
      await stood.clock.pass(0);
      assert.equal(stood.session.state, "Established");
      assert.equal(stood.session.negotiated?.direction, keptIncoming ? "passive" : "active");
      if (lost !== null) {
        assert.equal(await lost.hear(), "OPEN");
        assert.equal(await lost.hear(), "NOTIFICATION 6/7");
      }
      assert.equal(stood.told.negotiated.length, 1);
      await stood.end();
    });
  }
}

/** Of a peer that keeps IPv4 routes for two minutes, over a NOTIFICATION as well (RFC 8538). */
const GRACEFUL_RESTART = {
  isRestarting: false,
  notification: true,
  restartSec: 120,
  families: [{ afi: 1, safi: 1, isForwarding: true }],
};

Deno.test("a peer that restarts gracefully may connect anew while its lost session seems to be up", async () => {
  const stood = sessionStage();
  const before = stood.answers({ capabilities: { gracefulRestart: GRACEFUL_RESTART } });
  stood.session.enable();
  await stood.clock.pass(0);
  await before.establish();
  const after = stood.connects({ capabilities: { gracefulRestart: GRACEFUL_RESTART } });
  await after.establish();
  await stood.clock.pass(0);
  assert.equal(stood.session.state, "Established");
  assert.equal(stood.session.negotiated?.direction, "passive");
  assert.ok(stood.told.log.includes("down closed graceful"));
  assert.equal(await before.hear(), "end");
  await after.send(encodeNotification(6, 4, new Uint8Array()));
  await stood.clock.pass(0);
  assert.equal(stood.told.log.at(-1), "down notification_received 6/4 graceful");
  await stood.end();
});

Deno.test("where both know hard resets a shutdown is one, and nothing stays after it", async () => {
  const stood = sessionStage();
  const peer = stood.answers({ capabilities: { gracefulRestart: GRACEFUL_RESTART } });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  stood.session.disable("bye");
  await stood.clock.pass(0);
  const heard = await peer.next();
  assert.equal(hexText(heard?.body ?? new Uint8Array()), "0609060203627965");
  assert.equal(stood.told.log.at(-1), "down notification_sent 6/9");
  await stood.end();
});

Deno.test("a lost connection leaves routes stale only with a peer that announced families", async () => {
  for (const families of [[], [{ afi: 1, safi: 1, isForwarding: false }]]) {
    const gracefulRestart = { isRestarting: false, notification: false, restartSec: 9, families };
    const stood = sessionStage();
    const peer = stood.answers({ capabilities: { gracefulRestart } });
    stood.session.enable();
    await stood.clock.pass(0);
    await peer.establish();
    await stood.clock.pass(0);
    peer.connection.close();
    await stood.clock.pass(0);
    assert.equal(stood.told.log.at(-1), `down closed${families.length === 0 ? "" : " graceful"}`);
    await stood.end();
  }
});

Deno.test("64 half-open connections of the peer do not keep its real one out", async () => {
  const stood = sessionStage();
  stood.session.enable();
  await stood.clock.pass(0);
  const silent = Array.from({ length: 64 }, () => stood.connects());
  await stood.clock.pass(0);
  const real = stood.connects();
  await real.establish();
  await stood.clock.pass(0);
  assert.equal(stood.session.state, "Established");
  await stood.clock.pass(1_000);
  const ends = await Promise.all(silent.map(async (one) => [await one.hear(), await one.hear()]));
  assert.ok(ends.every(([first, second]) => first === "OPEN" && second === "NOTIFICATION 6/7"));
  await stood.end();
});
