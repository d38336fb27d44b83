/** The tools about peers, through the pipeline, in front of a speaker on loopback. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { hexText } from "../../lib/bytes/hex.ts";
import type { BgpSpeaker } from "../../lib/bgp/bgp_service.ts";
import { createRouteGuard } from "../../lib/bgp/guard/create_route_guard.ts";
import { encodeMessage, MESSAGE } from "../../lib/bgp/codec/message_header.ts";
import type { PeerSettings } from "../../lib/bgp/settings.ts";
import { defaultConfig } from "../../lib/config/load.ts";
import { systemClock } from "../../lib/io/clock.ts";
import type { CallOutcome } from "../../lib/mcp/pipeline.ts";
import { UPDATE_CASES } from "../../tests/support/malformed_updates.ts";
import { plainPipeline } from "../../tests/support/plain_pipeline.ts";
import { dialSpeaker } from "../../tests/support/scripted_bgp.ts";
import { pairSettings, serviceOf, untilPeer } from "../../tests/support/speaker_pair.ts";
import { bgpGetPeers } from "./bgp_get_peers.ts";
import { bgpPeerControl } from "./bgp_peer_control.ts";
import { bgpRefresh } from "./bgp_refresh.ts";
import { bgpSessionDoctor } from "./bgp_session_doctor.ts";
import { protocolSummary } from "./protocol_summary.ts";

type Call = (name: string, args?: Record<string, unknown>) => Promise<CallOutcome>;

/** Runs `act` with the tools of one of two speakers, both of which end with it. */
async function withSpeakers(
  act: (call: Call, us: BgpSpeaker, them: BgpSpeaker) => Promise<void>,
  ofThem: Partial<PeerSettings> = {},
): Promise<void> {
  const settings = pairSettings(ofThem);
  const services = [serviceOf(settings.us), serviceOf(settings.them)] as const;
  try {
    const us = await services[0].open(), them = await services[1].open();
    const defaults = defaultConfig();
    const originate = { ...defaults.bgp.originate, enabled: true, lab: true };
    const config = { ...defaults, bgp: { ...defaults.bgp, originate } };
    const guard = createRouteGuard({
      config,
      speaker: us,
      clock: systemClock,
      roaPayloads: null,
      protectedAddresses: () => Promise.resolve([]),
    });
    const { pipeline } = plainPipeline({
      tools: [bgpGetPeers, bgpPeerControl, bgpRefresh, bgpSessionDoctor, protocolSummary],
      clock: systemClock,
      config,
      bgp: () => Promise.resolve(us),
      routeGuard: () => Promise.resolve(guard),
    });
    const { signal } = new AbortController();
    await act((name, args = {}) => pipeline.call({ name, args, signal }), us, them);
  } finally {
    await Promise.all(services.map((service) => service.stop("the test is over")));
  }
}

function structured(outcome: CallOutcome): Record<string, unknown> {
  ok(outcome.ok, outcome.ok ? "" : outcome.error.message);
  return outcome.structured;
}

async function confirmed(
  call: Call,
  name: string,
  args: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { plan_id, confirm_token } = structured(await call(name, args));
  return structured(await call(name, { plan_id, confirm_token }));
}

/** The first row of an array of an answer. */
function firstOf(rows: unknown): Record<string, unknown> {
  ok(Array.isArray(rows));
  return rows[0];
}

Deno.test("bgp_get_peers shows the session, and both sides' capabilities when asked for one", async () => {
  await withSpeakers(async (call, us) => {
    await untilPeer(us, ({ state, endOfRib }) => state === "Established" && endOfRib[1]);
    const brief = structured(await call("bgp_get_peers"));
    equal(brief["summary"], "peer0 (AS65002) is Established, 0 prefixes received.");
    const row = firstOf(brief["peers"]);
    deepEqual(
      [row["peer"], row["peer_as"], row["local_addr"], row["is_ibgp"], row["prefixes_sent"]],
      ["127.0.0.2", 65_002, "127.0.0.1", false, 0],
    );
    deepEqual(row["end_of_rib_received"], { ipv4: true, ipv6: true });
    equal(row["negotiated"], undefined);
    const full = firstOf(structured(await call("bgp_get_peers", { peer: "127.0.0.2" }))["peers"]);
    const negotiated = full["negotiated"] as Record<string, unknown>;
    equal(negotiated["router_id"], "10.0.0.2");
    ok((negotiated["capabilities_received"] as unknown[]).length > 3);
  });
});

Deno.test("a mistyped peer is corrected", async () => {
  await withSpeakers(async (call) => {
    const outcome = await call("bgp_get_peers", { peer: "peer1" });
    ok(!outcome.ok);
    deepEqual([outcome.error.code, outcome.error.hint], ["input.peer", 'Did you mean "peer0"?']);
  });
});

Deno.test("protocol_summary has the keys of the peer's tool, and the lab mode", async () => {
  await withSpeakers(async (call, us) => {
    await untilPeer(us, ({ state }) => state === "Established");
    const answer = structured(await call("protocol_summary"));
    deepEqual(
      [answer["router_id"], answer["local_as"], answer["lab_mode"]],
      ["10.0.0.1", 65_001, true],
    );
    const counts = answer["bgp"] as Record<string, unknown>;
    deepEqual([counts["peers"], counts["established"], counts["listening_on"]], [1, 1, null]);
  });
});

