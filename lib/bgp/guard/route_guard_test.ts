import assert from "node:assert/strict";
import { GuardedStage, NO_WISHES } from "../../../tests/support/guarded_speaker.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import type { CallOutcome } from "../../mcp/pipeline.ts";

const LAB = "192.168.99.0/24";

// deno-lint-ignore no-explicit-any
function structured(outcome: CallOutcome): Record<string, any> {
  assert.ok(outcome.ok, outcome.ok ? "" : outcome.error.message);
  return outcome.structured;
}

async function planned(stage: GuardedStage, args: Record<string, unknown> = {}) {
  return structured(await stage.call("bgp_inject_route", { network: LAB, ...args }));
}

async function leases(stage: GuardedStage, args: Record<string, unknown> = {}) {
  return structured(await stage.call("bgp_leases", args));
}

Deno.test("a plan shows what each peer would get: LOCAL_PREF to iBGP only, and said so", async () => {
  const stage = new GuardedStage();
  const plan = await planned(stage, { local_pref: 50, as_path: "65099 65099 65099", med: 7 });
  assert.deepEqual(plan.decoded, {
    network: LAB,
    lifetime_sec: 900,
    communities: [{
      community: "65535:65281",
      meaning: "no-export: do not announce outside of the AS or its confederation (RFC 1997)",
    }],
    rpki: "not_found",
    peers: [
      {
        peer: "rr1",
        verdict: "send",
        reason: null,
        update: {
          origin: "igp",
          as_path: "65099 65099 65099",
          next_hop: "10.255.0.1",
          med: 7,
          local_pref: null,
          otc: null,
        },
      },
      {
        peer: "core",
        verdict: "send",
        reason: null,
        update: {
          origin: "igp",
          as_path: "",
          next_hop: "10.255.0.1",
          med: 7,
          local_pref: 50,
          otc: null,
        },
      },
    ],
    reason: "",
  });
  assert.deepEqual(plan.exact, [{ to: "rr1", octets: ["ff00"] }, { to: "core", octets: ["ff01"] }]);
  assert.deepEqual(plan.warnings, [
    "No ROA covers it: others cannot tell whether it is rightly announced.",
    "local_pref 50 is not sent to eBGP peers: rr1.",
  ]);
});

Deno.test("the blast radius says who originates it, what covers it and what is inside", async () => {
  const stage = new GuardedStage();
  const { rib } = stage.speaker;
  rib.put({ prefix: "192.168.0.0/16", peer: 0, asPath: "65000 64511" });
  rib.put({ prefix: LAB, peer: 1, asPath: "64496 64497" });
  rib.put({ prefix: "192.168.99.128/25", peer: 0, asPath: "65000" });
  rib.put({ prefix: "192.168.98.0/24", peer: 0, asPath: "65000" });
  const plan = await planned(stage);
  assert.deepEqual(plan.blast_radius, {
    same_prefix: [
      { network: LAB, peer: "core", as_path: "64496 64497", origin_asn: 64497, best: true },
    ],
    covering: [{
      network: "192.168.0.0/16",
      peer: "rr1",
      as_path: "65000 64511",
      origin_asn: 64511,
      best: true,
    }],
    more_specific: { count: 1, count_is_exact: true, first: ["192.168.99.128/25"] },
  });
  assert.deepEqual(plan.warnings.slice(0, 2), [
    "192.168.99.0/24 is announced already, by AS 64497 through core: traffic may move.",
    "192.168.99.0/24 is more specific than 192.168.0.0/16 of AS 64511: " +
    "whoever hears it sends us that traffic.",
  ]);
});

Deno.test("a route is announced, listed with who asked and why, and withdrawn", async () => {
  const stage = new GuardedStage();
  const { plan_id, confirm_token } = await planned(stage, { reason: "drill" });
  const done = structured(await stage.call("bgp_inject_route", { plan_id, confirm_token }));
  assert.partialDeepStrictEqual(done, {
    success: true,
    summary: "192.168.99.0/24 is announced to rr1, core until 2025-06-15T15:21:40.000Z.",
    network: LAB,
    state: "announced",
    peers: [
      { peer: "rr1", state: "sent", messages_hex: ["ff00"] },
      { peer: "core", state: "sent", messages_hex: ["ff01"] },
    ],
  });
  const listed = await leases(stage);
  assert.partialDeepStrictEqual(listed, {
    summary: "1 route of ours announced, 0 waiting; 0 LOCAL_PREF overrides.",
    live_count: 1,
    routes_left: 19,
    changes_left: 9,
    leases: [{
      lease_id: plan_id,
      network: LAB,
      state: "announced",
      reason: "drill",
      asked_by: "the client of this process",
    }],
  });
  const [, intent] = stage.audited.filter(({ evidence }) => evidence?.plan_id === plan_id)
    .filter(({ event }) => event !== "plan");
  assert.equal(listed.leases[0].call_id, intent?.call_id);
  const gone = structured(await stage.call("bgp_withdraw_route", { network: LAB }));
  assert.equal(gone.summary, "192.168.99.0/24: withdrawn, 2 peers told.");
  assert.deepEqual(stage.speaker.withdrawn, [plan_id]);
  assert.partialDeepStrictEqual(stage.audited.at(-1), {
    change: true,
    evidence: { lease_id: plan_id, state: "withdrawn", asked_by: "the client of this process" },
  });
  assert.equal((await leases(stage, { live_only: true })).leases.length, 0);
});

