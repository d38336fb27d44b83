/**
 * A session in virtual time, with the far sides of its connections.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ManualClock } from "./manual_clock.ts";
import { BgpPeer, type PeerVoice } from "./bgp_peer.ts";
import { neverAnswered, type Rig, sessionOf } from "./bgp_session.ts";
import { connectionPair, type PairEnd, type PairOptions } from "./connection_pair.ts";

/** A session whose dials lead to `dialed`, in order; what is beyond is never answered. */
export function sessionStage(rig: Partial<Rig> = {}) {
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
