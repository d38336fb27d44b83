/**
 * OPEN (RFC 4271 §4.2, §6.2) with its capabilities (RFC 5492 §4), also behind more than 255 octets
 * of parameters (RFC 9072).
 *
 * @module
 */
import { AS_TRANS, shortAs } from "./as_path_octets.ts";
import {
  type Capabilities,
  isCapabilityLength,
  type RawCapability,
  readCapabilities,
  writeCapabilities,
} from "./capability.ts";
import type { MessageFault } from "./fault.ts";
import { encodeMessage, MESSAGE } from "./message_header.ts";
import { pair, quad } from "./octets.ts";

/** An OPEN. */
export interface OpenMessage {
  /** My Autonomous System in two octets, as sent. */
  readonly shortAs: number;
  /** The AS number: of the capability (RFC 6793 §4.1), else `shortAs`. */
  readonly asn: number;
  /** Hold time, as proposed, seconds. */
  readonly holdTimeSec: number;
  /** BGP Identifier as an unsigned number. */
  readonly routerId: number;
  /** Those that are spoken here. */
  readonly capabilities: Capabilities;
  /** As they came, in their order, unknown ones among them. */
  readonly raw: readonly RawCapability[];
}

/** What an OPEN is judged by. */
export interface OpenExpectation {
  readonly remoteAs: number;
  readonly localAs: number;
  /** Ours, unsigned. */
  readonly localRouterId: number;
}

/** The one version (RFC 4271 §4.2). */
const VERSION = 4;
/** Octets in front of the optional parameters: version, AS, hold time, identifier, their length. */
const FIXED_BYTES = 10;
const CAPABILITIES_PARAMETER = 2;
/** RFC 9072 §2: in the place of a parameter's type, and of the length that stands in front. */
const EXTENDED = 255;

/** Subcodes of OPEN Message Error. */
const SUBCODE = {
  unspecific: 0,
  version: 1,
  peerAs: 2,
  identifier: 3,
  parameter: 4,
  holdTime: 6,
} as const;

/** Reads the body of an OPEN (behind the header). */
export function decodeOpen(
  octets: Uint8Array,
  start: number,
  end: number,
): { readonly open: OpenMessage } | { readonly fault: MessageFault } {
  const body = octets.subarray(start, end);
  const version = body[0] ?? 0;
  if (version !== VERSION) {
    return fault(SUBCODE.version, [0, VERSION], `BGP version ${version} is not spoken`);
  }
  if (body.length < FIXED_BYTES) return fault(SUBCODE.unspecific, [], "it is cut");
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const parameters = readParameters(body, view);
  if ("fault" in parameters) return parameters;
  const { raw } = parameters;
  const capabilities = readCapabilities(raw);
  const announcedAs = view.getUint16(1);
  return {
    open: {
      shortAs: announcedAs,
      asn: capabilities.as4 ?? announcedAs,
      holdTimeSec: view.getUint16(3),
      routerId: view.getUint32(5),
      capabilities,
      raw,
    },
  };
}

/**
 * Judges an OPEN against what is configured (RFC 4271 §6.2, RFC 6286 §2.2, RFC 6793 §4.1, RFC 7607
 * §2); null: it is acceptable. Roles are for the session to compare.
 */
export function checkOpen(open: OpenMessage, wanted: OpenExpectation): MessageFault | null {
  const { asn, holdTimeSec, routerId } = open;
  const peerAs = (why: string): MessageFault => faultOf(SUBCODE.peerAs, asOctets(asn), why);
  if (asn === 0 || open.shortAs === 0) return peerAs("AS 0 is nobody's");
  if (asn === AS_TRANS) return peerAs("AS 23456 is a stand-in, not an AS");
  // AS_TRANS in front of a number that fits two octets is odd, but hides nothing.
  if (open.shortAs !== AS_TRANS && open.shortAs !== asn) {
    return peerAs(`the peer says AS ${open.shortAs} and, in its capability, AS ${asn}`);
  }
  if (asn !== wanted.remoteAs) {
    return peerAs(`the peer says its AS is ${asn}, configured is ${wanted.remoteAs}`);
  }
  const idOctets = quad(routerId);
  if (routerId === 0) return faultOf(SUBCODE.identifier, idOctets, "its BGP Identifier is 0.0.0.0");
  if (asn === wanted.localAs && routerId === wanted.localRouterId) {
    return faultOf(SUBCODE.identifier, idOctets, "its BGP Identifier is ours");
  }
  if (holdTimeSec === 1 || holdTimeSec === 2) {
    return faultOf(SUBCODE.holdTime, [0, holdTimeSec], `a hold time of ${holdTimeSec} s`);
  }
  return null;
}

