/**
 * `bgp_get_peers`: the peers of the speaker and how their sessions stand.
 *
 * @module
 */
import { z } from "zod";
import type { PeerStatus } from "../../lib/bgp/bgp_service.ts";
import { findPeer, peerInput } from "../../lib/bgp/find_peer.ts";
import { peerRow, sessionRow } from "../../lib/bgp/speaker/peer_report.ts";
import { peerOutput, sessionOutput } from "../../lib/bgp/speaker/tool_fields.ts";
import { bgp, defineTool } from "../../lib/mcp/define_tool.ts";
import { sayCount } from "../../lib/words/amount.ts";
import { sayList } from "../../lib/words/list.ts";

/** Shows the peers. */
export const bgpGetPeers = defineTool({
  name: "bgp_get_peers",
  title: "Show BGP peers",
  toolset: "bgp",
  effect: "observe",
  reach: "local",
  description:
    "The BGP peers of this speaker: state and since when, prefixes received and sent by family, " +
    "End-of-RIB, and the last error with its meaning. With peer, or detail full: also capabilities " +
    "of both sides, what was agreed on, and the counters. Read from memory, at once, also while a " +
    "full table loads. Why a session is down: bgp_session_doctor; routes: bgp_get_rib.",
  input: () =>
    z.strictObject({
      peer: peerInput().optional(),
      detail: z.enum(["brief", "full"]).optional().describe(
        "Default: full for one peer, brief for all",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      count: z.number(),
      established: z.number(),
      peers: z.array(peerOutput().extend(z.object(sessionOutput()).partial().shape)),
    }),
  needs: () => [bgp],
  budget: { ms: 10_000 },
  pages: "peers",
  run: async ({ peer, detail }, cx) => {
    const speaker = await cx.bgp();
    const { localAs } = speaker.settings;
    const peers = peer === undefined ? speaker.peers() : [findPeer(speaker, peer)];
    const isFull = (detail ?? (peer === undefined ? "brief" : "full")) === "full";
    const nowMs = cx.io.clock.now();
    return {
      success: true,
      summary: sayPeers(peers),
      count: peers.length,
      established: peers.filter(isUp).length,
      peers: peers.map((one) => ({
        ...peerRow(one, localAs, nowMs),
        ...(isFull ? sessionRow(one) : {}),
      })),
    };
  },
});

function isUp({ state }: PeerStatus): boolean {
  return state === "Established";
}

function sayPeers(peers: readonly PeerStatus[]): string {
  const [only] = peers;
  if (only !== undefined && peers.length === 1) {
    const { settings: { name, remoteAs }, state, reason, received: [ipv4, ipv6] } = only;
    const has = isUp(only) ? `, ${sayCount(ipv4 + ipv6, "prefix", "prefixes")} received` : "";
    return `${name} (AS${remoteAs}) is ${state}${has}${isUp(only) ? "" : `: ${reason}`}.`;
  }
  const down = peers.filter((peer) => !isUp(peer)).map(({ settings }) => settings.name);
  const rest = down.length === 0 ? "" : `; not ${sayList(down)}`;
  return `${peers.length - down.length} of ${sayCount(peers.length, "peer")} Established${rest}.`;
}
