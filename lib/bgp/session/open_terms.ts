/**
 * What we offer in OPEN, and what is agreed on once the peer's has come.
 *
 * @module
 */
import type { TcpConnection } from "../../io/io.ts";
import {
  type Capabilities,
  CAPABILITY,
  describeCapability,
  NO_CAPABILITIES,
  writeCapabilities,
} from "../codec/capability.ts";
import type { MessageFault } from "../codec/fault.ts";
import type { OpenMessage } from "../codec/open.ts";
import { FAMILIES } from "../family.ts";
import { OTHER_ROLE, ROLE } from "../role.ts";
import type { PeerSettings, SpeakerSettings } from "../settings.ts";
import type { Negotiated } from "./session.ts";

/** Capabilities that the peer could not take: `all`, or these codes (RFC 5492 §3, §5). */
export type Withheld = "all" | ReadonlySet<number>;

/** The capabilities of our OPEN. */
export function offeredCapabilities(
  peer: PeerSettings,
  speaker: Pick<SpeakerSettings, "localAs">,
  withheld: Withheld,
): Capabilities {
  if (withheld === "all") return NO_CAPABILITIES;
  const families = FAMILIES.filter(({ name }) => peer.families.includes(name));
  const offers = (code: number, isWanted: boolean): boolean => isWanted && !withheld.has(code);
  const isEbgp = speaker.localAs !== peer.remoteAs;
  return {
    families: offers(CAPABILITY.multiprotocol, true) ? families : [],
    routeRefresh: offers(CAPABILITY.routeRefresh, true),
    extendedNextHop: offers(CAPABILITY.extendedNextHop, peer.extendedNextHop)
      ? [{ afi: 1, safi: 1, nextHopAfi: 2 }]
      : [],
    extendedMessage: offers(CAPABILITY.extendedMessage, peer.extendedMessages),
    role: offers(CAPABILITY.role, isEbgp) && peer.role !== null ? ROLE[peer.role] : null,
    hasRoleConflict: false,
    // No families: we help a peer that restarts, and forward nothing ourselves (RFC 4724 §3).
    gracefulRestart: offers(CAPABILITY.gracefulRestart, peer.gracefulRestart)
      ? { isRestarting: false, notification: true, restartSec: 0, families: [] }
      : null,
    as4: offers(CAPABILITY.as4, true) ? speaker.localAs : null,
    addPath: offers(CAPABILITY.addPath, peer.addPath === "receive")
      ? families.map(({ afi, safi }) => ({ afi, safi, mode: ADD_PATH_RECEIVE }))
      : [],
    enhancedRefresh: offers(CAPABILITY.enhancedRefresh, true),
  };
}

/** RFC 7911 §4. */
const ADD_PATH_RECEIVE = 1;
const ADD_PATH_SEND = 2;

/** What is agreed on with an OPEN that is in order by itself, or why it cannot be accepted. */
export function agreeOn(
  open: OpenMessage,
  ours: Capabilities,
  settings: { readonly peer: PeerSettings; readonly speaker: SpeakerSettings },
  connection: TcpConnection,
  direction: "active" | "passive",
): { readonly negotiated: Negotiated } | { readonly fault: MessageFault } {
  const { peer, speaker } = settings, theirs = open.capabilities;
  const isEbgp = speaker.localAs !== peer.remoteAs;
  const roleFault = isEbgp ? judgeRole(theirs, peer) : null;
  if (roleFault !== null) return { fault: roleFault };
  const families = both((index) => has(ours, index) && has(theirs, index));
  if (!families[0] && !families[1]) {
    // The data names what would be needed (RFC 5492 §5).
    const data = writeCapabilities({ ...NO_CAPABILITIES, families: ours.families })
      .flatMap(({ code, value }) => [code, value.length, ...value]);
    const why = "it has none of the configured address families";
    return { fault: { code: 2, subcode: 7, data: Uint8Array.from(data), why } };
  }
  const restart = peer.gracefulRestart ? theirs.gracefulRestart : null;
  const holdTimeSec = Math.min(peer.holdTimeSec, open.holdTimeSec);
  const sends = (index: 0 | 1): boolean => {
    const { afi, safi } = FAMILIES[index];
    return theirs.addPath.some((one) =>
      one.afi === afi && one.safi === safi && (one.mode & ADD_PATH_SEND) !== 0
    );
  };
  const takesIpv6NextHop = (capabilities: Capabilities): boolean =>
    capabilities.extendedNextHop.some((one) =>
      one.afi === 1 && one.safi === 1 && one.nextHopAfi === 2
    );
  return {
    negotiated: {
      traits: {
        as4: ours.as4 !== null && theirs.as4 !== null,
        extendedMessage: ours.extendedMessage && theirs.extendedMessage,
        families,
        addPathReceive: both((index) => families[index] && ours.addPath.length > 0 && sends(index)),
        addPathSend: [false, false],
        extendedNextHop: takesIpv6NextHop(ours) && takesIpv6NextHop(theirs),
        isEbgp,
        localAs: speaker.localAs,
        peerAs: peer.remoteAs,
        localAddresses: [connection.localAddress],
      },
      holdTimeSec,
      keepaliveSec: holdTimeSec / 3,
      routerId: open.routerId,
      routeRefresh: ours.routeRefresh && theirs.routeRefresh,
      enhancedRefresh: ours.enhancedRefresh && theirs.enhancedRefresh,
      gracefulRestart: restart === null ? null : {
        restarting: restart.isRestarting,
        notification: restart.notification && ours.gracefulRestart !== null,
        restartSec: restart.restartSec,
        forwarding: both((index) => named(restart.families, index)?.isForwarding === true),
        families: both((index) => families[index] && named(restart.families, index) !== undefined),
      },
      ours: writeCapabilities(ours).map(describeCapability),
      theirs: open.raw.map(describeCapability),
      localAddress: connection.localAddress,
      localPort: connection.localPort,
      remotePort: connection.remotePort,
      direction,
    },
  };
}

/** RFC 9234 §4.2; null: nothing against it. */
function judgeRole(theirs: Capabilities, peer: PeerSettings): MessageFault | null {
  const fault = (why: string): MessageFault => ({
    code: 2,
    subcode: 11,
    data: new Uint8Array(0),
    why,
  });
  if (theirs.hasRoleConflict) return fault("it names more than one role");
  if (peer.role === null) return null;
  if (theirs.role === null) {
    return peer.strictRole ? fault("it names no role, and one is required") : null;
  }
  const wanted = OTHER_ROLE[peer.role];
  if (theirs.role === ROLE[wanted]) return null;
  const said = Object.entries(ROLE).find(([, number]) => number === theirs.role)?.[0] ??
    `role ${theirs.role}`;
  return fault(`it says it is "${said}", which does not go with our role "${peer.role}"`);
}

/** Without the capability a speaker speaks IPv4 unicast (RFC 4760 §8). */
function has(capabilities: Capabilities, index: 0 | 1): boolean {
  if (capabilities.families.length === 0) return index === 0;
  return named(capabilities.families, index) !== undefined;
}

function named<F extends { readonly afi: number; readonly safi: number }>(
  families: readonly F[],
  index: 0 | 1,
): F | undefined {
  const { afi, safi } = FAMILIES[index];
  return families.find((one) => one.afi === afi && one.safi === safi);
}

function both(decide: (index: 0 | 1) => boolean): readonly [boolean, boolean] {
  return [decide(0), decide(1)];
}
