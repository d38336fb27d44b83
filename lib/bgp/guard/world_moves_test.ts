/** What moves between a plan and its apply, or while an order is on its way. */
import assert from "node:assert/strict";
import { GuardedStage } from "../../../tests/support/guarded_speaker.ts";
import { Unavailable } from "../../errors/mod.ts";
import type { CallOutcome } from "../../mcp/pipeline.ts";

const LAB = "192.168.99.0/24";
const LEARNED = "203.0.113.0/24";

interface Token {
  readonly plan_id: string;
  readonly confirm_token: string;
}

async function planned(
  stage: GuardedStage,
  args: Record<string, unknown>,
  name = "bgp_inject_route",
): Promise<Token> {
  const outcome = await stage.call(name, args);
  assert.ok(outcome.ok, outcome.ok ? "" : outcome.error.message);
  const { plan_id, confirm_token } = outcome.structured;
  return { plan_id: String(plan_id), confirm_token: String(confirm_token) };
}

function codeOf(outcome: CallOutcome): string {
  return outcome.ok ? "ok" : outcome.error.code;
}

/** Lets what waits for the event loop only run until `isDone`. */
async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("a call that is cancelled while its apply still asks announces nothing", async () => {
  const stage = new GuardedStage();
  const token = await planned(stage, { network: LAB });
  const asked = Promise.withResolvers<void>();
  stage.protect = async () => (await asked.promise, []);
  const cancel = new AbortController();
  const outcome = stage.call("bgp_inject_route", token, { signal: cancel.signal });
  await until(() => stage.protectAsked > 1);
  cancel.abort();
  asked.resolve();
  assert.equal(codeOf(await outcome), "env.cancelled");
  assert.deepEqual(stage.speaker.announced, []);
});

Deno.test("a renewal that is cancelled while it still asks renews nothing", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  const token = await planned(stage, { network: LAB, renew: true, lifetime_sec: 3_600 });
  const asked = Promise.withResolvers<void>();
  const before = stage.protectAsked;
  stage.protect = async () => (await asked.promise, []);
  const cancel = new AbortController();
  const outcome = stage.call("bgp_inject_route", token, { signal: cancel.signal });
  await until(() => stage.protectAsked > before);
  cancel.abort();
  asked.resolve();
  assert.equal(codeOf(await outcome), "env.cancelled");
  assert.equal(stage.speaker.announced.length, 1);
});

Deno.test("octets that are no longer those of the plan are not sent", async () => {
  const stage = new GuardedStage();
  const token = await planned(stage, { network: LAB });
  stage.speaker.octet = 0xfe;
  assert.equal(codeOf(await stage.call("bgp_inject_route", token)), "policy.plan_changed");
  assert.deepEqual(stage.speaker.announced, []);
});

Deno.test("a session that came up meanwhile is no change: the octets are the same", async () => {
  const stage = new GuardedStage();
  stage.speaker.down.add("rr1");
  const token = await planned(stage, { network: LAB });
  stage.speaker.down.delete("rr1");
  assert.equal(codeOf(await stage.call("bgp_inject_route", token)), "ok");
});

Deno.test("a next hop that was ours when it was planned must be ours still", async () => {
  const stage = new GuardedStage();
  stage.speaker.sessionAddress = "10.255.0.77";
  const token = await planned(stage, { network: LAB, next_hop: "10.255.0.77" });
  stage.speaker.sessionAddress = null;
  assert.equal(codeOf(await stage.call("bgp_inject_route", token)), "policy.next_hop");
});

Deno.test("an address that is protected since the plan stops it", async () => {
  const stage = new GuardedStage();
  const token = await planned(stage, { network: "10.20.7.0/24" });
  stage.protect = () => Promise.resolve([{ address: "10.20.7.9", what: "the end of gre-lab" }]);
  assert.equal(codeOf(await stage.call("bgp_inject_route", token)), "policy.own_address");
});

Deno.test("a route whose origin has become RPKI invalid is not renewed", async () => {
  const stage = new GuardedStage();
  await stage.announce("10.20.0.0/16");
  const token = await planned(stage, { network: "10.20.0.0/16", renew: true });
  stage.holdRoa("10.20.0.0/16");
  assert.equal(codeOf(await stage.call("bgp_inject_route", token)), "policy.rpki_invalid");
  const again = await stage.call("bgp_inject_route", { network: "10.20.0.0/16", renew: true });
  assert.equal(codeOf(again), "policy.rpki_invalid");
  assert.equal(stage.speaker.announced.length, 1);
});

Deno.test("a feed of ROAs that fails stops what is new, and a renewal only warns", async () => {
  const stage = new GuardedStage();
  const token = await planned(stage, { network: "10.20.0.0/16" });
  await stage.announce(LAB);
  stage.roasFail = new Unavailable("rtr", "The cache does not answer");
  assert.equal(codeOf(await stage.call("bgp_inject_route", token)), "policy.rpki_unreadable");
  const renewal = await stage.call("bgp_inject_route", { network: LAB, renew: true });
  assert.ok(renewal.ok);
  assert.deepEqual(renewal.structured.warnings, [
    "RPKI was not asked: The cache does not answer.",
  ]);
  assert.deepEqual(renewal.structured.exact, [
    { to: "rr1", octets: ["ff00"] },
    { to: "core", octets: ["ff01"] },
  ]);
  const { plan_id, confirm_token } = renewal.structured;
  assert.equal(codeOf(await stage.call("bgp_inject_route", { plan_id, confirm_token })), "ok");
});

