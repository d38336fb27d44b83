/**
 * An address with a port as the configuration writes it: `192.0.2.1`, `192.0.2.1:53`,
 * `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:53`.
 *
 * @module
 */
import { type IpAddress, parseAddress, renderAddress } from "../ip/address.ts";
import { IpSyntaxError } from "../ip/syntax_error.ts";

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
  const match = /^(?:\[([^\]]*:[^\]]*)\]|([^:[\]]*))(?::(0|[1-9]\d{0,4}))?$/.exec(text);
  // Without brackets an IPv6 address has no port: its last group cannot be told from one.
  const address = readAddress(match === null ? text : match[1] ?? match[2] ?? "");
  const port = match?.[3] === undefined ? null : Number(match[3]);
  if (address === null || (port !== null && port > 65535)) return null;
  return { address: renderAddress(address), family: address.family, port };
}

function readAddress(text: string): IpAddress | null {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof IpSyntaxError) return null;
    throw error;
  }
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function renderEndpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
