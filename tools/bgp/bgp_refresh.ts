/**
 * `bgp_refresh`: has a peer send its routes again.
 *
 * @module
 */
import { z } from "zod";
import { FAMILIES, type Family, familyNamed } from "../../lib/bgp/family.ts";
import type { PeerStatus } from "../../lib/bgp/bgp_service.ts";
import { findPeer, peerInput } from "../../lib/bgp/find_peer.ts";
import { encodeRouteRefresh } from "../../lib/bgp/codec/route_refresh.ts";
import { hexText } from "../../lib/bytes/hex.ts";
import { RemoteFailure } from "../../lib/errors/mod.ts";
import { type ChangePlan, defineChange } from "../../lib/mcp/change_tool.ts";
import { bgp } from "../../lib/mcp/define_tool.ts";
import { mayOriginate } from "../../lib/mcp/offered.ts";
import { sayList } from "../../lib/words/list.ts";

/** What a confirmed refresh does. */
interface RefreshPlan {
  readonly index: number;
  readonly name: string;
  readonly families: readonly Family[];
}

/** Asks for a refresh. */
export const bgpRefresh = defineChange({
  name: "bgp_refresh",
  title: "Ask a BGP peer for its routes again",
  toolset: "bgp",
  effect: "change",
  reach: "open",
  description:
    "Send ROUTE-REFRESH (RFC 2918, RFC 7313): the peer sends all its routes again, and with enhanced " +
    "refresh what it does not send again is removed. The session stays up; a full table costs the " +
    "peer some seconds of work. Planned first, done once confirmed. To send OUR routes again use " +
    "bgp_peer_control with soft_out.",
  input: () =>
    z.strictObject({
      peer: peerInput(),
      family: z.enum(["ipv4-unicast", "ipv6-unicast"]).optional().describe(
        "Default: every family of the session",
      ),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      peer: z.string(),
      families: z.array(z.string()).describe("Asked for"),
      enhanced: z.boolean().describe("What is not sent again will be removed (RFC 7313)"),
    }),
  offered: mayOriginate,
  needs: () => [bgp],
  budget: { ms: 20_000 },
  plan: async ({ peer, family }, cx): Promise<ChangePlan<RefreshPlan>> => {
    const status = findPeer(await cx.bgp(), peer);
    const { settings: { name, index }, received } = status;
    const families = familiesToAsk(status, family === undefined ? null : familyNamed(family));
    const names = families.map((one) => one.name);
    return {
      summary: `Ask ${name} to send all its routes of ${sayList(names)} again.`,
      decoded: { type: "ROUTE-REFRESH", peer: name, families: names },
      exact: [{
        to: name,
        octets: families.map((one) => hexText(encodeRouteRefresh(one, 0))),
      }],
      blastRadius: { prefixes_sent_again: families.reduce((sum, f) => sum + received[f.index], 0) },
      warnings: [],
      payload: { index, name, families },
    };
  },
  apply: async ({ payload: { index, name, families } }, cx) => {
    const speaker = await cx.bgp();
    (await cx.routeGuard()).admitChange();
    for (const family of families) {
      if (await speaker.refresh(index, family.index)) continue;
      throw new RemoteFailure(
        "bgp_refresh",
        `Cannot ask ${name}: its session has ended meanwhile`,
        {
          retryable: true,
          hint: "bgp_session_doctor tells why.",
        },
      );
    }
    const names = families.map((family) => family.name);
    cx.evidence({ peer: name, families: names });
    return {
      success: true,
      summary: `${name} was asked to send its routes of ${sayList(names)} again.`,
      peer: name,
      families: names,
      enhanced: speaker.peers()[index]?.negotiated?.enhancedRefresh ?? false,
    };
  },
});

/** @throws {RemoteFailure} `remote.bgp_refresh` if the peer cannot be asked */
function familiesToAsk(
  { settings: { name }, negotiated, state }: PeerStatus,
  wanted: Family | null,
): readonly Family[] {
  const cannot = (why: string, hint: string): RemoteFailure =>
    new RemoteFailure("bgp_refresh", `Cannot ask ${name}: ${why}`, { hint });
  if (negotiated === null) {
    throw cannot(`its session is in state ${state}`, "bgp_session_doctor tells why.");
  }
  if (!negotiated.routeRefresh) {
    throw cannot(
      "it did not announce the route refresh capability",
      "bgp_peer_control disable and enable is the other way: it ends the session.",
    );
  }
  const agreed = FAMILIES.filter(({ index }) => negotiated.traits.families[index]);
  if (wanted === null) return agreed;
  if (agreed.includes(wanted)) return [wanted];
  throw cannot(
    `${wanted.name} is not agreed on`,
    `Agreed on: ${agreed.map((family) => family.name).join(", ")}.`,
  );
}