Deno.test("bgp_session_doctor names the AS that the peer says and the configured one", async () => {
  await withSpeakers(async (call, us) => {
    await untilPeer(us, ({ incidents }) => incidents.length > 0);
    const answer = structured(await call("bgp_session_doctor"));
    equal(answer["summary"], "peer0: The peer says its AS is 65002, you configured 65003.");
    const row = firstOf(answer["diagnoses"]);
    equal(row["verdict"], "wrong_peer_as");
    const evidence = firstOf(row["evidence"]);
    const told = evidence["notification"] as Record<string, unknown>;
    deepEqual([told["code"], told["subcode"], told["name"]], [
      2,
      2,
      "OPEN Message Error / Bad Peer AS",
    ]);
  }, { remoteAs: 65_003 });
});

Deno.test("bgp_session_doctor tells a refused connection", async () => {
  await withSpeakers(async (call, us) => {
    await untilPeer(us, ({ incidents }) => incidents.length > 0);
    const row = firstOf(structured(await call("bgp_session_doctor"))["diagnoses"]);
    equal(row["verdict"], "refused");
  }, { address: "127.0.0.77" });
});

Deno.test("bgp_session_doctor shows the malformed UPDATEs of a peer, also of one that is up", async () => {
  const { them: settings } = pairSettings();
  const service = serviceOf(settings);
  try {
    const speaker = await service.open();
    const { address = "", port = 0 } = settings.listen ?? {};
    const peer = await dialSpeaker({ address, port }, "127.0.0.1", { asn: 65_001 });
    await peer.establish();
    const [, body] = UPDATE_CASES.find(([name]) => name === "MED of three octets") ?? [];
    ok(body !== undefined);
    const message = encodeMessage(MESSAGE.update, body);
    await peer.send(message);
    await untilPeer(speaker, ({ malformed }) => malformed.length > 0);
    const { pipeline } = plainPipeline({
      tools: [bgpSessionDoctor],
      clock: systemClock,
      config: defaultConfig(),
      bgp: () => Promise.resolve(speaker),
    });
    const { signal } = new AbortController();
    const answer = structured(
      await pipeline.call({ name: "bgp_session_doctor", args: {}, signal }),
    );
    match(
      String(answer["summary"]),
      / It sent malformed UPDATEs, the last one: MULTI_EXIT_DISC has not four octets \(RFC 7606 §7\.4\)\.$/,
    );
    const { time, ...row } = firstOf(firstOf(answer["diagnoses"])["malformed_updates"]);
    match(String(time), /^\d{4}-/);
    deepEqual(row, {
      fault: "med-length",
      meaning: "MULTI_EXIT_DISC has not four octets",
      source: "RFC 7606 §7.4",
      done: "routes_withdrawn",
      attribute: "MULTI_EXIT_DISC",
      update_count: 1,
      announced_count: 1,
      announced: ["203.0.113.0/24"],
      message_bytes: message.length,
      message_hex: message.toHex(),
    });
  } finally {
    await service.stop("the test is over");
  }
});

Deno.test("bgp_refresh plans the octets, then sends them", async () => {
  await withSpeakers(async (call, us, them) => {
    await untilPeer(us, ({ state }) => state === "Established");
    const { exact } = structured(
      await call("bgp_refresh", { peer: "peer0", family: "ipv4-unicast" }),
    );
    deepEqual(firstOf(exact)["octets"], ["ffffffffffffffffffffffffffffffff00170500010001"]);
    const before = them.peers()[0]?.counters.messagesIn ?? 0;
    const done = await confirmed(call, "bgp_refresh", { peer: "peer0" });
    deepEqual(done["families"], ["ipv4-unicast", "ipv6-unicast"]);
    await untilPeer(them, ({ counters }) => counters.messagesIn >= before + 2);
  });
});

Deno.test("bgp_peer_control ends a session with a text that the other side sees, and starts it again", async () => {
  await withSpeakers(async (call, us, them) => {
    await untilPeer(us, ({ state }) => state === "Established");
    const order = { peer: "peer0", action: "disable", shutdown_text: "back at noon" };
    const plan = await call("bgp_peer_control", order);
    ok(plan.ok);
    const [step] = plan.structured["exact"] as { octets: string[] }[];
    const done = await confirmed(call, "bgp_peer_control", order);
    deepEqual([done["success"], done["is_disabled"]], [true, true]);
    const told = await untilPeer(them, ({ incidents }) => incidents.length > 0);
    const { code, subcode, data } = told.incidents.at(-1) ?? {};
    ok(new TextDecoder().decode(data ?? undefined).endsWith("back at noon"));
    // A hard reset (RFC 8538), which the plan has said: header, code, subcode and data.
    deepEqual([code, subcode], [6, 9]);
    equal(step?.octets[0]?.slice(38), `0609${hexText(data ?? new Uint8Array())}`);
    const refused = await call("bgp_refresh", { peer: "peer0" });
    ok(!refused.ok);
    equal(refused.error.code, "remote.bgp_refresh");
    await confirmed(call, "bgp_peer_control", { peer: "peer0", action: "enable" });
    await untilPeer(us, ({ state }) => state === "Established");
    const again = await confirmed(call, "bgp_peer_control", { peer: "peer0", action: "soft_out" });
    equal(again["success"], true);
  });
});
