import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { AuditEntry } from "../audit/record.ts";
import type { SpeakerEvent } from "../bgp/bgp_service.ts";
import { parsePrefix } from "../ip/prefix.ts";
import { recordSpeaker } from "./record_speaker.ts";

function stage(): {
  readonly entries: AuditEntry[];
  tell(event: SpeakerEvent): void;
  clock: { nowMs: number };
} {
  const entries: AuditEntry[] = [];
  const clock = { nowMs: 0 };
  let tell: (event: SpeakerEvent) => void = () => {};
  const speaker = {
    onEvent: (listener: (event: SpeakerEvent) => void) => {
      tell = listener;
      return () => {};
    },
  };
  recordSpeaker(
    speaker,
    {
      append: (entry) => {
        entries.push(entry);
        return Promise.resolve();
      },
    },
    { monotonicMs: () => clock.nowMs },
    (bug) => {
      throw bug;
    },
  );
  return { entries, tell: (event) => tell(event), clock };
}

Deno.test("an incident is written with its NOTIFICATION as hexadecimal digits", () => {
  const { entries, tell } = stage();
  tell({
    kind: "incident",
    peer: "rr1",
    incident: {
      atMs: 1,
      kind: "notification_received",
      direction: "active",
      state: "OpenConfirm",
      code: 2,
      subcode: 2,
      data: Uint8Array.of(0xfd, 0xe8),
      detail: "The peer refused our AS",
    },
  });
  deepStrictEqual(entries, [{
    event: "event",
    call_id: "speaker",
    tool: null,
    args: null,
    decisions: [],
    outcome: null,
    duration_ms: null,
    change: false,
    evidence: {
      kind: "incident",
      peer: "rr1",
      incident: "notification_received",
      direction: "active",
      state: "OpenConfirm",
      code: 2,
      subcode: 2,
      data_hex: "fde8",
      detail: "The peer refused our AS",
    },
  }]);
});

Deno.test("a malformed UPDATE is written whole, with its fault and its prefixes (RFC 7606 section 6)", () => {
  const { entries, tell } = stage();
  tell({
    kind: "malformed",
    peer: "rr1",
    malformed: {
      atMs: 1,
      finding: {
        name: "med-length",
        action: "withdraw",
        subcode: 0,
        source: "RFC 7606 §7.4",
        meaning: "MULTI_EXIT_DISC has not four octets",
      },
      attribute: 4,
      count: 3,
      announcedCount: 1,
      announced: ["203.0.113.0/24"],
      message: Uint8Array.of(0xff, 0x02),
    },
  });
  deepStrictEqual([entries[0]?.change, entries[0]?.evidence], [false, {
    kind: "malformed",
    peer: "rr1",
    finding: "med-length",
    action: "withdraw",
    source: "RFC 7606 §7.4",
    attribute_type: 4,
    update_count: 3,
    announced_count: 1,
    announced: ["203.0.113.0/24"],
    message_hex: "ff02",
  }]);
});

Deno.test("a route that expired is a change, with the octets that took it back", () => {
  const { entries, tell } = stage();
  const report = {
    peers: [{
      peer: "rr1",
      state: "sent" as const,
      reason: null,
      messages: [Uint8Array.of(255, 0)],
      sentAtMs: 5,
    }],
  };
  tell({ kind: "expired", id: "lease-1", report });
  tell({ kind: "withdrawn", id: "lease-1", report });
  const { prefix } = parsePrefix("192.0.2.0/24");
  const override = { id: "plan-2", prefix, peer: null, localPref: 50, expiresAtMs: 9 };
  tell({ kind: "override_expired", override });
  deepStrictEqual(entries.map(({ change, evidence }) => ({ change, evidence })), [
    {
      change: true,
      evidence: {
        kind: "expired",
        lease_id: "lease-1",
        peers: [{ peer: "rr1", state: "sent", reason: null, messages_hex: ["ff00"] }],
      },
    },
    {
      change: true,
      evidence: {
        kind: "withdrawn",
        lease_id: "lease-1",
        peers: [{ peer: "rr1", state: "sent", reason: null, messages_hex: ["ff00"] }],
      },
    },
    {
      change: true,
      evidence: {
        kind: "override_expired",
        plan_id: "plan-2",
        prefix: "192.0.2.0/24",
        peer_index: null,
        local_pref: 50,
      },
    },
  ]);
});

Deno.test("routes that went out again are found by the plan of each, within the bound of sessions", () => {
  const { entries, tell } = stage();
  const peers = [{
    peer: "rr1",
    state: "sent" as const,
    reason: null,
    messages: [Uint8Array.of(255, 0)],
    sentAtMs: 5,
  }];
  for (let at = 0; at < 200; at++) tell({ kind: "resent", ids: ["p1", "p2"], report: { peers } });
  strictEqual(entries.length, 120);
  deepStrictEqual(entries[0]?.evidence, {
    kind: "resent",
    plan_ids: ["p1", "p2"],
    peers: [{ peer: "rr1", state: "sent", reason: null, messages_hex: ["ff00"] }],
  });
});

Deno.test("a stranger who makes sessions fail all day fills the record by 120 lines a minute, changes come through", () => {
  const { entries, tell, clock } = stage();
  const flap: SpeakerEvent = { kind: "state", peer: "rr1", state: "Idle", reason: "refused" };
  for (let at = 0; at < 1000; at++) tell(flap);
  strictEqual(entries.length, 120);
  tell({ kind: "expired", id: "lease-1", report: { peers: [] } });
  strictEqual(entries.length, 121);
  clock.nowMs = 60_000;
  tell(flap);
  deepStrictEqual(entries.slice(121).map(({ evidence }) => evidence), [
    { kind: "left_out", session_events: 880 },
    { kind: "state", peer: "rr1", state: "Idle", reason: "refused" },
  ]);
});
