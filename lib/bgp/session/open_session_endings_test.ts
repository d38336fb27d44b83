import assert from "node:assert/strict";
import { sessionStage } from "../../../tests/support/session_stage.ts";
import { BgpPeer } from "../../../tests/support/bgp_peer.ts";
import { sessionOf } from "../../../tests/support/bgp_session.ts";
import { connectionPair } from "../../../tests/support/connection_pair.ts";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { encodeMessage, MESSAGE } from "../codec/message_header.ts";
import { encodeNotification } from "../codec/notification.ts";

const UPDATE = encodeMessage(MESSAGE.update, new Uint8Array(4));
const REFRESH = encodeMessage(MESSAGE.routeRefresh, Uint8Array.of(0, 1, 0, 1));

Deno.test("a message out of place is a Finite State Machine Error of its state", async () => {
  for (const message of [UPDATE, REFRESH, encodeMessage(MESSAGE.keepalive, new Uint8Array())]) {
    const stood = sessionStage();
    const peer = stood.answers();
    stood.session.enable();
    await stood.clock.pass(0);
    await peer.send(message);
    await stood.clock.pass(0);
    assert.equal(await peer.hear(), "OPEN");
    assert.equal(await peer.hear(), "NOTIFICATION 5/1");
    await stood.end();
  }
  for (const message of [UPDATE, REFRESH, null]) {
    const stood = sessionStage();
    const peer = stood.answers();
    stood.session.enable();
    await stood.clock.pass(0);
    await peer.open();
    await (message === null ? peer.open() : peer.send(message));
    await stood.clock.pass(0);
    assert.equal(await peer.hear(), "OPEN");
    assert.equal(await peer.hear(), "NOTIFICATION 5/2");
    await stood.end();
  }
  const stood = sessionStage();
  const peer = stood.answers();
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await peer.open();
  await stood.clock.pass(0);
  assert.equal(await peer.hear(), "NOTIFICATION 5/3");
  assert.equal(stood.told.log.at(-1), "down notification_sent 5/3");
  assert.equal(
    stood.told.incidents.at(-1)?.detail,
    "Finite State Machine Error / Receive Unexpected Message in Established State was sent: " +
      "OPEN is not possible in state Established",
  );
  await stood.end();
});

