/**
 * What went wrong with an HTTP request, told apart by what the runtime and the server said.
 *
 * Measured on Deno 2.9.6: `fetch` throws a TypeError whose cause's message is the only thing that
 * tells one trouble from another before the answer; a broken body throws a TypeError without cause;
 * a name that resolves into a denied range shows as a failed connection that "Requires net access".
 *
 * @module
 */
import { type PermissionMissing, RemoteFailure } from "../errors/mod.ts";
import { FAILURE_WORDS, stopFailure } from "./failure.ts";
import type { HttpFailure } from "./io.ts";
import { type MissingNet, netDenied } from "./net_permission.ts";

/** Longest piece of the server's words in an error, characters. */
const SAID_MAX = 200;

/** One clause for a person, per failure. */
const WORDS: Readonly<Record<HttpFailure, string>> = {
  ...FAILURE_WORDS,
  dns: "its name could not be resolved",
  tls: "TLS failed",
  busy: "too many questions wait for this host",
  rate_limited: "it has asked for a pause",
  protocol: "what came back is not HTTP",
  status: "the server refused",
  redirect: "it redirects to another host",
  content_type: "the answer is not of the wanted type",
  encoding: "the answer does not decode",
  too_large: "the answer is too large",
  cut_short: "the answer broke off",
};

/** Failures after which the same question may succeed. */
const RETRYABLE: ReadonlySet<HttpFailure> = new Set([
  "timeout",
  "reset",
  "dns",
  "busy",
  "rate_limited",
  "cut_short",
]);

/** The first pattern that matches the cause's message decides. */
const FAILURE_OF_MESSAGE: readonly (readonly [RegExp, HttpFailure])[] = [
  [/dns error/i, "dns"],
  [/certificate|tls|ssl|handshake|corrupt message/i, "tls"],
  [/refused/i, "refused"],
  [/network is unreachable/i, "network_unreachable"],
  [/no route to host|host is unreachable|host is down/i, "host_unreachable"],
  [/timed out/i, "timeout"],
  [/reset|connection closed|broken pipe|aborted/i, "reset"],
  [/invalid HTTP|message head|parse|protocol/i, "protocol"],
];

/** Of what the runtime says of a denied address, of the host or of the proxy before it: the address. */
const DENIED_HOST = /Requires net access to "\[?([^"]+?)\]?:\d+"/;

/** What an error may say beside its failure. */
export interface HttpFacts {
  /** Clause that takes the place of the common words of the failure. */
  readonly words?: string;
  readonly status?: number;
  readonly retryAfterSec?: number | null;
  readonly location?: string;
  /** The server's words; cut at 200 characters. */
  readonly said?: string;
  readonly retryable?: boolean;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Makes the errors of one request. */
export class HttpFailures {
  readonly #startedMs = performance.now();
  /** What a permission error says. */
  readonly missing: MissingNet;

  /** `configLine` is the configuration line that would list the host. */
  constructor(readonly url: URL, readonly signal: AbortSignal, configLine: string) {
    this.missing = {
      subject: url.host,
      // Without the brackets of an IPv6 literal.
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port !== "" ? Number(url.port) : url.protocol === "https:" ? 443 : 80,
      action: "get an answer from",
      configLine,
    };
  }

  /** The error for a failure that is known. */
  make(failure: HttpFailure, stage: "connect" | "answer", facts: HttpFacts = {}): RemoteFailure {
    const { status, retryAfterSec, location, said } = facts;
    return new RemoteFailure(
      "http",
      `Cannot get an answer from "${this.url.host}": ${facts.words ?? WORDS[failure]}`,
      {
        hint: facts.hint ?? "",
        retryable: facts.retryable ?? RETRYABLE.has(failure),
        detail: {
          stage,
          host: this.url.host,
          failure,
          elapsed_ms: Math.round(performance.now() - this.#startedMs),
          ...(status === undefined ? {} : { status }),
          ...(retryAfterSec === undefined ? {} : { retry_after_sec: retryAfterSec }),
          ...(location === undefined ? {} : { location: location.slice(0, SAID_MAX) }),
          ...(said === undefined || said === "" ? {} : { remote_said: said.slice(0, SAID_MAX) }),
        },
        cause: facts.cause,
      },
    );
  }

  /** The error for the end of the caller's patience. */
  stopped(stage: "connect" | "answer"): RemoteFailure {
    return this.make(stopFailure(this.signal), stage, { cause: this.signal.reason });
  }

  /** The error for what `fetch` threw before there was an answer. */
  beforeAnswer(error: unknown): RemoteFailure | PermissionMissing {
    if (error instanceof Deno.errors.NotCapable) return netDenied(this.missing, error);
    if (this.signal.aborted) return this.stopped("connect");
    const message = messageOf(error);
    const denied = DENIED_HOST.exec(message)?.[1];
    if (denied !== undefined) return netDenied({ ...this.missing, host: denied }, error);
    const known = FAILURE_OF_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? "local";
    return this.make(known, "connect", { cause: error });
  }

  /** The error for what reading the body threw. */
  inAnswer(error: unknown): RemoteFailure {
    if (this.signal.aborted) return this.stopped("answer");
    const brokeOff = messageOf(error).includes("reading a body");
    return this.make(brokeOff ? "cut_short" : "encoding", "answer", { cause: error });
  }
}

/** The message underneath: it says what the one above it hides. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
