/**
 * The table of configuration keys. One row per key drives the defaults, the checks, the environment
 * names, the comments of the shipped `config.yaml`, what a working-directory file may tighten, and
 * the nearest-key suggestion; nothing else knows a key.
 *
 * @module
 */
import {
  checkHost,
  checkListen,
  checkName,
  checkOrigin,
  checkPath,
  checkResolver,
  checkTargetShape,
  checkToken,
} from "./check_text.ts";

/** Says what is wanted if `text` is not it, else null. */
export type TextCheck = (text: string) => string | null;

/**
 * How a `config.yaml` found in the working directory may change a key:
 * - `up`, `down`: a boolean only to true, only to false;
 * - `lower`: a number only down; `lower_zero_unlimited`: the same, 0 being the highest value;
 * - `shrink`: a list only loses entries, an empty list being the tightest;
 * - `shrink_empty_any`: a list only narrows, an empty list being the widest;
 * - `grow`: a list only gains entries;
 * - `first_value`: an enumeration only to its first value;
 * - `never`: such a file cannot set the key.
 */
export type TightenRule =
  | "up"
  | "down"
  | "lower"
  | "lower_zero_unlimited"
  | "shrink"
  | "shrink_empty_any"
  | "grow"
  | "first_value"
  | "never";

interface RowBase {
  /** Dotted path, as in `config.yaml`. */
  readonly path: string;
  /** One line for a person: what the key does. */
  readonly doc: string;
  readonly tighten: TightenRule;
  /** Seed names of the environment variable that are still accepted. */
  readonly aliases?: readonly string[];
}

/** A row whose value is true or false. */
export interface BooleanRow extends RowBase {
  readonly type: "boolean";
  readonly default: boolean;
}

/** A row whose value is a whole number in a range. */
export interface IntegerRow extends RowBase {
  readonly type: "integer";
  readonly default: number;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
}

/** A row whose value is one of a few words; the first is the strictest. */
export interface EnumRow extends RowBase {
  readonly type: "enum";
  readonly default: string;
  readonly values: readonly string[];
}

/** A row whose value is text or null. */
export interface TextRow extends RowBase {
  readonly type: "text";
  readonly default: string | null;
  /** What the text is, for the documentation: `directory`, `host:port`. */
  readonly unit: string;
  readonly check: TextCheck;
  /** The text is a path and is made absolute when loaded. */
  readonly isPath?: boolean;
}

/** A row whose value is a list of texts, or null where `nullable`. */
export interface ListRow extends RowBase {
  readonly type: "list";
  readonly default: readonly string[] | null;
  readonly nullable?: boolean;
  /** What one entry is, for the documentation. */
  readonly unit: string;
  readonly check: TextCheck;
  readonly isPath?: boolean;
  /** Entries are never shown. */
  readonly secret?: boolean;
}

/** One key. */
export type KeyRow = BooleanRow | IntegerRow | EnumRow | TextRow | ListRow;

/** A value that a key can have. */
export type KeyValue = boolean | number | string | null | readonly string[];

