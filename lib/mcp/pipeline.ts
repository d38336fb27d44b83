/**
 * The one path that every call takes: parse, permission, policy, audit intent, deadline, run,
 * validate, escape, budget, audit outcome. A tool that changes something is planned first, and the
 * plan audited and confirmed, before it applies. No tool contains any of it.
 *
 * @module
 */
import type { AuditEntry, AuditLog } from "../audit/record.ts";
import { redactArguments } from "../audit/redact.ts";
import type { BgpSpeaker } from "../bgp/bgp_service.ts";
import type { RouteGuard } from "../bgp/guard/route_guard.ts";
import type { Config } from "../config/config.ts";
import {
  asNetglassError,
  Bug,
  InputError,
  type NetglassError,
  PermissionMissing,
  Unavailable,
} from "../errors/mod.ts";
import type { Io } from "../io/io.ts";
import type { RoaPayloads } from "../registry/rpki/roa_payloads.ts";
import type { RouteSight } from "../looking_glass/looking_glass_service.ts";
import type { Captures } from "../pcap/engine/captures.ts";
import type { Policy } from "../policy/policy.ts";
import {
  type ServerFacts,
  StopReason,
  type Tool,
  type ToolCard,
  type ToolContext,
} from "./define_tool.ts";
import { escapeStrings, escapeText } from "./escape.ts";
import { decisionsOf, judgeAll, judgedOr } from "./judge_guards.ts";
import { type Finish, Pages } from "./pages.ts";
import { parseInput } from "./parse_input.ts";
import {
  planAnswer,
  planEvidence,
  planQuestion,
  readConfirmation,
  withoutConfirmation,
} from "./plan_answer.ts";
import { type HeldPlan, PlanStore } from "./plan_store.ts";
import { type ProgressSink, startProgress } from "./progress.ts";
import { withGrace } from "./with_grace.ts";

/** What the pipeline is built from. */
export interface PipelineParts {
  readonly tools: readonly ToolCard[];
  readonly config: Config;
  readonly io: Io;
  readonly policy: Policy;
  readonly audit: AuditLog;
  readonly server: ServerFacts;
  readonly captures: Captures;
  readonly lookingGlass: () => Promise<RouteSight>;
  readonly roaPayloads: () => Promise<RoaPayloads>;
  readonly bgp: () => Promise<BgpSpeaker>;
  readonly routeGuard: () => Promise<RouteGuard>;
  /** Where the details of a {@link Bug} go; never stdout. */
  readonly logBug: (bug: Bug) => void;
}

/** One call. */
export interface CallRequest {
  readonly name: string;
  /** As the client sent it. */
  readonly args: unknown;
  /** Cancellation by the client. */
  readonly signal: AbortSignal;
  /** Present if the client asked for progress. */
  readonly onProgress?: ProgressSink;
  /** Session of the client, where its protocol has sessions. */
  readonly session?: string;
  /** True if a person can be asked through the client before something is changed. */
  readonly canAsk?: boolean;
  /** What came of asking about a plan. */
  readonly answer?: { readonly planId: string; readonly isAccepted: boolean };
}

/** A plan that a person is to be asked about; the answer comes with the same arguments again. */
export interface Question {
  readonly planId: string;
  /** Lines of text, escaped. */
  readonly text: string;
}

/** What a call came to. */
export type CallOutcome =
  | {
    readonly ok: true;
    readonly structured: Record<string, unknown>;
    /** Set where a person is to be asked before it is done. */
    readonly question?: Question;
  }
  | { readonly ok: false; readonly error: NetglassError };

/** Time for a message that has arrived to become a running call, milliseconds. */
const SETTLE_MS = 50;

/** What the audit says of a call, filled in as the call becomes known. */
type KnownOfCall = Omit<AuditEntry, "event" | "outcome" | "duration_ms">;
type CallEntry = { -readonly [Key in keyof KnownOfCall]: KnownOfCall[Key] };

