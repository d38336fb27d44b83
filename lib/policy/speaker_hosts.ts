/**
 * The addresses that the speaker dials and listens at.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { parseEndpoint } from "../config/endpoint.ts";
import type { NeededHost } from "./net_permissions.ts";

/** What the section `bgp` names: enabled peers that are dialled, and where we listen. */
export function speakerHosts(bgp: Config["bgp"]): readonly NeededHost[] {
  const dialled = bgp.peers.filter(({ enabled, connect }) => enabled && connect !== "passive");
  const listen = bgp.listen === null ? null : parseEndpoint(bgp.listen);
  return [
    ...dialled.map(({ address, port }) => ({ host: address, port, reason: "bgp.peers" })),
    ...listen?.port == null
      ? []
      : [{ host: listen.address, port: listen.port, reason: "bgp.listen" }],
  ];
}
