import assert from "node:assert/strict";
import { z } from "zod";
import type { AuditEntry, AuditLog } from "../audit/record.ts";
import type { Config } from "../config/config.ts";
import { type Bug, PolicyDenied, Unavailable } from "../errors/mod.ts";
import type { Io, ProgramState } from "../io/io.ts";
import { type Guard, type JudgedTarget, reachEach, reachHost } from "../policy/decision.ts";
import type { Captures } from "../pcap/engine/captures.ts";
import type { Policy } from "../policy/policy.ts";
import { defineTool, run, type ServerFacts, type Tool, type ToolSpec } from "./define_tool.ts";
import { type CallOutcome, Pipeline } from "./pipeline.ts";

const Input = z.strictObject({ target: z.string().max(20).default("a.example") });
const Output = z.object({
  success: z.boolean(),
  summary: z.string(),
  complete: z.boolean().default(true),
  items: z.array(z.string()).default([]),
});

type Spec = ToolSpec<typeof Input, typeof Output>;

function probe(part: Partial<Spec> & Pick<Spec, "run">): Tool {
  return defineTool({
    name: "probe",
    title: "Probe",
    toolset: "connectivity",
    effect: "observe",
    reach: "open",
    description: "a tool of this test",
    input: () => Input,
    output: () => Output,
    needs: () => [],
    budget: { ms: 5_000 },
    ...part,
  });
}

function denied(text: string): PolicyDenied {
  return new PolicyDenied("block_private", `Cannot reach "${text}"`, {
    detail: { rule: "security.block_private" },
  });
}

function pipelineOf(
  tool: Tool,
  parts: { states?: Record<string, ProgramState>; appendFails?: boolean; answerChars?: number } =
    {},
): { pipeline: Pipeline; audited: AuditEntry[]; bugs: Bug[] } {
  const audited: AuditEntry[] = [];
  const bugs: Bug[] = [];
  const judgedTarget = (text: string): JudgedTarget => {
    if (text.startsWith("bad")) throw denied(text);
    return {
      input: text,
      name: text,
      addresses: ["192.0.2.1"],
      decision: { effect: "allow", rule: "default", matched: null, reason: "", wouldAllow: null },
    };
  };
  const policy: Pick<Policy, "judgeHost" | "judgeQuery"> = {
    judgeHost: (text) => Promise.resolve().then(() => judgedTarget(text)),
    judgeQuery: judgedTarget,
  };
  const audit: Pick<AuditLog, "append"> = {
    append: (entry) => {
      if (parts.appendFails === true) {
        return Promise.reject(new Unavailable("audit", "Cannot write the audit record"));
      }
      audited.push(entry);
      return Promise.resolve();
    },
  };
  const io = {
    clock: { now: () => 0, monotonicMs: () => performance.now(), sleep: () => Promise.resolve() },
    programs: {
      platform: "linux",
      state: (program: string) => Promise.resolve(parts.states?.[program] ?? "ready"),
    },
  };
  const config = { limits: { answer_chars: parts.answerChars ?? 8_000, concurrency: 16 } };
  const pipeline = new Pipeline({
    tools: [tool],
    // The pipeline uses only these members; a test that needs more fails on undefined at once.
    config: config as unknown as Config,
    io: io as unknown as Io,
    policy: policy as Policy,
    audit: audit as AuditLog,
    server: {} as ServerFacts,
    captures: {} as Captures,
    lookingGlass: () => Promise.reject(new Error("no tool here asks it")),
    roaPayloads: () => Promise.reject(new Error("no tool here reads them")),
    bgp: () => Promise.reject(new Error("no tool here asks it")),
    routeGuard: () => Promise.reject(new Error("no tool here asks it")),
    logBug: (bug) => bugs.push(bug),
  });
  return { pipeline, audited, bugs };
}

function call(pipeline: Pipeline, args: unknown, signal?: AbortSignal): Promise<CallOutcome> {
  return pipeline.call({ name: "probe", args, signal: signal ?? new AbortController().signal });
}

const fine = { success: true, summary: "fine" };

function codeOf(outcome: CallOutcome): string {
  return outcome.ok ? "ok" : outcome.error.code;
}

Deno.test("a call that works is answered and audited as intent and outcome of one call id", async () => {
  const { pipeline, audited } = pipelineOf(probe({ run: () => fine }));
  assert.deepEqual(await call(pipeline, {}), {
    ok: true,
    structured: { success: true, summary: "fine", complete: true, items: [] },
  });
  assert.deepEqual(audited.map((entry) => [entry.event, entry.outcome]), [["intent", null], [
    "outcome",
    "ok",
  ]]);
  assert.equal(audited[0]?.call_id, audited[1]?.call_id);
});

