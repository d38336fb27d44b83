/**
 * The lint rules that hold the house together (DESIGN, "The house"): rooms import downward only,
 * only the doors name powers, and nothing prints. Tests and benches are exempt.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url);

/** Rooms about one matter each; they never import each other sideways. */
const DOMAIN_ROOMS = [
  "telnet",
  "looking_glass",
  "bgp",
  "pcap",
  "probe",
  "host",
  "registry",
  "planning",
];

/** What a domain room stands on. Of `config` it takes types only. */
const BENEATH_DOMAIN = [
  "io",
  "policy",
  "route",
  "ip",
  "bytes",
  "words",
  "dns_wire",
  "errors",
  "config",
];

/** What each room of lib may import, besides itself. `*`: anything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  words: [],
  ip: [],
  errors: [],
  dns_wire: ["errors", "ip"],
  route: ["ip", "bytes", "errors"],
  config: ["errors", "ip"],
  io: ["errors", "ip", "bytes", "config", "dns_wire"],
  policy: ["errors", "ip", "config", "io"],
  audit: ["errors", "io"],
  telemetry: ["errors", "io"],
  views: [],
  ...Object.fromEntries(DOMAIN_ROOMS.map((room) => [room, BENEATH_DOMAIN])),
  looking_glass: [...BENEATH_DOMAIN, "telnet"],
  mcp: [...BENEATH_DOMAIN, ...DOMAIN_ROOMS, "audit", "telemetry", "views"],
  cli: ["*"],
};

/** What a tool may import from lib. */
const TOOL_MAY_IMPORT = [...BENEATH_DOMAIN, ...DOMAIN_ROOMS, "mcp", "audit", "views"];

/** Members of `Deno` that reach out of the process. */
const DENO_POWER =
  /^(?:connect|listen|serve|open|read|write|startTls|fetch|createHttpClient|resolveDns|Command$|spawn|dlopen|env$|mkdir|makeTemp|remove|rename|copyFile|truncate|symlink|link|chmod|chown|stat|lstat|realPath|watchFs|networkInterfaces|upgradeWebSocket)/;

/** Globals that reach out of the process. */
const GLOBAL_POWERS = new Set([
  "fetch",
  "Worker",
  "WebSocket",
  "WebSocketStream",
  "EventSource",
  "WebTransport",
]);

const MODULE_POWER =
  /^(?:node:)?(?:net|tls|dgram|fs|fs\/promises|child_process|http|https|http2|dns|dns\/promises|worker_threads|cluster|inspector)$/;

/** Where a file stands. */
interface Place {
  /** Path from the root, `/` between parts. */
  readonly path: string;
  /** `lib/<room>`, `tools`, `tools/mod.ts`, or the file itself. */
  readonly kind: "room" | "tool" | "tool_list" | "entry";
  /** Name of the room of lib, or an empty string. */
  readonly room: string;
}

/** The place of a file, or null if no rule is about it. */
function placeOf(url: URL): Place | null {
  if (!url.href.startsWith(ROOT.href)) return null;
  const path = decodeURIComponent(url.href.slice(ROOT.href.length));
  if (/_test\.tsx?$/.test(path)) return null;
  if (path === "main.ts" || path === "mod.ts") return { path, kind: "entry", room: "" };
  if (path === "tools/mod.ts" || path === "tools/cards.ts") {
    return { path, kind: "tool_list", room: "" };
  }
  const [top, room = ""] = path.split("/");
  if (top === "tools") return { path, kind: "tool", room: "" };
  return top === "lib" ? { path, kind: "room", room } : null;
}

function urlOf(filename: string): URL {
  return filename.startsWith("file:") ? new URL(filename) : new URL(
    filename.replace(/^([A-Za-z]:)?/, (drive) => drive === "" ? "file://" : `file:///${drive}`)
      .replaceAll("\\", "/"),
  );
}

/** What is wrong with `from` importing `specifier`, or null. */
function importFault(from: Place, specifier: string, isTypeOnly: boolean): string | null {
  if (!specifier.startsWith(".")) return null;
  const to = placeOf(new URL(specifier, new URL(from.path, ROOT)));
  if (to === null) {
    return /(?:^|\/)(?:tests|bench)\/|_test\.ts$/.test(specifier)
      ? `"${from.path}" imports a test: "${specifier}"`
      : null;
  }
  if (from.kind === "room" && MAY_IMPORT[from.room] === undefined) {
    return `Room lib/${from.room} is not in the plan: add it to DESIGN and to this rule`;
  }
  if (from.kind === "entry" || from.room === "cli") return null;
  if (to.kind === "entry") return `Only what starts the program imports "${to.path}"`;
  if (to.kind === "tool_list") return `"${to.path}" is for main.ts, mod.ts and lib/cli only`;
  if (to.kind === "tool") {
    return from.kind === "tool_list"
      ? null
      : `Only tools/mod.ts and tools/cards.ts import tools, not "${from.path}"`;
  }
  const may = from.kind === "room" ? MAY_IMPORT[from.room] ?? [] : TOOL_MAY_IMPORT;
  if (from.kind === "room" && from.room === to.room) return null;
  if (!may.includes(to.room)) {
    const who = from.kind === "room" ? `lib/${from.room}` : "a tool";
    return `Imports run downward only: ${who} may not import lib/${to.room}`;
  }
  if (to.room === "config" && DOMAIN_ROOMS.includes(from.room) && !isTypeOnly) {
    return `lib/${from.room} may import types of lib/config only`;
  }
  return null;
}

