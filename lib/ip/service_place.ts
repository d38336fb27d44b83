/**
 * Where a service is: a host with a port, or a URL.
 *
 * @module
 */
import { IpSyntaxError } from "./syntax_error.ts";
import { parseTarget, renderTarget } from "./target.ts";

/** A host and a port. */
export interface HostPort {
  /** Canonical name or address, no brackets. */
  readonly host: string;
  /** 1 to 65535, or null if none was written. */
  readonly port: number | null;
}

/** Parses `rtr.example`, `rtr.example:8282`, `192.0.2.1:323`, `[2001:db8::1]:323`, `2001:db8::1`. */
export function parseHostPort(text: string): HostPort | null {
  const match = /^(?:\[([^\]]*:[^\]]*)\]|([^:[\]]*))(?::([1-9]\d{0,4}))?$/.exec(text);
  const host = readHost(match === null ? text : match[1] ?? match[2] ?? "");
  const port = match?.[3] === undefined ? null : Number(match[3]);
  return host === null || (port !== null && port > 65535) ? null : { host, port };
}

/** Parses the http or https URL of a document: no credentials, no fragment, a host that could be dialled. */
export function parseWebUrl(text: string): URL | null {
  // The parser of URLs would drop or repair these without a word.
  if (!/^https?:\/\/[!-~]+$/.test(text) || /[\\#]/.test(text)) return null;
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "" || url.port === "0") return null;
  // Nor does a host count that the parser read as another: 0x7f000001, 127.1.
  if (!text.toLowerCase().startsWith(url.origin)) return null;
  return readHost(hostOf(url)) === hostOf(url) ? url : null;
}

/** Parses a bare host, asked over https, or a URL beneath which a service is: no query, no final slash. */
export function parseWebService(text: string): URL | null {
  const url = parseWebUrl(/^https?:\/\//.test(text) ? text : `https://${text}`);
  if (url === null || url.search !== "" || text.endsWith("/")) return null;
  return url;
}

/** The host of a URL as a flag and a target name it: an IPv6 address without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** The port that a URL leads to (RFC 9110 §4.2). */
export function portOf(url: URL): number {
  return url.port !== "" ? Number(url.port) : url.protocol === "https:" ? 443 : 80;
}

function readHost(text: string): string | null {
  try {
    return renderTarget(parseTarget(text, { underscores: true }));
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}
