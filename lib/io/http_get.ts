/**
 * One GET over HTTPS (RFC 9110 §9.3.1): the body counted while it comes, redirects followed within
 * the same origin and to hosts that were named, no cookies, no more headers than needed.
 *
 * Measured on Deno 2.9.6: `fetch` asks for `--allow-net=<host>:<port>` with the port of the scheme,
 * resolves names by the system's resolver, checks the addresses against the deny list, and decodes
 * gzip and br as the body is read. A proxy that HTTPS_PROXY or HTTP_PROXY of the environment names
 * is used without being in `--allow-net`, only the deny list holds for it; no option of a client
 * turns that off, and reading or removing the variables would take a flag each.
 *
 * @module
 */
import { HttpFailures } from "./http_failure.ts";
import type { HostTurns } from "./host_turns.ts";
import type { HttpAnswer, HttpRequest } from "./io.ts";
import { netDenied, netNotGranted, netState } from "./net_permission.ts";

/** Hops altogether. */
const REDIRECTS_MAX = 3;
/** Octets read of an answer that is an error, for the server's words. */
const ERROR_BODY_BYTES = 4096;

/** What a GET needs beside the request. */
export interface HttpGetOptions {
  readonly turns: HostTurns;
  /** `netglass/1.2.3`. */
  readonly userAgent: string;
}

/**
 * Asks once, following redirects of the same origin and to named hosts; every hop waits for its turn.
 *
 * @throws {PermissionMissing} `permission.net`, before anything is sent to the host
 * @throws {RemoteFailure} `remote.http`
 */
export async function getHttp(
  request: HttpRequest,
  { turns, userAgent }: HttpGetOptions,
): Promise<HttpAnswer> {
  const first = urlOf(request);
  const headers = { "user-agent": userAgent, accept: request.accept.join(", ") };
  let url = first;
  let failures = new HttpFailures(first, request.signal, request.configLine);
  await demandPermission(failures);
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    await takeTurn(turns, failures);
    const response = await fetchOnce(url, headers, failures);
    const location = isRedirect(response) ? response.headers.get("location") : null;
    if (location === null) return await answerOf(response, url, request, failures, turns);
    await response.body?.cancel();
    const target = URL.parse(location, url);
    if (target === null || !mayFollow(target, first, request)) {
      throw failures.make("redirect", "answer", { location });
    }
    if (target.host !== url.host) {
      failures = new HttpFailures(target, request.signal, request.configLine);
      await demandPermission(failures);
    }
    url = target;
  }
  throw failures.make("redirect", "answer", {
    words: "it redirects in circles",
    location: url.href,
  });
}

/** True for the same origin, and for a named host over a scheme that the caller takes. */
function mayFollow(target: URL, first: URL, { redirectHosts = [], plain = false }: HttpRequest) {
  if (target.username !== "" || target.password !== "") return false;
  if (target.origin === first.origin) return true;
  // From https nothing leads back to http.
  const isSafe = target.protocol === "https:" ||
    (plain && target.protocol === "http:" && first.protocol === "http:");
  return isSafe && redirectHosts.includes(target.host);
}

/** The URL of a request. @throws {TypeError} for a fault of the caller */
function urlOf({ url: text, plain = false }: HttpRequest): URL {
  const url = new URL(text);
  const isAllowed = url.protocol === "https:" || (plain && url.protocol === "http:");
  if (!isAllowed) throw new TypeError(`Cannot ask "${text}": it is not an https URL`);
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("Cannot ask a URL that holds credentials");
  }
  return url;
}

async function demandPermission({ missing }: HttpFailures): Promise<void> {
  const state = await netState(missing.host, missing.port);
  if (state === "denied") throw netDenied(missing);
  if (state !== "granted") throw netNotGranted(missing);
}

async function takeTurn(turns: HostTurns, failures: HttpFailures): Promise<void> {
  let refusal;
  try {
    refusal = await turns.take(failures.url.host, failures.signal);
  } catch (error) {
    if (failures.signal.aborted) throw failures.stopped("connect");
    throw error;
  }
  if (refusal === null) return;
  throw failures.make(
    refusal.why,
    "connect",
    refusal.why === "rate_limited" ? { retryAfterSec: Math.ceil(refusal.waitMs / 1000) } : {},
  );
}

