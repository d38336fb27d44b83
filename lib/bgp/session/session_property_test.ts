// Whatever a peer and an operator do in whatever order, nothing throws and nothing is left behind.
import assert from "node:assert/strict";
import fc from "fast-check";
import { BgpPeer } from "../../../tests/support/bgp_peer.ts";
import { sessionOf } from "../../../tests/support/bgp_session.ts";
import { connectionPair, type PairEnd } from "../../../tests/support/connection_pair.ts";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { RemoteFailure } from "../../errors/mod.ts";
import { encodeMessage, MESSAGE } from "../codec/message_header.ts";
import { encodeNotification } from "../codec/notification.ts";

const SAID: Readonly<Record<string, Uint8Array>> = {
  update: encodeMessage(MESSAGE.update, new Uint8Array(4)),
  bad_update: encodeMessage(MESSAGE.update, Uint8Array.of(0, 9, 0, 0)),
  refresh: encodeMessage(MESSAGE.routeRefresh, Uint8Array.of(0, 1, 0, 1)),
  notification: encodeNotification(6, 4, new Uint8Array()),
  unsupported: encodeNotification(2, 7, Uint8Array.of(1, 4, 0, 1, 0, 1)),
  half: new Uint8Array(10).fill(0xff),
  noise: new TextEncoder().encode("SSH-2.0-OpenSSH_9.2\r\n"),
};

const act = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("open", "keepalive", "connect", "pass") },
  { weight: 4, arbitrary: fc.constantFrom("establish", "connect_and_establish") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("close", "reset", "disable", "enable", "kick", "send", "long"),
  },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(SAID)) },
);

Deno.test("any order of events ends in order: one session down for each that was up, and no timer left", async () => {
  let sessions = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ act, which: fc.nat(3) }), { maxLength: 30, size: "max" }),
      fc.constantFrom("passive", "active", "both"),
      fc.boolean(),
      async (acts, connect, isHigher) => {
        const clock = new ManualClock();
        const routerId = isHigher ? 0xdf000001 : 1;
        const peers: BgpPeer[] = [];
        const ends = new Map<unknown, PairEnd>();
        const meet = (far: PairEnd): void => {
          ends.set(far, far);
          peers.push(new BgpPeer(far, { routerId }));
        };
        const { session, told } = sessionOf({
          clock,
          peer: { connect, holdTimeSec: 9 },
          speaker: { sendQueueBytes: 2_000 },
          dial: () => {
            if (peers.length % 3 === 2) {
              const detail = { failure: "refused" };
              meet(connectionPair()[1]);
              return Promise.reject(new RemoteFailure("connect", "Refused", { detail }));
            }
            const [near, far] = connectionPair({ capacityBytes: 4_000 });
            meet(far);
            return Promise.resolve(near);
          },
        });
        session.enable();
        await clock.pass(0);
        for (const { act, which } of acts) {
          const peer = peers.at(-1 - which);
          if (act === "connect" || act === "connect_and_establish") {
            const [far, near] = connectionPair({ near: "192.0.2.2", far: "192.0.2.1" });
            session.accept(near);
            meet(far);
          }
          if (act === "establish" || act === "connect_and_establish") {
            const up = act === "establish" ? peer : peers.at(-1);
            await up?.open().catch(() => {});
            await up?.keepalive().catch(() => {});
          } else if (act === "open") await peer?.open().catch(() => {});
          else if (act === "keepalive") await peer?.keepalive().catch(() => {});
          else if (act === "close") peer?.connection.close();
          else if (act === "reset") ends.get(peer?.connection)?.reset();
          else if (act === "disable") session.disable("x");
          else if (act === "enable") session.enable();
          else if (act === "kick") session.reset(6, 4, new Uint8Array());
          else if (act === "send") session.send(new Uint8Array(500));
          else if (act === "pass" || act === "long") {
            await clock.pass(act === "pass" ? 1_000 : 12_000);
          } else await peer?.send(SAID[act] ?? new Uint8Array()).catch(() => {});
          if (which === 0) await clock.pass(0);
        }
        await clock.pass(0);
        const stopped = session.stop("end");
        await clock.pass(2_000);
        await stopped;
        assert.equal(session.state, "Idle");
        sessions += session.counters.established;
        assert.equal(clock.sleeping, 0, "something waits");
        const count = (start: string): number =>
          told.log.filter((entry) => entry.startsWith(start)).length;
        assert.equal(count("established"), count("down "));
        assert.equal(count("established"), session.counters.established);
        for (const [index, entry] of told.log.entries()) {
          const before = told.log.slice(0, index);
          const ups = before.filter((one) => one === "established").length;
          const downs = before.filter((one) => one.startsWith("down ")).length;
          if (entry === "update") assert.equal(ups, downs + 1, "an UPDATE outside of a session");
        }
      },
    ),
    { numRuns: 250 },
  );
  assert.ok(sessions > 50, `only ${sessions} sessions came up`);
});
