import assert from "node:assert/strict";
import { z } from "zod";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { plainPipeline } from "../../tests/support/plain_pipeline.ts";
import { PolicyDenied, Unavailable } from "../errors/mod.ts";
import { type ChangeSpec, defineChange, defineTakeBack } from "./change_tool.ts";
import type { Tool } from "./define_tool.ts";
import { describeTool } from "./describe_tool.ts";
import type { CallOutcome, CallRequest, Pipeline } from "./pipeline.ts";

const Input = z.strictObject({ network: z.string().max(40), metric: z.int().min(0).default(0) });
const Output = z.object({ success: z.boolean(), summary: z.string(), state: z.string() });
type Spec = ChangeSpec<typeof Input, typeof Output, { readonly network: string }>;

function change(part: Partial<Spec> = {}): { tool: Tool; applied: string[] } {
  const applied: string[] = [];
  const tool = defineChange<typeof Input, typeof Output, { readonly network: string }>({
    name: "set_route",
    title: "Set a route",
    toolset: "bgp",
    effect: "change",
    reach: "open",
    description: "a tool of this test",
    input: () => Input,
    output: () => Output,
    needs: () => [],
    budget: { ms: 5_000 },
    plan: ({ network }) => ({
      summary: `Set ${network}.`,
      decoded: { network },
      exact: [{ to: "peer-a", octets: ["ffff"] }],
      blastRadius: { covers: [], covered_by: "10.0.0.0/8" },
      warnings: ["It is seen \u202eby all."],
      payload: { network },
    }),
    apply: ({ id, payload }, cx) => {
      applied.push(payload.network);
      cx.evidence({ sent: id.length });
      return { success: true, summary: "Done.", state: "announced" };
    },
    ...part,
  });
  return { tool, applied };
}

function call(
  pipeline: Pipeline,
  args: unknown,
  part: Partial<CallRequest> = {},
): Promise<CallOutcome> {
  return pipeline.call({ name: "set_route", args, signal: new AbortController().signal, ...part });
}

function codeOf(outcome: CallOutcome): string {
  return outcome.ok ? "ok" : outcome.error.code;
}

async function planned(
  pipeline: Pipeline,
  part: Partial<CallRequest> = {},
): Promise<{ plan_id: string; confirm_token: string }> {
  const outcome = await call(pipeline, { network: "10.1.0.0/16" }, part);
  assert.ok(outcome.ok);
  const { plan_id, confirm_token } = outcome.structured;
  return { plan_id: String(plan_id), confirm_token: String(confirm_token) };
}

Deno.test("a call plans, and says so with all that would be done; nothing is done", async () => {
  const { tool, applied } = change();
  const { pipeline, audited } = plainPipeline({ tools: [tool], clock: new ManualClock() });
  const outcome = await call(pipeline, { network: "10.1.0.0/16" });
  assert.ok(outcome.ok);
  const { plan_id, confirm_token, ...shown } = outcome.structured;
  assert.match(String(plan_id), /^[0-9a-f-]{36}$/);
  assert.match(String(confirm_token), /^[\w-]{43}$/);
  assert.deepEqual(shown, {
    success: true,
    summary: "Planned, not done: Set 10.1.0.0/16.",
    state: "planned",
    expires_at: "2025-06-15T15:11:40.000Z",
    decoded: { network: "10.1.0.0/16" },
    exact: [{ to: "peer-a", octets: ["ffff"] }],
    blast_radius: { covers: [], covered_by: "10.0.0.0/8" },
    warnings: ["It is seen \\u{202e}by all."],
  });
  assert.deepEqual(applied, []);
  assert.deepEqual(audited.map(({ event, outcome, change }) => [event, outcome, change]), [
    ["plan", null, true],
    ["outcome", "ok", true],
  ]);
  assert.partialDeepStrictEqual(audited[0]?.evidence, {
    plan_id,
    exact: [{ to: "peer-a", octets: ["ffff"] }],
  });
});

Deno.test("plan_id and confirm_token apply; intent and outcome name the plan, no record its token", async () => {
  const { tool, applied } = change();
  const { pipeline, audited } = plainPipeline({ tools: [tool], clock: new ManualClock() });
  const plan = await planned(pipeline);
  const outcome = await call(pipeline, { ...plan, network: null });
  assert.deepEqual(outcome.ok && outcome.structured, {
    success: true,
    summary: "Done.",
    state: "announced",
  });
  assert.deepEqual(applied, ["10.1.0.0/16"]);
  const [intent, done] = audited.slice(2);
  assert.deepEqual([intent?.event, intent?.evidence], ["intent", { plan_id: plan.plan_id }]);
  assert.deepEqual([done?.event, done?.outcome, done?.evidence], ["outcome", "ok", {
    plan_id: plan.plan_id,
    state: "applied",
    sent: 36,
  }]);
  assert.equal(JSON.stringify(audited).includes(plan.confirm_token), false);
});

