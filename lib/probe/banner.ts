/**
 * The first words of a service: what it says by itself, or its answer to an HTTP HEAD.
 *
 * @module
 */
import type { Clock, Connection } from "../io/io.ts";
import { writeAll } from "../io/write_all.ts";

/** Most that is read of a service, octets. */
const MAX_BANNER_BYTES = 1024;
/** Most that is shown, characters. */
const MAX_BANNER_CHARS = 200;
/** Longest wait for a service to speak, milliseconds. */
export const BANNER_WAIT_MS = 2000;

/** What a service said. */
export interface Banner {
  /** At most 200 characters; octets that are no text as `\xNN`. */
  readonly text: string;
  /** True if more came than is shown. */
  readonly cut: boolean;
}

/**
 * Listens on an open connection for at most `waitMs`; with `httpHost` it asks `HEAD /` first.
 * Null if nothing came. The caller closes the connection.
 */
export async function readBanner(
  connection: Connection,
  options: {
    readonly httpHost: string | null;
    readonly waitMs: number;
    readonly clock: Pick<Clock, "sleep">;
    readonly signal: AbortSignal;
  },
): Promise<Banner | null> {
  const { httpHost, clock, signal } = options;
  const buffer = new Uint8Array(MAX_BANNER_BYTES);
  let had = 0;
  const listen = async (): Promise<void> => {
    if (httpHost !== null) await writeAll(connection, headRequest(httpHost));
    while (had < buffer.length) {
      const count = await connection.read(buffer.subarray(had));
      if (count === null) return;
      had += count;
      // A greeting is one write; an HTTP head ends with an empty line (RFC 9112 §2.1).
      if (httpHost === null || endsHead(buffer.subarray(0, had))) return;
    }
  };
  const over = new AbortController();
  const timer = clock.sleep(options.waitMs, AbortSignal.any([over.signal, signal]));
  // A reset, an end or the timer: what came until then is the banner.
  const listening = listen().catch(() => {});
  await Promise.race([listening, timer.catch(() => {})]);
  over.abort();
  return had === 0 ? null : renderBanner(buffer.subarray(0, had));
}

/** Octets as text: UTF-8 if they are, else ASCII with every other octet as `\xNN`. */
export function renderBanner(octets: Uint8Array): Banner {
  const text = textOf(octets).trim();
  return { text: text.slice(0, MAX_BANNER_CHARS), cut: text.length > MAX_BANNER_CHARS };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function textOf(octets: Uint8Array): string {
  try {
    const text = utf8.decode(octets);
    // deno-lint-ignore no-control-regex
    if (!/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return text;
  } catch {
    // Not text: shown octet by octet.
  }
  let text = "";
  for (const octet of octets) {
    const printable = (octet >= 0x20 && octet < 0x7f) || octet === 0x0a || octet === 0x0d;
    text += printable ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, "0")}`;
  }
  return text;
}

/** RFC 9110 §9.3.2; the host is a judged name or address. */
function headRequest(host: string): Uint8Array {
  const authority = host.includes(":") ? `[${host}]` : host;
  return new TextEncoder().encode(
    `HEAD / HTTP/1.1\r\nHost: ${authority}\r\nConnection: close\r\nUser-Agent: netglass\r\n\r\n`,
  );
}

function endsHead(octets: Uint8Array): boolean {
  return String.fromCharCode(...octets).includes("\r\n\r\n");
}
