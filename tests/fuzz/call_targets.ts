/**
 * What a client sends and gets: arguments of every tool, escaping of answers, and the HTTP face.
 *
 * @module
 */
import { allTools } from "../../tools/mod.ts";
import { redactArguments } from "../../lib/audit/redact.ts";
import { asNetglassError, Bug, InputError, NetglassError } from "../../lib/errors/mod.ts";
import { describeTool } from "../../lib/mcp/describe_tool.ts";
import { escapeStrings, escapeText, MAX_STRING_CHARS } from "../../lib/mcp/escape.ts";
import { createHttpFace } from "../../lib/mcp/http.ts";
import { parseInput } from "../../lib/mcp/parse_input.ts";
import type { Pipeline } from "../../lib/mcp/pipeline.ts";
import { renderError } from "../../lib/mcp/render_error.ts";
import { createServerFactory } from "../../lib/mcp/server.ts";
import { texts } from "./mutate.ts";
import {
  asText,
  attempt,
  choose,
  type FuzzTarget,
  must,
  mustBePrintable,
  type Outcome,
} from "./target.ts";

const ARGUMENTS = texts(
  '{"target":"192.0.2.1","count":"5","timeout":5}',
  '{"targets":["a.example","192.0.2.1"],"count":1}',
  '{"targets":"[\\"a.example\\"]","timeout":"3"}',
  '{"host":"a.example","ports":["80",443,"1-10"],"grab_banner":"true"}',
  '{"query":"example.com","record_type":"MX","nameserver":"192.0.2.53"}',
  '{"limit":"20","tool":"ping","verify":true,"since":"2026-01-31T08:00:00Z"}',
  '{"queries":["a.example"],"record_types":["A","AAAA"]}',
  "{}",
  "[]",
  "null",
);
const JSON_WORDS = texts(
  '"',
  ",",
  ":",
  "[",
  "]",
  "{",
  "}",
  '["1",',
  '"1"',
  '"true"',
  "[[[[",
  "{}",
  '"__proto__":{"a":1}',
  '"\\ud800"',
  '"\\u202e"',
);

/** The text as JSON where it is, else as the text itself. */
function asJson(bytes: Uint8Array): unknown {
  const text = asText(bytes);
  const parsed = attempt([SyntaxError], (): unknown => JSON.parse(text));
  return "value" in parsed ? parsed.value : text;
}

function runArguments(input: Uint8Array): Outcome {
  const [choice, bytes] = choose(input);
  const tool = allTools[choice % allTools.length];
  if (tool === undefined) return;
  const raw = asJson(bytes);
  const before = asText(bytes);
  redactArguments(raw);
  const parsed = attempt([InputError], () => parseInput(tool.name, tool.input, raw));
  must(
    typeof raw === "string" || JSON.stringify(raw) === JSON.stringify(JSON.parse(before)),
    "the client's arguments were changed",
  );
  if ("error" in parsed) {
    for (const line of renderError(asNetglassError(parsed.error)).split("\n")) {
      mustBePrintable(line, 4_200, "a line of the message");
    }
    must(
      parsed.error.message.length <= 4_000,
      `${parsed.error.message.length} characters of error`,
    );
    return `${tool.name} ${parsed.error.message.replaceAll(/got .*|\d+|".*?"/g, "").slice(0, 48)}`;
  }
  const again = tool.input.safeParse(parsed.value);
  must(again.success, "what was accepted is refused the second time");
  const guarded = attempt([NetglassError], () => tool.guards(parsed.value));
  must(!("error" in guarded) || !(guarded.error instanceof Bug), "the guards have a fault");
  return `${tool.name} ${Object.keys(Object(parsed.value)).sort()}`;
}

// deno-lint-ignore no-control-regex -- control characters are what must be gone
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...strings(member)]);
}

function runEscape(input: Uint8Array): Outcome {
  const value = asJson(input);
  const before = JSON.stringify(value);
  const escaped = escapeStrings(value);
  must(JSON.stringify(value) === before, "the answer itself was changed");
  for (const text of strings(escaped)) {
    must(!UNSAFE.test(text) && text.isWellFormed(), `unsafe text is left: ${escape(text)}`);
    must(text.length <= MAX_STRING_CHARS * 10 + 50, `a text of ${text.length} characters`);
  }
  if (!strings(value).some((text) => escapeText(text) !== text || text.length > 200)) {
    must(JSON.stringify(escaped) === before, "safe text was changed, or a key was lost");
  }
  must(
    Object.getPrototypeOf(Object(escaped)) === Object.getPrototypeOf(Object(value)),
    "an answer has chosen its prototype",
  );
  return `${typeof value} ${JSON.stringify(escaped) === before}`;
}

const TOKEN = "correct-horse-battery-staple";
const MODERN = "2026-07-28";
const REQUEST_GAP = "\n====\n";
const HEADERS = "host: 127.0.0.1:8080\naccept: application/json, text/event-stream\n" +
  `content-type: application/json\nauthorization: Bearer ${TOKEN}\n`;
const INITIALIZE = `POST /mcp\n${HEADERS}\n` + JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "fuzz", version: "1" },
  },
});

function modern(method: string, params: Record<string, unknown>): string {
  const name = typeof params.name === "string" ? `mcp-name: ${params.name}\n` : "";
  const head = `${HEADERS}mcp-protocol-version: ${MODERN}\nmcp-method: ${method}\n${name}`;
  return `POST /mcp\n${head}\n` + JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method,
    params: {
      ...params,
      _meta: {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    },
  });
}

