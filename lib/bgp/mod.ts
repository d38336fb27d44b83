/**
 * BGP for programs: messages and MRT files, without a speaker.
 *
 * @module
 */
import { type FoundRoute, foundRoute } from "./mrt/found_route.ts";
import type { OctetSource } from "./mrt/mrt_source.ts";
import { readMrt } from "./mrt/read_mrt.ts";

export {
  describeMessage,
  type FaultDescription,
  type MessageDescription,
  type NotificationDescription,
  type PrefixesDescription,
} from "./codec/describe_message.ts";
export type { AttributeDescription } from "./codec/attribute_words.ts";
export type { CodecTraits } from "./codec/traits.ts";
export { Framer } from "./codec/frame.ts";
export type { MessageFault } from "./codec/fault.ts";
export { encodeKeepalive, encodeMessage, MESSAGE } from "./codec/message_header.ts";
export { decodeOpen, encodeOpen, type OpenMessage } from "./codec/open.ts";
export {
  type AfiSafi,
  type Capabilities,
  type GracefulRestartCapability,
  NO_CAPABILITIES,
  type RawCapability,
} from "./codec/capability.ts";
export {
  decodeNotification,
  encodeNotification,
  encodeShutdownText,
  explainNotification,
  type NotificationMeaning,
  type NotificationMessage,
} from "./codec/notification.ts";
export { encodeAnnouncements, encodeEndOfRib, encodeWithdrawals } from "./codec/update_encode.ts";
export type { OutboundRoute } from "./outbound_route.ts";
export type { FamilyIndex } from "./family.ts";
export { type ParsedPrefix, parsePrefix, type Prefix, renderPrefix } from "../ip/prefix.ts";
export { type AddressSyntax, type IpAddress, parseAddress } from "../ip/address.ts";
export { type Community, parseCommunity } from "../route/community.ts";
export type { FoundRoute as MrtRoute } from "./mrt/found_route.ts";
export type { OctetSource } from "./mrt/mrt_source.ts";
export {
  encodeMessageRecord as encodeMrtMessage,
  encodePeerIndex as encodeMrtPeerIndex,
  encodeRibEntries as encodeMrtRibEntries,
  encodeStateChange as encodeMrtStateChange,
  type WrittenPath as MrtPath,
  type WrittenPeer as MrtPeer,
  type WrittenSession as MrtSession,
  type WrittenTime as MrtTime,
} from "./mrt/mrt_writer.ts";

/** What reading an MRT file came to. */
export interface MrtOutcome {
  /** Where reading ended early, octets from the start, decompressed; null: it did not for damage. */
  readonly stoppedAt: number | null;
  /** The first 20 damaged places with their octets, and what became of each. */
  readonly damage: readonly string[];
  /** How many there are. */
  readonly damageCount: number;
}

/**
 * Reads the routes of an MRT file (RFC 6396; plain or gzip), tables and UPDATE messages alike, one by
 * one in the order of the file. A `Deno.FsFile` is a source; the end of `signal` ends the reading.
 *
 * @throws {DecodeError} `decode.mrt_compression`
 * @throws what reading the source throws, and what `onRoute` throws
 */
export async function readMrtRoutes(
  source: OctetSource,
  onRoute: (route: FoundRoute) => void,
  signal?: AbortSignal,
): Promise<MrtOutcome> {
  const { damage } = await readMrt(
    source,
    { onRoute: (route) => onRoute(foundRoute(route, null)) },
    signal === undefined ? {} : { signal },
  );
  const { places, count, stoppedAt } = damage;
  return {
    stoppedAt,
    damage: places.map(({ offset, found, effect }) => `octet ${offset}: ${found}, ${effect}`),
    damageCount: count,
  };
}