Deno.test("a renewal that meets the end of its route leaves nothing behind", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  const token = await planned(stage, { network: LAB, renew: true });
  const release = Promise.withResolvers<void>();
  stage.speaker.hold = release.promise;
  const renewing = stage.call("bgp_inject_route", token);
  await until(() => stage.speaker.announced.length === 2);
  // The word of the end was on its way when the renewal set out, and the order came behind it.
  const [{ id = "" } = {}] = stage.speaker.announced;
  stage.speaker.tellLate({ kind: "expired", id, report: { peers: [] } });
  release.resolve();
  assert.partialDeepStrictEqual((await renewing as { structured?: unknown }).structured, {
    success: false,
    state: "expired",
  });
  assert.deepEqual(stage.speaker.originations(), []);
});

Deno.test("the end of a route that lives again by its renewal is no end of its lease", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  await stage.confirmed("bgp_inject_route", { network: LAB, renew: true });
  const [{ id = "" } = {}] = stage.speaker.announced;
  stage.speaker.tell({ kind: "expired", id, report: { peers: [] } });
  assert.equal(stage.guard.leases()[0]?.state, "announced");
  assert.equal(codeOf(await stage.call("bgp_withdraw_route", { network: LAB })), "ok");
  assert.deepEqual(stage.speaker.originations(), []);
});

Deno.test("an override that is set as its forerunner ends is lifted with all others", async () => {
  const stage = new GuardedStage();
  stage.speaker.rib.put({ prefix: LEARNED, peer: 0, asPath: "65000" });
  const args = { network: LEARNED, local_pref: 9 };
  assert.equal(codeOf(await stage.confirmed("bgp_adjust_local_pref", args)), "ok");
  const set = stage.speaker.overrideLocalPref.bind(stage.speaker);
  stage.speaker.overrideLocalPref = async (override) => {
    await set(override);
    stage.speaker.tell({ kind: "override_expired", override: { ...override, id: "before" } });
  };
  assert.equal(codeOf(await stage.confirmed("bgp_adjust_local_pref", args)), "ok");
  stage.speaker.overrideLocalPref = set;
  assert.ok((await stage.call("bgp_withdraw_all", {})).ok);
  assert.deepEqual(stage.speaker.overrides(), []);
});

Deno.test("an override that could not be set takes no room", async () => {
  const stage = new GuardedStage({ originate: { max_routes: 1 } });
  for (const prefix of [LEARNED, "198.51.100.0/24"]) {
    stage.speaker.rib.put({ prefix, peer: 0, asPath: "65000" });
  }
  const set = stage.speaker.overrideLocalPref.bind(stage.speaker);
  stage.speaker.overrideLocalPref = () => Promise.reject(new Unavailable("bgp_thread", "gone"));
  const args = { network: LEARNED, local_pref: 9 };
  assert.equal(codeOf(await stage.confirmed("bgp_adjust_local_pref", args)), "env.bgp_thread");
  stage.speaker.overrideLocalPref = set;
  const other = { network: "198.51.100.0/24", local_pref: 9 };
  assert.equal(codeOf(await stage.confirmed("bgp_adjust_local_pref", other)), "ok");
});

Deno.test("a route is withdrawn even where its override cannot be lifted", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  stage.speaker.rib.put({ prefix: LAB, peer: 0, asPath: "65000" });
  assert.ok((await stage.confirmed("bgp_adjust_local_pref", { network: LAB, local_pref: 9 })).ok);
  stage.speaker.liftLocalPref = () => Promise.reject(new Unavailable("shutdown", "stopping"));
  await stage.call("bgp_withdraw_route", { network: LAB });
  assert.deepEqual(stage.speaker.originations(), []);
});

Deno.test("what the speaker withdrew by itself is a lease that ended, and says why", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  const [{ id = "" } = {}] = stage.speaker.originations();
  const reason = "the thread of the sessions has ended";
  const gone = {
    peer: "rr1",
    state: "not_exported",
    reason,
    messages: [],
    sentAtMs: null,
  } as const;
  stage.speaker.tell({ kind: "withdrawn", id, report: { peers: [gone] } });
  const listed = await stage.call("bgp_leases", {});
  assert.ok(listed.ok);
  assert.partialDeepStrictEqual(listed.structured, {
    live_count: 0,
    leases: [{ state: "withdrawn", note: reason }],
  });
});

Deno.test("what went with its thread counts as taken back", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  stage.speaker.rib.put({ prefix: LAB, peer: 0, asPath: "65000" });
  assert.ok((await stage.confirmed("bgp_adjust_local_pref", { network: LAB, local_pref: 9 })).ok);
  const gone = () => Promise.reject(new Unavailable("bgp_thread", "gone"));
  [stage.speaker.withdraw, stage.speaker.liftLocalPref] = [gone, gone];
  const outcome = await stage.call("bgp_withdraw_route", { network: LAB });
  assert.ok(outcome.ok);
  assert.partialDeepStrictEqual(outcome.structured, { state: "withdrawn", overrides_lifted: 1 });
  assert.deepEqual(stage.guard.leases().map(({ state }) => state), ["withdrawn"]);
});

Deno.test("another speaker in the place of one that died: leases ended, pace and rest kept", async () => {
  const stage = new GuardedStage();
  await stage.announce(LAB);
  const token = await planned(stage, { network: "10.20.0.0/16" });
  stage.replaceSpeaker();
  const listed = await stage.call("bgp_leases", {});
  assert.ok(listed.ok);
  assert.partialDeepStrictEqual(listed.structured, {
    live_count: 0,
    changes_left: 9,
    leases: [{ network: LAB, state: "withdrawn", note: "the speaker that announced it has ended" }],
  });
  assert.equal(codeOf(await stage.call("bgp_inject_route", token)), "policy.taken_back");
  assert.equal(codeOf(await stage.call("bgp_inject_route", { network: LAB })), "policy.cooldown");
  await stage.clock.pass(30_000);
  await stage.announce(LAB);
  assert.equal(stage.speaker.originations().length, 1);
});
