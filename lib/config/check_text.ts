/**
 * What one text of the configuration must look like, by kind: each check answers null, or what is
 * wanted instead.
 *
 * @module
 */
import { parseHostName } from "../ip/host_name.ts";
import { parseHostPort, parseWebService, parseWebUrl } from "../ip/service_place.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";
import { parseTarget } from "../ip/target.ts";
import { parseEndpoint } from "./endpoint.ts";
import type { TextCheck } from "./row.ts";

/** A toolset or tool name. */
export function checkName(text: string): string | null {
  return /^[a-z][a-z0-9_]{0,39}$/.test(text) ? null : "a name in lower case, such as dns_lookup";
}

/** The outer shape of a target pattern; `lib/policy` parses it fully (see `LoadRequest.checkTarget`). */
export function checkTargetShape(text: string): string | null {
  return /^[!-~\u00a1-\uffff]{1,255}$/.test(text)
    ? null
    : "a host name, *.domain, address or CIDR range, without spaces";
}

/** A path: not empty, no control characters. */
export function checkPath(text: string): string | null {
  // deno-lint-ignore no-control-regex -- a control character is exactly what is refused
  return text !== "" && text.length <= 4096 && !/[\u0000-\u001f\u007f]/.test(text)
    ? null
    : "a path without control characters";
}

/** `system`, or a name server by address. */
export function checkResolver(text: string): string | null {
  const wanted =
    'system, or an address such as "192.0.2.53", "192.0.2.53:5353", "[2001:db8::53]:53"';
  if (text === "system") return null;
  const endpoint = parseEndpoint(text);
  return endpoint !== null && endpoint.port !== 0 ? null : wanted;
}

/** Where to listen: an address and a port. */
export function checkListen(text: string): string | null {
  const endpoint = parseEndpoint(text.replace(/^localhost:/i, "127.0.0.1:"));
  return endpoint !== null && endpoint.port !== null
    ? null
    : 'an address with a port, such as "127.0.0.1:8080" or "[::1]:8080"';
}

/** A bearer token (RFC 6750 §2.1, b64token), long enough not to be guessed. */
export function checkToken(text: string): string | null {
  if (text.length < 16) return "a token of at least 16 characters";
  return /^[A-Za-z0-9._~+/-]+=*$/.test(text)
    ? null
    : "a token of letters, digits and -._~+/ (RFC 6750)";
}

/** A host of a Host header, without port. */
export function checkHost(text: string): string | null {
  return /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?)$/.test(text)
    ? null
    : 'a host without port, such as "netglass.example" or "[2001:db8::1]"';
}

/** An origin: scheme, host and perhaps a port (RFC 6454 §6.2). */
export function checkOrigin(text: string): string | null {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text
    ? null
    : 'an origin, such as "https://console.example" (lower case, no path)';
}

/** A name or a place for a person: one line, nothing around it. */
export function checkLabel(text: string): string | null {
  return text.length <= 64 && text.trim() === text && /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(text)
    ? null
    : "1 to 64 characters in one line, no space around them";
}

/** A name that is also written into configurations of routers: one word, nothing to quote. */
export function checkIdentifier(text: string): string | null {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(text)
    ? null
    : "a word of 1 to 40 letters, digits, dots, hyphens and underscores, such as rr1";
}

/** A host that is dialled: a name, or an address without brackets, port and zone. */
export function checkDialHost(text: string): string | null {
  try {
    parseTarget(text, { underscores: true });
    return null;
  } catch (error) {
    if (error instanceof IpSyntaxError) return error.expected;
    throw error;
  }
}

/** What is typed at a login: a control character would end the line, or be taken for a key. */
export function checkCredential(text: string): string | null {
  return text.length <= 128 && /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u.test(text)
    ? null
    : "1 to 128 characters without control characters";
}

/** The name of an environment variable, as a permission flag can name it. */
export function checkEnvName(text: string): string | null {
  return /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(text)
    ? null
    : "the name of an environment variable, such as LAB_PASSWORD";
}

/** A word that groups records. */
export function checkTag(text: string): string | null {
  return /^[a-z0-9][a-z0-9-]{0,39}$/.test(text)
    ? null
    : "a word of lower-case letters, digits and hyphens, such as europe";
}

/** A date of the calendar (RFC 3339 full-date). */
export function checkDate(text: string): string | null {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;
  return isDate ? null : "a date, such as 2026-07-01";
}

/** A check for one of a few words. */
export function oneOf(words: readonly string[]): TextCheck {
  return (text) => words.includes(text) ? null : words.join(" or ");
}

/** A domain name that questions are asked beneath. */
export function checkDomain(text: string): string | null {
  try {
    return parseHostName(text) === text
      ? null
      : `the domain as it is asked, ${parseHostName(text)}`;
  } catch (error) {
    if (error instanceof IpSyntaxError) return error.expected;
    throw error;
  }
}

/** A host with or without a port. */
export function checkHostPort(text: string): string | null {
  return parseHostPort(text) === null
    ? 'a host, or a host and a port such as "rtr.example:8282" or "[2001:db8::1]:323"'
    : null;
}

/** The URL of a document. */
export function checkWebUrl(text: string): string | null {
  return parseWebUrl(text) === null
    ? 'a URL such as "https://rpki.example/vrps.json", without credentials and fragment'
    : null;
}

/** A host, or the URL beneath which a service is. */
export function checkWebService(text: string): string | null {
  return parseWebService(text) === null
    ? 'a host such as "rdap.example", or a URL such as "https://rdap.example/rdap", without query'
    : null;
}