/** Every key, in the order of `config.yaml`. */
export const configKeys: readonly KeyRow[] = [
  {
    path: "toolsets",
    type: "list",
    default: ["default"],
    unit: "a preset (slim, default, all) or a toolset name",
    check: checkName,
    tighten: "shrink",
    doc: "Which groups of tools are offered.",
  },
  {
    path: "tools",
    type: "list",
    default: null,
    nullable: true,
    unit: "tool name",
    check: checkName,
    tighten: "shrink",
    doc: "Exactly these tools instead of whole toolsets; null: the toolsets decide.",
  },
  {
    path: "exclude_tools",
    type: "list",
    default: [],
    unit: "tool name",
    check: checkName,
    tighten: "grow",
    doc: "Tools that are never offered, whatever the two keys above say.",
  },
  {
    path: "read_only",
    type: "boolean",
    default: false,
    tighten: "up",
    doc: "Offer only tools that change nothing.",
  },
  {
    path: "security.network",
    type: "enum",
    default: "listed",
    values: ["listed", "open"],
    tighten: "first_value",
    doc:
      "listed: the runtime lets the server dial what this file names and nothing else; open: anything but what is denied.",
  },
  {
    path: "security.allowed_targets",
    type: "list",
    default: [],
    unit: "host name, *.domain, address or CIDR range",
    check: checkTargetShape,
    tighten: "shrink_empty_any",
    aliases: ["NETWORK_MCP_ALLOWED_TARGETS"],
    doc:
      "The only targets that may be probed; empty: any target that nothing blocks. Lifts no other rule.",
  },
  {
    path: "security.blocked_targets",
    type: "list",
    default: [],
    unit: "host name, *.domain, address or CIDR range",
    check: checkTargetShape,
    tighten: "grow",
    aliases: ["NETWORK_MCP_BLOCKED_TARGETS"],
    doc: "Targets that are never probed; wins over allowed_targets.",
  },
  {
    path: "security.block_private",
    type: "boolean",
    default: false,
    tighten: "up",
    aliases: ["NETWORK_MCP_BLOCK_PRIVATE"],
    doc:
      "Refuse private, loopback, link-local and other special-use addresses, also where allowed_targets names them.",
  },
  {
    path: "security.block_cloud_metadata",
    type: "boolean",
    default: true,
    tighten: "up",
    doc: "Refuse the metadata services of clouds, by address and by name.",
  },
  {
    path: "pcap.max_packets",
    type: "integer",
    default: 0,
    unit: "packets",
    min: 0,
    max: 4_294_967_295,
    tighten: "lower_zero_unlimited",
    aliases: ["NETWORK_MCP_MAX_PACKETS"],
    doc: "Most packets read from one capture; 0: the whole file.",
  },
  {
    path: "pcap.allow_custom_filters",
    type: "boolean",
    default: true,
    tighten: "down",
    doc: "Accept filter expressions written by the caller.",
  },
  {
    path: "pcap.allowed_paths",
    type: "list",
    default: ["./captures"],
    unit: "directory; ~ is your home, a relative one starts at this file's folder",
    check: checkPath,
    isPath: true,
    tighten: "shrink",
    aliases: ["NETWORK_MCP_PCAP_ALLOWED_PATHS"],
    doc: "Directories whose captures may be read; empty: none.",
  },
  {
    path: "pcap.export_path",
    type: "text",
    default: null,
    unit: "directory",
    check: checkPath,
    isPath: true,
    tighten: "never",
    doc: "Directory that filtered captures may be written to; null: nothing is written.",
  },
  {
    path: "pcap.isolation",
    type: "enum",
    default: "worker",
    values: ["strict", "worker", "inline"],
    tighten: "first_value",
    doc:
      "Where captures are parsed. strict: a thread without any permission (needs --unstable-worker-options); worker: a thread; inline: beside everything else.",
  },
  {
    path: "pcap.index_bytes",
    type: "integer",
    default: 536_870_912,
    unit: "bytes",
    min: 0,
    max: 8_589_934_592,
    tighten: "lower",
    doc:
      "Most memory of the indexes of packets that answer filters, 24 bytes a packet; the threads that read captures share it equally. What does not fit is not made, and the answers say so.",
  },
  {
    path: "dns.resolvers",
    type: "list",
    default: ["system"],
    unit: "system, address, address:port or [IPv6]:port",
    check: checkResolver,
    tighten: "shrink",
    doc: "Name servers that are asked, in this order; system: those of this host.",
  },
  {
    path: "dns.timeout_ms",
    type: "integer",
    default: 3000,
    unit: "milliseconds",
    min: 100,
    max: 30_000,
    tighten: "lower",
    doc: "How long one question to one name server may take.",
  },
  {
    path: "limits.answer_chars",
    type: "integer",
    default: 8000,
    unit: "characters",
    min: 1000,
    max: 1_000_000,
    tighten: "lower",
    doc: "Length of one answer as JSON; longer lists are paged.",
  },
  {
    path: "limits.concurrency",
    type: "integer",
    default: 16,
    unit: "probes at once",
    min: 1,
    max: 256,
    tighten: "lower",
    doc: "How many hosts or ports of a batch are probed at the same time.",
  },
  {
    path: "http.listen",
    type: "text",
    default: null,
    unit: "address:port or [IPv6]:port",
    check: checkListen,
    tighten: "never",
    doc: "Where Streamable HTTP is served; null: stdio only. Anything but loopback needs tokens.",
  },
  {
    path: "http.tokens",
    type: "list",
    default: [],
    unit: "text of at least 16 visible ASCII characters",
    check: checkToken,
    secret: true,
    tighten: "never",
    doc: "Bearer tokens that clients may show; keep them in the environment rather than in a file.",
  },
  {
    path: "http.allowed_hosts",
    type: "list",
    default: [],
    unit: "host name or address, without port",
    check: checkHost,
    tighten: "shrink",
    doc: "Host headers accepted beside the listen address and the names of loopback.",
  },
  {
    path: "http.allowed_origins",
    type: "list",
    default: [],
    unit: "origin such as https://console.example",
    check: checkOrigin,
    tighten: "shrink",
    doc: "Origin headers accepted beside those of loopback (no CORS headers are sent).",
  },
  {
    path: "http.max_body_bytes",
    type: "integer",
    default: 4_194_304,
    unit: "bytes",
    min: 1024,
    max: 67_108_864,
    tighten: "lower",
    doc: "Largest request body.",
  },
  {
    path: "http.max_sessions",
    type: "integer",
    default: 64,
    unit: "sessions",
    min: 1,
    max: 10_000,
    tighten: "lower",
    doc: "Most sessions of clients that speak a 2025 protocol, at once.",
  },
  {
    path: "http.session_idle_sec",
    type: "integer",
    default: 1800,
    unit: "seconds",
    min: 10,
    max: 86_400,
    tighten: "lower",
    doc: "A session without a request for this long is ended.",
  },
  {
    path: "audit.path",
    type: "text",
    default: null,
    unit: "directory",
    check: checkPath,
    isPath: true,
    tighten: "never",
    doc: "Directory of the audit record (JSONL files); null: in memory only.",
  },
];

/** The name of the environment variable of a key: `NETGLASS_` and the key path. */
export function envNameOf(row: KeyRow): string {
  return "NETGLASS_" + row.path.toUpperCase().replaceAll(".", "_");
}

/** What a value of this key must be, in words: `a whole number from 1 to 256 (probes at once)`. */
export function wantedOf(row: KeyRow): string {
  switch (row.type) {
    case "boolean":
      return "true or false";
    case "integer":
      return `a whole number from ${row.min} to ${row.max} (${row.unit})`;
    case "enum":
      return row.values.join(" or ");
    case "text":
      return `${row.unit}, or null`;
    case "list":
      return `a list, each entry: ${row.unit}${row.nullable === true ? "; or null" : ""}`;
  }
}

/** The names of the sections: what stands before the dot of a key. */
export const sectionNames: ReadonlySet<string> = new Set(
  configKeys.filter((row) => row.path.includes(".")).map((row) => row.path.split(".")[0] ?? ""),
);

const rowsByPath: ReadonlyMap<string, KeyRow> = new Map(configKeys.map((row) => [row.path, row]));

/** The row of a key path, or undefined for a path that is not a key. */
export function rowOf(path: string): KeyRow | undefined {
  return rowsByPath.get(path);
}
