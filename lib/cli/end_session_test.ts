import assert from "node:assert/strict";
import type { AuditEntry } from "../audit/record.ts";
import type { Bug } from "../errors/mod.ts";
import { GuardedStage } from "../../tests/support/guarded_speaker.ts";
import { endSession } from "./end_session.ts";

const LAB = "192.168.99.0/24";
const LEARNED = "203.0.113.0/24";

/** What ends the sessions of a stage. */
function ender(stage: GuardedStage) {
  const written = Promise.withResolvers<AuditEntry>();
  let asked = 0;
  const end = endSession({
    config: stage.config,
    routeGuard: () => {
      asked++;
      return Promise.resolve(stage.guard);
    },
    audit: {
      append: (entry) => {
        written.resolve(entry);
        return Promise.resolve();
      },
    },
    onFailure: (bug: Bug) => written.reject(bug),
  });
  return { end, written: written.promise, asked: () => asked };
}

Deno.test("with the end of a session goes what it put out, and nothing of others", async () => {
  const stage = new GuardedStage({ originate: { on_disconnect: "withdraw" } });
  stage.speaker.rib.put({ prefix: LEARNED, peer: 0, asPath: "65000" });
  const override = { network: LEARNED, local_pref: 9 };
  assert.ok((await stage.confirmed("bgp_adjust_local_pref", override, { session: "s1" })).ok);
  assert.ok((await stage.confirmed("bgp_inject_route", { network: LAB }, { session: "s1" })).ok);
  const other = { network: "10.20.0.0/16" };
  assert.ok((await stage.confirmed("bgp_inject_route", other, { session: "s2" })).ok);
  const [mine] = stage.speaker.originations();
  const [set] = stage.speaker.overrides();
  const { end, written } = ender(stage);
  end("s1");
  const { change, evidence } = await written;
  assert.deepEqual([change, evidence], [true, {
    kind: "session_end",
    state: "withdrawn",
    plan_ids: [mine?.id, set?.id],
    leases: [{
      lease_id: mine?.id,
      peers: [
        { peer: "rr1", state: "sent", reason: null, messages_hex: ["ff00"], sent_at: EPOCH },
        { peer: "core", state: "sent", reason: null, messages_hex: ["ff01"], sent_at: EPOCH },
      ],
    }],
    overrides_lifted: 1,
  }]);
  assert.deepEqual(stage.speaker.overrides(), []);
  assert.equal(stage.speaker.originations().length, 1);
  assert.deepEqual(stage.guard.leases().map(({ state }) => state), ["withdrawn", "announced"]);
});

const EPOCH = "1970-01-01T00:00:00.000Z";

Deno.test("a lease tells which client asked for it, and not what would open its session", async () => {
  const stage = new GuardedStage();
  const session = "0d5cb0a2-5f4e-4a2c-9d6b-0a5b8a1f7c33";
  assert.ok((await stage.confirmed("bgp_inject_route", { network: LAB }, { session })).ok);
  const listed = await stage.call("bgp_leases", {});
  assert.ok(listed.ok);
  assert.partialDeepStrictEqual(listed.structured, {
    leases: [{ asked_by: "session 0d5cb0a2" }],
  });
  assert.equal(stage.audited.at(-3)?.evidence?.asked_by, "session 0d5cb0a2");
  assert.ok(!JSON.stringify([listed.structured, stage.audited]).includes(session));
});

Deno.test("a route hangs on whoever renewed it last", async () => {
  const stage = new GuardedStage({ originate: { on_disconnect: "withdraw" } });
  const args = { network: LAB };
  assert.ok((await stage.confirmed("bgp_inject_route", args, { session: "s1" })).ok);
  const renewal = { ...args, renew: true };
  assert.ok((await stage.confirmed("bgp_inject_route", renewal, { session: "s2" })).ok);
  assert.equal(await stage.guard.disconnect("s1"), null);
  assert.notEqual(await stage.guard.disconnect("s2"), null);
  assert.deepEqual(stage.speaker.originations(), []);
});

Deno.test("where routes are kept, the end of a session asks for no speaker", async () => {
  const stage = new GuardedStage();
  assert.ok((await stage.confirmed("bgp_inject_route", { network: LAB }, { session: "s1" })).ok);
  const { end, asked } = ender(stage);
  end("s1");
  assert.equal(asked(), 0);
  assert.equal(await stage.guard.disconnect("s1"), null);
  assert.equal(stage.speaker.originations().length, 1);
});
