/**
 * The addresses that our sessions stand on: no route of ours may cover one.
 *
 * @module
 */
import { type IpAddress, parseAddressOrNull, renderAddress } from "../../ip/address.ts";
import { embeddedIpv4 } from "../../ip/embedded_ipv4.ts";
import type { BgpSpeaker } from "../bgp_service.ts";
import type { OwnAddress } from "./prefix_rules.ts";

/** Addresses of the speaker: peers, both ends of sessions, next hops, where it listens; and `others`. */
export function ownAddresses(
  speaker: Pick<BgpSpeaker, "settings" | "peers">,
  others: readonly OwnAddress[],
): readonly OwnAddress[] {
  const { listen, routerId } = speaker.settings;
  const found: { readonly address: string | null | undefined; readonly what: string }[] = [
    { address: listen?.address, what: "where this speaker listens" },
    { address: routerId, what: "the router ID of this speaker" },
    ...others,
  ];
  for (const { settings, negotiated } of speaker.peers()) {
    const { name, address, localAddress, nextHop } = settings;
    found.push(
      { address, what: `the peer ${name}` },
      { address: localAddress, what: `our end of the session with ${name}` },
      { address: negotiated?.localAddress, what: `our end of the session with ${name}` },
      { address: nextHop.ipv4, what: `the next hop towards ${name}` },
      { address: nextHop.ipv6, what: `the next hop towards ${name}` },
    );
  }
  return found.flatMap(({ address, what }) => {
    const parsed = address == null ? null : parseAddressOrNull(address);
    // 0.0.0.0 is every address and none; what is inside an IPv4-mapped one is the address meant.
    if (parsed === null || parsed.value === 0n) return [];
    const both: readonly IpAddress[] = [parsed, ...embeddedIpv4(parsed).map((one) => one.address)];
    return both.map((one) => ({ address: renderAddress(one), what }));
  });
}
