import { deepEqual, equal, rejects } from "node:assert/strict";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import {
  origination,
  peerSettings,
  speakerSettings,
} from "../../../tests/support/speaker_settings.ts";
import type { SpeakerEvent } from "../bgp_service.ts";
import type { RibReader } from "../rib/rib_reader.ts";
import { PeerMirror } from "./peer_mirror.ts";
import { PeerNumbers } from "./peer_numbers.ts";
import { SpeakerFront } from "./speaker_front.ts";
import { SpeakerLine } from "./speaker_line.ts";
import type { FromThread } from "./speaker_messages.ts";

/** A front whose thread has started and answers nothing by itself. */
function frontOfThread() {
  const settings = speakerSettings({ peers: [peerSettings()] });
  const clock = new ManualClock();
  const numbers = new PeerNumbers(PeerNumbers.memoryOf(1));
  const rib = { peerPaths: () => [0, 0] } as unknown as RibReader;
  const mirror = new PeerMirror(settings, numbers, rib, 0);
  const thread = { say: (_message: FromThread) => {}, orders: [] as unknown[], hasEnded: false };
  const line = new SpeakerLine((take) => {
    thread.say = take;
    return {
      post: (message) => thread.orders.push(message),
      end: () => thread.hasEnded = true,
    };
  }, {
    onReport: (report) => front.take(report),
    onBug: (error) => {
      throw error;
    },
    onDeath: () => front.lose("the thread of the sessions has ended"),
  });
  const changes = { firstSeq: 0, nextSeq: 0, read: () => [], find: () => [] };
  const front = new SpeakerFront({ settings, clock, rib, changes, mirror, line });
  const events: SpeakerEvent[] = [];
  front.onEvent((event) => events.push(event));
  const route = origination("192.0.2.0/24", 0);
  thread.say({ kind: "report", report: { kind: "originations", all: [route] } });
  return { front, thread, clock, events, route };
}

Deno.test("a thread that hangs is ended by the kill switch, and its routes are told as gone", async () => {
  const { front, thread, clock, events, route } = frontOfThread();
  const withdrawing = front.withdrawAll();
  const refused = rejects(front.withdraw(route.id), { code: "env.bgp_thread" });
  await clock.pass(4_999);
  equal(thread.hasEnded, false);
  await clock.pass(1);
  deepEqual(await withdrawing, new Map());
  equal(thread.hasEnded, true);
  deepEqual(events.map((event) => event.kind === "withdrawn" && event.id), [route.id]);
  deepEqual(front.originations(), []);
  await refused;
});

Deno.test("a thread that takes everything back in time lives on", async () => {
  const { front, thread, clock } = frontOfThread();
  const withdrawing = front.withdrawAll();
  const [order] = thread.orders as { id: number }[];
  const reply = new Map([["r1", { peers: [] }]]);
  thread.say({ kind: "done", id: order?.id ?? -1, reply });
  deepEqual(await withdrawing, reply);
  await clock.pass(10_000);
  equal(thread.hasEnded, false);
  equal(clock.sleeping, 0);
});
