/**
 * Loads the configuration from switches, environment, files and defaults, in that order of weight.
 * Nothing here touches the machine: the readers are injected.
 *
 * Files: `--config FILE` or `NETGLASS_CONFIG` is read alone. Otherwise the first `config.yaml` in the
 * user's folders counts, and a `config.yaml` of the working directory may then tighten it key by
 * key; what is looser there is ignored with a warning. A relative path in a file starts at the
 * file's folder, and so does a relative default where a file is named; one from the environment or a
 * switch starts at the working directory.
 *
 * @module
 */
import { NetglassError } from "../errors/mod.ts";
import { bgpFaults } from "./bgp_faults.ts";
import { checkRecords } from "./check_records.ts";
import { checkValue } from "./check_value.ts";
import type { Config } from "./config.ts";
import { parseEndpoint } from "./endpoint.ts";
import { parseEnvText, type Platform } from "./env.ts";
import { nearestWord } from "../errors/nearest_word.ts";
import { absolutePath, pathRules, userConfigPaths } from "./paths.ts";
import {
  configError,
  MAX_PROBLEMS,
  type Place,
  type Problem,
  problem,
  showFound,
} from "./problem.ts";
import { isMapping } from "./records.ts";
import { envNameOf, isTexts, type KeyRow, type KeyValue, type TextCheck } from "./row.ts";
import { configKeys, rowOf, sectionNames } from "./schema.ts";
import { tighten } from "./tighten.ts";
import type { YamlDocument } from "./yaml.ts";

/** What loading needs. */
export interface LoadRequest {
  /** The file that `--config` names, or null. */
  readonly configFile: string | null;
  /** Values from switches, by key path, already of the key's type. */
  readonly argv: Readonly<Record<string, unknown>>;
  /** One environment variable. */
  readonly env: (name: string) => string | undefined;
  /**
   * The text of a file, or null if there is none. May throw `PermissionMissing`: a file that was
   * named then fails the load, one that was only looked for is passed over with a warning.
   */
  readonly readFile: (path: string) => string | null | Promise<string | null>;
  /** Absolute. */
  readonly cwd: string;
  /** Absolute, or null if unknown. */
  readonly home: string | null;
  readonly platform: Platform;
  /** The full grammar of a target pattern (`lib/policy`): what is wanted instead, or null. */
  readonly checkTarget?: TextCheck;
}

/** Where a value came from. */
export type KeySource =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number | null }
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "argv" };

/** A loaded configuration and how it came to be. */
export interface LoadedConfig {
  /** Deeply frozen; paths absolute. */
  readonly config: Config;
  /** By key path. */
  readonly sources: Readonly<Record<string, KeySource>>;
  /** What was used, in order of rising weight, for a person: `defaults`, files, `environment`, `command line`. */
  readonly layers: readonly string[];
  /** Files that were used. */
  readonly files: readonly string[];
  /** Files that are looked for with this request, used or not: the server needs to read them. */
  readonly candidates: readonly string[];
  /** One line each, for stderr. */
  readonly warnings: readonly string[];
}

/**
 * Loads the configuration.
 *
 * @throws {InputError} `input.config` naming the problems with file, line, key, found and wanted
 */
export async function loadConfig(request: LoadRequest): Promise<LoadedConfig> {
  const load = new Load(request);
  await load.files();
  load.environment();
  load.argv();
  return load.finish();
}

/** The configuration of an empty file, paths as the schema writes them; deeply frozen. */
export function defaultConfig(): Config {
  return assemble(new Map());
}

class Load {
  readonly #request: LoadRequest;
  readonly #values = new Map<string, KeyValue>();
  readonly #sources = new Map<string, KeySource>();
  readonly #problems: Problem[] = [];
  readonly #warnings: string[] = [];
  readonly #files: string[] = [];
  readonly #candidates: string[] = [];
  readonly #layers: string[] = ["defaults"];

  constructor(request: LoadRequest) {
    this.#request = request;
    this.#setDefaults(request.cwd);
  }

