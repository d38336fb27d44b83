/**
 * Why a login failed, as an error that says it.
 *
 * @module
 */
import { RemoteFailure } from "../../errors/mod.ts";

/** Kinds of failure; `detail.failure` of `remote.login`. */
export type LoginFailure =
  | "bad_credentials"
  | "too_many_users"
  | "needs_username"
  | "needs_password"
  | "no_password_set"
  | "no_prompt"
  | "endless_greeting"
  | "closed"
  | "timeout"
  | "cancelled"
  | "refused";

interface FailureText {
  /** Behind `Cannot log in to "host": `. */
  readonly words: string;
  readonly hint: string;
  readonly isRetryable: boolean;
}

const FAILURES: Readonly<Record<LoginFailure, FailureText>> = {
  bad_credentials: {
    words: "it does not take the username or password",
    hint: "Correct login of this server in looking_glass.servers; nothing is sent a second time.",
    isRetryable: false,
  },
  too_many_users: {
    words: "it has too many users",
    hint: "Try again in some minutes, or ask another server.",
    isRetryable: true,
  },
  needs_username: {
    words: "it asks for a username and none is configured",
    hint: "Set login.username of this server in looking_glass.servers.",
    isRetryable: false,
  },
  needs_password: {
    words: "it asks for a password and none is configured",
    hint: "Set login.password or login.password_env of this server in looking_glass.servers.",
    isRetryable: false,
  },
  no_password_set: {
    words: "its operator has set no password, so it lets nobody in",
    hint: "Ask another server.",
    isRetryable: false,
  },
  no_prompt: {
    words: "it never shows the same prompt twice",
    hint: "Check that host and port of this server lead to the command line of a router.",
    isRetryable: false,
  },
  endless_greeting: {
    words: "its greeting does not end",
    hint: "Check that host and port of this server lead to the command line of a router.",
    isRetryable: false,
  },
  closed: {
    words: "it closed the connection",
    hint: "Try again in some minutes, or ask another server.",
    isRetryable: true,
  },
  timeout: {
    words: "it did not come to a prompt in time",
    hint: "Allow it more time, or ask another server.",
    isRetryable: true,
  },
  cancelled: { words: "the call was cancelled", hint: "", isRetryable: true },
  refused: {
    words: "it refuses",
    hint: "Read what it said; ask another server if it lets only others in.",
    isRetryable: false,
  },
};

/** What servers say when they let nobody in. It names a failure that is certain, it never makes one. */
const REFUSALS: readonly { readonly failure: LoginFailure; readonly pattern: RegExp }[] = [
  {
    failure: "bad_credentials",
    pattern:
      /\b(?:login (?:invalid|incorrect|failed)|bad (?:passwords?|secrets?)|authentication (?:failed|failure)|permission denied)\b/i,
  },
  {
    failure: "too_many_users",
    pattern:
      /\b(?:too many (?:\w+ ){0,2}(?:users|connections|sessions|logins)|maximum (?:\w+ ){0,4}(?:users|connections|sessions)|(?:line is|lines are) (?:\w+ )?(?:busy|in use))\b/i,
  },
  {
    failure: "no_password_set",
    pattern: /\b(?:vty password is not set|password required, but none set)\b/i,
  },
  {
    failure: "refused",
    pattern:
      /\b(?:connection (?:refused|not allowed)|access (?:is )?denied|not (?:permitted|authorized)|kerberos: ?no default realm)\b/i,
  },
];

/** The failure that the words of a server stand for, or null. */
export function refusalOf(said: string): LoginFailure | null {
  return REFUSALS.find(({ pattern }) => pattern.test(said))?.failure ?? null;
}

/** The error of a login that failed. `remoteSaid`: the last that the server said, cleaned. */
export function loginFailed(
  failure: LoginFailure,
  { host, elapsedMs, remoteSaid }: {
    readonly host: string;
    readonly elapsedMs: number;
    readonly remoteSaid: string;
  },
): RemoteFailure {
  const { words, hint, isRetryable } = FAILURES[failure];
  return new RemoteFailure("login", `Cannot log in to "${host}": ${words}`, {
    hint,
    retryable: isRetryable,
    detail: {
      stage: "login",
      host,
      failure,
      elapsed_ms: Math.round(elapsedMs),
      remote_said: remoteSaid,
    },
  });
}
