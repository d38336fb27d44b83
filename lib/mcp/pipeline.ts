/**
 * The one path that every call takes: parse, permission, policy, audit intent, deadline, run,
 * validate, escape, budget, audit outcome. No tool contains any of it.
 *
 * @module
 */
import type { AuditEntry, AuditLog } from "../audit/record.ts";
import { redactArguments } from "../audit/redact.ts";
import type { Config } from "../config/config.ts";
import {
  asNetglassError,
  Bug,
  InputError,
  type NetglassError,
  PermissionMissing,
  PolicyDenied,
  Unavailable,
} from "../errors/mod.ts";
import type { Io } from "../io/io.ts";
import type { RoaPayloads } from "../registry/rpki/roa_payloads.ts";
import type { RouteSight } from "../looking_glass/looking_glass_service.ts";
import type { Captures } from "../pcap/engine/captures.ts";
import type { Guard, JudgedTarget } from "../policy/decision.ts";
import type { Policy } from "../policy/policy.ts";
import {
  type ServerFacts,
  StopReason,
  type Tool,
  type ToolCard,
  type ToolContext,
} from "./define_tool.ts";
import { escapeStrings } from "./escape.ts";
import { type Finish, Pages } from "./pages.ts";
import { parseInput } from "./parse_input.ts";
import { type ProgressSink, startProgress } from "./progress.ts";

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
}

/** What a call came to. */
export type CallOutcome =
  | { readonly ok: true; readonly structured: Record<string, unknown> }
  | { readonly ok: false; readonly error: NetglassError };

/** A tool that ignores its signal is left behind after this long, milliseconds. */
const GRACE_MS = 3_000;
/** Time for a message that has arrived to become a running call, milliseconds. */
const SETTLE_MS = 50;
/** Host names of one call that are resolved at the same time. */
const GUARD_CONCURRENCY = 16;

/** What the audit says of a call, filled in as the call becomes known. */
type CallEntry = {
  -readonly [Key in Exclude<keyof AuditEntry, "event" | "outcome" | "duration_ms">]:
    AuditEntry[Key];
};

type Judged = ReadonlyMap<string, JudgedTarget | NetglassError>;

/** The pipeline of one server; every face (stdio, HTTP, `call`) goes through it. */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #byName = new Map<string, ToolCard>();
  readonly #pages: Pages;
  readonly #permitted = new Map<string, NetglassError | null>();
  readonly #shutdown = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#pages = new Pages(parts.io.clock);
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
      const structured = await this.#run(tool, request, entry);
      result = { ok: true, structured };
      outcome = request.signal.aborted
        ? "cancelled"
        : structured.complete === false
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
      // What was not recorded is not reported as done: a full disk must not open a blind spot.
      return { ok: false, error: asNetglassError(failed) };
    }
    return result;
  }

  async #run(
    card: ToolCard,
    request: CallRequest,
    entry: CallEntry,
  ): Promise<Record<string, unknown>> {
    const { config, io, policy, audit, server, captures, lookingGlass, roaPayloads } = this.#parts;
    if (this.#shutdown.signal.aborted) {
      throw new Unavailable("shutdown", "Cannot start the call: the server is stopping", {
        retryable: true,
        hint: "Call again when the server is back.",
      });
    }
    const tool = await card.load();
    const { raw, cursor } = splitCursor(tool, request.args);
    const input = parseInput(tool.name, tool.input, raw);
    const maxChars = tool.budget.chars ?? config.limits.answer_chars;
    const argsKey = tool.pages === null ? "" : JSON.stringify(input);
    if (cursor !== null && tool.pages !== null) {
      return this.#pages.next(tool.name, argsKey, cursor, maxChars);
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
      await audit.append({ ...entry, event: "intent", outcome: null, duration_ms: null });

      const cx: ToolContext = {
        signal: stop.signal,
        config,
        io,
        policy,
        audit,
        server,
        captures,
        lookingGlass,
        roaPayloads,
        progress: progress.report,
        judged: (text) => judgedOr(judged, tool.name, text),
      };
      const answer = await withGrace(tool.run(input, cx), stop.signal);
      const finish: Finish = (part) => finished(tool, part);
      return tool.pages === null
        ? finish(answer)
        : this.#pages.fit(tool.name, argsKey, answer, tool.pages, maxChars, finish);
    } finally {
      clearTimeout(deadline);
      progress.stop();
      request.signal.removeEventListener("abort", onCancel);
      this.#shutdown.signal.removeEventListener("abort", onShutdown);
    }
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

function unknownTool(name: string, tools: readonly ToolCard[]): InputError {
  return new InputError("tool", `Cannot call "${name.slice(0, 64)}": no such tool is enabled`, {
    hint: `Enabled: ${
      tools.map((tool) => tool.name).join(", ")
    }. Others are enabled with toolsets or tools in the configuration.`,
  });
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

async function judgeAll(
  guards: readonly Guard[],
  policy: Policy,
  signal: AbortSignal,
): Promise<Judged> {
  const judged = new Map<string, JudgedTarget | NetglassError>();
  const waiting = [...new Map(guards.map((guard) => [guard.text, guard])).values()];
  const worker = async (): Promise<void> => {
    for (let guard = waiting.shift(); guard !== undefined; guard = waiting.shift()) {
      try {
        judged.set(
          guard.text,
          guard.kind === "host"
            ? await policy.judgeHost(guard.text, signal)
            : policy.judgeQuery(guard.text),
        );
      } catch (thrown) {
        judged.set(guard.text, asNetglassError(thrown));
      }
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(GUARD_CONCURRENCY, waiting.length) }, worker),
  );
  return judged;
}

function decisionsOf(judged: Judged): AuditEntry["decisions"] {
  return [...judged].slice(0, 20).map(([text, verdict]) => ({
    target: text.slice(0, 255),
    effect: verdict instanceof Error ? "deny" : "allow",
    rule: verdict instanceof PolicyDenied
      ? String(verdict.detail.rule ?? verdict.code)
      : verdict instanceof Error
      ? verdict.code
      : verdict.decision.rule,
  }));
}

function judgedOr(judged: Judged, tool: string, text: string): JudgedTarget {
  const verdict = judged.get(text);
  if (verdict === undefined) {
    throw new Bug(new Error(`Tool "${tool}" asked for a target that no guard of it named`));
  }
  if (verdict instanceof Error) throw verdict;
  return verdict;
}

/** Awaits `running`; once `signal` fires, for at most {@link GRACE_MS} more. */
async function withGrace<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  let grace: ReturnType<typeof setTimeout> | undefined;
  const abandoned = new Promise<never>((_resolve, reject) => {
    const arm = (): void => {
      grace = setTimeout(
        () =>
          reject(
            new Unavailable("deadline", "Cannot finish the call: it did not stop in time", {
              retryable: true,
              hint: "Ask for less in one call (fewer targets, a smaller count or timeout).",
            }),
          ),
        GRACE_MS,
      );
    };
    if (signal.aborted) arm();
    else signal.addEventListener("abort", arm, { once: true });
  });
  try {
    return await Promise.race([running, abandoned]);
  } catch (thrown) {
    // A tool that has nothing to show when it is stopped lets the signal's reason through.
    if (thrown instanceof StopReason) {
      throw new Unavailable(thrown.kind, thrown.message, {
        retryable: true,
        hint: thrown.kind === "deadline"
          ? "Ask for less in one call (fewer targets, a smaller count or timeout)."
          : "Call again.",
      });
    }
    throw thrown;
  } finally {
    clearTimeout(grace);
    running.catch(() => {});
  }
}