Deno.test("with every session down it is pending, says why, and is no success", async () => {
  const stage = new GuardedStage();
  for (const name of ["rr1", "core"]) stage.speaker.down.add(name);
  const outcome = structured(await stage.confirmed("bgp_inject_route", { network: LAB }));
  assert.partialDeepStrictEqual(outcome, {
    success: false,
    summary: "192.168.99.0/24 is pending: rr1: the session is Idle; core: the session is Idle.",
    state: "pending",
  });
});

Deno.test("it goes out when a session comes up, waits when it is lost, and ends when its time is over", async () => {
  const stage = new GuardedStage();
  for (const name of ["rr1", "core"]) stage.speaker.down.add(name);
  await stage.announce(LAB);
  const state = async () => (await leases(stage)).leases[0].state;
  assert.equal(await state(), "pending");
  const [origination] = stage.speaker.originations();
  assert.ok(origination !== undefined);
  stage.speaker.down.delete("rr1");
  const sent = {
    peers: [{ peer: "rr1", state: "sent" as const, reason: null, messages: [], sentAtMs: 1 }],
  };
  stage.speaker.tell({ kind: "sent", id: origination.id, report: sent });
  assert.equal(await state(), "announced");
  stage.speaker.down.add("rr1");
  assert.equal(await state(), "pending");
  stage.speaker.expire(origination.id);
  assert.equal(await state(), "expired");
  // What comes late about an ended lease changes nothing.
  stage.speaker.tell({ kind: "sent", id: origination.id, report: sent });
  stage.speaker.tell({ kind: "sent", id: "no lease of ours", report: sent });
  assert.equal(await state(), "expired");
});

Deno.test("what is heard of one peer leaves what is known of the others", async () => {
  const stage = new GuardedStage();
  stage.speaker.down.add("core");
  await stage.announce(LAB);
  stage.speaker.down.delete("core");
  const [origination] = stage.speaker.originations();
  const sent = { state: "sent" as const, reason: null, messages: [], sentAtMs: 1 };
  stage.speaker.tell({
    kind: "sent",
    id: origination?.id ?? "",
    report: { peers: [{ peer: "core", ...sent }] },
  });
  stage.speaker.down.add("core");
  assert.equal((await leases(stage)).leases[0].state, "announced");
});

Deno.test("two withdrawals of one instant and one that meets the end of its route are both good", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  const both = await Promise.all(
    [1, 2].map(() => stage.call("bgp_withdraw_route", { network: LAB })),
  );
  assert.deepEqual(both.map(({ ok }) => ok), [true, true]);
  await stage.announce("10.20.0.0/16");
  // It expired there, and the word of it is on its way.
  await stage.speaker.withdraw(stage.speaker.originations()[0]?.id ?? "");
  assert.ok((await stage.call("bgp_withdraw_route", { network: "10.20.0.0/16" })).ok);
});

Deno.test("a withdrawal that a slow peer has not taken is no success", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  stage.speaker.withdraw = () =>
    Promise.resolve({
      peers: [{ peer: "rr1", state: "pending", reason: "slow", messages: [], sentAtMs: null }],
    });
  assert.partialDeepStrictEqual(
    structured(await stage.call("bgp_withdraw_route", { network: LAB })),
    {
      success: false,
      summary: "192.168.99.0/24: withdrawn, 0 peers told; rr1 not yet: the withdrawal waits.",
    },
  );
});

Deno.test("a renewal counts from now and keeps the lease and its attributes", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB, { med: 7, lifetime_sec: 60 });
  await stage.clock.pass(50_000);
  const renewed = structured(
    await stage.confirmed("bgp_inject_route", { network: LAB, renew: true, lifetime_sec: 120 }),
  );
  assert.partialDeepStrictEqual(renewed.route_info, {
    med: 7,
    renewals: 1,
    expires_at: "2025-06-15T15:09:30.000Z",
  });
  const [first, second] = stage.speaker.announced;
  assert.equal(first?.id, second?.id);
});

