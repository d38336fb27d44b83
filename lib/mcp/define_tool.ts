/**
 * The contract of a tool. A tool states what it is, what it needs and which facts policy must judge,
 * and does its one job in `run`; everything around that is in `pipeline.ts`.
 *
 * @module
 */
import type { z } from "zod";
import type { AuditReader } from "../audit/record.ts";
import type { BgpSpeaker } from "../bgp/bgp_service.ts";
import type { RouteGuard } from "../bgp/guard/route_guard.ts";
import type { Config } from "../config/config.ts";
import type { Io } from "../io/io.ts";
import type { RouteSight } from "../looking_glass/looking_glass_service.ts";
import type { Captures } from "../pcap/engine/captures.ts";
import type { Guard, JudgedTarget } from "../policy/decision.ts";
import type { RoaPayloads } from "../registry/rpki/roa_payloads.ts";
import {
  bgp,
  captures,
  hostTable,
  httpSources,
  type Need,
  publicIpServices,
  rdapHosts,
  resolverConfig,
  resolvers,
  routeServers,
  rpkiSource,
  run,
  sockets,
  targets,
  udp,
} from "../policy/need.ts";
import type { Policy } from "../policy/policy.ts";
import type { ChangePlan, ConfirmedPlan } from "./change_tool.ts";

/**
 * What a tool does to the world; all four MCP hints follow from this and `reach`. `export`: it writes
 * a new file where the configuration says that it may, and changes no network.
 */
export type Effect = "observe" | "export" | "change" | "destroy";

/** `local`: this host and this process only; `open`: it talks to others. */
export type Reach = "local" | "open";

export {
  bgp,
  captures,
  hostTable,
  httpSources,
  type Need,
  publicIpServices,
  rdapHosts,
  resolverConfig,
  resolvers,
  routeServers,
  rpkiSource,
  run,
  sockets,
  targets,
  udp,
};

/** A permission that the enabled tools need and do not have. */
export interface NeedState {
  /** The flag that covers it, for example `--allow-run=ping`. */
  readonly flag: string;
  /** The tools and configuration keys that want it. */
  readonly reasons: readonly string[];
  /** `absent`: it is the program that is missing, not the permission. */
  readonly state: "missing" | "absent";
}

/** Facts about the running server that meta tools show. */
export interface ServerFacts {
  readonly version: string;
  readonly transport: "stdio" | "http" | "call";
  readonly tools: readonly ToolCard[];
  /** Where the configuration came from, in order of rising precedence. */
  readonly configSources: readonly string[];
  /** Set when the server runs with wider permissions than the policy needs: what is wider. */
  readonly widerPermissions: readonly string[];
  /** What the enabled tools need and do not have. */
  needStates(): Promise<readonly NeedState[]>;
}

/** What a tool may touch: narrow and read-only. Add a member only when a tool uses it. */
export interface ToolContext {
  /** Aborts on cancellation and at the deadline; `signal.reason` is a {@link StopReason}. */
  readonly signal: AbortSignal;
  readonly config: Config;
  readonly io: Io;
  readonly policy: Policy;
  readonly audit: AuditReader;
  readonly server: ServerFacts;
  readonly captures: Captures;
  /** Route servers and archives of routes. */
  readonly lookingGlass: () => Promise<RouteSight>;
  /** Validated ROA payloads. */
  readonly roaPayloads: () => Promise<RoaPayloads>;
  /**
   * The speaker, opened with the first question where the server has not opened it.
   * @throws {Unavailable} `env.bgp` where `bgp.enabled` is false
   */
  readonly bgp: () => Promise<BgpSpeaker>;
  /**
   * What stands between a tool and the routes of the speaker; whatever is announced goes through it.
   * @throws {Unavailable} as `bgp`
   */
  readonly routeGuard: () => Promise<RouteGuard>;
  /** Unique; what the audit record knows this call by. */
  readonly callId: string;
  /**
   * What ends when the client goes: its session of HTTP, or `process` where the server ends with its
   * client; null: nothing does.
   */
  readonly connection: string | null;
  /** Adds facts to what the audit record says of the outcome, snake_case: messages, a report. */
  evidence(facts: Readonly<Record<string, unknown>>): void;
  /** Tells the client how far the call is; `done` of `total` in any unit, and one short line. */
  progress(done: number, total?: number, message?: string): void;
  /**
   * The outcome of a guard: the judged target.
   * @throws what policy said about this text (`policy.*`, `input.*`, `remote.dns_*`)
   */
  judged(text: string): JudgedTarget;
}

/** Why a call's signal fired. */
export class StopReason extends Error {
  constructor(readonly kind: "deadline" | "cancelled" | "shutdown") {
    super(
      kind === "deadline"
        ? "The call ran out of time"
        : kind === "cancelled"
        ? "The call was cancelled"
        : "The server is stopping",
    );
    this.name = "StopReason";
  }
}

