/**
 * A route of an MRT file as the tools show it: the fields that matter always, the others where there
 * is something.
 *
 * @module
 */
import { addressFromBytes } from "../../ip/address.ts";
import { prefixOf, renderPrefix } from "../../ip/prefix.ts";
import { mainAttributes, otherAttributes, present } from "../attribute_fields.ts";
import { attributesOf, decodeNextHop } from "../codec/attribute_values.ts";
import { type MrtRoute, nextHopPlace } from "./mrt_route.ts";

/** Plain data, snake_case. A withdrawal has no attributes. */
export type FoundRoute = Record<string, unknown> & {
  /** Canonical prefix. */
  readonly network: string;
  /** `rib`: an entry of a table; the others out of an UPDATE. */
  readonly kind: "rib" | "announce" | "withdraw";
  /** ISO 8601 in UTC: of the record, with microseconds where it has them. */
  readonly time: string;
  /** Address of the peer that sent it. */
  readonly peer: string;
  /** AS of the peer. */
  readonly peer_as: number;
};

/** Makes it; with `line` of bgpdump instead of the attributes if that is not null. */
export function foundRoute(route: MrtRoute, line: string | null): FoundRoute {
  const { kind, peer, pathId } = route;
  const microseconds = route.record === "bgp4mp_et" ? route.microseconds : null;
  return {
    network: prefixText(route),
    kind,
    time: timeText(route.timestampSec, microseconds),
    peer: peer.address,
    peer_as: peer.asn,
    ...present({
      path_id: pathId < 0 ? null : pathId,
      // When the entry of a table was learned.
      originated_at: kind === "rib" ? timeText(route.originatedSec, null) : null,
      sent_to_peer: route.isLocal ? true : null,
      bgpdump_line: line,
    }),
    ...(kind === "withdraw" || line !== null ? {} : attributeFields(route)),
  };
}

function attributeFields(route: MrtRoute): Record<string, unknown> {
  const { start, end } = nextHopPlace(route);
  const nextHops = decodeNextHop(route.parts.octets, start, end);
  const attributes = { ...attributesOf(route.parts), ...nextHops };
  return { ...mainAttributes(attributes, attributes.localPref), ...otherAttributes(attributes) };
}

/** The prefix in canonical form, whatever bits stand behind its length. */
function prefixText({ family, octets, prefixStart, prefixBits }: MrtRoute): string {
  const whole = new Uint8Array(family === 4 ? 4 : 16);
  whole.set(octets.subarray(prefixStart, prefixStart + (prefixBits + 7 >>> 3)));
  return renderPrefix(prefixOf(addressFromBytes(whole), prefixBits));
}

/** Every unsigned number of 32 bits is a time that a date can tell. */
export function timeText(sec: number, microseconds: number | null): string {
  const text = new Date(sec * 1_000).toISOString();
  if (microseconds === null) return text.replace(".000Z", "Z");
  return text.replace(".000Z", `.${`${microseconds}`.padStart(6, "0")}Z`);
}