Deno.test("the kill switch takes everything back, also what is on its way", async () => {
  const stage = new GuardedStage();
  await stage.announce("10.20.0.0/16");
  stage.speaker.rib.put({ prefix: "203.0.113.0/24", peer: 0, asPath: "65000" });
  structured(
    await stage.confirmed("bgp_adjust_local_pref", { network: "203.0.113.0/24", local_pref: 9 }),
  );
  const [override] = stage.speaker.overrides();
  const release = Promise.withResolvers<void>();
  stage.speaker.hold = release.promise;
  const { plan_id, confirm_token } = await planned(stage);
  const slow = stage.call("bgp_inject_route", { plan_id, confirm_token });
  while (stage.speaker.announced.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  const all = structured(await stage.call("bgp_withdraw_all", {}));
  assert.equal(all.summary, "2 routes of ours withdrawn, 1 LOCAL_PREF override lifted.");
  release.resolve();
  assert.partialDeepStrictEqual(structured(await slow), { success: false, state: "withdrawn" });
  assert.deepEqual(stage.speaker.originations(), []);
  assert.deepEqual(stage.speaker.overrides(), []);
  assert.deepEqual(stage.audited.at(-2)?.evidence?.plan_ids, [
    stage.speaker.announced[0]?.id,
    plan_id,
    override?.id,
  ]);
});

Deno.test("an announcement that fails is taken back and its lease ended", async () => {
  const stage = new GuardedStage();
  const { plan_id, confirm_token } = await planned(stage);
  stage.speaker.announce = () => Promise.reject(new TypeError("the thread died"));
  const prefix = parsePrefix(LAB).prefix;
  const plan = await stage.guard.planRoute(prefix, NO_WISHES, {
    connection: null,
    signal: new AbortController().signal,
  });
  await assert.rejects(
    stage.guard.announce(
      plan,
      "p1",
      { callId: "c", connection: null, reason: "" },
      new AbortController().signal,
    ),
    /the thread died/,
  );
  assert.deepEqual(stage.speaker.withdrawn, ["p1"]);
  assert.deepEqual(stage.guard.leases().map(({ state }) => state), ["withdrawn"]);
  const outcome = await stage.call("bgp_inject_route", { plan_id, confirm_token });
  assert.equal(outcome.ok ? "ok" : outcome.error.code, "policy.cooldown");
});

Deno.test("a prefix may be announced again once it has rested", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  assert.ok((await stage.call("bgp_withdraw_route", { network: LAB })).ok);
  await stage.clock.pass(30_000);
  await stage.announce(LAB);
  assert.equal(stage.speaker.announced.length, 2);
});

Deno.test("an adjustment shows the decision before, as it would be, and as it came", async () => {
  const stage = new GuardedStage();
  const { rib } = stage.speaker;
  rib.put({ prefix: "203.0.113.0/24", peer: 0, asPath: "65000", nextHop: "10.255.0.2" });
  rib.put({ prefix: "203.0.113.0/24", peer: 1, asPath: "64496 65000", nextHop: "10.255.0.3" });
  const plan = structured(
    await stage.call("bgp_adjust_local_pref", {
      network: "203.0.113.0/24",
      local_pref: 200,
      peer: "core",
      reason: "drain",
    }),
  );
  assert.equal(
    plan.summary,
    "Planned, not done: Use LOCAL_PREF 200 for 203.0.113.0/24 from core for 900 seconds, because " +
      '"drain": best is rr1 now and would be core.',
  );
  assert.deepEqual(
    plan.blast_radius.before.paths.map((
      { peer, local_pref, reason }: { peer: string; local_pref: number; reason: string | null },
    ) => [peer, local_pref, reason]),
    [["rr1", 100, null], ["core", 100, "as-path-longer"]],
  );
  assert.deepEqual(
    plan.blast_radius.after.paths.map((
      { peer, local_pref, reason }: { peer: string; local_pref: number; reason: string | null },
    ) => [peer, local_pref, reason]),
    [["core", 200, null], ["rr1", 100, "local-pref-lower"]],
  );
  const { plan_id, confirm_token } = plan;
  const done = structured(await stage.call("bgp_adjust_local_pref", { plan_id, confirm_token }));
  assert.partialDeepStrictEqual(done, {
    success: true,
    state: "in_force",
    old_local_pref: 100,
    new_local_pref: 200,
    expires_at: "2025-06-15T15:21:40.000Z",
  });
  assert.partialDeepStrictEqual(await leases(stage), {
    overrides: [{ network: "203.0.113.0/24", peer: "core", local_pref: 200 }],
  });
  const lifted = structured(await stage.call("bgp_withdraw_route", { network: "203.0.113.0/24" }));
  assert.partialDeepStrictEqual(lifted, {
    summary: "203.0.113.0/24: 1 LOCAL_PREF override lifted.",
    route_info: null,
    overrides_lifted: 1,
  });
  assert.deepEqual(stage.speaker.overrides(), []);
});
