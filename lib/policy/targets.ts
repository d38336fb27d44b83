/**
 * The patterns of `security.allowed_targets` and `security.blocked_targets`: reading and matching.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { addressBits, type IpAddress } from "../ip/address.ts";
import { parseHostName } from "../ip/host_name.ts";
import {
  contains,
  parsePrefix,
  type Prefix,
  prefixOf,
  renderPrefix,
  unmapPrefix,
} from "../ip/prefix.ts";
import { IpSyntaxError, quoteText } from "../ip/syntax_error.ts";
import { parseTarget } from "../ip/target.ts";

/** One pattern. `text` is as the configuration has it. */
export type TargetPattern =
  /** `*`: every name and every address. */
  | { readonly kind: "any"; readonly text: string }
  /** This name alone. */
  | { readonly kind: "name"; readonly text: string; readonly name: string }
  /** `*.example.com`: every name beneath it, at any depth, and example.com itself. */
  | { readonly kind: "domain"; readonly text: string; readonly name: string }
  /** `web*.example.com`: a `*` stands for any characters, dots included; `parts` are between them. */
  | { readonly kind: "glob"; readonly text: string; readonly parts: readonly string[] }
  /** An address or a CIDR range. */
  | { readonly kind: "range"; readonly text: string; readonly prefix: Prefix };

const EXPECTED =
  'a host name, "*.example.com", an address or a CIDR range, for example "192.0.2.0/24"';

/**
 * Reads a target pattern:
 *
 * - `host.example`: this name; case and a final dot do not matter, IDN becomes A-labels;
 * - `*.host.example`: all names beneath, and `host.example` itself, because that is what Deno's
 *   `--allow-net` and `--deny-net` make of it and the two must agree;
 * - `web*.host.example`, `*host.example`: `*` anywhere else, held by the application alone, since
 *   no Deno flag can say it;
 * - `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`: an address or range; host bits may be set, an
 *   IPv4-mapped range is read as the IPv4 one;
 * - `*`: everything.
 *
 * A name pattern never matches an address and a range never matches a name: a host is judged by its
 * name and by each of its addresses.
 *
 * @throws {InputError} `input.target_pattern`, its hint says what is wanted
 */
export function parseTargetPattern(text: string): TargetPattern {
  const wanted = (expected: string, cause?: unknown): InputError =>
    new InputError("target_pattern", `Cannot read ${quoteText(text)} as a target pattern`, {
      hint: `Wanted: ${expected}.`,
      cause,
    });
  try {
    if (text === "*") return { kind: "any", text };
    if (text.includes("*")) return parseGlob(text, wanted);
    if (/^[0-9A-Fa-f:.]+\/[^/]*$/.test(text)) return rangePattern(text, parsePrefix(text).prefix);
    const target = parseTarget(text, { underscores: true });
    return target.kind === "name"
      ? { kind: "name", text, name: target.name }
      : rangePattern(text, prefixOf(target.address, addressBits(target.address.family)));
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw wanted(error.expected, error);
  }
}

/** What is wanted instead of this pattern, or null if it is one: for the configuration loader. */
export function checkTargetPattern(text: string): string | null {
  try {
    parseTargetPattern(text);
    return null;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.hint.replace(/^Wanted: /, "").replace(/\.$/, "");
  }
}

/** True if the pattern matches this canonical name. */
export function matchesName(pattern: TargetPattern, name: string): boolean {
  switch (pattern.kind) {
    case "any":
      return true;
    case "name":
      return name === pattern.name;
    case "domain":
      return name === pattern.name || name.endsWith(`.${pattern.name}`);
    case "glob":
      return matchesGlob(pattern.parts, name);
    case "range":
      return false;
  }
}

/** True if the pattern matches this very address; embedded IPv4 is for the caller to try. */
export function matchesAddress(pattern: TargetPattern, address: IpAddress): boolean {
  return pattern.kind === "any" || (pattern.kind === "range" && contains(pattern.prefix, address));
}

function parseGlob(text: string, wanted: (expected: string) => InputError): TargetPattern {
  if (/^[0-9.*]+(?:\/.*)?$/.test(text) || text.includes(":")) {
    const range = dottedRange(text);
    throw wanted(range === null ? "a CIDR range where addresses are meant" : `"${range}"`);
  }
  const domain = /^\*\.([^*]+)$/.exec(text)?.[1];
  if (domain !== undefined) {
    return { kind: "domain", text, name: parseHostName(domain, { underscores: true }) };
  }
  // A glob is never converted: what stands for a part of an A-label cannot be written otherwise.
  // Tested before lower case, which makes ASCII letters of some that are not (the Kelvin sign).
  if (!/^[A-Za-z0-9_*.-]{1,254}$/.test(text) || /\.\./.test(text)) throw wanted(EXPECTED);
  const glob = text.toLowerCase().replace(/\.$/, "");
  if (glob.length > 253) throw wanted(EXPECTED);
  return { kind: "glob", text, parts: glob.split(/\*+/) };
}

/** Each part is taken at its first place, which finds a match if there is one, in linear time. */
function matchesGlob(parts: readonly string[], name: string): boolean {
  const first = parts[0] ?? "", last = parts[parts.length - 1] ?? "";
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let from = first.length;
  const end = name.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return from <= end;
}

/** What somebody meant by `10.1.*`: `10.1.0.0/16`. */
function dottedRange(text: string): string | null {
  const octets = /^((?:[0-9]{1,3}\.){1,3})\*(?:\.\*)*$/.exec(text)?.[1]?.split(".").slice(0, -1);
  if (octets === undefined) return null;
  try {
    const padded = [...octets, "0", "0", "0"].slice(0, 4).join(".");
    return renderPrefix(parsePrefix(`${padded}/${8 * octets.length}`).prefix);
  } catch {
    return null;
  }
}

function rangePattern(text: string, prefix: Prefix): TargetPattern {
  return { kind: "range", text, prefix: unmapPrefix(prefix) };
}