  /** Sets every key to its default; a relative path starts at `folder`. */
  #setDefaults(folder: string): void {
    for (const row of configKeys) {
      const place = { file: null, line: null, key: row.path };
      this.#values.set(row.path, this.#resolve(row, row.default, folder, place));
      this.#sources.set(row.path, { kind: "default" });
    }
  }

  async files(): Promise<void> {
    const { configFile, cwd, env, home, platform } = this.#request;
    const rules = pathRules(platform);
    const named = configFile ?? (env("NETGLASS_CONFIG") || null);
    if (named !== null) {
      const origin = configFile !== null ? "--config" : "NETGLASS_CONFIG";
      const path = absolutePath(named, { platform, home, folder: cwd }) ?? named;
      this.#candidates.push(path);
      const text = await this.#request.readFile(path);
      if (text === null) {
        throw configError([
          problem(
            { file: path, line: null, key: null },
            "no such file",
            `the file ${origin} names`,
          ),
        ]);
      }
      // So that the flags derived in one working directory hold in another.
      this.#setDefaults(rules.dirname(path));
      await this.#applyFile(path, text, "whole");
      return;
    }
    const users = userConfigPaths(platform, home, env);
    const local = rules.join(cwd, "config.yaml");
    this.#candidates.push(...users, ...users.includes(local) ? [] : [local]);
    for (const path of users) {
      const text = await this.#look(path);
      if (text === null) continue;
      await this.#applyFile(path, text, "whole");
      break;
    }
    if (this.#files.includes(local)) return;
    const text = await this.#look(local);
    if (text !== null) await this.#applyFile(local, text, "tighten");
  }

  environment(): void {
    let isUsed = false;
    for (const row of configKeys) {
      const set = [envNameOf(row), ...row.aliases ?? []]
        .map((name) => ({ name, text: this.#request.env(name) ?? "" }))
        // An empty variable counts as not set, so that clearing one never widens an allow list.
        .filter(({ text }) => text.trim() !== "");
      const [first, ...others] = set;
      if (first === undefined) continue;
      for (const other of others) {
        const [a, b] = [parseEnvText(row, first.text), parseEnvText(row, other.text)];
        if (JSON.stringify(a) !== JSON.stringify(b)) {
          this.#warnings.push(`${other.name} is ignored: ${first.name} sets ${row.path} otherwise`);
        }
      }
      isUsed = true;
      const place: Place = { file: first.name, line: null, key: row.path };
      this.#set(row, parseEnvText(row, first.text), place, { kind: "env", name: first.name });
    }
    if (isUsed) this.#layers.push("environment");
  }

  argv(): void {
    for (const [path, value] of Object.entries(this.#request.argv)) {
      const row = rowOf(path);
      const place: Place = { file: "command line", line: null, key: path };
      if (row === undefined) this.#unknownKey(place);
      else this.#set(row, value, place, { kind: "argv" });
    }
    if (Object.keys(this.#request.argv).length > 0) this.#layers.push("command line");
  }

  finish(): LoadedConfig {
    if (this.#problems.length === 0) this.#checkListen();
    if (this.#problems.length === 0) this.#checkBgp();
    if (this.#problems.length > 0) throw configError(this.#problems);
    return {
      config: assemble(this.#values),
      sources: Object.freeze(Object.fromEntries(this.#sources)),
      layers: this.#layers,
      files: this.#files,
      candidates: this.#candidates,
      warnings: this.#warnings,
    };
  }

  /** A file that nobody named: one that may not be read is passed over, and said to be. */
  async #look(path: string): Promise<string | null> {
    try {
      return await this.#request.readFile(path);
    } catch (error) {
      if (!(error instanceof NetglassError) || !error.code.startsWith("permission.")) throw error;
      this.#warnings.push(
        `${path} was not looked at: the permission flags do not cover it (name it with --config and generate the flags again to use it)`,
      );
      return null;
    }
  }

  async #applyFile(file: string, text: string, mode: "whole" | "tighten"): Promise<void> {
    const { parseYaml } = await import("./yaml.ts");
    const document = await parseYaml(text, file);
    if (mode === "tighten" && document.problems.length === 0 && isForeign(document.value)) {
      this.#warnings.push(`${file} is passed over: it has no key of netglass`);
      return;
    }
    this.#problems.push(...document.problems);
    this.#files.push(file);
    this.#layers.push(mode === "tighten" ? `${file} (may only tighten)` : file);
    const folder = pathRules(this.#request.platform).dirname(file);
    for (const { path, value } of this.#keysOf(document, file)) {
      const line = document.lines.get(path) ?? null;
      const place: Place = { file, line, key: path };
      const row = rowOf(path);
      if (row === undefined) {
        this.#unknownKey(place);
        continue;
      }
      this.#set(row, value, place, { kind: "file", file, line }, {
        folder,
        lineOf: (entry) => document.lines.get(entry) ?? null,
        onlyTighten: mode === "tighten",
      });
    }
  }

  /** Key paths and values of a document; a section that is not one is a problem. */
  *#keysOf(document: YamlDocument, file: string): Generator<{ path: string; value: unknown }> {
    if (document.value === null) return;
    if (!isMapping(document.value)) {
      const place: Place = { file, line: 1, key: null };
      this.#problems.push(problem(place, showFound(document.value), "sections and keys"));
      return;
    }
    yield* this.#keysIn(document.value, "", document, file);
  }

  *#keysIn(
    section: object,
    before: string,
    document: YamlDocument,
    file: string,
  ): Generator<{ path: string; value: unknown }> {
    for (const [name, value] of Object.entries(section)) {
      const path = before + name;
      if (!sectionNames.has(path)) {
        yield { path, value };
      } else if (isMapping(value)) {
        yield* this.#keysIn(value, `${path}.`, document, file);
      } else if (value !== null) {
        const place: Place = { file, line: document.lines.get(path) ?? null, key: path };
        this.#problems.push(problem(place, showFound(value), "a section with keys"));
      }
    }
  }

  #unknownKey(place: Place): void {
    // A typing error is looked up among all keys, which is no work to do for a whole foreign file.
    if (this.#problems.length >= MAX_PROBLEMS) {
      this.#problems.push(problem(place, "an unknown key", "a key of config.yaml"));
      return;
    }
    const path = place.key ?? "";
    const lastPart = path.split(".").at(-1) ?? "";
    const byLastPart = new Map(
      configKeys.map((row) => [row.path.split(".").at(-1) ?? "", row.path]),
    );
    const nearest = nearestWord(path, [...configKeys.map((row) => row.path), ...sectionNames]) ??
      byLastPart.get(nearestWord(lastPart, byLastPart.keys()) ?? "") ?? null;
    this.#problems.push(problem(place, "an unknown key", "a key of config.yaml", nearest));
  }

  #set(
    row: KeyRow,
    found: unknown,
    place: Place,
    source: KeySource,
    file?: { folder: string; lineOf: (path: string) => number | null; onlyTighten: boolean },
  ): void {
    const base = this.#values.get(row.path) ?? null;
    const checked = row.type === "records"
      ? checkRecords(row, found, recordsIn(base), place, file?.lineOf)
      : checkValue(row, found, place, file?.lineOf, this.#extraCheck(row));
    if (checked.problems.length > 0) {
      this.#problems.push(...checked.problems);
      return;
    }
    const wanted = this.#resolve(row, checked.value, file?.folder ?? this.#request.cwd, place);
    if (file?.onlyTighten !== true) {
      this.#values.set(row.path, wanted);
      this.#sources.set(row.path, source);
      return;
    }
    const outcome = tighten(row, base, wanted, this.#request.platform);
    if (outcome.ignored !== null) {
      const shown = row.type === "list" && row.secret === true ? "its entries" : outcome.ignored;
      this.#warnings.push(
        `${place.file}:${place.line}: ${row.path}: ignored ${shown}: a config.yaml of the working directory may only tighten; name it with --config to use it as it is`,
      );
    }
    if (JSON.stringify(outcome.value) !== JSON.stringify(base)) {
      this.#values.set(row.path, outcome.value);
      this.#sources.set(row.path, source);
    }
  }

  #extraCheck({ path }: KeyRow): TextCheck | undefined {
    const isTarget = path === "security.allowed_targets" || path === "security.blocked_targets";
    return isTarget ? this.#request.checkTarget : undefined;
  }

  #resolve(row: KeyRow, value: KeyValue, folder: string, place: Place): KeyValue {
    if ((row.type !== "list" && row.type !== "text") || row.isPath !== true) return value;
    const one = (text: string): string => {
      const path = absolutePath(text, {
        platform: this.#request.platform,
        home: this.#request.home,
        folder,
      });
      if (path === null) {
        this.#problems.push(
          problem(place, `${showFound(text)} and no home directory`, "a path without ~"),
        );
      }
      return path ?? text;
    };
    if (typeof value === "string") return one(value);
    return isTexts(value) ? [...new Set(value.map(one))] : value;
  }

  /** A door to the network needs a key: RFC 6750 tokens for anything but loopback. */
  #checkListen(): void {
    const listen = this.#values.get("http.listen");
    const tokens = this.#values.get("http.tokens");
    if (typeof listen !== "string" || (Array.isArray(tokens) && tokens.length > 0)) return;
    const endpoint = parseEndpoint(listen);
    const isLoopback = endpoint === null || endpoint.address === "::1" ||
      endpoint.address.startsWith("127.");
    if (isLoopback) return;
    this.#problems.push(problem(
      this.#placeOf("http.listen"),
      `${showFound(listen)} without http.tokens`,
      "a loopback address, or at least one token in http.tokens",
    ));
  }

  /** Keys of the speaker that are right one by one and not together. */
  #checkBgp(): void {
    for (const { key, path, found, wanted } of bgpFaults(assemble(this.#values).bgp)) {
      this.#problems.push(problem({ ...this.#placeOf(key), key: path }, found, wanted));
    }
  }

  /** Where the value of a key came from. */
  #placeOf(key: string): Place {
    const source = this.#sources.get(key);
    switch (source?.kind) {
      case "file":
        return { file: source.file, line: source.line, key };
      case "env":
        return { file: source.name, line: null, key };
      case "argv":
        return { file: "command line", line: null, key };
      default:
        return { file: null, line: null, key };
    }
  }
}