Deno.test("an unknown tool is refused, with the known ones, and audited", async () => {
  const { pipeline, audited } = pipelineOf(probe({ run: () => fine }));
  const outcome = await pipeline.call({
    name: "prob",
    args: {},
    signal: new AbortController().signal,
  });
  assert.equal(codeOf(outcome), "input.tool");
  assert.match(outcome.ok ? "" : outcome.error.hint, /^Enabled: probe\./);
  assert.equal(audited[0]?.outcome, "input.tool");
});

Deno.test("wrong arguments never reach the tool", async () => {
  let ran = false;
  const { pipeline } = pipelineOf(probe({
    run: () => {
      ran = true;
      return fine;
    },
  }));
  assert.equal(codeOf(await call(pipeline, { target: "x".repeat(10_000) })), "input.arguments");
  assert.equal(ran, false);
});

Deno.test("a denied target stops the call before it runs; rule and denial are audited", async () => {
  let ran = false;
  const { pipeline, audited } = pipelineOf(probe({
    guards: ({ target }): readonly Guard[] => [reachHost(target)],
    run: () => {
      ran = true;
      return fine;
    },
  }));
  assert.equal(codeOf(await call(pipeline, { target: "bad.example" })), "policy.block_private");
  assert.equal(ran, false);
  assert.deepEqual(audited.map((entry) => [entry.event, entry.outcome, entry.decisions]), [[
    "outcome",
    "policy.block_private",
    [{ target: "bad.example", effect: "deny", rule: "security.block_private" }],
  ]]);
});

Deno.test("a denied item of a batch is the item's error and the others run", async () => {
  const { pipeline } = pipelineOf(probe({
    guards: () => reachEach(["good.example", "bad.example"]),
    run: (_input, cx) => {
      assert.deepEqual(cx.judged("good.example").addresses, ["192.0.2.1"]);
      assert.throws(() => cx.judged("bad.example"), PolicyDenied);
      return fine;
    },
  }));
  assert.equal(codeOf(await call(pipeline, {})), "ok");
});

Deno.test("a tool that asks for a target which no guard named is a bug", async () => {
  const { pipeline, bugs } = pipelineOf(probe({
    run: (_input, cx) => {
      cx.judged("elsewhere.example");
      return fine;
    },
  }));
  assert.equal(codeOf(await call(pipeline, {})), "bug.internal");
  assert.equal(bugs.length, 1);
});

Deno.test("a program without permission answers permission.run with the flag", async () => {
  const tool = probe({ needs: () => [run("mtr")], run: () => fine });
  const { pipeline } = pipelineOf(tool, { states: { mtr: "not_permitted" } });
  const outcome = await call(pipeline, {});
  assert.equal(codeOf(outcome), "permission.run");
  assert.equal(outcome.ok ? "" : outcome.error.detail.flag, "--allow-run=mtr");
});

Deno.test("the deadline fires the signal and the partial answer is kept and audited as partial", async () => {
  const { pipeline, audited } = pipelineOf(probe({
    budget: { ms: 20 },
    run: (_input, cx) =>
      new Promise((resolve) =>
        cx.signal.addEventListener("abort", () => resolve({ ...fine, complete: false }))
      ),
  }));
  const outcome = await call(pipeline, {});
  assert.equal(outcome.ok && outcome.structured.complete, false);
  assert.equal(audited.at(-1)?.outcome, "partial");
});

Deno.test("a tool that lets the deadline's reason through answers env.deadline", async () => {
  const { pipeline } = pipelineOf(probe({
    budget: { ms: 20 },
    run: (_input, cx) =>
      new Promise((_resolve, reject) =>
        cx.signal.addEventListener("abort", () => reject(cx.signal.reason))
      ),
  }));
  assert.equal(codeOf(await call(pipeline, {})), "env.deadline");
});

Deno.test("a tool that ignores its signal is left behind after the grace time", async () => {
  let release = (): void => {};
  const { pipeline } = pipelineOf(probe({
    budget: { ms: 10 },
    run: () => new Promise((resolve) => release = () => resolve(fine)),
  }));
  assert.equal(codeOf(await call(pipeline, {})), "env.deadline");
  release();
});