function legacy(method: string, params: Record<string, unknown>, verb = "POST"): string {
  const session = "mcp-session-id: $SESSION\nmcp-protocol-version: 2025-11-25\n";
  const body = verb === "POST" ? JSON.stringify({ jsonrpc: "2.0", id: 2, method, params }) : "";
  return `${verb} /mcp\n${HEADERS}${session}\n${body}`;
}

const DESCRIPTIONS = allTools.map(describeTool);
const PING = { name: "ping", arguments: { target: "192.0.2.1" } };

/** Requests as text, one behind another; `$SESSION` is the session that an earlier answer named. */
async function runHttp(input: Uint8Array): Promise<Outcome> {
  const faults: Error[] = [];
  const pipeline: Pick<Pipeline, "call"> = {
    call: ({ name, args }) => {
      const tool = allTools.find((one) => one.name === name);
      try {
        if (tool === undefined) throw new InputError("tool", "Cannot call it: no such tool");
        parseInput(tool.name, tool.input, args);
        return Promise.resolve({ ok: true, structured: { success: true, summary: "heard" } });
      } catch (error) {
        const known = asNetglassError(error);
        if (known instanceof Bug) faults.push(known);
        return Promise.resolve({ ok: false, error: known });
      }
    },
  };
  const face = createHttpFace(
    // The server calls nothing else of the pipeline.
    createServerFactory({
      version: "0",
      descriptions: DESCRIPTIONS,
      pipeline: pipeline as Pipeline,
    }),
    {
      listen: null,
      tokens: [TOKEN],
      allowed_hosts: [],
      allowed_origins: ["https://console.example"],
      max_body_bytes: 16_384,
      max_sessions: 2,
      session_idle_sec: 60,
    },
    "127.0.0.1",
    { monotonicMs: () => 0 },
    { onError: (error) => faults.push(error) },
  );
  const statuses: number[] = [];
  try {
    let session = "";
    for (const text of asText(input).split(REQUEST_GAP).slice(0, 6)) {
      const request = requestOf(text.replaceAll("$SESSION", session));
      if (request === null) continue;
      const response = await face.handle(request);
      statuses.push(response.status);
      session = response.headers.get("mcp-session-id") ?? session;
      await readSome(response);
      must(response.status !== 500, `500: ${faults.at(-1)?.stack}`);
    }
  } finally {
    await face.close();
  }
  const [fault] = faults;
  must(!(fault instanceof Bug), `a fault: ${fault?.stack}`);
  return `${statuses} ${faults.length > 0}`;
}

/** A verb and path, headers, an empty line, a body. Null where no HTTP server would pass it on. */
function requestOf(text: string): Request | null {
  const end = text.indexOf("\n\n");
  const [line = "", ...fields] = (end === -1 ? text : text.slice(0, end)).split("\n");
  const [method = "", path = ""] = line.split(" ");
  const body = end === -1 ? "" : text.slice(end + 2);
  try {
    const headers = new Headers();
    for (const field of fields) {
      const colon = field.indexOf(":");
      headers.append(field.slice(0, colon), field.slice(colon + 1).trim());
    }
    return new Request(`http://127.0.0.1:8080${path}`, {
      method,
      headers,
      ...(body === "" ? {} : { body }),
    });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Reads an answer to its end; of a stream that stays open only the first part. */
async function readSome(response: Response): Promise<void> {
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    const text = await response.text();
    must(text.length <= 1_000_000, `an answer of ${text.length} characters`);
    if (text !== "") JSON.parse(text);
    return;
  }
  await response.body?.cancel();
}

/** Everything that stands between a client and the tools. */
export const callTargets: readonly FuzzTarget[] = [
  {
    name: "tool_arguments",
    seeds: allTools.flatMap((_, index) => ARGUMENTS.map((json) => Uint8Array.of(index, ...json))),
    words: [
      ...JSON_WORDS,
      ...texts(
        '"target":',
        '"targets":',
        '"ports":',
        '"host":',
        '"query":',
        '"count":',
        '"limit":',
      ),
    ],
    maxBytes: 65_535,
    run: runArguments,
  },
  {
    name: "escape",
    seeds: [
      ...ARGUMENTS,
      ...texts('{"a\\nb":"\\u001b[31m","x":["\\u202e",{"__proto__":"y"}]}', '"\ud83d\ude00"'),
    ],
    words: JSON_WORDS,
    maxBytes: 16_384,
    run: runEscape,
  },
  {
    name: "http_face",
    seeds: texts(
      INITIALIZE,
      modern("tools/list", {}),
      modern("tools/call", PING),
      modern("server/discover", {}),
      [INITIALIZE, legacy("tools/list", {}), legacy("tools/call", PING)].join(REQUEST_GAP),
      [INITIALIZE, legacy("", {}, "GET"), legacy("", {}, "DELETE")].join(REQUEST_GAP),
      [INITIALIZE, INITIALIZE, INITIALIZE, legacy("ping", {})].join(REQUEST_GAP),
    ),
    words: [
      ...JSON_WORDS,
      ...texts(REQUEST_GAP, "GET /mcp\n", "$SESSION", "mcp-session-id: ", "origin: null\n", "\n\n"),
      ...texts('"method":', '"params":', '"id":', "tools/call", "notifications/cancelled", "_meta"),
      ...texts("host: evil.example\n", "last-event-id: 1\n", "content-length: 9\n", "Bearer "),
    ],
    maxBytes: 32_768,
    run: runHttp,
  },
];
