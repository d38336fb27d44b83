// The session over real sockets on loopback; everything that it opens must be closed at the end.
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { BgpPeer } from "../../../tests/support/bgp_peer.ts";
import { type Rig, sessionOf, type Told } from "../../../tests/support/bgp_session.ts";
import { systemClock } from "../../io/clock.ts";
import { dial } from "../../io/dial.ts";
import { listen } from "../../io/listen.ts";
import { encodeMessage, MESSAGE } from "../codec/message_header.ts";
import type { PeerSession } from "./open_session.ts";
import { Pump } from "./pump.ts";

const HERE = "127.0.0.10", THERE = "127.0.0.2";
const configLine = "bgp.listen";

/** Waits for `isSo`, generously. */
async function until(isSo: () => boolean): Promise<void> {
  for (let left = 2_000; !isSo(); left--) {
    assert.ok(left > 0, "it did not happen within ten seconds");
    await systemClock.sleep(5);
  }
}

/** A session at HERE whose peer is at THERE, where `listener` is. */
function session(rig: Partial<Rig>, port: number) {
  return sessionOf({
    clock: systemClock,
    dial,
    ...rig,
    peer: { address: THERE, localAddress: HERE, port, connectRetrySec: 0.01, ...rig.peer },
    speaker: { routerId: HERE, ...rig.speaker },
  });
}

/** Gives what comes to `port` to the session, until it is closed. */
function door(of: { readonly session: PeerSession }, address = HERE) {
  const listener = listen({ address, port: 0, configLine });
  const done = (async () => {
    for (let one = await listener.accept(); one !== null; one = await listener.accept()) {
      of.session.accept(one);
    }
  })();
  return {
    port: listener.port,
    async close(): Promise<void> {
      listener.close();
      await done;
    },
  };
}

Deno.test("a session dials from its own address and comes up", async () => {
  const listener = listen({ address: THERE, port: 0, configLine });
  const { session: under, told } = session({}, listener.port);
  under.enable();
  const accepted = await listener.accept();
  assert.ok(accepted !== null);
  assert.equal(accepted.remoteAddress, HERE);
  const peer = new BgpPeer(accepted);
  await peer.establish();
  await until(() => under.state === "Established");
  assert.equal(told.negotiated[0]?.localAddress, HERE);
  assert.equal(told.negotiated[0]?.localPort, accepted.remotePort);
  const stopping = under.stop("bye");
  assert.equal(await peer.hear(), "NOTIFICATION 6/2");
  assert.equal(await peer.hear(), "end");
  accepted.close();
  await stopping;
  listener.close();
});

Deno.test("two sessions that dial each other at once end with one connection", async () => {
  for (let round = 0; round < 20; round++) {
    const ports = { left: 0, right: 0 };
    const make = (side: "left" | "right", address: string, far: string): Made =>
      sessionOf({
        clock: systemClock,
        dial: (request) => dial({ ...request, port: side === "left" ? ports.right : ports.left }),
        peer: {
          address: far,
          localAddress: address,
          connectRetrySec: 0.05,
          remoteAs: side === "left" ? 65002 : 65001,
        },
        speaker: { routerId: address, localAs: side === "left" ? 65001 : 65002 },
      });
    const left = make("left", HERE, THERE), right = make("right", THERE, HERE);
    const leftDoor = door(left), rightDoor = door(right, THERE);
    ports.left = leftDoor.port;
    ports.right = rightDoor.port;
    left.session.enable();
    right.session.enable();
    const places = () => [left.session.negotiated, right.session.negotiated];
    await until(() => {
      const [one, other] = places();
      return one?.localPort !== undefined && one?.localPort === other?.remotePort;
    });
    assert.equal(left.session.counters.established, 1);
    assert.equal(right.session.counters.established, 1);
    await Promise.all([left.session.stop(""), right.session.stop("")]);
    await Promise.all([leftDoor.close(), rightDoor.close()]);
  }
});

interface Made {
  readonly session: PeerSession;
  readonly told: Told;
}

