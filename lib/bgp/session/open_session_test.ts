import assert from "node:assert/strict";
import { BgpPeer, type PeerVoice } from "../../../tests/support/bgp_peer.ts";
import { neverAnswered, type Rig, sessionOf } from "../../../tests/support/bgp_session.ts";
import {
  connectionPair,
  type PairEnd,
  type PairOptions,
} from "../../../tests/support/connection_pair.ts";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { openBody, parametersOf } from "../../../tests/support/nasty_opens.ts";
import { RemoteFailure } from "../../errors/mod.ts";
import { hexText } from "../../bytes/hex.ts";
import { encodeMessage, MESSAGE } from "../codec/message_header.ts";
import { decodeShutdownText, encodeNotification } from "../codec/notification.ts";
import { encodeRouteRefresh } from "../codec/route_refresh.ts";
import { IPV4_UNICAST } from "../family.ts";

/** A session in virtual time whose dials lead to `dialed`, in order; what is beyond is never answered. */
function stage(rig: Partial<Rig> = {}) {
  const clock = new ManualClock();
  const dialed: PairEnd[] = [];
  const session = sessionOf({
    clock,
    dial: (request) => {
      const end = dialed.shift();
      return end === undefined ? neverAnswered(request) : Promise.resolve(end);
    },
    ...rig,
  });
  return {
    clock,
    ...session,
    /** The far side of the next connection that is dialed. */
    answers(voice: PeerVoice = {}, options: PairOptions = {}): BgpPeer {
      const [near, there] = connectionPair(options);
      dialed.push(near);
      return new BgpPeer(there, voice);
    },
    /** The far side of a connection that the peer makes. */
    connects(voice: PeerVoice = {}, options: PairOptions = {}): BgpPeer {
      const [there, near] = connectionPair({ near: "192.0.2.2", far: "192.0.2.1", ...options });
      session.session.accept(near);
      return new BgpPeer(there, voice);
    },
    /** Ends everything; nothing is left that waits. */
    async end(): Promise<void> {
      session.session.stop("");
      await clock.pass(2000);
      assert.equal(clock.sleeping, 0);
    },
  };
}

Deno.test("a session that dials comes up, and both sides know what was agreed on", async () => {
  const stood = stage();
  const peer = stood.answers({ holdTimeSec: 30 });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  assert.deepEqual(stood.told.log, [
    "Connect",
    "OpenSent",
    "OpenConfirm",
    "Established",
    "established",
  ]);
  const [negotiated] = stood.told.negotiated;
  assert.partialDeepStrictEqual(negotiated, {
    holdTimeSec: 30,
    keepaliveSec: 10,
    routerId: 0xc0000202,
    direction: "active",
    localAddress: "192.0.2.1",
    localPort: 50_000,
    remotePort: 179,
    traits: { as4: true, isEbgp: true, families: [true, false], extendedMessage: false },
  });
  assert.equal(stood.session.negotiated, negotiated);
  assert.equal(stood.session.counters.established, 1);
  await stood.end();
  assert.equal(await peer.hear(), "NOTIFICATION 6/2");
  assert.equal(await peer.hear(), "end");
});

Deno.test("a passive session waits for its peer and never dials", async () => {
  let dials = 0;
  const stood = stage({
    peer: { connect: "passive" },
    dial: (request) => {
      dials++;
      return neverAnswered(request);
    },
  });
  stood.session.enable();
  await stood.clock.pass(300_000);
  const peer = stood.connects();
  await peer.establish();
  await stood.clock.pass(0);
  assert.deepEqual(stood.told.log, [
    "Active",
    "OpenSent",
    "OpenConfirm",
    "Established",
    "established",
  ]);
  assert.equal(stood.told.negotiated[0]?.direction, "passive");
  assert.equal(dials, 0);
  await stood.end();
});

