/**
 * The addresses that the speaker dials and listens at.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { parseEndpoint } from "../config/endpoint.ts";
import type { NeededHost } from "./net_permissions.ts";

/** A port that the system chooses. */
const ANY_PORT = 0;

/** What the section `bgp` names: enabled peers that are dialled, from where, and where we listen. */
export function speakerHosts(bgp: Config["bgp"]): readonly NeededHost[] {
  const dialled = bgp.peers.filter(({ enabled, connect }) => enabled && connect !== "passive");
  const listen = bgp.listen === null ? null : parseEndpoint(bgp.listen);
  return [
    ...dialled.map(({ address, port }) => ({ host: address, port, reason: "bgp.peers" })),
    // Deno asks for the address that a connection is bound to as well.
    ...dialled.flatMap(({ local_address }) =>
      local_address === null ? [] : [{ host: local_address, port: ANY_PORT, reason: "bgp.peers" }]
    ),
    ...listen?.port == null
      ? []
      : [{ host: listen.address, port: listen.port, reason: "bgp.listen" }],
  ];
}