async function fetchOnce(
  url: URL,
  headers: Record<string, string>,
  failures: HttpFailures,
): Promise<Response> {
  try {
    return await fetch(url, {
      headers,
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: failures.signal,
    });
  } catch (error) {
    throw failures.beforeAnswer(error);
  }
}

function isRedirect({ status }: Response): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

async function answerOf(
  response: Response,
  url: URL,
  request: HttpRequest,
  failures: HttpFailures,
  turns: HostTurns,
): Promise<HttpAnswer> {
  const { status, headers } = response;
  if (!response.ok) throw await refusalOf(response, failures, turns);
  const contentType = mediaType(headers);
  if (!request.accept.includes(contentType)) {
    await response.body?.cancel();
    throw failures.make("content_type", "answer", {
      words: `it sent "${contentType.slice(0, 80)}", want ${request.accept.join(" or ")}`,
      status,
      hint: "A portal or a proxy may have answered in its place.",
    });
  }
  const isPlain = !headers.has("content-encoding");
  const announced = Number(headers.get("content-length") ?? 0);
  if (isPlain && announced > request.maxBytes) {
    await response.body?.cancel();
    throw tooLarge(request, failures, status);
  }
  const { bytes, isWhole } = await readBody(response, request.maxBytes, failures);
  if (!isWhole) throw tooLarge(request, failures, status);
  return { url: url.href, status, contentType, body: bytes };
}

function tooLarge({ maxBytes }: HttpRequest, failures: HttpFailures, status: number) {
  const words = `the answer is larger than ${maxBytes} bytes`;
  return failures.make("too_large", "answer", { words, status });
}

/** Media type without parameters, lower case (RFC 9110 §8.3.1); empty if there is none. */
function mediaType(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The error for a status that is no success; a `Retry-After` of 429 and 503 pauses the host. */
async function refusalOf(response: Response, failures: HttpFailures, turns: HostTurns) {
  const { status, headers } = response;
  const asksForPause = status === 429 || status === 503;
  const retryAfterSec = asksForPause ? retryAfter(headers) : null;
  if (retryAfterSec !== null) turns.pause(failures.url.host, retryAfterSec * 1000);
  const isText = /^text\/plain$|json$/.test(mediaType(headers));
  if (!isText) await response.body?.cancel();
  const { bytes } = isText
    ? await readBody(response, ERROR_BODY_BYTES, failures)
    : { bytes: new Uint8Array() };
  return failures.make("status", "answer", {
    words: `the server answered ${status}`,
    status,
    said: new TextDecoder().decode(bytes).replace(/\s+/g, " ").trim(),
    retryable: status === 429 || status >= 500,
    ...(asksForPause ? { retryAfterSec } : {}),
    ...(retryAfterSec === null ? {} : { hint: `Ask again in ${retryAfterSec} s.` }),
  });
}

/** Seconds of `Retry-After`, number or date (RFC 9110 §10.2.3); null without a usable one. */
function retryAfter(headers: Headers): number | null {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const untilMs = Date.parse(text);
  return Number.isNaN(untilMs) ? null : Math.max(0, Math.ceil((untilMs - Date.now()) / 1000));
}

/** Reads at most `maxBytes`; `isWhole` is false if there was more, which is then not read. */
async function readBody(
  response: Response,
  maxBytes: number,
  failures: HttpFailures,
): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  const chunks: Uint8Array[] = [];
  let hadBytes = 0;
  let isWhole = true;
  try {
    for await (const chunk of response.body ?? []) {
      const kept = chunk.subarray(0, maxBytes - hadBytes);
      chunks.push(kept);
      hadBytes += kept.length;
      // Leaving the loop cancels the stream, and with it the connection.
      if (kept.length < chunk.length) {
        isWhole = false;
        break;
      }
    }
  } catch (error) {
    throw failures.inAnswer(error);
  }
  const bytes = new Uint8Array(hadBytes);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return { bytes, isWhole };
}