/** Name of a member that is written out: `a.b`, `a["b"]`. */
function memberName(node: Deno.lint.MemberExpression): string | null {
  if (!node.computed && node.property.type === "Identifier") return node.property.name;
  return node.property.type === "Literal" && typeof node.property.value === "string"
    ? node.property.value
    : null;
}

/** True if `node` is the global `name`, also as `globalThis.name`. */
function isGlobal(node: Deno.lint.Node, name: string): boolean {
  if (node.type === "Identifier") return node.name === name;
  return node.type === "MemberExpression" && node.object.type === "Identifier" &&
    /^(?:globalThis|self|window)$/.test(node.object.name) && memberName(node) === name;
}

const imports: Deno.lint.Rule = {
  create(context) {
    const place = placeOf(urlOf(context.filename));
    if (place === null) return {};
    const check = (node: Deno.lint.Node, specifier: string, isTypeOnly: boolean) => {
      const fault = importFault(place, specifier, isTypeOnly);
      if (fault !== null) context.report({ node, message: fault });
    };
    return {
      ImportDeclaration(node) {
        const isTypeOnly = node.importKind === "type" || (node.specifiers.length > 0 &&
          node.specifiers.every((one) =>
            one.type === "ImportSpecifier" && one.importKind === "type"
          ));
        check(node, node.source.value, isTypeOnly);
      },
      ExportNamedDeclaration(node) {
        if (node.source !== null) {
          check(node, String(node.source.value), node.exportKind === "type");
        }
      },
      ExportAllDeclaration(node) {
        check(node, node.source.value, node.exportKind === "type");
      },
      ImportExpression(node) {
        if (node.source.type !== "Literal") {
          // What is named by a URL is loaded by a door, as threads are.
          if (place.room !== "io") {
            context.report({ node, message: "An import names its module in the code" });
          }
        } else check(node, String(node.source.value), false);
      },
    };
  },
};

const doors: Deno.lint.Rule = {
  create(context) {
    const place = placeOf(urlOf(context.filename));
    if (place === null || place.room === "io") return {};
    const report = (node: Deno.lint.Node, what: string) =>
      context.report({
        node,
        message: `Only lib/io may name ${what}`,
        hint: "Take the door from lib/io/io.ts, or add one there.",
      });
    const checkModule = (node: Deno.lint.Node, specifier: string) => {
      if (MODULE_POWER.test(specifier)) report(node, `"${specifier}"`);
    };
    const checkValue = (node: Deno.lint.Node | null | undefined) => {
      if (node?.type === "Identifier" && GLOBAL_POWERS.has(node.name)) report(node, node.name);
      if (node?.type === "Identifier" && node.name === "Deno") {
        report(node, "Deno other than by a member that is written out");
      }
    };
    return {
      ImportDeclaration(node) {
        if (node.importKind !== "type") checkModule(node, node.source.value);
      },
      ExportNamedDeclaration(node) {
        if (node.source !== null) checkModule(node, String(node.source.value));
      },
      ExportAllDeclaration(node) {
        checkModule(node, node.source.value);
      },
      ImportExpression(node) {
        if (node.source.type === "Literal") checkModule(node, String(node.source.value));
      },
      MemberExpression(node) {
        const name = memberName(node);
        if (isGlobal(node.object, "Deno")) {
          if (name === null) report(node, "Deno other than by a member that is written out");
          else if (DENO_POWER.test(name)) report(node, `Deno.${name}`);
        }
        for (const power of GLOBAL_POWERS) {
          if (isGlobal(node, power)) report(node, `globalThis.${power}`);
        }
      },
      CallExpression(node) {
        checkValue(node.callee);
        for (const argument of node.arguments) checkValue(argument);
      },
      NewExpression(node) {
        checkValue(node.callee);
        for (const argument of node.arguments) checkValue(argument);
      },
      VariableDeclarator(node) {
        checkValue(node.init);
      },
      AssignmentExpression(node) {
        checkValue(node.right);
      },
      Property(node) {
        if (node.parent.type === "ObjectExpression") checkValue(node.value);
      },
      ArrowFunctionExpression(node) {
        checkValue(node.body);
      },
      ReturnStatement(node) {
        checkValue(node.argument);
      },
    };
  },
};

const silence: Deno.lint.Rule = {
  create(context) {
    if (placeOf(urlOf(context.filename)) === null) return {};
    return {
      MemberExpression(node) {
        if (!isGlobal(node.object, "console")) return;
        context.report({
          node,
          message: "Nothing prints with console: stdout is the wire",
          hint: "Write to stderr through lib/cli/terminal.ts, or return it in the result.",
        });
      },
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "netglass",
  rules: { imports, doors, silence },
};

// Deno loads a lint plugin by its default export.
export default plugin;