for (
  const [kind, end] of [
    ["reset", (socket: Socket) => socket.resetAndDestroy()],
    ["closed", (socket: Socket) => socket.end()],
  ] as const
) {
  Deno.test(`a connection ${kind} in the middle of a message is lost, and the next attempt follows`, async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket.on("error", () => {})));
    await new Promise<void>((resolve) => server.listen(0, THERE, resolve));
    const place = server.address();
    assert.ok(place !== null && typeof place === "object");
    const { session: under, told } = session({}, place.port);
    under.enable();
    await until(() => under.state === "OpenSent");
    sockets[0]?.write(encodeMessage(MESSAGE.update, new Uint8Array(4)).subarray(0, 21));
    await until(() => under.counters.bytesIn === 21);
    const [socket] = sockets;
    assert.ok(socket !== undefined);
    end(socket);
    await until(() => told.incidents.length > 0 && sockets.length > 1);
    assert.equal(told.incidents[0]?.kind, kind);
    await under.stop("");
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
}

Deno.test("a thousand flaps leave nothing behind", async () => {
  const listener = listen({ address: THERE, port: 0, configLine });
  const made = session({ peer: { connectRetrySec: 0.001 } }, listener.port);
  made.session.enable();
  for (let flap = 0; flap < 1_000; flap++) {
    const accepted = await listener.accept();
    assert.ok(accepted !== null);
    await new BgpPeer(accepted).establish();
    await until(() => made.session.counters.established > flap);
    accepted.close();
    // The back-off would grow to two minutes; a start by hand begins anew.
    made.session.disable("");
    made.session.enable();
  }
  await made.session.stop("");
  listener.close();
  assert.equal(made.told.log.filter((entry) => entry.startsWith("down ")).length, 1_000);
});

Deno.test("a loop that was blocked for longer than the hold time does not kill a living session", async () => {
  const listener = listen({ address: THERE, port: 0, configLine });
  const { session: under, told } = session({ peer: { holdTimeSec: 3 } }, listener.port);
  under.enable();
  const accepted = await listener.accept();
  assert.ok(accepted !== null);
  const peer = new BgpPeer(accepted);
  await peer.establish();
  await until(() => under.state === "Established");
  await peer.keepalive();
  const untilMs = systemClock.monotonicMs() + 3_500;
  while (systemClock.monotonicMs() < untilMs);
  await systemClock.sleep(100);
  assert.equal(under.state, "Established");
  // Now it is really silent.
  await until(() => under.state !== "Established");
  assert.equal(told.log.at(-1), "down hold_expired 4/0");
  await under.stop("");
  accepted.close();
  listener.close();
});

Deno.test("a busy peer keeps neither the timers nor another peer from their turns", async () => {
  const listener = listen({ address: THERE, port: 0, configLine });
  const pump = new Pump(systemClock, 8);
  let updates = 0;
  const busy = session({ pump, onUpdate: () => updates++ }, listener.port);
  busy.session.enable();
  const first = await listener.accept();
  const other = session({ pump, peer: { holdTimeSec: 3 } }, listener.port);
  other.session.enable();
  const second = await listener.accept();
  assert.ok(first !== null && second !== null);
  const [flooder, quiet] = [new BgpPeer(first), new BgpPeer(second, { holdTimeSec: 3 })];
  await flooder.establish();
  await quiet.establish();
  await until(() => other.session.state === "Established");
  const message = encodeMessage(MESSAGE.update, new Uint8Array(4));
  const block = new Uint8Array(message.length * 2_000);
  for (let at = 0; at < block.length; at += message.length) block.set(message, at);
  let isFlooding = true;
  const flooding = (async () => {
    while (isFlooding) await flooder.send(block);
  })();
  const heardAt: number[] = [];
  for (let count = 0; count < 4; count++) {
    assert.equal((await quiet.next())?.type, MESSAGE.keepalive);
    heardAt.push(systemClock.monotonicMs());
    await quiet.keepalive();
  }
  isFlooding = false;
  await flooding;
  assert.ok(updates > 10_000, `${updates} UPDATEs`);
  assert.equal(other.session.state, "Established");
  // One KEEPALIVE a second was agreed on.
  for (const [index, atMs] of heardAt.slice(1).entries()) {
    assert.ok(atMs - (heardAt[index] ?? 0) < 2_000, `${heardAt}`);
  }
  await Promise.all([busy.session.stop(""), other.session.stop("")]);
  first.close();
  second.close();
  listener.close();
});