Deno.test("HTTP on the port is told that it is not synchronized", async () => {
  const stood = sessionStage();
  stood.session.enable();
  await stood.clock.pass(0);
  const peer = stood.connects();
  await peer.send(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: bgp\r\n\r\n"));
  await stood.clock.pass(0);
  assert.equal(await peer.hear(), "OPEN");
  assert.equal(await peer.hear(), "NOTIFICATION 1/1");
  await stood.end();
});

Deno.test("a silent peer is told after the hold time, and one that never sent OPEN after four minutes", async () => {
  const stood = sessionStage();
  const peer = stood.answers({ holdTimeSec: 9 });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(8_900);
  assert.equal(stood.session.state, "Established");
  await stood.clock.pass(200);
  assert.equal(await peer.hear(), "NOTIFICATION 4/0");
  assert.equal(stood.told.log.at(-1), "down hold_expired 4/0");
  await stood.end();

  const silent = sessionStage();
  const mute = silent.answers();
  silent.session.enable();
  await silent.clock.pass(239_000);
  assert.equal(silent.session.state, "OpenSent");
  await silent.clock.pass(2_000);
  assert.equal(await mute.hear(), "OPEN");
  assert.equal(await mute.hear(), "NOTIFICATION 4/0");
  await silent.end();
});

Deno.test("a wall clock that is set neither ends a session nor keeps a dead one", async () => {
  for (const stepMs of [-86_400_000, 86_400_000]) {
    let setMs = 0;
    const clock = new (class extends ManualClock {
      override now(): number {
        return super.now() + setMs;
      }
    })();
    const [near, there] = connectionPair();
    const { session, told } = sessionOf({ clock, dial: () => Promise.resolve(near) });
    const peer = new BgpPeer(there, { holdTimeSec: 9 });
    session.enable();
    await clock.pass(0);
    await peer.establish();
    await clock.pass(4_000);
    setMs = stepMs;
    await clock.pass(4_900);
    assert.equal(session.state, "Established");
    await clock.pass(200);
    assert.equal(told.log.at(-1), "down hold_expired 4/0");
    session.stop("");
    await clock.pass(2_000);
  }
});

Deno.test("keepalives go out three times within a hold time, and keep a talking peer", async () => {
  const stood = sessionStage();
  const peer = stood.answers({ holdTimeSec: 30 });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  const before = stood.session.counters.messagesOut;
  for (let round = 0; round < 20; round++) {
    await stood.clock.pass(10_000);
    await peer.keepalive();
  }
  await stood.clock.pass(0);
  assert.equal(stood.session.state, "Established");
  const sent = stood.session.counters.messagesOut - before;
  assert.ok(sent >= 20 && sent <= 27, `${sent} KEEPALIVEs in 200 s`);
  await stood.end();
});

Deno.test("with a hold time of 0 nobody sends KEEPALIVEs and nobody waits for them", async () => {
  const stood = sessionStage({ peer: { holdTimeSec: 0 } });
  const peer = stood.answers();
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  const sent = stood.session.counters.messagesOut;
  await stood.clock.pass(3_600_000);
  assert.equal(stood.session.state, "Established");
  assert.equal(stood.session.counters.messagesOut, sent);
  await stood.end();
});

Deno.test("a peer that dribbles whole messages lives, one that never completes a message does not", async () => {
  const stood = sessionStage();
  const peer = stood.answers({ holdTimeSec: 9 });
  stood.session.enable();
  await stood.clock.pass(0);
  const keepalive = encodeMessage(MESSAGE.keepalive, new Uint8Array());
  await peer.establish();
  for (let round = 0; round < 5; round++) {
    for (const octet of keepalive) {
      await peer.send(Uint8Array.of(octet));
      await stood.clock.pass(300);
    }
  }
  assert.equal(stood.session.state, "Established");
  for (let at = 0; at < 12 && stood.session.state === "Established"; at++) {
    await peer.send(Uint8Array.of(255));
    await stood.clock.pass(1_000);
  }
  assert.equal(await peer.hear(), "NOTIFICATION 4/0");
  await stood.end();
});

Deno.test("a malformed UPDATE of the worst kind ends the session, and its error is told", async () => {
  const stood = sessionStage();
  const peer = stood.answers();
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await peer.send(UPDATE);
  await stood.clock.pass(0);
  assert.equal(stood.told.log.at(-1), "update");
  await peer.send(encodeMessage(MESSAGE.update, Uint8Array.of(0, 99, 0, 0)));
  await stood.clock.pass(0);
  assert.equal(await peer.hear(), "NOTIFICATION 3/1");
  assert.equal(stood.told.log.at(-1), "down notification_sent 3/1");
  assert.ok(stood.told.log.includes("malformed message-lengths 1"));
  await stood.end();
});

Deno.test("data behind a NOTIFICATION is dropped, ours or the peer's", async () => {
  const stood = sessionStage();
  const peer = stood.answers();
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await peer.send(encodeNotification(6, 4, new Uint8Array()));
  await peer.send(UPDATE).catch(() => {});
  await stood.clock.pass(0);
  assert.deepEqual(stood.told.log.slice(-2), ["Idle", "down notification_received 6/4"]);
  assert.equal(
    stood.told.incidents.at(-1)?.detail.startsWith("The peer sent Cease / Administrative Reset"),
    true,
  );
  await stood.end();
});

Deno.test("a NOTIFICATION in any state ends what there is", async () => {
  for (const stage_ of ["OpenSent", "OpenConfirm", "Established"]) {
    const stood = sessionStage();
    const peer = stood.answers();
    stood.session.enable();
    await stood.clock.pass(0);
    if (stage_ !== "OpenSent") await peer.open();
    if (stage_ === "Established") await peer.keepalive();
    await stood.clock.pass(0);
    assert.equal(stood.session.state, stage_);
    await peer.send(encodeNotification(6, 5, new Uint8Array()));
    await stood.clock.pass(0);
    assert.equal(stood.session.state, "Idle");
    assert.match(stood.told.log.at(-1) ?? "", /notification_received 6\/5$/);
    await stood.end();
  }
});

Deno.test("a peer that reads nothing fills the queue and is ended after a while", async () => {
  const stood = sessionStage({ speaker: { sendQueueBytes: 10_000 }, peer: { holdTimeSec: 9 } });
  const peer = stood.answers({}, { capacityBytes: 500 });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  const message = encodeMessage(MESSAGE.update, new Uint8Array(1_000));
  let written = 0, queued = 0;
  while (stood.session.send(message, () => written++)) queued++;
  assert.equal(queued, 9);
  assert.ok(stood.session.counters.queuedBytes <= 10_000);
  for (let sec = 0; sec < 40 && stood.session.state === "Established"; sec += 3) {
    await peer.keepalive();
    await stood.clock.pass(3_000);
  }
  assert.equal(stood.told.log.at(-1), "down notification_sent 6/8");
  assert.equal(written, 0);
  await stood.end();
});

Deno.test("a peer that reads nothing for eight minutes is ended, however little waits for it", async () => {
  const stood = sessionStage({ peer: { holdTimeSec: 90 } });
  const peer = stood.answers({}, { capacityBytes: 200 });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  assert.equal(stood.session.send(encodeMessage(MESSAGE.update, new Uint8Array(400))), true);
  for (let sec = 0; sec < 480; sec += 30) {
    assert.equal(stood.session.state, "Established");
    await peer.keepalive();
    await stood.clock.pass(30_000);
  }
  await stood.clock.pass(80_000);
  assert.ok(stood.told.log.includes("down notification_sent 8/0"), `${stood.told.log}`);
  await stood.end();
});

Deno.test("without a hold time nobody is ended for reading nothing (RFC 9687 section 4.3)", async () => {
  const stood = sessionStage({ peer: { holdTimeSec: 0 } });
  const peer = stood.answers({}, { capacityBytes: 100 });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  assert.equal(stood.session.send(encodeMessage(MESSAGE.update, new Uint8Array(200))), true);
  await stood.clock.pass(3_600_000);
  assert.equal(stood.session.state, "Established");
  await stood.end();
});

Deno.test("a peer that reads slowly is waited for, and told of when there is room", async () => {
  const stood = sessionStage({ speaker: { sendQueueBytes: 10_000 } });
  const peer = stood.answers({}, { capacityBytes: 500 });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  const message = encodeMessage(MESSAGE.update, new Uint8Array(1_000));
  let written = 0;
  while (stood.session.send(message, () => written++));
  for (let count = 0; count < 9; count++) assert.equal(await peer.hear(), "UPDATE");
  await stood.clock.pass(0);
  assert.equal(written, 9);
  assert.equal(stood.session.counters.queuedBytes, 0);
  assert.ok(stood.told.log.includes("drain"));
  await stood.end();
});

Deno.test("a fault of ours ends one session and says what it was", async () => {
  const stood = sessionStage({
    onUpdate: () => {
      throw new Error("the table is full");
    },
  });
  const peer = stood.answers();
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await peer.send(UPDATE);
  await stood.clock.pass(0);
  assert.equal(await peer.hear(), "NOTIFICATION 6/8");
  assert.match(stood.told.incidents.at(-1)?.detail ?? "", /the table is full$/);
  await stood.end();
});
