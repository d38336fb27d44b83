/**
 * A BGP message for people: plain data with the names of the RFCs, bounded whatever the message.
 *
 * @module
 */
import { hexText } from "../../bytes/hex.ts";
import { FAMILIES, familyOf } from "../family.ts";
import { type AttributeDescription, describeAttributes } from "./attribute_words.ts";
import { describeCapability } from "./capability.ts";
import type { MessageFault } from "./fault.ts";
import { Framer } from "./frame.ts";
import {
  EXTENDED_MESSAGE_BYTES_MAX,
  HEADER_BYTES,
  MESSAGE,
  MESSAGE_KINDS,
} from "./message_header.ts";
import { prefixesOf } from "./nlri_prefixes.ts";
import {
  decodeNotification,
  explainNotification,
  type NotificationMessage,
} from "./notification.ts";
import { dottedAddress, uint16At } from "./octets.ts";
import { decodeOpen } from "./open.ts";
import { attributeName } from "./path_attribute.ts";
import { decodeRouteRefresh } from "./route_refresh.ts";
import type { CodecTraits } from "./traits.ts";
import { FINDINGS } from "./update_findings.ts";
import { OUTCOME, type UpdateParts } from "./update_parts.ts";
import { UpdateWalker } from "./update_walk.ts";

/** Most prefixes of one list that are shown. */
const PREFIXES_MAX = 100;
/** Most capabilities, attributes and discarded types that are shown. */
const LIST_MAX = 64;
/** Most octets of a NOTIFICATION's data that are shown. */
const DATA_BYTES_MAX = 64;

/** A NOTIFICATION in words. `shutdown_text` is the sender's words. */
export interface NotificationDescription {
  /** Error code (RFC 4271 §4.5). */
  readonly code: number;
  /** Error subcode; 0: none in particular. */
  readonly subcode: number;
  /** Both in words. */
  readonly name: string;
  /** What it tells, or null: no more than the name. */
  readonly meaning: string | null;
  /** The document that defines it. */
  readonly source: string;
  /** The first 64 octets of its data. */
  readonly data_hex: string;
  /** The sender's words (RFC 9003), or null. */
  readonly shutdown_text: string | null;
  /** What a hard reset stands for. */
  readonly instead_of: NotificationDescription | null;
}

/** Prefixes of one kind: at most 100, and how many there are. */
export interface PrefixesDescription {
  /** How many there are. */
  readonly count: number;
  /** `192.0.2.0/24`, behind a path identifier `192.0.2.0/24 path 7`. */
  readonly prefixes: readonly string[];
}

/** What a message says. `fault`: the NOTIFICATION that it is met with. */
export type MessageDescription =
  & {
    readonly type: string;
    readonly length_bytes: number;
    readonly fault: FaultDescription | null;
  }
  & (
    | { readonly kind: "keepalive" | "unreadable" }
    | {
      readonly kind: "open";
      readonly asn: number;
      readonly hold_time_sec: number;
      readonly router_id: string;
      readonly capability_count: number;
      /** At most 64. */
      readonly capabilities: readonly {
        readonly code: number;
        readonly name: string;
        readonly value: string;
      }[];
    }
    | { readonly kind: "notification"; readonly notification: NotificationDescription }
    | {
      readonly kind: "route_refresh";
      readonly family: string;
      readonly subtype: number;
      readonly meaning: string;
    }
    | {
      readonly kind: "update";
      readonly outcome: "ok" | "treat-as-withdraw" | "reset";
      /** The worst that is wrong with it, or null. */
      readonly finding: {
        readonly name: string;
        readonly attribute: string | null;
        readonly meaning: string;
        readonly source: string;
      } | null;
      readonly discarded: readonly string[];
      readonly announced: PrefixesDescription;
      readonly withdrawn: PrefixesDescription;
      /** Name of the family whose End-of-RIB it is, or null. */
      readonly end_of_rib: string | null;
      readonly attribute_count: number;
      /** In their order, at most 64. */
      readonly attributes: readonly AttributeDescription[];
    }
  );

/** A fault in words. */
export interface FaultDescription extends NotificationDescription {
  /** What was wrong, a clause in our words. */
  readonly why: string;
}

const REFRESH_MEANINGS = [
  "send all routes again",
  "the routes that follow are all there are",
  "those were all routes",
];

/** Describes one whole message, header included; octets behind its length are not looked at. */
export function describeMessage(message: Uint8Array, traits: CodecTraits): MessageDescription {
  const framer = new Framer();
  framer.isExtended = traits.extendedMessage;
  const given = Math.min(message.length, EXTENDED_MESSAGE_BYTES_MAX);
  for (let at = 0; at < given;) {
    const room = framer.room(), piece = message.subarray(at, Math.min(at + room.length, given));
    room.set(piece);
    framer.filled(piece.length);
    at += piece.length;
  }
  const isWhole = framer.next();
  const head = {
    type: MESSAGE_KINDS[(message[18] ?? 0) - 1]?.name ?? `type ${message[18] ?? "unknown"}`,
    length_bytes: isWhole ? framer.bodyEnd - framer.bodyStart + HEADER_BYTES : message.length,
    fault: framer.fault === null ? null : describeFault(framer.fault),
  };
  if (!isWhole) return { ...head, kind: "unreadable" };
  const { octets, bodyStart, bodyEnd } = framer;
  switch (framer.type) {
    case MESSAGE.open:
      return describeOpen(head, octets, bodyStart, bodyEnd);
    case MESSAGE.update:
      return describeUpdate(head, octets, bodyStart, bodyEnd, traits);
    case MESSAGE.notification: {
      const notification = decodeNotification(octets, bodyStart, bodyEnd);
      return { ...head, kind: "notification", notification: describeNotification(notification) };
    }
    case MESSAGE.routeRefresh:
      return describeRefresh(head, octets, bodyStart, bodyEnd);
    default:
      return { ...head, kind: "keepalive" };
  }
}

