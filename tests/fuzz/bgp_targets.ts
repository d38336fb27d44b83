/**
 * What BGP peers send: streams in any pieces, the bodies of UPDATE and OPEN, and whole messages as
 * they are shown to people.
 *
 * @module
 */
import { attributesOf } from "../../lib/bgp/codec/attribute_values.ts";
import { type Capabilities, NO_CAPABILITIES } from "../../lib/bgp/codec/capability.ts";
import { describeMessage } from "../../lib/bgp/codec/describe_message.ts";
import { Framer } from "../../lib/bgp/codec/frame.ts";
import { encodeKeepalive, encodeMessage } from "../../lib/bgp/codec/message_header.ts";
import {
  encodeHardReset,
  encodeNotification,
  encodeShutdownText,
} from "../../lib/bgp/codec/notification.ts";
import { isWholeNlri } from "../../lib/bgp/codec/nlri.ts";
import { prefixesOf } from "../../lib/bgp/codec/nlri_prefixes.ts";
import { checkOpen, decodeOpen, encodeOpen } from "../../lib/bgp/codec/open.ts";
import { encodeRouteRefresh } from "../../lib/bgp/codec/route_refresh.ts";
import type { CodecTraits } from "../../lib/bgp/codec/traits.ts";
import { FINDINGS } from "../../lib/bgp/codec/update_findings.ts";
import type { UpdateParts } from "../../lib/bgp/codec/update_parts.ts";
import { UpdateWalker } from "../../lib/bgp/codec/update_walk.ts";
import { FAMILIES } from "../../lib/bgp/family.ts";
import { ROLE } from "../../lib/bgp/role.ts";
import { UPDATE_CASES } from "../support/malformed_updates.ts";
import { GOOD, GOOD_IPV6, NLRI } from "../support/walked_updates.ts";
import { attributeHex, bgpTraits, octetsOf, updateBody } from "../support/bgp_octets.ts";
import {
  behindChoices,
  choose,
  type FuzzTarget,
  must,
  mustBeJson,
  type Outcome,
} from "./target.ts";

/** One session for each way of reading octets. */
const SESSIONS: readonly CodecTraits[] = [
  bgpTraits(),
  bgpTraits({ isEbgp: false, peerAs: 65_000 }),
  bgpTraits({ as4: false }),
  bgpTraits({ addPathReceive: [true, true], extendedMessage: true, extendedNextHop: true }),
  bgpTraits({ families: [true, false] }),
];

const EVERYTHING = updateBody({
  withdrawn: "080a 10ac10",
  attributes: GOOD_IPV6 + attributeHex(0x40, 3, "c000020a") + attributeHex(0x80, 4, "00000064") +
    attributeHex(0x40, 5, "00000064") + attributeHex(0x40, 6, "") +
    attributeHex(0xc0, 7, "0000fdf2c0000201") + attributeHex(0xc0, 8, "fdf20001ffffff01") +
    attributeHex(0x80, 9, "c0000201") + attributeHex(0x80, 10, "c0000201c0000202") +
    attributeHex(0x80, 15, "0002012020010db9") + attributeHex(0xc0, 16, "0002fdf200000001") +
    attributeHex(0xc0, 32, "0000fdf20000000100000002") + attributeHex(0xc0, 35, "0000fdf2") +
    attributeHex(0xc0, 99, "0102"),
  nlri: NLRI,
});
const SHORT_AS = updateBody({
  attributes: attributeHex(0x40, 1, "02") + attributeHex(0x40, 2, "0203fdf25ba0fbf4") +
    attributeHex(0x40, 3, "c000020a") + attributeHex(0xc0, 7, "5ba0c0000201") +
    attributeHex(0xc0, 17, "020200030d400000fbf4") + attributeHex(0xc0, 18, "00030d40c0000202"),
  nlri: NLRI,
});
const UPDATES = [
  updateBody({}),
  updateBody({ attributes: GOOD, nlri: NLRI }),
  updateBody({ attributes: GOOD_IPV6 }),
  updateBody({ attributes: attributeHex(0x80, 15, "000201") }),
  EVERYTHING,
  SHORT_AS,
];
/** Attributes whole, so that a mutation can put one where it does not belong. */
const WORDS = [
  GOOD,
  GOOD_IPV6,
  attributeHex(0x80, 15, "0002012020010db9"),
  attributeHex(0xd0, 8, "fdf20001".repeat(80)),
  attributeHex(0xc0, 17, "020200030d400000fbf4"),
  "02ff" + "0000fdf2".repeat(255),
  "00000001" + NLRI,
  "2020010db8",
].map(octetsOf);

