/**
 * YAML text to a value, with the line of every key and entry, and all duplicate keys at once.
 *
 * @module
 */
import type { Event } from "js-yaml";
import { type Problem, problem } from "./problem.ts";

/** A parsed document. */
export interface YamlDocument {
  /** The value, or null for an empty document. */
  readonly value: unknown;
  /** Line (from 1) of every key path, `a.b` and `a.b[0]`. */
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
}

/**
 * Parses one YAML 1.2 document. The parser is loaded on first use, because most starts have no
 * file to read and its module costs more than the rest of the configuration together.
 */
export async function parseYaml(text: string, file: string): Promise<YamlDocument> {
  const yaml = await import("js-yaml");
  try {
    const events = yaml.parseEvents(text, { filename: file, maxDepth: 16 });
    const { lines, problems } = walk(text, file, events, yaml.getScalarValue);
    if (events.length === 0) return { value: null, lines, problems };
    // `json` lets the later of two equal keys win; `walk` has reported them with both lines.
    const documents = yaml.constructFromEvents(events, { source: text, json: true, maxAliases: 0 });
    if (documents.length > 1) {
      problems.push(problem({ file, line: null, key: null }, "several documents", "one document"));
    }
    return { value: documents[0] ?? null, lines, problems };
  } catch (error) {
    const { reason, line } = describe(error, yaml.YAMLException);
    return {
      value: null,
      lines: new Map(),
      problems: [problem({ file, line, key: null }, reason, "valid YAML 1.2")],
    };
  }
}

function describe(
  error: unknown,
  YamlException: typeof import("js-yaml").YAMLException,
): { reason: string; line: number | null } {
  if (error instanceof YamlException) {
    // The parser counts lines from 0.
    return { reason: error.reason, line: error.mark === undefined ? null : error.mark.line + 1 };
  }
  return { reason: error instanceof Error ? error.message : String(error), line: null };
}

type Frame =
  | { readonly kind: "map"; readonly path: string; key: string | null; readonly seen: Set<string> }
  | { readonly kind: "list"; readonly path: string; index: number }
  | { readonly kind: "root" };

function walk(
  text: string,
  file: string,
  events: readonly Event[],
  scalarValue: typeof import("js-yaml").getScalarValue,
): { lines: Map<string, number>; problems: Problem[] } {
  const lines = new Map<string, number>();
  const problems: Problem[] = [];
  const lineAt = lineFinder(text);
  const stack: Frame[] = [];

  /** The path of the value that starts now, and one step forward in its parent. */
  const enter = (): string => {
    const top = stack.at(-1);
    if (top === undefined || top.kind === "root") return "";
    if (top.kind === "list") return `${top.path}[${top.index++}]`;
    const path = join(top.path, top.key ?? "");
    top.key = null;
    return path;
  };

  for (const event of events) {
    const top = stack.at(-1);
    const isKey = top?.kind === "map" && top.key === null;
    // Event numbers of the parser: document, sequence, mapping, scalar, alias, pop.
    switch (event.type) {
      case 1:
        stack.push({ kind: "root" });
        break;
      case 2:
      case 3: {
        // A collection as a key is refused by the parser's own construction step.
        if (isKey) top.key = "";
        const path = enter();
        if (!isKey && stack.at(-1)?.kind === "list") lines.set(path, lineAt(event.start));
        stack.push(
          event.type === 3
            ? { kind: "map", path, key: null, seen: new Set() }
            : { kind: "list", path, index: 0 },
        );
        break;
      }
      case 4: {
        if (!isKey) {
          const path = enter();
          if (top?.kind === "list") lines.set(path, lineAt(event.valueStart));
          break;
        }
        const key = scalarValue(text, event);
        const path = join(top.path, key);
        const line = lineAt(event.valueStart);
        if (top.seen.has(key)) {
          const first = lines.get(path);
          problems.push(
            problem({ file, line, key: path }, "a second time", `once (first on line ${first})`),
          );
        } else {
          lines.set(path, line);
        }
        top.seen.add(key);
        top.key = key;
        break;
      }
      case 5:
        if (isKey) top.key = "";
        else enter();
        break;
      case 6:
        stack.pop();
        break;
    }
  }
  return { lines, problems };
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Line numbers for rising offsets. */
function lineFinder(text: string): (offset: number) => number {
  let line = 1;
  let end = text.indexOf("\n");
  return (offset) => {
    for (; end >= 0 && end < offset; end = text.indexOf("\n", end + 1)) line++;
    return line;
  };
}
