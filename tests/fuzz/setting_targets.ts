/**
 * What sets the server up: configuration files, the one that may only tighten, environment, argv.
 *
 * @module
 */
import { parseCommandLine, UsageError } from "../../lib/cli/args.ts";
import type { Config } from "../../lib/config/config.ts";
import { explainConfig } from "../../lib/config/explain.ts";
import { loadConfig, type LoadedConfig } from "../../lib/config/load.ts";
import { configKeys } from "../../lib/config/schema.ts";
import { renderDefaultConfig } from "../../lib/config/shipped_yaml.ts";
import { InputError } from "../../lib/errors/mod.ts";
import { parseAddress } from "../../lib/ip/address.ts";
import { renderError } from "../../lib/mcp/render_error.ts";
import { decide, rulesOf, subjectOf } from "../../lib/policy/decide.ts";
import { checkTargetPattern } from "../../lib/policy/targets.ts";
import { texts } from "./mutate.ts";
import {
  asText,
  attempt,
  type FuzzTarget,
  must,
  mustBeJson,
  mustBePrintable,
  type Outcome,
} from "./target.ts";

const USER = "/home/ann/.config/netglass/config.yaml";
const LOCAL = "/srv/repo/config.yaml";

const YAML = texts(
  renderDefaultConfig(),
  "security: {allowed_targets: ['*.example.com', 10.0.0.0/8], block_private: true}\n",
  "toolsets: [slim]\nlimits:\n  concurrency: 2\npcap: {allowed_paths: [~/pcaps, x]}\n",
  "http: {listen: '[::1]:8080', tokens: [0123456789abcdef]}\naudit: {path: /var/log/netglass}\n",
  "dns:\n  resolvers: ['192.0.2.53:53', system]\n# end\n---\n",
  "a: &a [1]\nb: *a\n? [x]\n: y\n",
);
const WORDS = [
  ...configKeys.flatMap(({ path }) => texts(path.split(".").at(-1) ?? path)),
  ...texts(
    "security:",
    ": ",
    "- ",
    "\n  ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "!!binary ",
    "|\n",
  ),
  ...texts("? ", "---\n", "...\n", "%YAML 1.1\n", "#", "''", "0o7", ".inf", "~", "[[[[[[[["),
];

async function load(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<LoadedConfig | InputError> {
  try {
    return await loadConfig({
      configFile: null,
      argv: {},
      env: (name) => env[name],
      readFile: (path) => files[path] ?? null,
      cwd: "/srv/repo",
      home: "/home/ann",
      platform: "linux",
      checkTarget: checkTargetPattern,
    });
  } catch (error) {
    if (error instanceof InputError && error.code === "input.config") return error;
    throw error;
  }
}

function isFrozen(value: unknown): boolean {
  return typeof value !== "object" || value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozen));
}

/** What must hold of a configuration; a refusal must be fit for a terminal and for a person. */
function check(loaded: LoadedConfig | InputError): void {
  if (loaded instanceof InputError) {
    for (const line of renderError(loaded).split("\n")) {
      mustBePrintable(line, 32_000, "a line of the message");
    }
    return;
  }
  must(isFrozen(loaded.config), "the configuration is not frozen");
  mustBeJson(explainConfig(loaded), 10_000_000);
  for (const warning of loaded.warnings) mustBePrintable(warning, 32_000, "a warning");
  // What the loader takes, the policy takes.
  rulesOf(loaded.config.security);
  must(
    Object.getPrototypeOf(loaded.config) === Object.prototype,
    "the configuration has another prototype",
  );
}

async function runWhole(input: Uint8Array): Promise<Outcome> {
  const loaded = await load({ [USER]: asText(input) });
  check(loaded);
  if (loaded instanceof InputError) {
    const { found, wanted } = loaded.detail;
    return `${String(found).replaceAll(/\d+|".*"/g, "N").slice(0, 16)} ${
      String(wanted).slice(0, 40)
    }`;
  }
  return Object.entries(loaded.sources).filter(([, { kind }]) => kind === "file")
    .map(([key]) => key).join();
}

/** The strict configuration that a cloned repository may not loosen, by the kind of its list. */
const STRICT: readonly string[] = ["['*.example.com', 192.0.2.0/24]", "['::/0']", "['*']", "[]"]
  .map(
    (allowed) =>
      `security: {allowed_targets: ${allowed}, blocked_targets: [bad.example.com], ` +
      "block_private: false, block_cloud_metadata: true}\n" +
      "read_only: true\nexclude_tools: [mtr]\npcap: {max_packets: 100, allowed_paths: [/pcaps]}\n" +
      "limits: {answer_chars: 1000, concurrency: 2}\n",
  );
