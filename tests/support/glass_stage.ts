/**
 * The tools of the looking glass as a client calls them: the whole pipeline, the real service and
 * policy, and route servers on loopback in place of the public ones.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createAuditLog } from "../../lib/audit/audit_log.ts";
import type { BgpSpeaker } from "../../lib/bgp/bgp_service.ts";
import type { RouteGuard } from "../../lib/bgp/guard/route_guard.ts";
import type { Config, RouteServerEntry } from "../../lib/config/config.ts";
import { defaultConfig } from "../../lib/config/load.ts";
import type { NetglassError } from "../../lib/errors/mod.ts";
import { files } from "../../lib/io/files.ts";
import { createIo } from "../../lib/io/real.ts";
import { createLookingGlassService } from "../../lib/looking_glass/looking_glass_service.ts";
import type { RouteSource } from "../../lib/looking_glass/http_sources/http_source.ts";
import type { ServerFacts } from "../../lib/mcp/define_tool.ts";
import { type CallOutcome, Pipeline } from "../../lib/mcp/pipeline.ts";
import type { Captures } from "../../lib/pcap/engine/captures.ts";
import { createPolicy } from "../../lib/policy/make_policy.ts";
import { toolCards } from "../../tools/cards.ts";
import { labServer } from "./lab_router.ts";

/** A result as a client reads it. */
// deno-lint-ignore no-explicit-any
export type Answer = Record<string, any>;

/** What a test may set. */
export interface StageOptions {
  readonly looking_glass?: Partial<Config["looking_glass"]>;
  readonly security?: Partial<Config["security"]>;
  /** Directory of the ledger. */
  readonly auditPath?: string;
  /** Name servers, `address:port`; default: none that answers. */
  readonly resolvers?: readonly string[];
  /** Archives in place of those of the configuration. */
  readonly archives?: readonly RouteSource[];
  /** Our own tables, for bgp_propagation, with the rails if routes may be announced. */
  readonly speaker?: BgpSpeaker;
  readonly routeGuard?: Pick<RouteGuard, "leases">;
}

/** An entry for a route server on loopback; the name is `Lab` unless it is given. */
export function routeServer(port: number, fields: Partial<RouteServerEntry> = {}) {
  return labServer(port, { name: "Lab", families: ["ipv4", "ipv6"], ...fields });
}

function given<T>(value: T | undefined): Promise<T> {
  return value === undefined
    ? Promise.reject(new Error("The test gives none"))
    : Promise.resolve(value);
}

/** The tools with these servers. */
export class GlassStage implements AsyncDisposable {
  readonly #pipeline: Pipeline;
  readonly #service: ReturnType<typeof createLookingGlassService>;

  constructor(servers: readonly RouteServerEntry[], options: StageOptions = {}) {
    const defaults = defaultConfig();
    const resolvers = options.resolvers ?? ["127.0.0.1:9"];
    const config: Config = {
      ...defaults,
      security: { ...defaults.security, ...options.security },
      dns: { resolvers, timeout_ms: 500 },
      looking_glass: {
        ...defaults.looking_glass,
        deadline_ms: 5_000,
        ...options.looking_glass,
        servers,
      },
      audit: { path: options.auditPath ?? null },
      bgp: {
        ...defaults.bgp,
        enabled: options.speaker !== undefined,
        originate: { ...defaults.bgp.originate, enabled: options.routeGuard !== undefined },
      },
    };
    const io = createIo({ resolvers, dnsTimeoutMs: 500, userAgent: "netglass/test" });
    const policy = createPolicy(config, io.net, files);
    this.#service = createLookingGlassService({
      config,
      io,
      hosts: { judge: policy.judgeService },
      files,
      readEnv: () => undefined,
    });
    const { archives } = options;
    const open = this.#service.open;
    const audit = createAuditLog({ path: null, files, clock: io.clock });
    this.#pipeline = new Pipeline({
      tools: toolCards.filter(({ toolset, name }) =>
        toolset === "looking_glass" || name === "bgp_propagation"
      ),
      config,
      io,
      policy,
      audit: {
        append: async (entry) => await (await audit).append(entry),
      } as Awaited<typeof audit>,
      server: {} as ServerFacts,
      captures: {} as Captures,
      lookingGlass: archives === undefined
        ? open
        : async () => ({ ...await open(), sources: archives }),
      roaPayloads: () => Promise.reject(new Error("no tool here reads them")),
      bgp: () => given(options.speaker),
      routeGuard: () => given(options.routeGuard as RouteGuard | undefined),
      // A bug of ours is never a test's expectation.
      logBug: (bug) => queueMicrotask(() => assert.fail(String(bug.cause))),
    });
  }

  /** Calls a tool. */
  call(
    name: string,
    args: unknown,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<CallOutcome> {
    return this.#pipeline.call({ name, args, signal });
  }

  /** The answer of a tool that must have one. */
  async answer(name: string, args: unknown = {}): Promise<Answer> {
    const outcome = await this.call(name, args);
    if (!outcome.ok) throw new assert.AssertionError({ message: outcome.error.message });
    return outcome.structured;
  }

  /** The error of a tool that must fail. */
  async error(name: string, args: unknown = {}): Promise<NetglassError> {
    const outcome = await this.call(name, args);
    if (outcome.ok) {
      throw new assert.AssertionError({ message: JSON.stringify(outcome.structured) });
    }
    return outcome.error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pipeline.stop();
    await this.#service.stop();
  }
}