Deno.test("a plan applies once, also where two calls come at the same instant", async () => {
  const { tool, applied } = change();
  const { pipeline } = plainPipeline({ tools: [tool], clock: new ManualClock() });
  const plan = await planned(pipeline);
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => call(pipeline, plan)));
  assert.deepEqual(outcomes.map(codeOf).sort(), [
    "input.plan_applied",
    "input.plan_applied",
    "input.plan_applied",
    "ok",
  ]);
  assert.equal(applied.length, 1);
});

const REFUSED: readonly [
  what: string,
  code: string,
  args: (plan: { plan_id: string; confirm_token: string }) => Record<string, unknown>,
][] = [
  ["another argument beside them", "input.plan_arguments", (plan) => ({ ...plan, metric: 1 })],
  ["a plan without its token", "input.plan_arguments", ({ plan_id }) => ({ plan_id })],
  ["a token without its plan", "input.plan_arguments", ({ confirm_token }) => ({ confirm_token })],
  ["a number for a token", "input.plan_arguments", (plan) => ({ ...plan, confirm_token: 0 })],
  ["a wrong token", "input.confirm_token", (plan) => ({ ...plan, confirm_token: "A".repeat(43) })],
  ["an empty token", "input.confirm_token", (plan) => ({ ...plan, confirm_token: "" })],
  ["an unknown plan", "input.plan_unknown", (plan) => ({ ...plan, plan_id: "toString" })],
];

for (const [what, code, args] of REFUSED) {
  Deno.test(`${what} is refused as ${code}, audited, and the plan stays good`, async () => {
    const { tool, applied } = change();
    const { pipeline, audited } = plainPipeline({ tools: [tool], clock: new ManualClock() });
    const plan = await planned(pipeline);
    assert.equal(codeOf(await call(pipeline, args(plan))), code);
    assert.deepEqual([applied.length, audited.at(-1)?.outcome], [0, code]);
    assert.equal(codeOf(await call(pipeline, plan)), "ok");
  });
}

Deno.test("the token of another plan is refused", async () => {
  const { tool } = change();
  const { pipeline } = plainPipeline({ tools: [tool], clock: new ManualClock() });
  const [one, other] = [await planned(pipeline), await planned(pipeline)];
  const mixed = { plan_id: one.plan_id, confirm_token: other.confirm_token };
  assert.equal(codeOf(await call(pipeline, mixed)), "input.confirm_token");
});

Deno.test("a plan is void after five minutes by the clock that never steps", async () => {
  const { tool } = change();
  const clock = new ManualClock();
  const { pipeline } = plainPipeline({ tools: [tool], clock });
  const [old, fresh] = [await planned(pipeline), await planned(pipeline)];
  await clock.pass(299_999);
  assert.equal(codeOf(await call(pipeline, fresh)), "ok");
  await clock.pass(1);
  assert.equal(codeOf(await call(pipeline, old)), "input.plan_expired");
});

Deno.test("a plan belongs to its tool and its session", async () => {
  const { tool } = change();
  const other = change({ name: "set_other" }).tool;
  const { pipeline } = plainPipeline({ tools: [tool, other], clock: new ManualClock() });
  const plan = await planned(pipeline, { session: "a" });
  assert.equal(
    codeOf(await call(pipeline, plan, { name: "set_other", session: "a" })),
    "input.plan_bound",
  );
  assert.equal(codeOf(await call(pipeline, plan, { session: "b" })), "input.plan_bound");
  assert.equal(codeOf(await call(pipeline, plan)), "input.plan_bound");
  assert.equal(codeOf(await call(pipeline, plan, { session: "a" })), "ok");
});

Deno.test("of ten thousand plans the newest sixty-four can be applied", async () => {
  const { tool } = change();
  const { pipeline } = plainPipeline({
    tools: [tool],
    clock: new ManualClock(),
    append: () => Promise.resolve(),
  });
  const first = await planned(pipeline);
  let last = first;
  for (let count = 0; count < 10_000; count++) last = await planned(pipeline);
  assert.equal(codeOf(await call(pipeline, first)), "input.plan_unknown");
  assert.equal(codeOf(await call(pipeline, last)), "ok");
});

