/**
 * The contract of a tool. A tool states what it is, what it needs and which facts policy must judge,
 * and does its one job in `run`; everything around that is in `pipeline.ts`.
 *
 * @module
 */
import type { z } from "zod";
import type { AuditReader } from "../audit/record.ts";
import type { Config } from "../config/config.ts";
import type { Io } from "../io/io.ts";
import type { RouteSight } from "../looking_glass/looking_glass_service.ts";
import type { Captures } from "../pcap/engine/captures.ts";
import type { Guard, JudgedTarget } from "../policy/decision.ts";
import type { RoaPayloads } from "../registry/rpki/roa_payloads.ts";
import {
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

/**
 * What a tool does to the world; all four MCP hints follow from this and `reach`. `export`: it writes
 * a new file where the configuration says that it may, and changes no network.
 */
export type Effect = "observe" | "export" | "change" | "destroy";

/** `local`: this host and this process only; `open`: it talks to others. */
export type Reach = "local" | "open";

export {
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

/** A tool as its module writes it. */
export interface ToolSpec<I extends z.ZodObject, O extends z.ZodObject> {
  /** snake_case; equals the file name. */
  readonly name: string;
  readonly title: string;
  readonly toolset: string;
  /**
   * A tool with `run` only observes, or exports what it saw. One that changes something has to plan
   * and to be confirmed before it applies, which is another spec; until there is one, such a tool
   * cannot be written.
   */
  readonly effect: "observe" | "export";
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
  readonly run: (input: unknown, cx: ToolContext) => Promise<Record<string, unknown>>;
}

/**
 * Makes a tool from its spec.
 *
 * @throws {TypeError} if the name is not snake_case; from `output`, if it lacks `success` or `summary`
 */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(
  spec: ToolSpec<I, O>,
): Tool {
  if (!/^[a-z][a-z0-9_]{1,39}$/.test(spec.name)) {
    throw new TypeError(`Cannot define tool "${spec.name}": the name must be snake_case`);
  }
  let input: I | undefined;
  let output: O | undefined;
  const { ms, chars } = spec.budget;
  // The erased functions receive only what `input` has parsed, so the casts restore a known type.
  const tool: Tool = {
    name: spec.name,
    title: spec.title,
    toolset: spec.toolset,
    effect: spec.effect,
    reach: spec.reach,
    description: spec.description,
    get input() {
      return input ??= spec.input();
    },
    get output() {
      return output ??= checkedOutput(spec.name, spec.output());
    },
    offered: spec.offered ?? (() => true),
    needs: spec.needs,
    guards: (input) => spec.guards?.(input as z.output<I>) ?? [],
    budget: {
      ms: (input, config) => typeof ms === "number" ? ms : ms(input as z.output<I>, config),
      chars: chars ?? null,
    },
    pages: spec.pages ?? null,
    aliases: spec.aliases ?? [],
    run: async (input, cx) => await spec.run(input as z.output<I>, cx) as Record<string, unknown>,
    load: () => Promise.resolve(tool),
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
