/**
 * The table of configuration keys. One row per key drives the defaults, the checks, the environment
 * names, the comments of the shipped `config.yaml`, what a working-directory file may tighten, and
 * the nearest-key suggestion; nothing else knows a key.
 *
 * @module
 */
import { bgpKeys } from "./bgp_keys.ts";
import {
  checkDomain,
  checkHost,
  checkHostPort,
  checkListen,
  checkName,
  checkOrigin,
  checkPath,
  checkResolver,
  checkTargetShape,
  checkToken,
  checkWebService,
  checkWebUrl,
  oneOf,
} from "./check_text.ts";
import { httpSourceHosts } from "./http_sources.ts";
import { routeServerFields } from "./route_server_fields.ts";
import { routeServerGroups } from "./route_servers.ts";
import type { KeyRow } from "./row.ts";
import { tunnelKeys } from "./tunnel_keys.ts";

/** The words of `looking_glass.http_sources`. */
const httpSources = Object.keys(httpSourceHosts);

/** Every key, in the order of `config.yaml`. */
export const configKeys: readonly KeyRow[] = [
  {
    path: "toolsets",
    type: "list",
    default: ["default"],
    unit: "a preset (slim, default, all) or a toolset name",
    check: checkName,
    tighten: "shrink",
    doc:
      "Which groups of tools are offered. The toolsets are bgp, capture, connectivity, host, intel, looking_glass, meta, planning and tunnel; default stands for capture, connectivity, looking_glass and meta.",
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
    path: "host.connections",
    type: "boolean",
    default: false,
    tighten: "down",
    doc:
      "Let the tools about this host run ss (on macOS and Windows netstat), which shows every socket of it and the processes that hold them.",
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
    path: "looking_glass.servers",
    type: "records",
    unit: "server",
    identity: "name",
    fields: routeServerFields,
    default: routeServerGroups.flatMap(({ servers }) => servers),
    headings: new Map(
      routeServerGroups.flatMap(({ title, servers }) =>
        servers.slice(0, 1).map(({ name }) => [name, title] as const)
      ),
    ),
    tighten: "never",
    doc:
      "Route servers that may be asked by telnet. An entry with a name of this list sets only the fields that it gives, so { name: DE-CIX Frankfurt, enabled: true } is enough to enable a server; any other entry adds a server, which needs a host. Servers that a file does not name stay as they are here: those in a comment are known and disabled, without their # they are enabled. Each enabled server adds its host and port to the permission flags, a disabled one adds nothing. A private address is asked unless security.block_private or security.blocked_targets denies it; security.allowed_targets does not matter here.",
  },
  {
    path: "looking_glass.http_sources",
    type: "list",
    default: [],
    unit: httpSources.join(", "),
    check: oneOf(httpSources),
    tighten: "shrink",
    doc:
      "Services that may be asked over HTTPS beside the servers: routeviews-api (all collectors of Route Views at once), ripestat (all collectors of RIPE RIS at once), bgpkit (who owns an AS number or an address). Empty: none is asked. Each adds its host to the permission flags. They are reached through the proxy that HTTPS_PROXY names where the server is started, if it is set there.",
  },
  {
    path: "looking_glass.deadline_ms",
    type: "integer",
    default: 20_000,
    unit: "milliseconds",
    min: 1000,
    max: 120_000,
    tighten: "lower",
    doc: "How long one question to servers may take, all of them together.",
  },
  {
    path: "looking_glass.concurrency",
    type: "integer",
    default: 16,
    unit: "servers at once",
    min: 1,
    max: 16,
    tighten: "lower",
    doc: "How many servers are asked at the same time; each has one session.",
  },
  {
    path: "intel.rdap.hosts",
    type: "list",
    default: [
      "rdap.org",
      "rdap.arin.net",
      "rdap.db.ripe.net",
      "rdap.apnic.net",
      "rdap.lacnic.net",
      "rdap.afrinic.net",
      "rdap.verisign.com",
    ],
    unit: "host, or URL such as http://rdap.lab.example:8080/rdap",
    check: checkWebService,
    tighten: "shrink",
    doc:
      "RDAP servers that may be asked and that answers may redirect to. The first is asked for what the built-in table of registries does not cover, so it should know them all, as rdap.org does. A redirect to any other host is not followed: the answer names the host to add. Each adds its host to the permission flags.",
  },
  {
    path: "intel.asn.dns_zone",
    type: "text",
    default: "cymru.com",
    required: true,
    unit: "domain",
    check: checkDomain,
    tighten: "never",
    doc:
      "Zone of the mapping from addresses to AS numbers over DNS: origin.asn, origin6.asn and asn beneath it are asked.",
  },
  {
    path: "intel.rpki.file",
    type: "text",
    default: null,
    unit: "JSON file of rpki-client, Routinator or StayRTR",
    check: checkPath,
    isPath: true,
    tighten: "never",
    doc:
      "Where rpki_lookup takes validated ROA payloads from. Of the three keys the first that is set counts; null: none.",
  },
  {
    path: "intel.rpki.rtr",
    type: "text",
    default: null,
    unit: "host, host:port or [IPv6]:port (port 323 unless given)",
    check: checkHostPort,
    tighten: "never",
    doc:
      "The same from an RTR cache (RFC 8210) over plain TCP. Adds its host and port to the permission flags.",
  },
  {
    path: "intel.rpki.url",
    type: "text",
    default: null,
    unit: "URL such as https://console.rpki-client.org/vrps.json",
    check: checkWebUrl,
    tighten: "never",
    doc:
      "The same from a JSON document over HTTP, as the file has it. Adds its host to the permission flags.",
  },
  {
    path: "intel.public_ip.services",
    type: "list",
    default: [
      "https://api.ipify.org",
      "https://ipv4.icanhazip.com",
      "https://checkip.amazonaws.com",
      "https://api6.ipify.org",
      "https://ipv6.icanhazip.com",
    ],
    unit: "URL that answers with the address of the caller alone",
    check: checkWebUrl,
    tighten: "shrink",
    doc:
      "Services that get_public_ip asks, all of them; give two or more for each of IPv4 and IPv6, so that one that is wrong is found out. Each adds its host to the permission flags.",
  },
  ...bgpKeys,
  ...tunnelKeys,
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

/** The paths of the sections: what stands before each dot of a key. */
export const sectionNames: ReadonlySet<string> = new Set(
  configKeys.flatMap(({ path }) =>
    [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index))
  ),
);

const rowsByPath: ReadonlyMap<string, KeyRow> = new Map(configKeys.map((row) => [row.path, row]));

/** The row of a key path, or undefined for a path that is not a key. */
export function rowOf(path: string): KeyRow | undefined {
  return rowsByPath.get(path);
}
