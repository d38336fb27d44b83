/**
 * UPDATEs written: routes with the same attributes share a message, as many as it holds (RFC 4271
 * §4.3, §9.2; RFC 4760 §3, §4; RFC 8950 §3).
 *
 * @module
 */
import { addressToBytes, parseAddress } from "../../ip/address.ts";
import { firstAddress, type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { FAMILIES, type Family, type FamilyIndex } from "../family.ts";
import type { OutboundRoute } from "../outbound_route.ts";
import { encodeAttribute, encodeRouteAttributes } from "./attribute_octets.ts";
import {
  encodeMessage,
  EXTENDED_MESSAGE_BYTES_MAX,
  HEADER_BYTES,
  MESSAGE,
  MESSAGE_BYTES_MAX,
} from "./message_header.ts";
import { hexText } from "../../bytes/hex.ts";
import { pair, quad } from "./octets.ts";
import { ATTRIBUTE } from "./path_attribute.ts";
import type { CodecTraits } from "./traits.ts";

/** Identifier of our one path for a prefix, where ADD-PATH was agreed on (RFC 7911 §3). */
const PATH_ID = 1;
/** Octets of an UPDATE's body besides its parts: two lengths. */
const LENGTHS_BYTES = 4;
/** Header of an attribute whose length has two octets. */
const LONG_HEADER_BYTES = 4;

/** Routes that can share messages. */
interface Batch {
  readonly family: Family;
  /** Octets of the next hop. */
  readonly nextHop: Uint8Array;
  /** All attributes but MP_REACH_NLRI, NEXT_HOP among them where it is used. */
  readonly attributes: Uint8Array;
  /** True: the NLRI stand in MP_REACH_NLRI. */
  readonly isMp: boolean;
  readonly nlri: Uint8Array[];
}

/**
 * Whole messages that announce the routes, in their order as far as they share attributes.
 *
 * @throws {RangeError} if the session did not agree on the family or on the kind of next hop, and
 *   if the attributes alone leave no room for a prefix
 */
export function encodeAnnouncements(
  routes: readonly OutboundRoute[],
  traits: CodecTraits,
): Uint8Array[] {
  const batches = new Map<string, Batch>();
  for (const route of routes) {
    const { family, isMp, nextHop } = carrierOf(route, traits);
    const parts = encodeRouteAttributes(route, traits);
    if (!isMp) {
      const octets = encodeAttribute(ATTRIBUTE.nextHop, nextHop);
      parts.push({ type: ATTRIBUTE.nextHop, octets });
      parts.sort((a, b) => a.type - b.type);
    }
    const attributes = joined(parts.map(({ octets }) => octets));
    const key = `${family.index} ${hexText(nextHop)} ${hexText(attributes)}`;
    const batch = batches.get(key) ?? { family, nextHop, attributes, isMp, nlri: [] };
    batch.nlri.push(encodeNlri(route.prefix, traits.addPathSend[family.index]));
    batches.set(key, batch);
  }
  return [...batches.values()].flatMap((batch) => announce(batch, bodyBytesMax(traits)));
}

/**
 * Whole messages that withdraw the prefixes, IPv4 ones first.
 *
 * @throws {RangeError} if the session did not agree on a family
 */
export function encodeWithdrawals(
  prefixes: readonly Prefix[],
  traits: CodecTraits,
): Uint8Array[] {
  return FAMILIES.flatMap((family) => {
    const nlri = prefixes.filter((prefix) => prefix.family === family.version).map((prefix) => {
      mustBeAgreed(family, prefix, traits);
      return encodeNlri(prefix, traits.addPathSend[family.index]);
    });
    if (family.version === 4) {
      return packed(nlri, bodyBytesMax(traits) - LENGTHS_BYTES).map((withdrawn) =>
        updateOf(withdrawn, [], [])
      );
    }
    const room = bodyBytesMax(traits) - LENGTHS_BYTES - LONG_HEADER_BYTES - 3;
    return packed(nlri, room).map((withdrawn) => {
      const value = Uint8Array.of(0, family.afi, family.safi, ...withdrawn);
      return updateOf([], encodeAttribute(ATTRIBUTE.mpUnreachNlri, value), []);
    });
  });
}

/** End-of-RIB (RFC 4724 §2). */
export function encodeEndOfRib(family: FamilyIndex): Uint8Array<ArrayBuffer> {
  const { afi, safi } = FAMILIES[family];
  if (family === 0) return updateOf([], [], []);
  return updateOf([], encodeAttribute(ATTRIBUTE.mpUnreachNlri, [0, afi, safi]), []);
}

/** One prefix on the wire, behind its path identifier if the peer takes them. */
function encodeNlri(prefix: Prefix, withPathId: boolean): Uint8Array<ArrayBuffer> {
  const address = addressToBytes(firstAddress(prefix)).subarray(0, prefix.length + 7 >>> 3);
  return Uint8Array.of(...(withPathId ? quad(PATH_ID) : []), prefix.length, ...address);
}

/** What carries the NLRI of a route: the body, or MP_REACH_NLRI. */
function carrierOf(
  { prefix, nextHop }: OutboundRoute,
  traits: CodecTraits,
): { readonly family: Family; readonly isMp: boolean; readonly nextHop: Uint8Array } {
  const family = FAMILIES[prefix.family === 4 ? 0 : 1];
  mustBeAgreed(family, prefix, traits);
  const octets = addressToBytes(parseAddress(nextHop));
  const isV6 = octets.length === 16;
  if (isV6 ? family.index === 0 && !traits.extendedNextHop : family.index === 1) {
    throw new RangeError(
      `Cannot announce ${renderPrefix(prefix)} with the next hop ${nextHop} on this session`,
    );
  }
  return { family, isMp: isV6, nextHop: octets };
}

function mustBeAgreed(family: Family, prefix: Prefix, traits: CodecTraits): void {
  if (traits.families[family.index]) return;
  throw new RangeError(
    `Cannot send ${renderPrefix(prefix)}: the session did not agree on ${family.name}`,
  );
}

function announce(batch: Batch, bodyMax: number): Uint8Array[] {
  const { family, nextHop, attributes, isMp, nlri } = batch;
  const rest = bodyMax - LENGTHS_BYTES - attributes.length;
  if (!isMp) return packed(nlri, rest).map((part) => updateOf([], attributes, part));
  const head = [0, family.afi, family.safi, nextHop.length, ...nextHop, 0];
  return packed(nlri, rest - LONG_HEADER_BYTES - head.length).map((part) => {
    const value = joined([Uint8Array.from(head), part]);
    // First, so that a receiver finds the NLRI whatever comes behind (RFC 7606 §5.1).
    return updateOf([], joined([encodeAttribute(ATTRIBUTE.mpReachNlri, value), attributes]), []);
  });
}

/** Pieces joined into as few runs as fit `room` octets each. @throws {RangeError} */
function packed(pieces: readonly Uint8Array[], room: number): Uint8Array<ArrayBuffer>[] {
  const runs: Uint8Array[][] = [];
  let size = Infinity;
  for (const piece of pieces) {
    if (piece.length > room) {
      throw new RangeError("Cannot encode an UPDATE: its attributes leave no room for a prefix");
    }
    if (size + piece.length > room) {
      runs.push([]);
      size = 0;
    }
    runs.at(-1)?.push(piece);
    size += piece.length;
  }
  return runs.map(joined);
}

function updateOf(
  withdrawn: ArrayLike<number>,
  attributes: ArrayLike<number>,
  nlri: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(
    LENGTHS_BYTES + withdrawn.length + attributes.length + nlri.length,
  );
  body.set(pair(withdrawn.length));
  body.set(withdrawn, 2);
  body.set(pair(attributes.length), 2 + withdrawn.length);
  body.set(attributes, LENGTHS_BYTES + withdrawn.length);
  body.set(nlri, LENGTHS_BYTES + withdrawn.length + attributes.length);
  return encodeMessage(MESSAGE.update, body);
}

function bodyBytesMax(traits: CodecTraits): number {
  return (traits.extendedMessage ? EXTENDED_MESSAGE_BYTES_MAX : MESSAGE_BYTES_MAX) - HEADER_BYTES;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