/** What every tool states about itself. */
export interface ToolFace<I extends z.ZodObject, O extends z.ZodObject> {
  /** snake_case; equals the file name. */
  readonly name: string;
  readonly title: string;
  readonly toolset: string;
  readonly reach: Reach;
  /** What it is for, when to use it rather than its neighbour, what it costs, what it returns. */
  readonly description: string;
  /**
   * Makes the `z.strictObject` of the input, every field described with unit, range and default.
   * Called once, at the first use: schemas of all tools would cost a tenth of a cold start.
   */
  readonly input: () => I;
  /** Makes the output's schema; it always has `success` and `summary`. */
  readonly output: () => O;
  /** Whether a configuration offers the tool at all, beside toolsets and names; default: always. */
  readonly offered?: (config: Config) => boolean;
  readonly needs: (config: Config) => readonly Need[];
  readonly guards?: (input: z.output<I>) => readonly Guard[];
  readonly budget: {
    /** Longest run, milliseconds; past it `signal` aborts and the tool returns what it has. */
    readonly ms: number | ((input: z.output<I>, config: Config) => number);
    /** Longest answer of a tool with `pages`, characters of JSON; default `limits.answer_chars`. */
    readonly chars?: number;
  };
  /**
   * Name of the output's array that may be cut to whole items when the answer is too long. The tool
   * then also takes `cursor` and returns `page: {shown, total, next_cursor}`; both are added by
   * `defineTool`'s callers, not by the tool.
   */
  readonly pages?: keyof z.output<O> & string;
  /** Other names that are accepted and never listed. */
  readonly aliases?: readonly string[];
}

/**
 * A tool that observes, or exports what it saw, as its module writes it. One that changes something
 * has another spec: `ChangeSpec`, or `TakeBackSpec` where it takes something of ours back.
 */
export interface ToolSpec<I extends z.ZodObject, O extends z.ZodObject> extends ToolFace<I, O> {
  readonly effect: "observe" | "export";
  readonly run: (input: z.output<I>, cx: ToolContext) => Promise<z.input<O>> | z.input<O>;
}

/**
 * What a launch must know of a tool. The tool itself is loaded with its first call: the modules of
 * all tools would cost a tenth of a cold start.
 */
export interface ToolCard {
  readonly name: string;
  readonly toolset: string;
  readonly effect: Effect;
  /** It takes back something of ours: offered with `read_only` as well. */
  readonly takesBack: boolean;
  readonly aliases: readonly string[];
  readonly offered: (config: Config) => boolean;
  readonly needs: (config: Config) => readonly Need[];
  readonly load: () => Promise<Tool>;
}

/** A tool as the pipeline and the lists see it, its types erased. */
export interface Tool extends ToolCard {
  readonly title: string;
  readonly reach: Reach;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly guards: (input: unknown) => readonly Guard[];
  readonly budget: {
    readonly ms: (input: unknown, config: Config) => number;
    readonly chars: number | null;
  };
  readonly pages: string | null;
  /** Rejects where `change` is not null. */
  readonly run: (input: unknown, cx: ToolContext) => Promise<Record<string, unknown>>;
  /** How a tool that changes something does it; null for one that does not, or that takes back. */
  readonly change: {
    readonly plan: (input: unknown, cx: ToolContext) => Promise<ChangePlan<unknown>>;
    readonly apply: (
      plan: ConfirmedPlan<unknown>,
      cx: ToolContext,
    ) => Promise<Record<string, unknown>>;
  } | null;
}

/**
 * Makes a tool from its spec.
 *
 * @throws {TypeError} if the name is not snake_case; from `output`, if it lacks `success` or `summary`
 */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(
  spec: ToolSpec<I, O>,
): Tool {
  return eraseFace(spec, {
    effect: spec.effect,
    takesBack: false,
    run: async (input, cx) => await spec.run(input as z.output<I>, cx) as Record<string, unknown>,
    change: null,
  });
}

/** Makes a tool of what it states and what it does, for the three specs alike. */
export function eraseFace<I extends z.ZodObject, O extends z.ZodObject>(
  face: ToolFace<I, O>,
  work: Pick<Tool, "effect" | "takesBack" | "run" | "change">,
): Tool {
  if (!/^[a-z][a-z0-9_]{1,39}$/.test(face.name)) {
    throw new TypeError(`Cannot define tool "${face.name}": the name must be snake_case`);
  }
  let input: I | undefined;
  let output: O | undefined;
  const { ms, chars } = face.budget;
  // The erased functions receive only what `input` has parsed, so the casts restore a known type.
  const tool: Tool = {
    name: face.name,
    title: face.title,
    toolset: face.toolset,
    reach: face.reach,
    description: face.description,
    get input() {
      return input ??= face.input();
    },
    get output() {
      return output ??= checkedOutput(face.name, face.output());
    },
    offered: face.offered ?? (() => true),
    needs: face.needs,
    guards: (input) => face.guards?.(input as z.output<I>) ?? [],
    budget: {
      ms: (input, config) => typeof ms === "number" ? ms : ms(input as z.output<I>, config),
      chars: chars ?? null,
    },
    pages: face.pages ?? null,
    aliases: face.aliases ?? [],
    load: () => Promise.resolve(tool),
    ...work,
  };
  return tool;
}

function checkedOutput<O extends z.ZodObject>(name: string, output: O): O {
  for (const field of ["success", "summary"]) {
    if (!(field in output.shape)) {
      throw new TypeError(`Cannot define tool "${name}": its output lacks "${field}"`);
    }
  }
  return output;
}
