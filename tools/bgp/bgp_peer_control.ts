/**
 * `bgp_peer_control`: disables and enables a peer, and sends our routes to it again.
 *
 * @module
 */
import { z } from "zod";
import { encodeNotification, encodeShutdownText } from "../../lib/bgp/codec/notification.ts";
import { CEASE, NOTIFICATION } from "../../lib/bgp/codec/notification_codes.ts";
import type { PeerStatus } from "../../lib/bgp/bgp_service.ts";
import { asSent } from "../../lib/bgp/session/graceful.ts";
import { peersOutput, reasonInput } from "../../lib/bgp/guard/tool_fields.ts";
import { peerOutcomes } from "../../lib/bgp/guard/lease_report.ts";
import { findPeer, peerInput } from "../../lib/bgp/find_peer.ts";
import { hexText } from "../../lib/bytes/hex.ts";
import { type ChangePlan, defineChange, type PlanStep } from "../../lib/mcp/change_tool.ts";
import { bgp } from "../../lib/mcp/define_tool.ts";
import { mayOriginate } from "../../lib/mcp/offered.ts";
import { sayCount } from "../../lib/words/amount.ts";

type Action = "enable" | "disable" | "soft_out";

/** What a confirmed order does. */
interface ControlPlan {
  readonly action: Action;
  readonly index: number;
  readonly name: string;
  readonly text: string;
}

/** Controls a peer. */
export const bgpPeerControl = defineChange({
  name: "bgp_peer_control",
  title: "Enable or disable a BGP peer",
  toolset: "bgp",
  effect: "change",
  reach: "open",
  description:
    "disable: end the session with Cease/2 and a text that the other side's operator sees (RFC " +
    "9003); it stays down until enabled or until the server starts again. enable: try again, also " +
    "after max-prefix idle. soft_out: send our own routes again without ending the session. Planned " +
    "first, done once confirmed. To have the PEER send its routes again use bgp_refresh.",
  input: () =>
    z.strictObject({
      peer: peerInput(),
      action: z.enum(["enable", "disable", "soft_out"]).describe("soft_out: send our routes again"),
      shutdown_text: z.string().max(128).default("").describe(
        "disable: sent to the peer, shown to its operator",
      ),
      reason: reasonInput(),
    }),
  output: () =>
    z.object({
      success: z.boolean(),
      summary: z.string(),
      peer: z.string(),
      action: z.string(),
      state: z.string().describe("Of the session, right after"),
      is_disabled: z.boolean(),
      sent: peersOutput().describe("soft_out: what was sent"),
    }),
  offered: mayOriginate,
  needs: () => [bgp],
  budget: { ms: 20_000 },
  plan: async ({ peer, action, shutdown_text, reason }, cx): Promise<ChangePlan<ControlPlan>> => {
    const speaker = await cx.bgp();
    const status = findPeer(speaker, peer);
    const { settings: { name, index }, state, isDisabled } = status;
    const why = reason === "" ? "" : `, because "${reason}"`;
    return {
      summary: `${SAY[action](status)}${why}.`,
      decoded: { action, peer: name, shutdown_text, reason, state, is_disabled: isDisabled },
      exact: action === "disable" ? goodbye(status, shutdown_text) : [],
      blastRadius: action === "disable"
        ? {
          paths_lost: status.received[0] + status.received[1],
          routes_of_ours_withdrawn: status.sent[0] + status.sent[1],
        }
        : {},
      warnings: action === "disable" && speaker.peers().filter(isUp).every((one) => one === status)
        ? ["It is the only session that is up."]
        : [],
      payload: { action, index, name, text: shutdown_text },
    };
  },
  apply: async ({ payload: { action, index, name, text } }, cx) => {
    const speaker = await cx.bgp();
    const guard = await cx.routeGuard();
    if (action === "disable") guard.admitSessionEnd(name);
    else guard.admitChange();
    const report = action === "soft_out" ? await speaker.softOut(index) : null;
    if (action === "enable") await speaker.enable(index);
    if (action === "disable") await speaker.disable(index, text);
    const after = findPeer(speaker, name);
    const sent = report === null ? [] : peerOutcomes(report);
    const isDone = report === null || report.peers.every((one) => one.state !== "pending");
    cx.evidence({ action, peer: name, shutdown_text: text, peers: sent });
    return {
      success: isDone,
      summary: report === null
        ? `${name} is ${action === "enable" ? "enabled and tries again" : "disabled"}.`
        : isDone
        ? `Our routes were sent to ${name} again.`
        : `Our routes are not yet sent to ${name}: ${report.peers[0]?.reason}.`,
      peer: name,
      action,
      state: after.state,
      is_disabled: after.isDisabled,
      sent,
    };
  },
});

const SAY: Readonly<Record<Action, (peer: PeerStatus) => string>> = {
  enable: ({ settings: { name }, isDisabled }) =>
    isDisabled ? `Enable ${name}` : `Enable ${name}, which is not disabled: nothing will change`,
  disable: ({ settings: { name }, received: [ipv4, ipv6] }) =>
    `Disable ${name}: ${sayCount(ipv4 + ipv6, "path")} of it and our routes to it will be gone`,
  soft_out: ({ settings: { name } }) => `Send our routes to ${name} again`,
};

/** The NOTIFICATION that ends the session, as this peer gets it. */
function goodbye(peer: PeerStatus, text: string): readonly PlanStep[] {
  if (!isUp(peer)) return [];
  const { code, subcode, data } = asSent({
    code: NOTIFICATION.cease,
    subcode: CEASE.administrativeShutdown,
    data: encodeShutdownText(text),
  }, peer.negotiated);
  return [{
    to: peer.settings.name,
    octets: [hexText(encodeNotification(code, subcode, data))],
  }];
}

function isUp({ state }: PeerStatus): boolean {
  return state === "Established";
}
