/**
 * A target as a caller writes it: one address or one host name, and nothing around it.
 *
 * @module
 */
import { type AddressSyntax, type IpAddress, parseAddress, renderAddress } from "./address.ts";
import { type HostName, type HostNameSyntax, parseHostName } from "./host_name.ts";
import { IpSyntaxError, quoteText } from "./syntax_error.ts";

/** What a target text stands for. */
export type Target =
  | { readonly kind: "address"; readonly address: IpAddress }
  | { readonly kind: "name"; readonly name: HostName };

const EXPECTED =
  "one host name or address, for example www.example.com, 192.0.2.10 or 2001:db8::10";

/**
 * Reads a target. URLs, ports, brackets, user names, prefixes and lists are refused with an error
 * that says what was wanted; nothing is trimmed or guessed.
 *
 * @throws {IpSyntaxError}
 */
export function parseTarget(text: string, syntax: AddressSyntax & HostNameSyntax = {}): Target {
  const refuse = (why: string, expected = EXPECTED): never => {
    throw new IpSyntaxError(`Cannot read ${quoteText(text)} as a target: ${why}`, expected);
  };
  if (text === "") return refuse("it is empty");
  if (text.startsWith("-")) return refuse("it starts with a hyphen");
  if (text.includes("://")) return refuse("it is a URL", "the host alone, without scheme and path");
  if (text.includes("/")) {
    return refuse("it is a prefix or has a path", "one address or host name, without a slash");
  }
  if (text.includes("@")) return refuse("it has a user name", "the host alone");
  if (text.includes(",")) return refuse("it is a list", EXPECTED);
  if (/^\[.*\]/.test(text)) {
    return refuse("it has brackets", "the address alone, without brackets and port");
  }
  if (/^[^:]*:[0-9]*$/.test(text)) {
    return refuse("it has a port", "the host alone; the port is a parameter of its own");
  }
  if (text.includes(":")) return { kind: "address", address: parseAddress(text, syntax) };
  if (/^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(text)) {
    const address = strictV4(text);
    if (address !== null) return { kind: "address", address };
  }
  return { kind: "name", name: parseHostName(text, syntax) };
}

/** Writes a target canonically. */
export function renderTarget(target: Target): string {
  return target.kind === "address" ? renderAddress(target.address) : target.name;
}

/** The address, or null where leading zeros or size make it none; the name parser then explains. */
function strictV4(text: string): IpAddress | null {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}
