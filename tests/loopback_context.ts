/**
 * A tool context for tests: the real doors, a policy that lets everything pass, and names with the
 * addresses that the test gives them.
 *
 * @module
 */
import type { Config } from "../lib/config/config.ts";
import { defaultConfig } from "../lib/config/load.ts";
import type { Io } from "../lib/io/io.ts";
import { createIo } from "../lib/io/real.ts";
import { parseTarget, renderTarget } from "../lib/ip/target.ts";
import type { ServerFacts, ToolContext } from "../lib/mcp/define_tool.ts";
import { PolicyDenied } from "../lib/errors/mod.ts";
import type { JudgedTarget } from "../lib/policy/decision.ts";

/** What a test may set. */
export interface LoopbackOptions {
  /** Configured name servers, `address:port`. */
  readonly resolvers?: readonly string[];
  /** Patience with one name server, milliseconds. */
  readonly dnsTimeoutMs?: number;
  /** Addresses of names. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** Texts that policy refuses. */
  readonly denied?: readonly string[];
  /** Keys of `intel` in place of the shipped ones. */
  readonly intel?: Partial<Config["intel"]>;
  readonly signal?: AbortSignal;
  /** Whether `ss` may be run. */
  readonly connections?: boolean;
  readonly programs?: Io["programs"];
  /** Doors in place of the real ones. */
  readonly net?: Partial<Io["net"]>;
  readonly onProgress?: (done: number, total?: number) => void;
}

/** A context whose tools run against this host alone. */
export function loopbackContext(options: LoopbackOptions = {}): ToolContext {
  const { resolvers = [], dnsTimeoutMs = 400, names = {}, denied = [] } = options;
  const io = createIo({ resolvers, dnsTimeoutMs });
  const absent = (): never => {
    throw new Error("This test context has no such service");
  };
  return {
    signal: options.signal ?? new AbortController().signal,
    config: {
      dns: { resolvers, timeout_ms: dnsTimeoutMs },
      limits: { answer_chars: 8000, concurrency: 16 },
      host: { connections: options.connections ?? false },
      intel: { ...defaultConfig().intel, ...options.intel },
      // The tools under test read no more of the configuration.
    } as Config,
    io: { ...io, programs: options.programs ?? io.programs, net: { ...io.net, ...options.net } },
    policy: {
      judgeHost: absent,
      judgeService: absent,
      judgeQuery: absent,
      decideAddress: absent,
      explainTarget: absent,
      explainPath: absent,
      explainPrefix: absent,
    },
    audit: { path: null, query: absent, verify: absent },
    // Not read by the tools under test.
    server: {} as ServerFacts,
    captures: { ask: absent, stop: absent },
    lookingGlass: absent,
    roaPayloads: absent,
    bgp: absent,
    routeGuard: absent,
    callId: "call",
    connection: "process",
    evidence: () => {},
    progress: options.onProgress ?? (() => {}),
    judged: (text) => judge(text, names, denied),
  };
}

function judge(
  text: string,
  names: Readonly<Record<string, readonly string[]>>,
  denied: readonly string[],
): JudgedTarget {
  if (denied.includes(text)) {
    throw new PolicyDenied("blocked_targets", `Cannot reach "${text}": a test says so`);
  }
  const target = parseTarget(text, { underscores: true });
  const canonical = renderTarget(target);
  return {
    input: text,
    name: target.kind === "name" ? canonical : null,
    addresses: target.kind === "name" ? names[text] ?? [] : [canonical],
    decision: {
      effect: "allow",
      rule: "default",
      matched: null,
      reason: "a test",
      wouldAllow: null,
    },
  };
}
