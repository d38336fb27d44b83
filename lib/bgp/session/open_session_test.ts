import assert from "node:assert/strict";
import { sessionStage } from "../../../tests/support/session_stage.ts";
import type { PeerVoice } from "../../../tests/support/bgp_peer.ts";
import { neverAnswered, type Rig } from "../../../tests/support/bgp_session.ts";
import { openBody, parametersOf } from "../../../tests/support/nasty_opens.ts";
import { hexText } from "../../bytes/hex.ts";
import { encodeMessage, MESSAGE } from "../codec/message_header.ts";
import { decodeShutdownText, encodeNotification } from "../codec/notification.ts";
import { encodeRouteRefresh } from "../codec/route_refresh.ts";
import { IPV4_UNICAST } from "../family.ts";

Deno.test("a session that dials comes up, and both sides know what was agreed on", async () => {
  const stood = sessionStage();
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
  const stood = sessionStage({
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
  const stood = sessionStage();
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
    const stood = sessionStage(rig);
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
  const stood = sessionStage();
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
    const stood = sessionStage();
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
    const stood = sessionStage({ peer: { extendedMessages: extendedMessages === true } });
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
  const stood = sessionStage({ peer: { role: "customer", strictRole: true } });
  const peer = stood.answers({ capabilities: { role: 0 } });
  stood.session.enable();
  await stood.clock.pass(0);
  await peer.establish();
  await stood.clock.pass(0);
  const theirs = stood.told.negotiated[0]?.theirs ?? [];
  assert.equal(theirs.find(({ code }) => code === 9)?.value, "provider");
  await stood.end();
});

Deno.test("a peer that cannot take a capability or any gets the next OPEN without", async () => {
  const cases: readonly (readonly [number, readonly number[], RegExp])[] = [
    [4, [2, 0], /^00$/],
    [7, [70, 0], /^(?!.*4600).*$/],
  ];
  for (const [subcode, data, wanted] of cases) {
    const stood = sessionStage();
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

Deno.test("with DelayOpen the peer's OPEN is answered with ours", async () => {
  const stood = sessionStage({ peer: { delayOpenSec: 10 } });
  const peer = stood.answers();
  stood.session.enable();
  await stood.clock.pass(9_000);
  assert.equal(stood.session.state, "Connect");
  await peer.establish();
  await stood.clock.pass(0);
  assert.equal(stood.session.state, "Established");
  await stood.end();
});