Deno.test("where a person can be asked the question says what would be done, and yes applies it", async () => {
  const { tool, applied } = change();
  const { pipeline, audited } = plainPipeline({ tools: [tool], clock: new ManualClock() });
  const args = { network: "10.1.0.0/16" };
  const asked = await call(pipeline, args, { canAsk: true });
  assert.ok(asked.ok && asked.question !== undefined);
  assert.equal("confirm_token" in asked.structured, false);
  assert.equal(
    asked.question.text,
    "Set 10.1.0.0/16.\nWarning: It is seen \\u{202e}by all.\ncovered_by: 10.0.0.0/8\n" +
      'In full: {"network":"10.1.0.0/16"}\n' +
      "Confirm before 2025-06-15T15:11:40.000Z.",
  );
  const { planId } = asked.question;
  const answer = { planId, isAccepted: true };
  const guessed = { plan_id: planId, confirm_token: "A".repeat(43) };
  assert.equal(codeOf(await call(pipeline, guessed)), "input.confirm_token");
  const swapped = await call(pipeline, { network: "10.0.0.0/8" }, { canAsk: true, answer });
  assert.equal(codeOf(swapped), "input.plan_arguments");
  assert.equal(codeOf(await call(pipeline, args, { canAsk: true, answer })), "ok");
  assert.equal(codeOf(await call(pipeline, args, { canAsk: true, answer })), "input.plan_applied");
  assert.deepEqual(applied, ["10.1.0.0/16"]);
  assert.deepEqual(audited.map(({ event, evidence }) => [event, evidence?.plan_id === planId]), [
    ["plan", true],
    ["outcome", true],
    ["outcome", true],
    ["outcome", true],
    ["intent", true],
    ["outcome", true],
    ["outcome", true],
  ]);
});

Deno.test("no, or no answer, leaves everything as it is and the plan void", async () => {
  const { tool, applied } = change();
  const { pipeline, audited } = plainPipeline({ tools: [tool], clock: new ManualClock() });
  const args = { network: "10.1.0.0/16" };
  const asked = await call(pipeline, args, { canAsk: true });
  const planId = asked.ok ? asked.question?.planId ?? "" : "";
  const no = await call(pipeline, args, { answer: { planId, isAccepted: false } });
  assert.equal(codeOf(no), "policy.not_confirmed");
  const yes = await call(pipeline, args, { answer: { planId, isAccepted: true } });
  assert.equal(codeOf(yes), "input.plan_applied");
  assert.deepEqual(applied, []);
  assert.equal(audited[2]?.outcome, "policy.not_confirmed");
});

Deno.test("a plan with a token cannot be applied by a made-up answer", async () => {
  const { tool, applied } = change();
  const { pipeline } = plainPipeline({ tools: [tool], clock: new ManualClock() });
  const { plan_id } = await planned(pipeline);
  const outcome = await call(pipeline, { network: "10.1.0.0/16" }, {
    answer: { planId: plan_id, isAccepted: true },
  });
  assert.deepEqual([codeOf(outcome), applied.length], ["input.plan_unknown", 0]);
});

Deno.test("what the plan refuses is no plan; what apply refuses is audited as its outcome", async () => {
  const refusal = () => {
    throw new PolicyDenied("prefix", "Cannot announce it");
  };
  const strict = plainPipeline({
    tools: [change({ plan: refusal }).tool],
    clock: new ManualClock(),
  });
  assert.equal(codeOf(await call(strict.pipeline, { network: "x" })), "policy.prefix");
  assert.deepEqual(strict.audited.map(({ event, outcome }) => [event, outcome]), [
    ["outcome", "policy.prefix"],
  ]);
  const late = plainPipeline({
    tools: [change({ apply: refusal }).tool],
    clock: new ManualClock(),
  });
  assert.equal(codeOf(await call(late.pipeline, await planned(late.pipeline))), "policy.prefix");
  assert.deepEqual(late.audited.map(({ event, outcome }) => [event, outcome]).slice(2), [
    ["intent", null],
    ["outcome", "policy.prefix"],
  ]);
});

Deno.test("what cannot be recorded is neither planned nor applied", async () => {
  let isFull = true;
  const { tool, applied } = change();
  const { pipeline } = plainPipeline({
    tools: [tool],
    clock: new ManualClock(),
    append: () =>
      isFull ? Promise.reject(new Unavailable("audit", "disk full")) : Promise.resolve(),
  });
  assert.equal(codeOf(await call(pipeline, { network: "x" })), "env.audit");
  isFull = false;
  const plan = await planned(pipeline);
  isFull = true;
  assert.equal(codeOf(await call(pipeline, plan)), "env.audit");
  assert.deepEqual(applied, []);
});

Deno.test("a change whose outcome cannot be recorded is no success, and says that it was made", async () => {
  const { tool, applied } = change();
  const { pipeline } = plainPipeline({
    tools: [tool],
    clock: new ManualClock(),
    append: ({ event }) =>
      event === "outcome" && applied.length > 0
        ? Promise.reject(new Unavailable("audit", "Disk full.", { hint: "Make room." }))
        : Promise.resolve(),
  });
  const outcome = await call(pipeline, await planned(pipeline));
  assert.ok(!outcome.ok);
  const { code, message, hint } = outcome.error;
  assert.deepEqual([code, message, hint], [
    "env.audit",
    "The change was made, its outcome is not recorded. Disk full.",
    "Look at what is in force before you change anything again. Make room.",
  ]);
});

