/**
 * The shape of a loaded configuration. `schema.ts` documents each key (unit, range, default) and
 * `load.ts` makes the value; after start it is frozen.
 *
 * @module
 */

import type { BgpConfig, TunnelsConfig } from "./bgp_config.ts";

/** Names of the toolsets, and the presets `slim`, `default` and `all` that stand for several. */
export type ToolsetName = string;

/** What to say at the login of a route server; null: the server does not ask. */
export interface RouteServerLogin {
  readonly username: string | null;
  /** A published password; one's own comes from the environment. */
  readonly password: string | null;
  /** Name of the environment variable that holds the password, or null. */
  readonly password_env: string | null;
}

/** One entry of `looking_glass.servers`. */
export interface RouteServerEntry {
  /** Shown and asked for, unique without regard to case. */
  readonly name: string;
  /** Host name or address. */
  readonly host: string;
  /** TCP port of the telnet service. */
  readonly port: number;
  /** null: found out at the first connection. */
  readonly dialect:
    | "frr"
    | "ios"
    | "iosxr"
    | "nxos"
    | "eos"
    | "junos"
    | "bird"
    | "openbgpd"
    | null;
  readonly login: RouteServerLogin;
  readonly location: string | null;
  /** AS number of the operator, or null. */
  readonly asn: number | null;
  /** `europe`, `ixp`, `multihop` … */
  readonly tags: readonly string[];
  /** Address families that it carries. */
  readonly families: readonly ("ipv4" | "ipv6")[];
  /** Whether its operator lets visitors ping and traceroute from it. */
  readonly ping: boolean;
  readonly traceroute: boolean;
  /** JSON instead of text: costs about three times the bytes, for one's own FRR. */
  readonly format: "text" | "json";
  /** Most connections and received bytes in 24 hours that its operator allows; null: no limit is known. */
  readonly daily_connections: number | null;
  readonly daily_bytes: number | null;
  /** Date of the last check that it answers (YYYY-MM-DD), or null. */
  readonly verified: string | null;
  readonly enabled: boolean;
}

/** Services over HTTPS that answer for many route collectors at once, or say who owns what. */
export type HttpSourceName = "routeviews-api" | "ripestat" | "bgpkit";

/** A loaded configuration; keys are those of `config.yaml`. Deeply frozen. */
export interface Config {
  readonly toolsets: readonly ToolsetName[];
  /** Explicit tool names (argv `--tools`); null: the toolsets decide. */
  readonly tools: readonly string[] | null;
  readonly exclude_tools: readonly string[];
  readonly read_only: boolean;
  readonly security: {
    readonly network: "listed" | "open";
    readonly allowed_targets: readonly string[];
    readonly blocked_targets: readonly string[];
    readonly block_private: boolean;
    readonly block_cloud_metadata: boolean;
  };
  readonly pcap: {
    readonly max_packets: number;
    readonly allow_custom_filters: boolean;
    readonly allowed_paths: readonly string[];
    /** Directory that filtered captures may be written to, or null. */
    readonly export_path: string | null;
    readonly isolation: "strict" | "worker" | "inline";
    readonly index_bytes: number;
  };
  readonly dns: {
    /** `system`, or `address`, `address:port`, `[v6]:port`. */
    readonly resolvers: readonly string[];
    readonly timeout_ms: number;
  };
  readonly limits: {
    readonly answer_chars: number;
    readonly concurrency: number;
  };
  readonly host: {
    /** Whether `ss` may be run: it shows every socket of this host. */
    readonly connections: boolean;
  };
  readonly http: {
    /** `host:port`, or null: stdio only. */
    readonly listen: string | null;
    readonly tokens: readonly string[];
    readonly allowed_hosts: readonly string[];
    readonly allowed_origins: readonly string[];
    readonly max_body_bytes: number;
    readonly max_sessions: number;
    readonly session_idle_sec: number;
  };
  readonly looking_glass: {
    readonly servers: readonly RouteServerEntry[];
    /** Which of the HTTP sources may be asked. */
    readonly http_sources: readonly HttpSourceName[];
    /** Default deadline of one question, milliseconds. */
    readonly deadline_ms: number;
    /** Servers asked at the same time. */
    readonly concurrency: number;
  };
  readonly intel: {
    readonly rdap: {
      /** Hosts that may be asked, as URLs or bare; the first is the redirector. */
      readonly hosts: readonly string[];
    };
    readonly asn: {
      /** The zone above `asn` and `origin.asn`. */
      readonly dns_zone: string;
    };
    /** Where validated ROA payloads come from; the first that is set. */
    readonly rpki: {
      readonly file: string | null;
      /** `host:port` of an RTR cache. */
      readonly rtr: string | null;
      readonly url: string | null;
    };
    readonly public_ip: {
      /** URLs that answer with the caller's address. */
      readonly services: readonly string[];
    };
  };
  readonly bgp: BgpConfig;
  readonly tunnels: TunnelsConfig;
  readonly audit: {
    /** Directory for JSONL files, or null: in memory only. */
    readonly path: string | null;
  };
}
