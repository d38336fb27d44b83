/**
 * Which network a tunnel may carry inside: its address makes a connected route of this host, which
 * draws every packet for it into the tunnel.
 *
 * @module
 */
import { InputError, PolicyDenied } from "../../errors/mod.ts";
import {
  type IpAddress,
  parseAddress,
  parseAddressOrNull,
  renderAddress,
} from "../../ip/address.ts";
import { contains, overlaps, type Prefix, prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { SPECIAL_USE, type SpecialKind } from "../../ip/special_use.ts";
import { METADATA } from "../../policy/metadata.ts";
import type { InterfaceRow } from "../interfaces.ts";

/** A link has two ends; this leaves room for a small hub, and for one IPv6 subnet (RFC 4291 §2.5.1). */
const SHORTEST = { 4: 24, 6: 64 } as const;

/** Ranges in which no end of a link is. */
const NEVER: ReadonlySet<SpecialKind> = new Set([
  "unspecified",
  "loopback",
  "multicast",
  "broadcast",
  "reserved",
]);

/** Address of the new interface, with its network. */
export interface InnerNetwork {
  readonly address: IpAddress;
  readonly prefix: Prefix;
}

/**
 * Refuses a network whose route would draw away what is not the tunnel's.
 *
 * @throws {InputError} `input.tunnel`
 * @throws {PolicyDenied} `policy.tunnel_inner`
 */
export function judgeInner(
  { prefix }: InnerNetwork,
  remote: IpAddress,
  interfaces: readonly InterfaceRow[],
): void {
  const text = renderPrefix(prefix);
  const shortest = SHORTEST[prefix.family];
  if (prefix.length < shortest) {
    throw refused(text, `it is shorter than /${shortest}`, `Give /${shortest} or longer.`);
  }
  if (contains(prefix, remote)) {
    throw new InputError(
      "tunnel",
      `Cannot create the tunnel: ${text} on the tunnel would hold its own far end ${
        renderAddress(remote)
      }, so that its packets would go into itself`,
      { hint: "choose an address outside of the network that the far end is in." },
    );
  }
  const never = SPECIAL_USE.find((row) => NEVER.has(row.kind) && overlaps(row.prefix, prefix));
  if (never !== undefined) {
    throw refused(
      text,
      `it is in ${renderPrefix(never.prefix)} (${never.name})`,
      "Choose another.",
    );
  }
  const cloud = METADATA.find(({ host }) => {
    const address = parseAddressOrNull(host);
    return address !== null && contains(prefix, address);
  });
  if (cloud !== undefined) {
    throw refused(text, `${cloud.host} is in it, where ${cloud.provider} keeps credentials`, ELSE);
  }
  for (const { name, addresses } of interfaces) {
    const taken = addresses.find(({ address, prefix_length }) =>
      overlaps(networkOf(address, prefix_length), prefix)
    );
    if (taken === undefined) continue;
    throw refused(text, `${name} is in ${taken.address}/${taken.prefix_length} already`, ELSE);
  }
}

const ELSE = "Choose a network that nothing else of this host is in.";

function networkOf(address: string, length: number): Prefix {
  return prefixOf(parseAddress(address), length);
}

function refused(text: string, why: string, hint: string): PolicyDenied {
  return new PolicyDenied(
    "tunnel_inner",
    `Cannot create the tunnel: the network ${text} may not be inside: ${why}`,
    { hint, detail: { rule: "tunnels.inner_network", config_key: null } },
  );
}
