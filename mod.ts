/**
 * netglass as a library: the engine behind the command line, to embed in a program of your own.
 *
 * ```ts
 * import { createEngine } from "@netglass/netglass";
 *
 * const engine = await createEngine({ config: "./config.yaml" });
 * const answer = await engine.call("policy_explain", { target: "192.0.2.1" });
 * if (answer.ok) answer.result.summary;
 * await engine.stop();
 * ```
 *
 * The program needs the permissions that `netglass permissions` prints for the same configuration.
 *
 * The BGP speaker is asked in the same way, within the same rails: its sessions come up with the
 * first question of the toolset `bgp`, live in a thread of their own, and end with `stop`.
 *
 * ```ts
 * import { createEngine } from "@netglass/netglass";
 *
 * const engine = await createEngine({ config: "./bgp.yaml", toolsets: ["bgp"] });
 * const seen = await engine.call("bgp_propagation", { prefix: "192.0.2.0/24", wait_sec: 60 });
 * if (seen.ok) seen.result.converged;
 * await engine.stop();
 * ```
 *
 * BGP messages and MRT files can be read and written without an engine and its permissions:
 *
 * ```ts
 * import {
 *   describeMessage,
 *   encodeAnnouncements,
 *   parseCommunity,
 *   parsePrefix,
 *   readMrtRoutes,
 * } from "@netglass/netglass";
 *
 * const traits = {
 *   as4: true,
 *   extendedMessage: false,
 *   families: [true, true],
 *   addPathReceive: [false, false],
 *   addPathSend: [false, false],
 *   extendedNextHop: false,
 *   isEbgp: true,
 *   localAs: 64500,
 *   peerAs: 64501,
 *   localAddresses: [],
 * } as const;
 * const messages = encodeAnnouncements([{
 *   prefix: parsePrefix("192.0.2.0/24").prefix,
 *   nextHop: "198.51.100.1",
 *   asPath: [64500],
 *   origin: "igp",
 *   med: null,
 *   localPref: null,
 *   communities: [parseCommunity("no-export")],
 *   otc: null,
 * }], traits);
 * for (const message of messages) describeMessage(message, traits).type; // "UPDATE"
 *
 * using file = await Deno.open("rib.20260101.0000.gz");
 * await readMrtRoutes(file, ({ network, peer_as }) => void [network, peer_as]);
 * ```
 *
 * @module
 */
import { prepare, start } from "./lib/cli/boot.ts";
import type { NetglassError } from "./lib/errors/mod.ts";
import { toolCards } from "./tools/cards.ts";

export * from "./lib/bgp/mod.ts";
export {
  Bug,
  DecodeError,
  type ErrorDetail,
  InputError,
  NetglassError,
  type NetglassErrorOptions,
  PermissionMissing,
  PolicyDenied,
  RemoteFailure,
  Unavailable,
} from "./lib/errors/mod.ts";

/** What an engine is made from; everything has the default of the command line. */
export interface EngineOptions {
  /** Configuration file; default: the search of the command line. */
  readonly config?: string;
  /** Toolsets or presets in place of `toolsets`. */
  readonly toolsets?: readonly string[];
  /** Exactly these tools, in place of `tools`. */
  readonly tools?: readonly string[];
  /** Tools to leave out. */
  readonly excludeTools?: readonly string[];
  /** No tool that changes anything. Default false. */
  readonly readOnly?: boolean;
  /** Start although Deno was given more than the policy needs. Default false. */
  readonly acceptWiderPermissions?: boolean;
}

/** Options of one call. */
export interface CallOptions {
  /** Cancels the call. */
  readonly signal?: AbortSignal;
  /** Called while the call runs, at least every ten seconds. */
  readonly onProgress?: (progress: { progress: number; total?: number; message?: string }) => void;
}

/** What a call came to. `result` always has `success` and `summary`. */
export type CallAnswer =
  | { readonly ok: true; readonly result: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly error: NetglassError };

/** A running engine. */
export interface Engine {
  /** Names of the enabled tools, sorted. */
  readonly tools: readonly string[];
  /** Runs one tool through the same pipeline as an MCP client's call: policy, audit, deadline. Never throws. */
  call(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    options?: CallOptions,
  ): Promise<CallAnswer>;
  /** Ends running calls and BGP sessions, writes the audit record out and closes it. */
  stop(): Promise<void>;
}

/**
 * Starts an engine.
 *
 * @throws {InputError} `input.config` if the configuration is wrong
 * @throws {Error} if Deno was given more than the policy needs, unless that is accepted
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const setting = await prepare(
    {
      config: options.config ?? null,
      toolsets: options.toolsets ?? null,
      tools: options.tools ?? null,
      excludeTools: options.excludeTools ?? null,
      readOnly: options.readOnly ?? false,
      acceptWiderPermissions: options.acceptWiderPermissions ?? false,
    },
    toolCards,
    { transport: "call" },
  );
  const engine = await start(setting, options.acceptWiderPermissions ?? false);
  return {
    tools: setting.tools.map((tool) => tool.name),
    call: async (tool, args, { signal, onProgress } = {}) => {
      const outcome = await engine.pipeline.call({
        name: tool,
        args,
        signal: signal ?? new AbortController().signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      });
      return outcome.ok
        ? { ok: true, result: outcome.structured }
        : { ok: false, error: outcome.error };
    },
    stop: () => engine.stop("netglass: the program is over"),
  };
}