/** The pipeline of one server; every face (stdio, HTTP, `call`) goes through it. */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #byName = new Map<string, ToolCard>();
  readonly #pages: Pages;
  readonly #plans: PlanStore;
  readonly #permitted = new Map<string, NetglassError | null>();
  readonly #shutdown = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#pages = new Pages(parts.io.clock);
    this.#plans = new PlanStore(parts.io.clock);
    for (const tool of parts.tools) {
      for (const name of [tool.name, ...tool.aliases]) this.#byName.set(name, tool);
    }
  }

  /** Runs one call to its end; never throws. */
  async call(request: CallRequest): Promise<CallOutcome> {
    const running = this.#call(request);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Resolves when no call has been running for a moment, and after `withinMs` in any case. */
  async settled(withinMs: number): Promise<void> {
    const { clock } = this.#parts.io;
    const untilMs = clock.monotonicMs() + withinMs;
    do {
      await clock.sleep(SETTLE_MS);
    } while (this.#running.size > 0 && clock.monotonicMs() < untilMs);
  }

  /** Ends every running call and waits for them. New calls are refused from here on. */
  async stop(): Promise<void> {
    this.#shutdown.abort(new StopReason("shutdown"));
    await Promise.allSettled([...this.#running]);
  }

  async #call(request: CallRequest): Promise<CallOutcome> {
    const { io, audit } = this.#parts;
    const startedMs = io.clock.monotonicMs();
    const entry: CallEntry = {
      call_id: crypto.randomUUID(),
      tool: request.name.slice(0, 64),
      args: redactArguments(request.args),
      decisions: [],
      change: false,
    };
    let result: CallOutcome;
    let outcome: string;
    try {
      const tool = this.#byName.get(request.name);
      if (tool === undefined) throw unknownTool(request.name, this.#parts.tools);
      entry.tool = tool.name;
      entry.change = tool.effect !== "observe";
      const done = await this.#run(tool, request, entry);
      result = { ok: true, ...done };
      outcome = request.signal.aborted
        ? "cancelled"
        : done.structured.complete === false
        ? "partial"
        : "ok";
    } catch (thrown) {
      const error = asNetglassError(thrown);
      if (error instanceof Bug) this.#parts.logBug(error);
      result = { ok: false, error };
      outcome = error.code;
    }
    try {
      const duration_ms = Math.round((io.clock.monotonicMs() - startedMs) * 1_000) / 1_000;
      await audit.append({ ...entry, event: "outcome", outcome, duration_ms });
    } catch (failed) {
      const error = asNetglassError(failed);
      if (this.#byName.get(request.name)?.takesBack === true) return unrecorded(result, error);
      // What was not recorded is not reported as done: a full disk must not open a blind spot.
      const isDone = result.ok && entry.change && result.structured.state !== "planned";
      return { ok: false, error: isDone ? doneUnrecorded(error) : error };
    }
    return result;
  }

  async #run(
    card: ToolCard,
    request: CallRequest,
    entry: CallEntry,
  ): Promise<Omit<CallOutcome & { readonly ok: true }, "ok">> {
    const { tools: _tools, logBug: _logBug, ...services } = this.#parts;
    const { config, io, policy, audit } = services;
    if (this.#shutdown.signal.aborted) {
      throw new Unavailable("shutdown", "Cannot start the call: the server is stopping", {
        retryable: true,
        hint: "Call again when the server is back.",
      });
    }
    const tool = await card.load();
    const { raw, cursor } = splitCursor(tool, request.args);
    const held = tool.change === null ? null : await this.#takePlan(tool, raw, request, entry);
    const input = held?.input ?? parseInput(tool.name, tool.input, ownArguments(tool, raw));
    const maxChars = tool.budget.chars ?? config.limits.answer_chars;
    const argsKey = tool.pages === null ? "" : JSON.stringify(input);
    if (cursor !== null && tool.pages !== null) {
      return { structured: this.#pages.next(tool.name, argsKey, cursor, maxChars) };
    }
    await this.#checkPermission(tool);

    const budgetMs = tool.budget.ms(input, config);
    const stop = new AbortController();
    const halt = (kind: StopReason["kind"]): void => stop.abort(new StopReason(kind));
    const onCancel = (): void => halt("cancelled");
    const onShutdown = (): void => halt("shutdown");
    // An abort that came before the listeners is not told to them.
    if (request.signal.aborted) onCancel();
    if (this.#shutdown.signal.aborted) onShutdown();
    request.signal.addEventListener("abort", onCancel, { once: true });
    this.#shutdown.signal.addEventListener("abort", onShutdown, { once: true });
    const deadline = setTimeout(() => halt("deadline"), budgetMs);
    const progress = startProgress(request.onProgress, io.clock);
    try {
      const guards = tool.guards(input);
      const judged = guards.length === 0
        ? new Map<string, never>()
        : await judgeAll(guards, policy, stop.signal);
      entry.decisions = decisionsOf(judged);
      for (const guard of guards) {
        const verdict = judged.get(guard.text);
        if (guard.perItem !== true && verdict instanceof Error) throw verdict;
      }
      const cx: ToolContext = {
        ...services,
        signal: stop.signal,
        callId: entry.call_id,
        connection: request.session ?? (services.server.transport === "http" ? null : "process"),
        evidence: (facts) => entry.evidence = { ...entry.evidence, ...facts },
        progress: progress.report,
        judged: (text) => judgedOr(judged, tool.name, text),
      };
      if (tool.change !== null && held === null) {
        const plan = await withGrace(tool.change.plan(input, cx), stop.signal);
        return await this.#keepPlan(tool, { input, plan }, request, entry);
      }
      const intent = audit.append({ ...entry, event: "intent", outcome: null, duration_ms: null });
      // What is ours is taken back whatever the disk says: the outcome tells that it was refused.
      if (tool.takesBack) intent.catch(() => {});
      else await intent;
      const running = tool.change === null || held === null
        ? tool.run(input, cx)
        : applyUnlessStopped(tool.change, held, cx);
      const answer = await withGrace(running, stop.signal);
      if (held !== null) entry.evidence = { state: "applied", ...entry.evidence };
      const finish: Finish = (part) => finished(tool, part);
      return {
        structured: tool.pages === null
          ? finish(answer)
          : this.#pages.fit(tool.name, argsKey, answer, tool.pages, maxChars, finish),
      };
    } finally {
      clearTimeout(deadline);
      progress.stop();
      request.signal.removeEventListener("abort", onCancel);
      this.#shutdown.signal.removeEventListener("abort", onShutdown);
    }
  }

  /** The plan that a call confirms, or null if the call is to plan. */
  async #takePlan(
    tool: Tool,
    raw: unknown,
    request: CallRequest,
    entry: CallEntry,
  ): Promise<HeldPlan | null> {
    const claimant = { tool: tool.name, session: request.session ?? null };
    const { answer } = request;
    const confirmation = readConfirmation(raw);
    const planId = answer?.planId ?? confirmation?.planId;
    if (planId !== undefined) entry.evidence = { plan_id: planId };
    if (answer !== undefined) {
      const input = parseInput(tool.name, tool.input, ownArguments(tool, raw));
      return this.#plans.takeAnswered(answer.planId, answer.isAccepted, { ...claimant, input });
    }
    return confirmation === null
      ? null
      : await this.#plans.take(confirmation.planId, confirmation.token, claimant);
  }

  /** Records a plan and keeps it for the call that confirms it. */
  async #keepPlan(
    tool: Tool,
    part: Pick<HeldPlan, "input" | "plan">,
    request: CallRequest,
    entry: CallEntry,
  ): Promise<Omit<CallOutcome & { readonly ok: true }, "ok">> {
    const isAsked = request.canAsk === true;
    const session = request.session ?? null;
    const held = this.#plans.prepare({ ...part, tool: tool.name, session }, isAsked);
    await this.#parts.audit.append({
      ...entry,
      event: "plan",
      outcome: null,
      duration_ms: null,
      evidence: planEvidence(held),
    });
    entry.evidence = { plan_id: held.id };
    this.#plans.keep(held);
    const structured = escapeStrings(planAnswer(held)) as Record<string, unknown>;
    return isAsked
      ? { structured, question: { planId: held.id, text: planQuestion(held) } }
      : { structured };
  }

  /** Programs that the tool needs must be permitted; what is permitted but absent, the tool reports. */
  async #checkPermission(tool: ToolCard): Promise<void> {
    let missing = this.#permitted.get(tool.name);
    if (missing === undefined) {
      missing = null;
      for (const need of tool.needs(this.#parts.config)) {
        if (need.kind !== "run") continue;
        if (await this.#parts.io.programs.state(need.program) === "not_permitted") {
          missing = new PermissionMissing(
            "run",
            `Cannot run "${need.program}": Deno was not given permission to start it`,
            {
              flag: `--allow-run=${need.program}`,
              hint:
                `Start the server with --allow-run=${need.program} (netglass permissions prints ` +
                "the whole list). If that flag is given already, PATH did not lead Deno to the " +
                "program when it started: correct PATH, or name the program by its full path.",
            },
          );
          break;
        }
      }
      this.#permitted.set(tool.name, missing);
    }
    if (missing !== null) throw missing;
  }
}

/** A change that nobody waits for any more is none that they want. */
async function applyUnlessStopped(
  { apply }: NonNullable<Tool["change"]>,
  { id, plan }: HeldPlan,
  cx: ToolContext,
): Promise<Record<string, unknown>> {
  cx.signal.throwIfAborted();
  return await apply({ ...plan, id }, cx);
}

/** What took something back did so, recorded or not, and says which. */
function unrecorded(result: CallOutcome, { message }: NetglassError): CallOutcome {
  if (!result.ok) return result;
  const summary = escapeText(`${result.structured.summary} (Not recorded. ${message})`);
  return { ...result, structured: { ...result.structured, summary } };
}

/** A change that was made without a record of its outcome is no success, and is not made again. */
function doneUnrecorded({ message, hint }: NetglassError): NetglassError {
  return new Unavailable("audit", `The change was made, its outcome is not recorded. ${message}`, {
    hint: `Look at what is in force before you change anything again. ${hint}`,
  });
}

function unknownTool(name: string, tools: readonly ToolCard[]): InputError {
  return new InputError("tool", `Cannot call "${name.slice(0, 64)}": no such tool is enabled`, {
    hint: `Enabled: ${
      tools.map((tool) => tool.name).join(", ")
    }. Others are enabled with toolsets or tools in the configuration.`,
  });
}

/** The arguments of the tool itself: those that apply a plan are none of its own. */
function ownArguments(tool: Tool, raw: unknown): unknown {
  return tool.change === null ? raw : withoutConfirmation(raw);
}

function splitCursor(tool: Tool, args: unknown): { raw: unknown; cursor: string | null } {
  if (tool.pages === null || typeof args !== "object" || args === null || !("cursor" in args)) {
    return { raw: args, cursor: null };
  }
  const { cursor, ...raw } = args;
  if (cursor === null || cursor === "") return { raw, cursor: null };
  if (typeof cursor !== "string") {
    throw new InputError("cursor", `Cannot continue "${tool.name}": cursor must be a string`, {
      hint: "Give page.next_cursor of the last answer.",
    });
  }
  return { raw, cursor };
}

/** The answer as it goes out: it keeps to the output schema, and remote words are safe to show. */
function finished(tool: Tool, answer: unknown): Record<string, unknown> {
  const checked = tool.output.safeParse(answer);
  if (!checked.success) throw new Bug(checked.error);
  return escapeStrings(checked.data) as Record<string, unknown>;
}