Deno.test("a shutdown text arrives behind Cease/2, and a new start follows by hand only", async () => {
  const stood = stage();
  const peer = stood.answers();
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  stood.session.disable("maintenance of höst 1");
  await stood.clock.pass(0);
  const heard = await peer.next();
  assert.deepEqual([...heard?.body.subarray(0, 2) ?? []], [6, 2]);
  assert.equal(
    decodeShutdownText(heard?.body.subarray(2) ?? new Uint8Array()),
    "maintenance of höst 1",
  );
  await stood.clock.pass(600_000);
  assert.equal(stood.session.state, "Idle");
  stood.answers();
  stood.session.enable();
  await stood.clock.pass(0);
  assert.equal(stood.session.state, "OpenSent");
  await stood.end();
});

const refusals: readonly {
  readonly what: string;
  readonly voice: PeerVoice;
  readonly rig?: Partial<Rig>;
  readonly answer: string;
  readonly detail: RegExp;
}[] = [
  {
    what: "another AS",
    voice: { asn: 65003 },
    answer: "2/2",
    detail:
      /^OPEN Message Error \/ Bad Peer AS was sent: the peer says its AS is 65003, configured is 65002$/,
  },
  { what: "BGP Identifier 0.0.0.0", voice: { routerId: 0 }, answer: "2/3", detail: /0\.0\.0\.0/ },
  { what: "a hold time of one second", voice: { holdTimeSec: 1 }, answer: "2/6", detail: /1 s/ },
  {
    what: "no family of ours",
    voice: { capabilities: { families: [{ afi: 25, safi: 70 }] } },
    answer: "2/7",
    detail: /none of the configured address families/,
  },
  {
    what: "a role that does not go with ours",
    voice: { capabilities: { role: 3 } },
    rig: { peer: { role: "customer" } },
    answer: "2/11",
    detail: /it says it is "customer", which does not go with our role "customer"/,
  },
  {
    what: "no role where one is required",
    voice: {},
    rig: { peer: { role: "customer", strictRole: true } },
    answer: "2/11",
    detail: /names no role/,
  },
];
for (const { what, voice, rig, answer, detail } of refusals) {
  Deno.test(`an OPEN with ${what} is answered with ${answer}`, async () => {
    const stood = stage(rig);
    const peer = stood.answers(voice);
    stood.session.enable();
    await stood.clock.pass(0);
    await peer.open();
    await stood.clock.pass(0);
    assert.equal(await peer.hear(), "OPEN");
    assert.equal(await peer.hear(), `NOTIFICATION ${answer}`);
    assert.deepEqual(stood.told.log, [
      "Connect",
      "OpenSent",
      "Idle",
      `incident notification_sent ${answer}`,
    ]);
    assert.match(stood.told.incidents[0]?.detail ?? "", detail);
    await stood.end();
  });
}

Deno.test("an OPEN with two roles is refused, also where none is configured (RFC 9234 section 4.2)", async () => {
  const stood = stage();
  const peer = stood.answers();
  stood.session.enable();
  await stood.clock.pass(0);
  const open = openBody({
    asn: "fdea",
    parameters: parametersOf("010400010001 090100 090103 41040000fdea"),
  });
  await peer.send(encodeMessage(MESSAGE.open, open));
  await stood.clock.pass(0);
  assert.deepEqual([await peer.hear(), await peer.hear()], ["OPEN", "NOTIFICATION 2/11"]);
  await stood.end();
});

Deno.test("the marks of a refresh are requests where RFC 7313 was not agreed on", async () => {
  for (const [enhancedRefresh, subtype] of [[false, 0], [true, 1]] as const) {
    const stood = stage();
    const peer = stood.answers({ capabilities: { routeRefresh: true, enhancedRefresh } });
    stood.session.enable();
    await stood.clock.pass(0);
    await peer.establish();
    await peer.send(encodeRouteRefresh(IPV4_UNICAST, 1));
    await stood.clock.pass(0);
    assert.equal(stood.told.log.at(-1), `refresh 0 ${subtype}`);
    await stood.end();
  }
});