Deno.test("the list names the arguments of both calls and demands neither", () => {
  const { inputSchema, outputSchema, annotations } = describeTool(change().tool);
  assert.deepEqual(Object.keys(inputSchema.properties ?? {}), [
    "network",
    "metric",
    "plan_id",
    "confirm_token",
  ]);
  assert.equal(inputSchema.required, undefined);
  assert.ok("blast_radius" in (outputSchema.properties as object));
  assert.deepEqual(annotations, {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: true,
  });
});

Deno.test("a tool with a plan cannot be run past it", async () => {
  await assert.rejects(change().tool.run({}, {} as never), /planned and applied, not run/);
});

function takeBack(): { tool: Tool; done: { count: number } } {
  const done = { count: 0 };
  const tool = defineTakeBack({
    name: "set_route",
    title: "Take it back",
    toolset: "bgp",
    effect: "change",
    reach: "open",
    description: "a tool of this test",
    input: () => z.strictObject({}),
    output: () => Output,
    offered: () => true,
    needs: () => [],
    budget: { ms: 5_000 },
    run: (_input, cx) => {
      done.count++;
      cx.evidence({ plan_id: "p", messages: ["ff"] });
      return { success: true, summary: "Withdrawn.", state: "withdrawn" };
    },
  });
  return { tool, done };
}

Deno.test("what takes something back runs at once, with evidence", async () => {
  const { pipeline, audited } = plainPipeline({
    tools: [takeBack().tool],
    clock: new ManualClock(),
  });
  assert.equal(codeOf(await call(pipeline, {})), "ok");
  assert.deepEqual(audited.map(({ event, change, evidence }) => [event, change, evidence]), [
    ["intent", true, undefined],
    ["outcome", true, { plan_id: "p", messages: ["ff"] }],
  ]);
});

Deno.test("a full disk stops no taking back: it is done, and said that no record tells of it", async () => {
  const { tool, done } = takeBack();
  const { pipeline } = plainPipeline({
    tools: [tool],
    clock: new ManualClock(),
    append: () => Promise.reject(new Unavailable("audit", "Cannot write the audit record: full")),
  });
  const outcome = await call(pipeline, {});
  assert.equal(done.count, 1);
  assert.deepEqual(outcome.ok && outcome.structured, {
    success: true,
    summary: "Withdrawn. (Not recorded. Cannot write the audit record: full)",
    state: "withdrawn",
  });
});

Deno.test("taking back waits for no disk that hangs", async () => {
  const { tool, done } = takeBack();
  const { pipeline } = plainPipeline({
    tools: [tool],
    clock: new ManualClock(),
    append: ({ event }) => event === "intent" ? new Promise(() => {}) : Promise.resolve(),
  });
  assert.equal(codeOf(await call(pipeline, {})), "ok");
  assert.equal(done.count, 1);
});

Deno.test("a call that was cancelled before its intent was recorded applies nothing", async () => {
  const { tool, applied } = change();
  const cancelled = new AbortController();
  const { pipeline } = plainPipeline({
    tools: [tool],
    clock: new ManualClock(),
    append: ({ event }) => {
      if (event === "intent") cancelled.abort();
      return Promise.resolve();
    },
  });
  const plan = await planned(pipeline);
  const { signal } = cancelled;
  assert.equal(codeOf(await call(pipeline, plan, { signal })), "env.cancelled");
  assert.deepEqual(applied, []);
});

Deno.test("whoever is asked sees what would be run, and the change word by word", async () => {
  const { tool } = change({
    plan: ({ network }) => ({
      summary: `Set ${network}.`,
      decoded: { network, communities: ["65099:666"] },
      exact: [{ argv: ["ip", "link", "delete", "dev", "gre-rr1"] }, { to: "peer-a", octets: [] }],
      blastRadius: {},
      warnings: [],
      payload: { network },
    }),
  });
  const { pipeline } = plainPipeline({ tools: [tool], clock: new ManualClock() });
  const asked = await call(pipeline, { network: "10.1.0.0/16" }, { canAsk: true });
  assert.ok(asked.ok && asked.question !== undefined);
  assert.deepEqual(asked.question.text.split("\n"), [
    "Set 10.1.0.0/16.",
    "Runs: ip link delete dev gre-rr1",
    'In full: {"network":"10.1.0.0/16","communities":["65099:666"]}',
    "Confirm before 2025-06-15T15:11:40.000Z.",
  ]);
});