/** Describes a NOTIFICATION; of its data the first 64 octets. */
function describeNotification(notification: NotificationMessage): NotificationDescription {
  const { name, meaning, source, shutdownText, inner } = explainNotification(notification);
  return {
    code: notification.code,
    subcode: notification.subcode,
    name,
    meaning,
    source,
    data_hex: hexText(notification.data.subarray(0, DATA_BYTES_MAX)),
    shutdown_text: shutdownText,
    // A hard reset within a hard reset means nothing: one level is told.
    instead_of: inner === null ? null : {
      ...describeNotification({ ...inner, data: new Uint8Array(0) }),
      data_hex: hexText(inner.data.subarray(0, DATA_BYTES_MAX)),
    },
  };
}

type Head = Pick<MessageDescription, "type" | "length_bytes" | "fault">;

function describeFault(fault: MessageFault): FaultDescription {
  return { ...describeNotification(fault), why: fault.why };
}

function describeOpen(
  head: Head,
  octets: Uint8Array,
  start: number,
  end: number,
): MessageDescription {
  const decoded = decodeOpen(octets, start, end);
  if ("fault" in decoded) {
    return { ...head, kind: "unreadable", fault: describeFault(decoded.fault) };
  }
  const { asn, holdTimeSec, routerId, raw } = decoded.open;
  return {
    ...head,
    kind: "open",
    asn,
    hold_time_sec: holdTimeSec,
    router_id: dottedAddress(routerId),
    capability_count: raw.length,
    capabilities: raw.slice(0, LIST_MAX).map(describeCapability),
  };
}

function describeRefresh(
  head: Head,
  octets: Uint8Array,
  start: number,
  end: number,
): MessageDescription {
  const decoded = decodeRouteRefresh(octets, start, end);
  if ("fault" in decoded) {
    return { ...head, kind: "unreadable", fault: describeFault(decoded.fault) };
  }
  const { afi, safi, subtype } = decoded.refresh;
  return {
    ...head,
    kind: "route_refresh",
    family: familyOf(afi, safi)?.name ?? `AFI ${afi} SAFI ${safi}`,
    subtype,
    meaning: REFRESH_MEANINGS[subtype] ?? "nothing that is known",
  };
}

function describeUpdate(
  head: Head,
  octets: Uint8Array,
  start: number,
  end: number,
  traits: CodecTraits,
): MessageDescription {
  const parts = new UpdateWalker(traits).walk(octets, start, end);
  const finding = FINDINGS[parts.finding];
  const isReset = parts.outcome === OUTCOME.reset;
  const fault = isReset
    ? {
      code: parts.errorCode,
      subcode: parts.errorSubcode,
      data: parts.errorData,
      why: finding?.meaning ?? "",
    }
    : null;
  const attributesStart = start + 4 + uint16At(octets, start);
  const attributesEnd = attributesStart + uint16At(octets, attributesStart - 2);
  const attributes = attributesEnd > end
    ? []
    : describeAttributes(octets, attributesStart, attributesEnd, traits.as4 ? 4 : 2);
  return {
    ...head,
    kind: "update",
    fault: fault === null ? head.fault : describeFault(fault),
    outcome: isReset ? "reset" : parts.outcome === OUTCOME.ok ? "ok" : "treat-as-withdraw",
    finding: finding === undefined ? null : {
      name: finding.name,
      attribute: parts.findingAttribute === -1 ? null : attributeName(parts.findingAttribute),
      meaning: finding.meaning,
      source: finding.source,
    },
    discarded: Array.from(
      parts.discarded.subarray(0, Math.min(parts.discardedCount, LIST_MAX)),
      attributeName,
    ),
    announced: prefixTexts(parts, "announced", traits),
    withdrawn: prefixTexts(parts, "withdrawn", traits),
    end_of_rib: FAMILIES.find(({ index }) => index === parts.endOfRib)?.name ?? null,
    attribute_count: attributes.length,
    attributes: attributes.slice(0, LIST_MAX),
  };
}

function prefixTexts(
  parts: UpdateParts,
  what: "announced" | "withdrawn",
  traits: CodecTraits,
): PrefixesDescription {
  const prefixes: string[] = [];
  let count = 0;
  for (const { text, pathId } of prefixesOf(parts, what, traits)) {
    if (count++ < PREFIXES_MAX) prefixes.push(pathId === null ? text : `${text} path ${pathId}`);
  }
  return { count, prefixes };
}