const SUBJECTS = [
  ...["192.0.2.1", "198.51.100.1", "10.0.0.1", "127.0.0.1", "169.254.169.254", "8.8.8.8"],
  ...["2001:db8::1", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2606:4700::1111"],
].flatMap((text) =>
  [null, "www.example.com", "bad.example.com", "example.net"].map((name) =>
    subjectOf(parseAddress(text), name)
  )
);

async function runTighten(input: Uint8Array): Promise<Outcome> {
  const user = STRICT[(input[0] ?? 0) % STRICT.length] ?? "";
  const base = await load({ [USER]: user });
  const tight = await load({ [USER]: user, [LOCAL]: asText(input.subarray(1)) });
  if (base instanceof InputError) throw base;
  check(tight);
  if (tight instanceof InputError) return "refused";
  const had: Config = base.config;
  const has: Config = tight.config;
  const [before, after] = [rulesOf(had.security), rulesOf(has.security)];
  for (const subject of SUBJECTS) {
    const now = decide(after, subject);
    must(
      now.effect === "deny" || decide(before, subject).effect === "allow",
      `the repository's file opens ${subject.name} ${subject.address?.value.toString(16)}`,
    );
  }
  must(has.read_only, "the repository's file ends read_only");
  must(has.exclude_tools.includes("mtr"), "the repository's file brings a tool back");
  must(has.pcap.max_packets > 0 && has.pcap.max_packets <= 100, "max_packets has grown");
  must(has.limits.answer_chars <= 1000 && has.limits.concurrency <= 2, "a limit has grown");
  must(
    has.pcap.allowed_paths.every((path) => /^\/pcaps(\/|$)/.test(path)),
    "a path outside is allowed",
  );
  must(has.http.listen === null && has.http.tokens.length === 0, "the repository's file listens");
  must(has.audit.path === had.audit.path, "the record goes elsewhere");
  return `${JSON.stringify(has.security).replaceAll(/"[^"]*"/g, "T")} ${tight.warnings.length > 0}`;
}

/** `NAME=value`, one a line, as the environment. */
async function runEnvironment(input: Uint8Array): Promise<Outcome> {
  const env = Object.fromEntries(
    asText(input).split("\n").filter((line) => line.includes("=")).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
  const loaded = await load({}, env);
  check(loaded);
  if (loaded instanceof InputError) return String(loaded.detail.wanted);
  return Object.entries(loaded.sources).filter(([, { kind }]) => kind === "env")
    .map(([key]) => key).join();
}

/** The words of a command line, separated by NUL. */
function runCommandLine(input: Uint8Array): Outcome {
  const argv = asText(input).split("\0");
  const parsed = attempt([UsageError], () => parseCommandLine(argv));
  if ("error" in parsed) {
    return parsed.error.message.split(/["':]/, 1)[0];
  }
  mustBeJson(parsed.value, 4_096 + 12 * input.length);
  return `${parsed.value.name} ${Object.keys(parsed.value)}`;
}

/** Everything that reads settings. */
export const settingTargets: readonly FuzzTarget[] = [
  { name: "config_file", seeds: YAML, words: WORDS, maxBytes: 65_535, run: runWhole },
  {
    name: "config_tighten",
    seeds: STRICT.flatMap((_, at) => [
      ...YAML.map((yaml) => Uint8Array.of(at, ...yaml)),
      ...texts(
        "security: {allowed_targets: ['::ffff:10.0.0.0/104'], block_private: true}",
        "security: {allowed_targets: ['a.example.com', '192.0.2.0/25', '0.0.0.0/0', '*']}",
        "read_only: false\nexclude_tools: []\npcap: {allowed_paths: [/pcaps/a, /pcaps/../etc]}",
      ).map((yaml) => Uint8Array.of(at, ...yaml)),
    ]),
    words: [
      ...WORDS,
      ...texts("10.0.0.0/8", "::/0", "*.com", "example.com", "/pcaps/..", "::ffff:"),
    ],
    run: runTighten,
  },
  {
    name: "environment",
    seeds: texts(
      "NETGLASS_LIMITS_CONCURRENCY=3\nNETGLASS_SECURITY_BLOCK_PRIVATE=yes\nNETGLASS_TOOLS=null",
      "NETGLASS_DNS_RESOLVERS=system,192.0.2.53\nNETWORK_MCP_ALLOWED_TARGETS=a.example, 192.0.2.0/24",
      "NETGLASS_HTTP_LISTEN=0.0.0.0:80\nNETGLASS_PCAP_ALLOWED_PATHS=~/a,b\nXDG_CONFIG_HOME=/x",
    ),
    words: texts("NETGLASS_", "=", "\n", "null", "~", ",", "[::1]:1", "yes", "-1"),
    run: runEnvironment,
  },
  {
    name: "command_line",
    seeds: texts(
      "serve\0--http\x00127.0.0.1:8080\0--read-only",
      'call\0ping\0{"target":"192.0.2.1"}\0--pretty',
      "permissions\0--format\0deno-json\0--config=x",
      "tools\0--json\0--toolsets\0a,b\0--exclude-tools=c",
      "audit\0verify\0--path\0/x",
      "init\0--out\0x\0--force",
      "help\0call",
      "--version",
    ),
    words: texts("\0", "\0--", "--", "-h", "=", "--no-json", "serve", "--__proto__", "--help"),
    run: runCommandLine,
  },
];
