/**
 * Host names, read into one canonical form: lower case, A-labels, no final dot.
 *
 * @module
 */
import { domainToASCII } from "node:url";
import { renderAddress } from "./address.ts";
import { endsInNumber, readNumberHost } from "./number_host.ts";
import { IpSyntaxError, quoteText } from "./syntax_error.ts";

/** A host name in canonical form; only {@link parseHostName} makes one. */
export type HostName = string & { readonly __hostName: unique symbol };

/** What {@link parseHostName} accepts beyond host names. */
export interface HostNameSyntax {
  /**
   * Accept what only a DNS query may have: labels with underscores (`_dmarc.example.com`), numeric
   * last labels are still refused. Default false.
   */
  readonly underscores?: boolean;
}

const EXPECTED = "a host name of letters, digits and hyphens, for example www.example.com";
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const QUERY_LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;
// RFC 1035 §2.3.4: 255 octets on the wire are 253 characters of text.
const NAME_MAX = 253;
const LABEL_MAX = 63;
// Before conversion to A-labels a name may be longer in UTF-16 units; this only bounds the work.
const TEXT_MAX = 1024;

/**
 * Reads a host name (RFC 1123 §2.1). International names become A-labels (UTS #46). What any
 * resolver might take for an address is refused, also when it only becomes one by conversion, such
 * as full-width digits.
 *
 * @throws {IpSyntaxError}
 */
export function parseHostName(text: string, syntax: HostNameSyntax = {}): HostName {
  const refuse = (why: string, expected = EXPECTED): never => {
    throw new IpSyntaxError(`Cannot read ${quoteText(text)} as a host name: ${why}`, expected);
  };
  if (text === "") return refuse("it is empty");
  if (text.length > TEXT_MAX) return refuse(`it has ${text.length} characters, 253 are possible`);
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0020\u007f-\u00a0\p{Z}\p{Cc}\p{Cs}]/u.test(text)) {
    return refuse("it has spaces or control characters");
  }
  if (/^[-\p{Pd}]/u.test(text)) return refuse("it starts with a hyphen");
  const ascii = toAscii(text);
  if (ascii === null) return refuse("no valid domain name comes of it");
  const name = ascii.replace(/\.$/, "");
  if (endsInNumber(name)) {
    const meant = readNumberHost(name);
    return refuse(
      meant === null
        ? "its last label is a number"
        : `some programs read it as the address ${renderAddress(meant)}`,
      meant === null ? EXPECTED : `four decimal parts, ${renderAddress(meant)}`,
    );
  }
  if (name.length > NAME_MAX) return refuse(`it has ${name.length} characters, 253 are possible`);
  for (const label of name.split(".")) {
    if (label === "") return refuse("it has an empty label");
    if (label.length > LABEL_MAX) {
      return refuse(
        `the label ${quoteText(label)} has ${label.length} characters, 63 are possible`,
      );
    }
    if (!(syntax.underscores === true ? QUERY_LABEL : LABEL).test(label)) {
      return refuse(`the label ${quoteText(label)} is none of a host name`);
    }
  }
  // The checks above are what the brand stands for.
  return name as HostName;
}

/** Lower case and A-labels, or null where IDNA refuses. Validates `xn--` labels as well. */
function toAscii(text: string): string | null {
  // deno-lint-ignore no-control-regex -- "is it ASCII" is a range that starts at NUL
  if (/^[\u0000-\u007f]*$/.test(text) && !/(?:^|\.)xn--/i.test(text)) {
    return text.toLowerCase();
  }
  // ASCII punctuation may come out of the conversion (℀ becomes a/c); the label check sees it.
  const converted = domainToASCII(text);
  return converted === "" ? null : converted;
}