const CAPABILITIES: Capabilities = {
  ...NO_CAPABILITIES,
  families: FAMILIES,
  routeRefresh: true,
  extendedNextHop: [{ afi: 1, safi: 1, nextHopAfi: 2 }],
  extendedMessage: true,
  role: ROLE.customer,
  gracefulRestart: {
    isRestarting: true,
    notification: true,
    restartSec: 120,
    families: [{ afi: 1, safi: 1, isForwarding: true }],
  },
  as4: 65_010,
  addPath: [{ afi: 1, safi: 1, mode: 3 }],
  enhancedRefresh: true,
};
const FIELDS = { asn: 65_010, holdTimeSec: 90, routerId: 0x0a000002 };
const OPENS = [
  encodeOpen({ ...FIELDS, capabilities: NO_CAPABILITIES }),
  encodeOpen({ ...FIELDS, capabilities: CAPABILITIES }),
  encodeOpen({
    ...FIELDS,
    capabilities: {
      ...CAPABILITIES,
      families: Array.from({ length: 60 }, (_, index) => ({ afi: index + 1, safi: 1 })),
    },
  }),
];
const MESSAGES = [
  ...OPENS,
  encodeKeepalive(),
  ...UPDATES.map((body) => encodeMessage(2, body)),
  encodeNotification(6, 2, encodeShutdownText("maintenance, back at ten")),
  encodeNotification(6, 9, encodeHardReset({ code: 6, subcode: 2, data: encodeShutdownText("x") })),
  encodeNotification(2, 2, octetsOf("fdf3")),
  encodeRouteRefresh(FAMILIES[0], 0),
  encodeRouteRefresh(FAMILIES[1], 1),
];

/** Places that must lie in the octets, start before end. */
function mustFit(parts: UpdateParts, length: number): void {
  const places: readonly (readonly [number, number])[] = [
    [parts.withdrawnStart, parts.withdrawnEnd],
    [parts.nlriStart, parts.nlriEnd],
    [parts.reachStart, parts.reachEnd],
    [parts.unreachStart, parts.unreachEnd],
    [parts.nextHopStart, parts.nextHopEnd],
    [parts.mpNextHopStart, parts.mpNextHopEnd],
    [parts.clusterListStart, parts.clusterListEnd],
    [parts.communitiesStart, parts.communitiesEnd],
    [parts.extendedCommunitiesStart, parts.extendedCommunitiesEnd],
    [parts.largeCommunitiesStart, parts.largeCommunitiesEnd],
  ];
  for (const [start, end] of places) {
    must(
      start >= 0 && start <= end && end <= length,
      `a part from ${start} to ${end} of ${length}`,
    );
  }
  must(parts.pathStart <= parts.pathEnd && parts.pathEnd <= parts.pathOctets.length, "the path");
}

