/**
 * Data calls of RIPEstat: their envelope, opened. Every call is one document with `status`,
 * `messages` and `data` (stat.ripe.net/docs/data-api).
 *
 * @module
 */
import { RemoteFailure } from "../errors/mod.ts";
import type { JsonValue } from "./json_value.ts";
import type { SourceApi } from "./source_api.ts";

/** What its operator asks programs to name themselves by. */
const SOURCE_APP = "netglass";
/** Longest message that is passed on, characters, and how many. */
const MESSAGE_MAX = 200;
const MESSAGES_MAX = 5;

/** The inside of an answer. */
export interface RipestatAnswer {
  readonly data: JsonValue;
  /** Its warnings and errors about this answer (remote words). */
  readonly warnings: readonly string[];
}

/**
 * Asks a data call such as `network-info`.
 *
 * @throws {RemoteFailure} `remote.http`, `remote.answer`
 * @throws {PermissionMissing} `permission.net`
 */
export async function askRipestat(
  api: SourceApi,
  call: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<RipestatAnswer> {
  const document = await api.get(
    `/data/${call}/data.json`,
    { ...parameters, sourceapp: SOURCE_APP },
    signal,
  );
  const status = document.field("status").text();
  const warnings = messagesOf(document.field("messages"));
  if (status === "ok") return { data: document.field("data"), warnings };
  throw new RemoteFailure(
    "answer",
    `Cannot use the answer of "${api.host}": it says "${status.slice(0, 40)}"`,
    {
      retryable: true,
      detail: { stage: "answer", host: api.host, remote_said: warnings.join("; ") },
    },
  );
}

/** Messages are pairs of a level and a text; `info` says nothing about what is missing. */
function messagesOf(messages: JsonValue): string[] {
  if (messages.isAbsent) return [];
  return messages.items().flatMap(({ value }) =>
    Array.isArray(value) && value[0] !== "info" && typeof value[1] === "string"
      ? [value[1].slice(0, MESSAGE_MAX)]
      : []
  ).take(MESSAGES_MAX).toArray();
}