Deno.test("long messages are taken of a peer only where they were offered to it (RFC 8654 section 4)", async () => {
  for (const [extendedMessages, end] of [[true, "update"], [false, "down notification_sent 1/2"]]) {
    const stood = stage({ peer: { extendedMessages: extendedMessages === true } });
    const peer = stood.answers({ capabilities: { extendedMessage: true } });
    stood.session.enable();
    await stood.clock.pass(0);
    await peer.establish();
    const withdrawals = new Uint8Array(5_004);
    withdrawals.set([5_000 >>> 8, 5_000 & 0xff]);
    await peer.send(encodeMessage(MESSAGE.update, withdrawals));
    await stood.clock.pass(0);
    assert.equal(stood.told.log.findLast((one) => one !== "Idle"), end);
    await stood.end();
  }
});

Deno.test("a role that goes with ours is agreed on", async () => {
  const stood = stage({ peer: { role: "customer", strictRole: true } });
  const peer = stood.answers({ capabilities: { role: 0 } });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  const theirs = stood.told.negotiated[0]?.theirs ?? [];
  assert.equal(theirs.find(({ code }) => code === 9)?.value, "provider");
  await stood.end();
});

const UPDATE = encodeMessage(MESSAGE.update, new Uint8Array(4));
const REFRESH = encodeMessage(MESSAGE.routeRefresh, Uint8Array.of(0, 1, 0, 1));

Deno.test("a message out of place is a Finite State Machine Error of its state", async () => {
  for (const message of [UPDATE, REFRESH, encodeMessage(MESSAGE.keepalive, new Uint8Array())]) {
    const stood = stage();
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
    const stood = stage();
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
  const stood = stage();
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
  const stood = stage();
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
  const stood = stage();
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

  const silent = stage();
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
  const stood = stage();
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
  const stood = stage({ peer: { holdTimeSec: 0 } });
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
  const stood = stage();
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
  const stood = stage();
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
  const stood = stage();
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
    const stood = stage();
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
  const stood = stage();
  stood.session.enable();
  await stood.clock.pass(41_000);
  assert.deepEqual(stood.told.log, ["Connect", "incident timeout", "incident timeout"]);
  await stood.end();
});

Deno.test("connections from elsewhere, to elsewhere, or unwanted ones are closed and noted", async () => {
  const stood = stage({ peer: { localAddress: "192.0.2.1" } });
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
  const stood = stage();
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
      const stood = stage();
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
  const stood = stage();
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
  const stood = stage();
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
    const stood = stage();
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
  const stood = stage();
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

Deno.test("a peer that cannot take a capability or any gets the next OPEN without", async () => {
  const cases: readonly (readonly [number, readonly number[], RegExp])[] = [
    [4, [2, 0], /^00$/],
    [7, [70, 0], /^(?!.*4600).*$/],
  ];
  for (const [subcode, data, wanted] of cases) {
    const stood = stage();
    const first = stood.answers(), second = stood.answers();
    stood.session.enable();
    await stood.clock.pass(0);
    await first.send(encodeNotification(2, subcode, Uint8Array.from(data)));
    await stood.clock.pass(6_000);
    const before = await first.next(), after = await second.next();
    assert.match(hexText(before?.body ?? new Uint8Array()), /4600/);
    assert.match(hexText(after?.body.subarray(9) ?? new Uint8Array()), wanted);
    await stood.end();
  }
});

Deno.test("a peer that reads nothing fills the queue and is ended after a while", async () => {
  const stood = stage({ speaker: { sendQueueBytes: 10_000 }, peer: { holdTimeSec: 9 } });
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
  const stood = stage({ peer: { holdTimeSec: 90 } });
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
  const stood = stage({ peer: { holdTimeSec: 0 } });
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
  const stood = stage({ speaker: { sendQueueBytes: 10_000 } });
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
  const stood = stage({
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

Deno.test("with DelayOpen the peer's OPEN is answered with ours", async () => {
  const stood = stage({ peer: { delayOpenSec: 10 } });
  const peer = stood.answers();
  stood.session.enable();
  await stood.clock.pass(9_000);
  assert.equal(stood.session.state, "Connect");
  await peer.establish();
  await stood.clock.pass(0);
  assert.equal(stood.session.state, "Established");
  await stood.end();
});
