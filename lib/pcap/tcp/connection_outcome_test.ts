import assert from "node:assert/strict";
import fc from "fast-check";
import { ACK, FIN, RST, SYN } from "../../../tests/support/tcp_segments.ts";
import {
  CONNECTION_ENDS,
  describeOutcome,
  endIndex,
  followOutcome,
  handshakeIndex,
  HANDSHAKES,
  mattersToOutcome,
} from "./connection_outcome.ts";

type Step = readonly [side: 0 | 1, flags: number];

function outcomeOf(...steps: readonly Step[]) {
  return describeOutcome(
    steps.reduce((state, [side, flags]) => followOutcome(state, side, flags), 0),
  );
}

const OPENED: readonly Step[] = [[0, SYN], [1, SYN | ACK], [0, ACK]];

Deno.test("a connection that both sides close is complete and closed", () => {
  assert.deepEqual(outcomeOf(...OPENED, [0, FIN | ACK], [1, ACK], [1, FIN | ACK], [0, ACK]), {
    handshake: "complete",
    end: "closed",
    synFrom: 0,
    endedBy: null,
  });
});

Deno.test("a SYN that gets RST is refused, one that gets nothing is unanswered", () => {
  assert.deepEqual(outcomeOf([0, SYN], [1, RST | ACK]), {
    handshake: "refused",
    end: "reset",
    synFrom: 0,
    endedBy: 1,
  });
  assert.deepEqual(outcomeOf([0, SYN], [0, SYN]), {
    handshake: "unanswered",
    end: "open",
    synFrom: 0,
    endedBy: null,
  });
});

Deno.test("a SYN-ACK that nobody acknowledges is half open, also if it is reset", () => {
  assert.equal(outcomeOf([0, SYN], [1, SYN | ACK], [1, SYN | ACK]).handshake, "half_open");
  assert.deepEqual(outcomeOf([0, SYN], [1, SYN | ACK], [0, RST]), {
    handshake: "half_open",
    end: "reset",
    synFrom: 0,
    endedBy: 0,
  });
});

Deno.test("a connection that one side closed is half closed by that side", () => {
  const { end, endedBy } = outcomeOf(...OPENED, [1, FIN | ACK], [0, ACK]);
  assert.deepEqual([end, endedBy], ["half_closed", 1]);
});

Deno.test("the first RST ends a connection, unless both sides had closed it", () => {
  const byBoth = outcomeOf(...OPENED, [1, RST], [0, RST]);
  assert.deepEqual([byBoth.end, byBoth.endedBy], ["reset", 1]);
  const halfClosed = outcomeOf(...OPENED, [0, FIN | ACK], [1, RST]);
  assert.deepEqual([halfClosed.end, halfClosed.endedBy], ["reset", 1]);
  assert.equal(outcomeOf(...OPENED, [0, FIN | ACK], [1, FIN | ACK], [0, RST]).end, "closed");
});

Deno.test("what began before the capture says so, whoever speaks first", () => {
  assert.deepEqual(outcomeOf([0, ACK], [1, ACK]), {
    handshake: "no_syn",
    end: "open",
    synFrom: null,
    endedBy: null,
  });
  assert.equal(outcomeOf([0, SYN | ACK], [1, ACK]).handshake, "no_syn");
  assert.equal(outcomeOf([0, SYN], [1, ACK], [0, ACK]).handshake, "no_syn_ack");
});

Deno.test("the sender of the SYN may be the side that was seen second", () => {
  assert.deepEqual(outcomeOf([0, ACK], [1, SYN], [0, RST | ACK]), {
    handshake: "refused",
    end: "reset",
    synFrom: 1,
    endedBy: 0,
  });
});

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom(0 as const, 1 as const),
  fc.nat(0x1f),
);

Deno.test("any segments have one outcome, and those said not to matter do not", () => {
  fc.assert(fc.property(fc.array(step, { minLength: 1 }), (steps) => {
    let state = 0;
    for (const [side, flags] of steps) {
      const next = followOutcome(state, side, flags);
      if (!mattersToOutcome(state, flags)) assert.equal(next, state);
      state = next;
    }
    assert.notEqual(state, 0);
    assert.ok(HANDSHAKES[handshakeIndex(state)] !== undefined);
    assert.ok(CONNECTION_ENDS[endIndex(state)] !== undefined);
  }));
});