/** Writes an OPEN; parameters of more than 255 octets in the form of RFC 9072. */
export function encodeOpen(
  open: {
    readonly asn: number;
    readonly holdTimeSec: number;
    readonly routerId: number;
    readonly capabilities: Capabilities;
  },
): Uint8Array<ArrayBuffer> {
  const raw = writeCapabilities(open.capabilities).flatMap(({ code, value }) => [
    code,
    value.length,
    ...value,
  ]);
  const size = raw.length;
  const isExtended = size + 2 > 255;
  const parameters = size === 0 ? [0] : isExtended
    ? [
      EXTENDED,
      EXTENDED,
      ...pair(size + 3),
      CAPABILITIES_PARAMETER,
      ...pair(size),
      ...raw,
    ]
    : [size + 2, CAPABILITIES_PARAMETER, size, ...raw];
  const body = [
    VERSION,
    ...pair(shortAs(open.asn)),
    ...pair(open.holdTimeSec),
    ...quad(open.routerId),
    ...parameters,
  ];
  return encodeMessage(MESSAGE.open, Uint8Array.from(body));
}

/** The capabilities of all parameters. */
function readParameters(
  body: Uint8Array,
  view: DataView,
): { readonly raw: readonly RawCapability[] } | { readonly fault: MessageFault } {
  let at = FIXED_BYTES, size = body[9] ?? 0;
  const isExtended = size > 0 && body[FIXED_BYTES] === EXTENDED;
  if (isExtended) {
    if (body.length < FIXED_BYTES + 3) return cut();
    size = view.getUint16(FIXED_BYTES + 1);
    at += 3;
  }
  if (at + size !== body.length) return cut();
  const raw: RawCapability[] = [];
  const head = isExtended ? 3 : 2;
  while (at < body.length) {
    if (at + head > body.length) return cut();
    const type = body[at] ?? 0;
    const next = at + head + (isExtended ? view.getUint16(at + 1) : body[at + 1] ?? 0);
    if (next > body.length) return cut();
    if (type !== CAPABILITIES_PARAMETER) {
      const data = body.subarray(at, next);
      return fault(SUBCODE.parameter, data, `optional parameter ${type} is not known`);
    }
    for (at += head; at < next;) {
      const end = at + 2 + (body[at + 1] ?? 0);
      if (at + 2 > next || end > next) return cut();
      // A copy: the buffer is used again.
      const capability = { code: body[at] ?? 0, value: body.slice(at + 2, end) };
      if (!isCapabilityLength(capability)) {
        const why = `capability ${capability.code} has ${capability.value.length} octets`;
        return fault(SUBCODE.unspecific, body.subarray(at, end), why);
      }
      raw.push(capability);
      at = end;
    }
  }
  return { raw };
}

function cut(): { readonly fault: MessageFault } {
  return fault(SUBCODE.unspecific, [], "its optional parameters do not fill it");
}

function fault(subcode: number, data: ArrayLike<number>, why: string): { fault: MessageFault } {
  return { fault: faultOf(subcode, data, why) };
}

/** Code 2, OPEN Message Error. */
function faultOf(subcode: number, data: ArrayLike<number>, why: string): MessageFault {
  return { code: 2, subcode, data: Uint8Array.from(data), why };
}

function asOctets(asn: number): number[] {
  return asn > 0xffff ? quad(asn) : pair(asn);
}
