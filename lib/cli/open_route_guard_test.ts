import assert from "node:assert/strict";
import { GuardedStage, NO_WISHES } from "../../tests/support/guarded_speaker.ts";
import { Unavailable } from "../errors/mod.ts";
import { parsePrefix } from "../ip/prefix.ts";
import { openRouteGuard } from "./open_route_guard.ts";

/** The guard as the server opens it, in front of the speaker of a stage. */
function opener(stage: GuardedStage, bgp = () => Promise.resolve(stage.speaker)) {
  return openRouteGuard(bgp, {
    config: stage.config,
    clock: stage.clock,
    roaPayloads: null,
    protectedAddresses: () => Promise.resolve([]),
  });
}

const { prefix } = parsePrefix("192.168.99.0/24");

Deno.test("a speaker that could not be started is asked for again", async () => {
  const stage = new GuardedStage();
  let calls = 0;
  const open = opener(
    stage,
    () =>
      calls++ === 0
        ? Promise.reject(new Unavailable("bgp_thread", "Cannot start"))
        : Promise.resolve(stage.speaker),
  );
  await assert.rejects(open(), { code: "env.bgp_thread" });
  assert.equal((await open()).speaker, stage.speaker);
});

Deno.test("there is one guard, in front of the speaker that there is now", async () => {
  const stage = new GuardedStage();
  const open = opener(stage);
  const [guard, same] = await Promise.all([open(), open()]);
  assert.equal(guard, same);
  const { signal } = new AbortController();
  const plan = await guard.planRoute(prefix, NO_WISHES, { connection: null, signal });
  await guard.announce(plan, "p1", { callId: "c1", connection: null, reason: "" }, signal);
  stage.replaceSpeaker();
  assert.equal(await open(), guard);
  assert.equal(guard.speaker, stage.speaker);
  assert.deepEqual(guard.leases().map(({ state, note }) => [state, note]), [
    ["withdrawn", "the speaker that announced it has ended"],
  ]);
});
