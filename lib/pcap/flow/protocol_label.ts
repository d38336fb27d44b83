/**
 * Names of the protocols that flows are of.
 *
 * @module
 */
import { IP_PROTOCOLS } from "../dissect/ip_protocols.ts";

const LABELS: ReadonlyMap<number, string> = new Map([
  ...IP_PROTOCOLS.map(({ code, name }) => [code, name] as const),
  [58, "ICMPv6"], // IANA's keyword is IPv6-ICMP
]);

/** `TCP`, `UDP`, `ICMP` …, `IP/<number>` where the number has no name here. */
export function protocolLabel(protocol: number): string {
  return LABELS.get(protocol) ?? `IP/${protocol}`;
}
