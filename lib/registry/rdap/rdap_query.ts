/**
 * What RDAP can be asked about, and the path that asks it (RFC 9082 §3.1).
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import { type IpAddress, parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import { parseAsNumber } from "../../ip/as_number.ts";
import { parseHostName } from "../../ip/host_name.ts";
import { firstAddress, parsePrefix, type Prefix, prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { IpSyntaxError, quoteText } from "../../ip/syntax_error.ts";

/** Kinds of objects. */
export type RdapKind = "ip" | "autnum" | "domain" | "nameserver" | "entity";

/** A question, read. */
export type RdapQuery =
  & {
    /** Canonical. */
    readonly text: string;
    /** Path beneath the base URL of a server, without a leading slash. */
    readonly path: string;
  }
  & (
    | { readonly kind: "ip"; readonly prefix: Prefix; readonly address: IpAddress }
    | { readonly kind: "autnum"; readonly asn: number }
    | { readonly kind: "domain" | "nameserver"; readonly name: string }
    | { readonly kind: "entity" }
  );

/** Handles of entities as registries give them (RFC 8521 §2 adds the tag behind the last hyphen). */
const HANDLE = /^[A-Za-z0-9_.~@-]{1,128}$/;

/**
 * Reads a question. Without a kind: an address or prefix, `AS` and a number or a number alone, a name
 * with a dot is a domain, a word with a hyphen a handle, any other word a top-level domain.
 *
 * @throws {InputError} `input.query`
 */
export function readRdapQuery(given: string, kind: RdapKind | null): RdapQuery {
  const text = given.trim();
  try {
    switch (kind ?? guessKind(text)) {
      case "ip":
        return ipQuery(text);
      case "autnum": {
        const asn = parseAsNumber(text.replace(/^as\s+/i, ""));
        return { kind: "autnum", asn, text: `AS${asn}`, path: `autnum/${asn}` };
      }
      case "domain": {
        const name = parseHostName(text, { underscores: true });
        return { kind: "domain", name, text: name, path: `domain/${name}` };
      }
      case "nameserver": {
        const name = parseHostName(text);
        return { kind: "nameserver", name, text: name, path: `nameserver/${name}` };
      }
      case "entity":
        if (HANDLE.test(text) && !/^\.+$/.test(text)) {
          return { kind: "entity", text, path: `entity/${encodeURIComponent(text)}` };
        }
        throw new IpSyntaxError(
          `Cannot read ${quoteText(text)} as a handle`,
          "the handle of an entity, for example ORG-RIEN1-RIPE",
        );
    }
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
    throw new InputError("query", error.message, {
      hint: `Wanted: ${error.expected}. With type it is read as that kind alone.`,
    });
  }
}

function guessKind(text: string): RdapKind {
  if (/[/:]/.test(text) || parseAddressOrNull(text) !== null) return "ip";
  if (/^(?:as\s*)?\d+$/i.test(text)) return "autnum";
  if (text.includes(".")) return "domain";
  return text.includes("-") && !/^xn--/i.test(text) ? "entity" : "domain";
}

function ipQuery(text: string): RdapQuery {
  const address = parseAddressOrNull(text);
  if (address !== null) {
    const shown = renderAddress(address);
    const prefix = prefixOf(address, address.family === 4 ? 32 : 128);
    return { kind: "ip", prefix, address, text: shown, path: `ip/${shown}` };
  }
  const { prefix } = parsePrefix(text);
  const shown = renderPrefix(prefix);
  return { kind: "ip", prefix, address: firstAddress(prefix), text: shown, path: `ip/${shown}` };
}
