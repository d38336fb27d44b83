/** Calls of several clients in any order, with time and a speaker of its own mind between them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { GuardedStage } from "../../../tests/support/guarded_speaker.ts";
import { containsPrefix, parsePrefix, renderPrefix } from "../../ip/prefix.ts";
import { renderCommunity } from "../../route/community.ts";
import { isLive } from "./lease.ts";

const MAX_ROUTES = 3;
const MAX_CHANGES = 4;
const LEARNED = "203.0.113.0/24";
const ALLOWED = ["192.168.99.0/24", "10.20.0.0/16"].map((text) => parsePrefix(text).prefix);

const network = fc.constantFrom(
  ...["192.168.99.0/24", "10.20.0.0/16", "10.20.1.0/24", "10.20.2.0/24", "10.20.3.0/24"],
  ...["10.21.0.0/16", "0.0.0.0/0", "10.255.0.0/24"],
);
const session = fc.constantFrom("one", "two");

type Step =
  | { readonly kind: "plan"; readonly network: string; readonly renew: boolean }
  /** Of the plans so far, from the newest; `isThief`: by whoever steps, not by who planned. */
  | { readonly kind: "apply"; readonly age: number; readonly isThief: boolean }
  | { readonly kind: "withdraw"; readonly network: string }
  | { readonly kind: "override" | "withdraw_all" | "leave" | "expire" | "die" }
  | { readonly kind: "down" | "up"; readonly peer: string }
  | { readonly kind: "pass"; readonly ms: number };

const peer = fc.constantFrom("rr1", "core");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("plan" as const),
      network,
      renew: fc.nat(3).map((one) => one === 0),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("apply" as const),
      age: fc.nat(3),
      isThief: fc.nat(4).map((one) => one === 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("withdraw" as const), network }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...["override", "withdraw_all", "leave", "expire", "die"] as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("down" as const, "up" as const), peer }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.constantFrom(1_000, 15_000, 31_000, 299_000),
    }),
  },
);

interface Planned {
  readonly by: string;
  readonly name: string;
  readonly token: Record<string, unknown>;
}

async function perform(
  stage: GuardedStage,
  plans: Planned[],
  by: string,
  one: Step,
): Promise<void> {
  const plan = async (name: string, args: Record<string, unknown>) => {
    const outcome = await stage.call(name, args, { session: by });
    if (!outcome.ok) return;
    const { plan_id, confirm_token } = outcome.structured;
    plans.push({ by, name, token: { plan_id, confirm_token } });
  };
  switch (one.kind) {
    case "plan":
      return await plan("bgp_inject_route", { network: one.network, renew: one.renew });
    case "override":
      return await plan("bgp_adjust_local_pref", { network: LEARNED, local_pref: 9 });
    case "apply": {
      const found = plans.at(-1 - one.age);
      if (found === undefined) return;
      await stage.call(found.name, found.token, { session: one.isThief ? by : found.by });
      return;
    }
    case "withdraw":
      return void await stage.call("bgp_withdraw_route", { network: one.network }, { session: by });
    case "withdraw_all":
      return void await stage.call("bgp_withdraw_all", {}, { session: by });
    case "leave":
      await stage.guard.disconnect(by);
      assert.ok(stage.guard.leases().filter(isLive).every(({ asker }) => asker.connection !== by));
      return;
    case "expire": {
      const [route] = stage.speaker.originations();
      if (route !== undefined) stage.speaker.expire(route.id);
      return;
    }
    case "die":
      stage.replaceSpeaker();
      stage.speaker.rib.put({ prefix: LEARNED, peer: 0, asPath: "65000" });
      return stage.guard.follow(stage.speaker);
    case "down":
      return void stage.speaker.down.add(one.peer);
    case "up":
      return void stage.speaker.down.delete(one.peer);
    case "pass":
      return await stage.clock.pass(one.ms);
  }
}

/** What holds after every step, whatever it was. */
function judge({ guard, speaker }: GuardedStage): void {
  const routes = speaker.originations();
  const live = guard.leases().filter(isLive);
  assert.deepEqual(routes.map(({ id }) => id).sort(), live.map(({ id }) => id).sort());
  assert.ok(live.length <= MAX_ROUTES);
  assert.ok(speaker.overrides().length <= MAX_ROUTES);
  assert.equal(new Set(routes.map(({ prefix }) => renderPrefix(prefix))).size, routes.length);
  for (const { prefix, communities, prepend, nextHop } of routes) {
    assert.ok(ALLOWED.some((one) => containsPrefix(one, prefix)), renderPrefix(prefix));
    assert.deepEqual(communities.map(renderCommunity), ["65535:65281"]);
    assert.deepEqual([prepend, nextHop], [0, null]);
  }
}

Deno.test("whatever is called in whatever order, what is out is allowed, leased, bounded and known", async () => {
  let announcements = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(session, step), { minLength: 30, maxLength: 60, size: "max" }),
      async (steps) => {
        const stage = new GuardedStage({
          originate: {
            max_routes: MAX_ROUTES,
            max_changes_per_min: MAX_CHANGES,
            on_disconnect: "withdraw",
          },
        });
        stage.speaker.rib.put({ prefix: LEARNED, peer: 0, asPath: "65000" });
        const plans: Planned[] = [];
        let changes: number[] = [];
        for (const [by, one] of steps) {
          const { speaker } = stage;
          const before = speaker.announced.length;
          await perform(stage, plans, by, one);
          judge(stage);
          const nowMs = stage.clock.monotonicMs();
          const added = speaker.announced.length - before;
          changes = [
            ...changes.filter((atMs) => atMs > nowMs - 60_000),
            ...Array(added).fill(nowMs),
          ];
          assert.ok(changes.length <= MAX_CHANGES);
          announcements += added;
        }
        await stage.call("bgp_withdraw_all", {});
        assert.deepEqual([stage.speaker.originations(), stage.speaker.overrides()], [[], []]);
      },
    ),
    { numRuns: 200 },
  );
  // Steps that only refuse would prove nothing.
  assert.ok(announcements > 200, `${announcements} announcements`);
});