function runUpdate(input: Uint8Array): Outcome {
  const [choice, body] = choose(input);
  const traits = SESSIONS[choice % SESSIONS.length] ?? bgpTraits();
  const parts = new UpdateWalker(traits).walk(body, 0, body.length);
  mustFit(parts, body.length);
  const finding = FINDINGS[parts.finding];
  must((parts.finding === -1) === (finding === undefined), "a finding that is not in the table");
  if (parts.outcome === 2) {
    must(finding?.action === "reset" && parts.errorCode === 3, "a reset without its reason");
    must(parts.errorData.length <= body.length, "data that did not come");
    return finding.name;
  }
  must((parts.outcome === 1) === (finding?.action === "withdraw"), "an outcome without its reason");
  const [ids4, ids6] = traits.addPathReceive;
  must(isWholeNlri(body, parts.nlriStart, parts.nlriEnd, 32, ids4), "NLRI that were passed");
  if (parts.reachFamily === 1) {
    must(
      isWholeNlri(body, parts.reachStart, parts.reachEnd, 128, ids6),
      "MP NLRI that were passed",
    );
  }
  let count = 0;
  for (const what of ["announced", "withdrawn"] as const) {
    for (const { prefix } of prefixesOf(parts, what, traits)) {
      must(prefix.length <= (prefix.family === 4 ? 32 : 128), "a length");
      count++;
    }
  }
  must(parts.endOfRib === -1 || count === 0, "an End-of-RIB with routes");
  const { asPath, unknown } = attributesOf(parts);
  must(asPath.every(({ asns }) => asns.length > 0), "an empty segment");
  return `${finding?.name} ${traits.as4} ${asPath.map(({ kind }) => kind)} ${unknown.length}`;
}

function runOpen(body: Uint8Array): Outcome {
  if (body.length < 10) return "short";
  const decoded = decodeOpen(body, 0, body.length);
  const fault = "fault" in decoded
    ? decoded.fault
    : checkOpen(decoded.open, { remoteAs: 65_010, localAs: 65_000, localRouterId: 1 });
  if (fault !== null) {
    must(fault.code === 2 && fault.data.length <= body.length, "the fault");
    return `${fault.subcode} ${fault.why.replaceAll(/\d+/g, "N")}`;
  }
  return "open" in decoded ? decoded.open.raw.map(({ code }) => code).join() : undefined;
}

/** The types and bodies of a stream that comes in pieces, and how it ends. */
function framed(stream: Uint8Array, size: number, isExtended: boolean): string {
  const framer = new Framer();
  framer.isExtended = isExtended;
  const seen: string[] = [];
  for (let at = 0; at < stream.length && framer.fault === null;) {
    const room = framer.room();
    must(room.length > 0, "no room");
    const piece = stream.subarray(at, at + Math.min(size, room.length));
    room.set(piece);
    framer.filled(piece.length);
    at += piece.length;
    while (framer.next()) seen.push(`${framer.type}:${framer.bodyEnd - framer.bodyStart}`);
  }
  return `${seen.join()} ${framer.fault?.subcode}`;
}

function runStream(input: Uint8Array): Outcome {
  const [choice, stream] = choose(input);
  const isExtended = (choice & 1) === 1;
  const whole = framed(stream, stream.length, isExtended);
  must(framed(stream, 1 + (choice >> 1), isExtended) === whole, "a split changed the messages");
  return whole.replaceAll(/:\d+/g, "");
}

function runDescription(input: Uint8Array): Outcome {
  const [choice, message] = choose(input);
  const described = describeMessage(message, SESSIONS[choice % SESSIONS.length] ?? bgpTraits());
  mustBeJson(described, 200_000);
  const finding = described.kind === "update" ? described.finding?.name : "";
  return `${described.kind} ${described.fault?.name} ${finding}`;
}

/** Everything that reads what a BGP peer sends. */
export const bgpTargets: readonly FuzzTarget[] = [
  {
    name: "bgp_update",
    seeds: [
      ...behindChoices(SESSIONS.length, UPDATES),
      ...UPDATE_CASES.map(([, body]) => Uint8Array.of(0, ...body)),
    ],
    words: WORDS,
    run: runUpdate,
  },
  { name: "bgp_open", seeds: OPENS.map((message) => message.subarray(19)), run: runOpen },
  {
    name: "bgp_stream",
    seeds: [
      ...behindChoices(2, MESSAGES),
      Uint8Array.from([7, ...MESSAGES.flatMap((message) => [...message])]),
    ],
    words: MESSAGES,
    maxBytes: 70_000,
    run: runStream,
  },
  {
    name: "bgp_description",
    seeds: behindChoices(SESSIONS.length, MESSAGES),
    words: WORDS,
    run: runDescription,
  },
];