/** Something with none of our top-level names: some other program's `config.yaml`. */
function isForeign(value: unknown): boolean {
  if (!isMapping(value)) return value !== null;
  const names = Object.keys(value);
  return names.length > 0 &&
    names.every((name) => !sectionNames.has(name) && rowOf(name) === undefined);
}

function recordsIn(value: KeyValue): readonly object[] {
  return Array.isArray(value) && !isTexts(value) ? value : [];
}

function assemble(values: ReadonlyMap<string, KeyValue>): Config {
  const tree: Record<string, unknown> = {};
  for (const row of configKeys) {
    const value = values.get(row.path);
    const frozen = freezeDeeply(value === undefined ? row.default : value);
    const sections = row.path.split(".");
    const key = sections.pop() ?? "";
    let inner = tree;
    for (const section of sections) {
      const next = inner[section] ??= {};
      if (isMapping(next)) inner = next;
    }
    inner[key] = frozen;
  }
  // The table holds exactly the keys of Config, each checked against its row's type.
  return freezeDeeply(tree) as Config;
}

/** A frozen copy; lists of the table stay as they are, and what is frozen is taken as it is. */
function freezeDeeply(value: unknown): unknown {
  if (Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(freezeDeeply));
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, freezeDeeply(inner)]);
  return Object.freeze(Object.fromEntries(entries));
}