Deno.test("cancellation by the client reaches the tool and is audited", async () => {
  const client = new AbortController();
  const { pipeline, audited } = pipelineOf(probe({
    run: (_input, cx) =>
      new Promise((resolve) => {
        cx.signal.addEventListener("abort", () => resolve({ ...fine, complete: false }));
        client.abort();
      }),
  }));
  await call(pipeline, {}, client.signal);
  assert.equal(audited.at(-1)?.outcome, "cancelled");
});

Deno.test("stop() ends running calls and waits for them", async () => {
  const { pipeline, audited } = pipelineOf(probe({
    run: (_input, cx) =>
      new Promise((_resolve, reject) =>
        cx.signal.addEventListener("abort", () => reject(cx.signal.reason))
      ),
  }));
  const running = call(pipeline, {});
  await new Promise((resolve) => setTimeout(resolve, 5));
  await pipeline.stop();
  assert.equal(codeOf(await running), "env.shutdown");
  assert.equal(audited.at(-1)?.outcome, "env.shutdown");
  assert.equal(codeOf(await call(pipeline, {})), "env.shutdown");
});

Deno.test("stop() ends a call that was only just accepted", async () => {
  const { pipeline } = pipelineOf(probe({
    run: (_input, cx) =>
      new Promise((_resolve, reject) => {
        if (cx.signal.aborted) reject(cx.signal.reason);
        cx.signal.addEventListener("abort", () => reject(cx.signal.reason));
      }),
  }));
  const running = call(pipeline, {});
  await pipeline.stop();
  assert.equal(codeOf(await running), "env.shutdown");
});

Deno.test("an answer that breaks the output schema is a bug, not an answer", async () => {
  const broken = { success: true } as unknown as typeof fine;
  const { pipeline, bugs } = pipelineOf(probe({ run: () => broken }));
  const outcome = await call(pipeline, {});
  assert.equal(codeOf(outcome), "bug.internal");
  assert.equal(outcome.ok ? "" : outcome.error.message, `Internal error ${bugs[0]?.id}`);
});

Deno.test("whatever a tool throws is told as a bug id, its details only to the log", async () => {
  const { pipeline, bugs } = pipelineOf(probe({
    run: () => {
      throw new TypeError("secret detail");
    },
  }));
  const outcome = await call(pipeline, {});
  assert.equal(JSON.stringify(outcome).includes("secret detail"), false);
  assert.equal((bugs[0]?.cause as Error).message, "secret detail");
});

Deno.test("remote words are escaped in the answer", async () => {
  const { pipeline } = pipelineOf(
    probe({ run: () => ({ ...fine, items: ["a\u001b[2Jb", "\u202eevil"] }) }),
  );
  const outcome = await call(pipeline, {});
  assert.deepEqual(outcome.ok && outcome.structured.items, ["a\\x1b[2Jb", "\\u{202e}evil"]);
});

Deno.test("a long answer is cut to whole items and the cursor brings the rest without a second run", async () => {
  let runs = 0;
  const items = Array.from({ length: 300 }, (_, index) => `item ${index}`);
  const { pipeline } = pipelineOf(
    probe({
      pages: "items",
      run: () => {
        runs++;
        return { ...fine, items };
      },
    }),
    { answerChars: 1_000 },
  );
  const seen: unknown[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const outcome = await call(pipeline, { target: "a.example", cursor });
    assert.ok(outcome.ok);
    const page = outcome.structured.page as { next_cursor: string | null; total: number };
    assert.equal(page.total, 300);
    seen.push(...outcome.structured.items as string[]);
    cursor = page.next_cursor;
  }
  assert.deepEqual(seen, items);
  assert.equal(runs, 1);
});

Deno.test("a cursor of another call and one that is no string are refused", async () => {
  const { pipeline } = pipelineOf(probe({ pages: "items", run: () => fine }));
  assert.equal(codeOf(await call(pipeline, { cursor: "nonsense" })), "input.cursor");
  assert.equal(codeOf(await call(pipeline, { cursor: 7 })), "input.cursor");
});

Deno.test("what cannot be recorded is not done", async () => {
  const { pipeline } = pipelineOf(probe({ run: () => fine }), { appendFails: true });
  assert.equal(codeOf(await call(pipeline, {})), "env.audit");
});

Deno.test("aliases are accepted", async () => {
  const { pipeline } = pipelineOf(probe({ aliases: ["old_probe"], run: () => fine }));
  const outcome = await pipeline.call({
    name: "old_probe",
    args: {},
    signal: new AbortController().signal,
  });
  assert.equal(codeOf(outcome), "ok");
});
