/**
 * An address with a port as the configuration writes it: `192.0.2.1`, `192.0.2.1:53`,
 * `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:53`.
 *
 * @module
 */
import ipaddr from "ipaddr.js";

/** A parsed endpoint. */
export interface Endpoint {
  /** Canonical address, no brackets. */
  readonly address: string;
  readonly family: 4 | 6;
  /** 0 to 65535, or null if none was written. */
  readonly port: number | null;
}

/** Parses an endpoint, or answers null. Names, zone ids and short IPv4 forms are not endpoints. */
export function parseEndpoint(text: string): Endpoint | null {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(text);
  const address = match === null ? text : match[1] ?? match[2] ?? "";
  const port = match?.[3] === undefined ? null : Number(match[3]);
  if (port !== null && (port > 65535 || String(port) !== match?.[3])) return null;
  if (match?.[1] === undefined && ipaddr.IPv4.isValidFourPartDecimal(address)) {
    return { address: ipaddr.IPv4.parse(address).toString(), family: 4, port };
  }
  if (
    match?.[2] === undefined && /^[0-9A-Fa-f:.]+$/.test(address) && ipaddr.IPv6.isValid(address)
  ) {
    return { address: ipaddr.IPv6.parse(address).toRFC5952String(), family: 6, port };
  }
  return null;
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function renderEndpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
