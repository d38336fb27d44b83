import { deepEqual, equal, ok } from "node:assert/strict";
import { peerSettings } from "../../../tests/support/speaker_settings.ts";
import type { ListenerStatus, PeerStatus } from "../bgp_service.ts";
import type { SessionIncident } from "../session/session.ts";
import type { PeerSettings } from "../settings.ts";
import { diagnose, type Diagnosis, type Verdict } from "./diagnose.ts";

const LISTENER: ListenerStatus = {
  address: "127.0.0.1",
  port: 1_790,
  problem: null,
  strangers: 0,
  recent: [],
};

function incident(
  kind: SessionIncident["kind"],
  parts: Partial<SessionIncident> = {},
): SessionIncident {
  return {
    atMs: 0,
    kind,
    direction: "active",
    state: "Connect",
    code: null,
    subcode: null,
    data: null,
    detail: "as it was told",
    ...parts,
  };
}

function notification(
  kind: "notification_sent" | "notification_received",
  code: number,
  subcode: number,
  data: readonly number[] = [],
): SessionIncident {
  return incident(kind, { state: "OpenSent", code, subcode, data: Uint8Array.from(data) });
}

function judged(
  incidents: readonly SessionIncident[],
  parts: Partial<Omit<PeerStatus, "settings">> & { readonly settings?: Partial<PeerSettings> } = {},
  listener: ListenerStatus = LISTENER,
): Diagnosis {
  const { settings, ...rest } = parts;
  const peer: PeerStatus = {
    state: "Active",
    reason: "waiting",
    sinceMs: 0,
    negotiated: null,
    counters: {} as PeerStatus["counters"],
    received: [0, 0],
    sent: [0, 0],
    endOfRib: [false, false],
    incidents,
    malformed: [],
    isDisabled: false,
    ...rest,
    settings: peerSettings(settings),
  };
  return diagnose({ peer, listener, localAs: 65_001, nowMs: 1_000 });
}

const BY_INCIDENT: readonly (readonly [string, SessionIncident, Verdict])[] = [
  ["a refused connection", incident("refused"), "refused"],
  ["a connection without an answer", incident("timeout"), "no_answer"],
  ["no route", incident("unreachable"), "unreachable"],
  ["a reset before OPEN", incident("reset", { state: "OpenSent" }), "closed_early"],
  ["a close before OPEN", incident("closed", { state: "OpenSent" }), "closed_early"],
  ["a close of a session", incident("closed", { state: "Established" }), "closed"],
  ["an address that is not ours", incident("local"), "local_problem"],
  ["a flag that is missing", incident("permission"), "permission_missing"],
  ["a connection from elsewhere", incident("unexpected_peer"), "wrong_address"],
  ["silence", incident("hold_expired", { code: 4, subcode: 0 }), "hold_expired"],
  [
    "silence behind OPEN",
    incident("hold_expired", { state: "OpenConfirm", code: 4, subcode: 0 }),
    "not_heard",
  ],
  [
    "silence behind OPEN as the peer saw it",
    { ...notification("notification_received", 4, 0), state: "OpenConfirm" },
    "not_heard",
  ],
  ["silence as the peer saw it", notification("notification_received", 4, 0), "hold_expired"],
  ["another AS there", notification("notification_sent", 2, 2, [0xfd, 0xea]), "wrong_peer_as"],
  ["our AS not taken", notification("notification_received", 2, 2), "our_as_refused"],
  ["roles that do not fit", notification("notification_received", 2, 11), "role_mismatch"],
  ["a hold time not taken", notification("notification_received", 2, 6), "open_rejected"],
  ["a shutdown", notification("notification_received", 6, 2), "ceased_by_peer"],
  ["our Cease", notification("notification_sent", 6, 8), "ceased_by_us"],
  ["a malformed UPDATE", notification("notification_sent", 3, 1), "protocol_error"],
  [
    "a hard reset for what it stands for",
    notification("notification_received", 6, 9, [2, 2]),
    "our_as_refused",
  ],
  [
    "a hard reset that holds nothing",
    notification("notification_received", 6, 9),
    "ceased_by_peer",
  ],
];

for (const [what, seen, verdict] of BY_INCIDENT) {
  Deno.test(`the doctor tells ${what}`, () => {
    const { verdict: told, explanation } = judged([seen]);
    equal(told, verdict);
    ok(explanation.length > 0 && !explanation.endsWith("."));
  });
}

Deno.test("the doctor names both AS numbers", () => {
  const { explanation } = judged([
    notification("notification_sent", 2, 2, [0, 3, 0xfd, 0xea]),
  ]);
  equal(explanation, "The peer says its AS is 261610, you configured 65002");
});

Deno.test("no answer hints at MD5, at GTSM and at filters", () => {
  const { nextSteps } = judged([incident("timeout")]);
  deepEqual(nextSteps.map((step) => /TCP-MD5|GTSM|access lists/.exec(step)?.[0]), [
    "TCP-MD5",
    "GTSM",
    "access lists",
  ]);
});

Deno.test("who was not heard is closed early by a peer that still waits, and the reason stays", () => {
  const unheard = incident("hold_expired", { state: "OpenConfirm", code: 4, subcode: 0 });
  const { verdict, nextSteps } = judged([unheard, incident("closed", { state: "OpenSent" })]);
  equal(verdict, "not_heard");
  ok(nextSteps[0]?.includes("ip route replace 127.0.0.2 … hoplimit 255"));
});

Deno.test("a lost collision is not the reason", () => {
  equal(
    judged([incident("refused"), notification("notification_received", 6, 7)]).verdict,
    "refused",
  );
});

Deno.test("without any incident it is about who was to dial", () => {
  equal(judged([], { settings: { connect: "active" } }).verdict, "starting");
  equal(judged([], { settings: { connect: "active" }, state: "Idle" }).verdict, "never_dialled");
  equal(judged([], { settings: { connect: "passive" } }).verdict, "never_connected");
  equal(
    judged([], { settings: { connect: "passive" }, state: "OpenConfirm" }).verdict,
    "starting",
  );
  const { verdict, nextSteps } = judged([], { settings: { connect: "passive" } }, {
    ...LISTENER,
    strangers: 2,
    recent: [{ atMs: 0, address: "127.0.0.9" }],
  });
  equal(verdict, "never_connected");
  ok(nextSteps[0]?.includes("127.0.0.9"));
  equal(
    judged([], {}, { ...LISTENER, problem: 'Cannot listen on "127.0.0.1:179"' }).verdict,
    "no_listener",
  );
});

Deno.test("a peer beyond its limit is told from one that was disabled by hand", () => {
  const settings = { maxPrefixes: 10, maxPrefixesAction: "idle" } as const;
  const isDisabled = true;
  equal(
    judged([notification("notification_sent", 6, 1)], { settings, isDisabled }).verdict,
    "over_prefix_limit",
  );
  equal(judged([incident("refused")], { settings, isDisabled }).verdict, "disabled");
});

Deno.test("a session that is up is well, unless it keeps ending", () => {
  const end = incident("closed", { state: "Established", atMs: 900 });
  equal(judged([end], { state: "Established" }).verdict, "established");
  equal(judged([end, end, end], { state: "Established" }).verdict, "unstable");
});
