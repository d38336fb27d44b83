import { deepEqual, equal } from "node:assert/strict";
import {
  origination,
  peerSettings,
  speakerSettings,
} from "../../../tests/support/speaker_settings.ts";
import { FINDINGS } from "../codec/update_findings.ts";
import type { MalformedUpdate } from "../session/malformed_update.ts";
import type { SessionCounters, SessionIncident } from "../session/session.ts";
import { PeerMirror } from "./peer_mirror.ts";
import { PeerNumbers } from "./peer_numbers.ts";

const COUNTERS: SessionCounters = {
  messagesIn: 1,
  messagesOut: 2,
  updatesIn: 3,
  updatesOut: 4,
  // More than 32 bits hold.
  bytesIn: 5_000_000_000,
  bytesOut: 6,
  queuedBytes: 7,
  established: 8,
  treatedAsWithdraw: 9,
  attributesDiscarded: 10,
};

function mirrorOfTwo(): { readonly mirror: PeerMirror; readonly numbers: PeerNumbers } {
  const settings = speakerSettings({
    peers: [peerSettings(), peerSettings({ index: 1, name: "peer1", enabled: false })],
  });
  const memory = PeerNumbers.memoryOf(2);
  const reader = { peerPaths: (peer: number) => [peer, 0] as const };
  const mirror = new PeerMirror(settings, new PeerNumbers(memory), reader, 1_000);
  return { mirror, numbers: new PeerNumbers(memory) };
}

Deno.test("numbers are read from the memory that another one writes, each peer's own", () => {
  const { mirror, numbers } = mirrorOfTwo();
  numbers.write(1, COUNTERS, [11, 12]);
  const [first, second] = mirror.statuses();
  deepEqual(second?.counters, COUNTERS);
  deepEqual([second?.sent, second?.received], [[11, 12], [1, 0]]);
  deepEqual([first?.counters.bytesIn, first?.sent], [0, [0, 0]]);
});

Deno.test("a write that was never finished is read all the same", () => {
  const { mirror, numbers } = mirrorOfTwo();
  numbers.write(0, COUNTERS, [0, 0]);
  Atomics.add(new Int32Array(numbers.memory), 0, 1);
  equal(mirror.statuses()[0]?.counters.bytesIn, 5_000_000_000);
});

Deno.test("reports change the mirror and become events", () => {
  const { mirror } = mirrorOfTwo();
  const event = mirror.take({
    kind: "state",
    peer: 0,
    state: "OpenSent",
    reason: "connected",
    atMs: 2_000,
  });
  deepEqual(event, { kind: "state", peer: "peer0", state: "OpenSent", reason: "connected" });
  const [first, second] = mirror.statuses();
  deepEqual([first?.state, first?.reason, first?.sinceMs], ["OpenSent", "connected", 2_000]);
  deepEqual([second?.state, second?.isDisabled], ["Idle", true]);
});

Deno.test("the newest 32 incidents are kept", () => {
  const { mirror } = mirrorOfTwo();
  const incident = (atMs: number): SessionIncident => ({
    atMs,
    kind: "refused",
    direction: "active",
    state: "Connect",
    code: null,
    subcode: null,
    data: null,
    detail: "refused",
  });
  for (let atMs = 0; atMs < 100; atMs++) {
    mirror.take({ kind: "incident", peer: 0, incident: incident(atMs) });
  }
  const kept = mirror.statuses()[0]?.incidents ?? [];
  deepEqual([kept.length, kept[0]?.atMs, kept.at(-1)?.atMs], [32, 68, 99]);
});

Deno.test("the newest eight malformed UPDATEs are kept, and each is told", () => {
  const { mirror } = mirrorOfTwo();
  const malformed = (atMs: number): MalformedUpdate => ({
    atMs,
    finding: FINDINGS[0],
    attribute: null,
    count: atMs,
    announcedCount: 0,
    announced: [],
    message: new Uint8Array(23),
  });
  for (let atMs = 0; atMs < 20; atMs++) {
    const event = mirror.take({ kind: "malformed", peer: 1, malformed: malformed(atMs) });
    deepEqual(event, { kind: "malformed", peer: "peer1", malformed: malformed(atMs) });
  }
  const kept = mirror.statuses()[1]?.malformed ?? [];
  deepEqual([kept.length, kept[0]?.atMs, kept.at(-1)?.atMs], [8, 12, 19]);
});

Deno.test("with the thread all sessions and routes of ours are gone", () => {
  const { mirror } = mirrorOfTwo();
  mirror.take({ kind: "state", peer: 0, state: "Established", reason: "up", atMs: 1 });
  const route = origination("192.0.2.0/24", 0);
  const { prefix } = route;
  const override = { id: "p2", prefix, peer: null, localPref: 9, expiresAtMs: 1 };
  mirror.take({ kind: "originations", all: [route] });
  mirror.take({ kind: "overrides", all: [override] });
  const reason = "the thread has ended";
  deepEqual(mirror.lose(reason, 9_000), [
    { kind: "state", peer: mirror.statuses()[0]?.settings.name, state: "Idle", reason },
    {
      kind: "withdrawn",
      id: route.id,
      report: {
        peers: [{
          peer: mirror.statuses()[0]?.settings.name,
          state: "not_exported",
          reason,
          messages: [],
          sentAtMs: null,
        }],
      },
    },
    { kind: "override_expired", override },
  ]);
  const [first] = mirror.statuses();
  deepEqual([first?.state, first?.reason, first?.sinceMs, first?.negotiated], [
    "Idle",
    "the thread has ended",
    9_000,
    null,
  ]);
  deepEqual([mirror.originations, mirror.overrides], [[], []]);
  equal(mirror.listener.problem, "the thread has ended");
});
