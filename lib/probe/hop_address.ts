/**
 * Addresses as foreign programs print them, and which of a target's addresses a probe should use.
 *
 * @module
 */
import { InputError } from "../errors/mod.ts";
import { parseAddress, renderAddress } from "../ip/address.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";

/** `auto`: the resolver's first. */
export type Family = "auto" | "ipv4" | "ipv6";

/** The canonical form of an address that a program printed (zone id dropped), or null. */
export function readAddress(text: string): string | null {
  const [bare = ""] = text.split("%", 1);
  try {
    return renderAddress(parseAddress(bare));
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

/** Whether two printed addresses are the same address. */
export function sameAddress(one: string, other: string): boolean {
  const canonical = readAddress(one);
  return canonical !== null && canonical === readAddress(other);
}

/** Whether a canonical address is IPv6. */
export function isIpv6(address: string): boolean {
  return address.includes(":");
}

/**
 * The judged address that a probe goes to.
 *
 * @throws {InputError} `input.family` if the target has no address of that family
 */
export function pickAddress(
  target: { readonly input: string; readonly addresses: readonly string[] },
  family: Family,
): string {
  const address = target.addresses.find((candidate) =>
    family === "auto" || isIpv6(candidate) === (family === "ipv6")
  );
  if (address !== undefined) return address;
  const wanted = family === "ipv6" ? "IPv6" : family === "ipv4" ? "IPv4" : "IP";
  throw new InputError("family", `Cannot probe "${target.input}": it has no ${wanted} address`, {
    hint: target.addresses.length === 0
      ? 'Give an address, for example "192.0.2.1" or "2001:db8::1".'
      : `It has ${target.addresses.slice(0, 4).join(", ")}; use family "auto".`,
  });
}
