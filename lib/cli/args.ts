/**
 * The command line: argv to one command, or a usage error that says what was wanted.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { PERMISSION_FORMATS, type PermissionFormat } from "../policy/permission_formats.ts";

/** Switches that every command takes; each overrides the configuration key of its name. */
export interface CommonOptions {
  readonly config: string | null;
  readonly toolsets: readonly string[] | null;
  readonly tools: readonly string[] | null;
  readonly excludeTools: readonly string[] | null;
  readonly readOnly: boolean;
  readonly acceptWiderPermissions: boolean;
}

/** What the command line asks for. */
export type Command =
  | { readonly name: "serve"; readonly http: string | null; readonly common: CommonOptions }
  | {
    readonly name: "call";
    readonly tool: string;
    /** JSON text of the arguments. */
    readonly args: string;
    readonly pretty: boolean;
    readonly common: CommonOptions;
  }
  | { readonly name: "tools"; readonly json: boolean; readonly common: CommonOptions }
  | {
    readonly name: "permissions";
    readonly format: PermissionFormat;
    readonly http: string | null;
    readonly common: CommonOptions;
  }
  | {
    readonly name: "init";
    readonly out: string;
    readonly force: boolean;
    readonly common: CommonOptions;
  }
  | { readonly name: "doctor"; readonly common: CommonOptions }
  | {
    readonly name: "audit";
    readonly path: string | null;
    readonly json: boolean;
    readonly common: CommonOptions;
  }
  | { readonly name: "version" }
  | { readonly name: "help"; readonly topic: string | null };

/** The command line makes no sense; exit 2. */
export class UsageError extends Error {
  constructor(message: string, readonly topic: string | null) {
    super(message);
    this.name = "UsageError";
  }
}

type Switches = Readonly<Record<string, { type: "string" | "boolean"; short?: string }>>;

const COMMON = {
  config: { type: "string" },
  toolsets: { type: "string" },
  tools: { type: "string" },
  "exclude-tools": { type: "string" },
  "read-only": { type: "boolean" },
  "accept-wider-permissions": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const OWN = {
  serve: { http: { type: "string" } },
  call: { pretty: { type: "boolean" } },
  tools: { json: { type: "boolean" } },
  permissions: { format: { type: "string" }, http: { type: "string" } },
  init: { out: { type: "string" }, force: { type: "boolean" } },
  doctor: {},
  audit: { path: { type: "string" }, json: { type: "boolean" } },
  version: {},
  help: {},
} as const satisfies Readonly<Record<string, Switches>>;

/** The switches before a command whose next word is their value: those of every command, and of `serve`. */
const LEADING_WITH_VALUE: ReadonlySet<string> = new Set(
  Object.entries({ ...COMMON, ...OWN.serve }).filter(([, { type }]) => type === "string")
    .map(([name]) => name),
);

type CommandName = keyof typeof OWN;
type Values = Readonly<Record<string, string | boolean | undefined>>;

function isCommandName(text: string): text is CommandName {
  return Object.hasOwn(OWN, text);
}

function list(value: string | boolean | undefined): readonly string[] | null {
  return typeof value === "string"
    ? value.split(",").map((item) => item.trim()).filter((item) => item !== "")
    : null;
}

function text(value: string | boolean | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function commonOf(values: Values): CommonOptions {
  return {
    config: text(values.config),
    toolsets: list(values.toolsets),
    tools: list(values.tools),
    excludeTools: list(values["exclude-tools"]),
    readOnly: values["read-only"] === true,
    acceptWiderPermissions: values["accept-wider-permissions"] === true,
  };
}

function formatOf(value: string | null): PermissionFormat {
  const found = PERMISSION_FORMATS.find((format) => format === (value ?? "flags"));
  if (found === undefined) {
    throw new UsageError(
      `--format must be one of ${PERMISSION_FORMATS.join(", ")}: current value is "${value}"`,
      "permissions",
    );
  }
  return found;
}

function topicOf(value: string | null): string | null {
  if (value === null || isCommandName(value)) return value;
  throw new UsageError(
    `no help on "${value}" (known: ${Object.keys(OWN).join(", ")})`,
    null,
  );
}

function expectPositionals(
  name: CommandName,
  rest: readonly string[],
  min: number,
  max: number,
): void {
  if (rest.length < min || rest.length > max) {
    throw new UsageError(
      rest.length < min
        ? `"${name}" needs ${min === 1 ? "an argument" : `${min} arguments`}`
        : `"${name}" does not take "${rest[max]}"`,
      name,
    );
  }
}

/** Where the command stands: behind switches too, as a compiled binary puts those baked into it first. */
function commandIndex(argv: readonly string[]): number {
  let index = 0;
  for (; argv[index]?.startsWith("-") === true; index++) {
    const name = argv[index]?.replace(/^--/, "") ?? "";
    if (LEADING_WITH_VALUE.has(name)) index++;
  }
  return index;
}

/**
 * Parses `argv` (without the program).
 *
 * @throws {UsageError}
 */
export function parseCommandLine(argv: readonly string[]): Command {
  if (argv[0] === "--version" || argv[0] === "-V") return { name: "version" };
  const at = commandIndex(argv);
  const first = argv[at];
  if (first !== undefined && !isCommandName(first)) {
    throw new UsageError(
      `unknown command "${first}" (known: ${Object.keys(OWN).join(", ")})`,
      null,
    );
  }
  const named = first !== undefined;
  const name: CommandName = first ?? "serve";
  const rest = argv.toSpliced(at, 1);

  const options: Switches = { ...COMMON, ...OWN[name] };
  let parsed: { values: Values; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...rest],
      options,
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // What node:util adds about "--" helps nobody here.
    throw new UsageError(message.replace(/\. To specify a positional .*$/s, ""), name);
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { name: "help", topic: named ? name : null };
  const common = commonOf(values);

  switch (name) {
    case "serve":
      expectPositionals(name, positionals, 0, 0);
      return { name, http: text(values.http), common };
    case "call": {
      expectPositionals(name, positionals, 1, 2);
      const [tool = "", args = "{}"] = positionals;
      return { name, tool, args, pretty: values.pretty === true, common };
    }
    case "tools":
      expectPositionals(name, positionals, 0, 0);
      return { name, json: values.json === true, common };
    case "permissions":
      expectPositionals(name, positionals, 0, 0);
      return { name, format: formatOf(text(values.format)), http: text(values.http), common };
    case "init":
      expectPositionals(name, positionals, 0, 0);
      return { name, out: text(values.out) ?? ".", force: values.force === true, common };
    case "doctor":
      expectPositionals(name, positionals, 0, 0);
      return { name, common };
    case "audit":
      expectPositionals(name, positionals, 1, 1);
      if (positionals[0] !== "verify") {
        throw new UsageError(`"audit" knows "verify", not "${positionals[0]}"`, name);
      }
      return { name, path: text(values.path), json: values.json === true, common };
    case "version":
      return { name };
    case "help":
      expectPositionals(name, positionals, 0, 1);
      return { name, topic: topicOf(positionals[0] ?? null) };
  }
}
