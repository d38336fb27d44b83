/** A policy for tests: the shipped defaults, some security keys, and names with given addresses. */
import { defaultConfig } from "../../lib/config/load.ts";
import type { Config } from "../../lib/config/config.ts";
import { RemoteFailure } from "../../lib/errors/mod.ts";
import { createPolicy, type RealPaths } from "../../lib/policy/make_policy.ts";
import type { Policy } from "../../lib/policy/policy.ts";

/** What a test may set. */
export interface PolicyOptions {
  readonly security?: Partial<Config["security"]>;
  readonly allowedPaths?: readonly string[];
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly resolvers?: readonly string[];
  readonly realPath?: RealPaths["realPath"];
  /** Called with every name that is asked of DNS. */
  readonly onLookup?: (name: string) => void;
}

export function configFor({ security = {}, allowedPaths }: PolicyOptions): Config {
  const base = defaultConfig();
  return {
    ...base,
    security: { ...base.security, ...security },
    pcap: { ...base.pcap, ...(allowedPaths === undefined ? {} : { allowed_paths: allowedPaths }) },
  };
}

export function policyFor(options: PolicyOptions = {}): Policy {
  const { names = {}, resolvers = [], onLookup, realPath } = options;
  return createPolicy(configFor(options), {
    resolvers,
    resolveHost: (name) => {
      onLookup?.(name);
      const addresses = names[name];
      return addresses === undefined
        ? Promise.reject(new RemoteFailure("dns_nxdomain", `Cannot resolve "${name}"`))
        : Promise.resolve(addresses);
    },
  }, { realPath: realPath ?? ((path) => Promise.resolve(path)) });
}
