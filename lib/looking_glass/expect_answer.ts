/**
 * From what a server returned to the kind of answer that was asked for, and what is missing of it.
 *
 * @module
 */
import { RemoteFailure } from "../errors/mod.ts";
import type { RouterAnswer, RouterRefusal } from "./answer.ts";
import type { ServerAnswer } from "./looking_glass.ts";

/** What each refusal means for who asked. */
const HINTS: Readonly<Record<RouterRefusal["why"], string>> = {
  unknown_command: "This router does not know the command: ask another server (list_servers).",
  bad_argument: "The router did not take the argument: ask another server (list_servers).",
  not_permitted: "Visitors may not use this command there: ask another server (list_servers).",
  not_available: "The router cannot answer this now: ask another server (list_servers).",
  wrong_family: "This router does not carry that address family: ask another (list_servers).",
  busy: "The router is busy: ask again in a minute, or another server (list_servers).",
};

/**
 * The answer as the kind that was asked for.
 *
 * @throws {RemoteFailure} `remote.router_refused` with the router's words
 */
export function expectAnswer<K extends Exclude<RouterAnswer["kind"], "refused">>(
  { server, command, parsed: { answer } }: ServerAnswer,
  kind: K,
): Extract<RouterAnswer, { readonly kind: K }> {
  if (answer.kind === kind) return answer as Extract<RouterAnswer, { readonly kind: K }>;
  if (answer.kind !== "refused") {
    throw new TypeError(`The answer to "${command}" is of kind "${answer.kind}", not "${kind}"`);
  }
  throw new RemoteFailure(
    "router_refused",
    `"${server.name}" refused "${command}"`,
    {
      hint: HINTS[answer.why],
      retryable: answer.why === "busy",
      detail: {
        stage: "command",
        host: server.host,
        failure: answer.why,
        remote_said: answer.said,
      },
    },
  );
}

/** Why an answer is not whole, `unreadable` if all came and does not add up; null if it is whole. */
export function incompleteReason({ complete, reason }: ServerAnswer): string | null {
  return complete ? null : reason ?? "unreadable";
}
