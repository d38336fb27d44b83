/**
 * The shape of a loaded configuration. `schema.ts` documents each key (unit, range, default) and
 * `load.ts` makes the value; after start it is frozen.
 *
 * @module
 */

/** Names of the toolsets, and the presets `slim`, `default` and `all` that stand for several. */
export type ToolsetName = string;

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
  readonly audit: {
    /** Directory for JSONL files, or null: in memory only. */
    readonly path: string | null;
  };
}
