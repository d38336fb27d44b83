/**
 * The codes and subcodes of NOTIFICATION in IANA's registry (state of 2025-06), one row each.
 *
 * @module
 */

/** One subcode. */
export interface NotificationSubcode {
  readonly subcode: number;
  readonly name: string;
  readonly source: string;
  /** What it tells an engineer, a sentence without its period. */
  readonly meaning: string;
}

/** One code. */
export interface NotificationCode {
  readonly code: number;
  readonly name: string;
  readonly source: string;
  readonly subcodes: readonly NotificationSubcode[];
}

/** Subcodes of Cease that the code names (RFC 4486, RFC 9003, RFC 8538). */
export const CEASE = {
  maxPrefixes: 1,
  administrativeShutdown: 2,
  peerDeconfigured: 3,
  administrativeReset: 4,
  connectionRejected: 5,
  otherConfigurationChange: 6,
  collision: 7,
  outOfResources: 8,
  hardReset: 9,
} as const;

/** Codes that the code names (RFC 4271 §4.5). */
export const NOTIFICATION = {
  header: 1,
  open: 2,
  update: 3,
  holdTimerExpired: 4,
  fsm: 5,
  cease: 6,
  /** RFC 7313 §5. */
  routeRefresh: 7,
} as const;

/** Ascending by code. Subcode 0 (Unspecific) stands nowhere: it is the same under each. */
export const NOTIFICATION_CODES: readonly NotificationCode[] = [
  {
    code: 1,
    name: "Message Header Error",
    source: "RFC 4271 §6.1",
    subcodes: [
      {
        subcode: 1,
        name: "Connection Not Synchronized",
        source: "RFC 4271 §6.1",
        meaning: "The marker of a message was not all ones: what was sent is not BGP",
      },
      {
        subcode: 2,
        name: "Bad Message Length",
        source: "RFC 4271 §6.1",
        meaning: "A message was too short or too long for its type; the data is its length",
      },
      {
        subcode: 3,
        name: "Bad Message Type",
        source: "RFC 4271 §6.1",
        meaning: "A message had an unknown type; the data is the type",
      },
    ],
  },
  {
    code: 2,
    name: "OPEN Message Error",
    source: "RFC 4271 §6.2",
    subcodes: [
      {
        subcode: 1,
        name: "Unsupported Version Number",
        source: "RFC 4271 §6.2",
        meaning: "The version was not accepted; the data is the one that would be",
      },
      {
        subcode: 2,
        name: "Bad Peer AS",
        source: "RFC 4271 §6.2",
        meaning: "The AS number in OPEN is not the one that is configured there",
      },
      {
        subcode: 3,
        name: "Bad BGP Identifier",
        source: "RFC 6286 §2.2",
        meaning: "The router id is 0.0.0.0, or the same on both sides of an internal session",
      },
      {
        subcode: 4,
        name: "Unsupported Optional Parameter",
        source: "RFC 4271 §6.2",
        meaning: "OPEN held an optional parameter that is not known",
      },
      {
        subcode: 5,
        name: "Authentication Failure (deprecated)",
        source: "RFC 4271 §6.2",
        meaning: "An authentication that nobody uses any more failed",
      },
      {
        subcode: 6,
        name: "Unacceptable Hold Time",
        source: "RFC 4271 §6.2",
        meaning: "The proposed hold time was refused; the data is the hold time",
      },
      {
        subcode: 7,
        name: "Unsupported Capability",
        source: "RFC 5492 §3",
        meaning: "A capability that is required was missing; the data is that capability",
      },
      {
        subcode: 8,
        name: "Deprecated (8)",
        source: "RFC 9234",
        meaning: "An early number of Role Mismatch",
      },
      { subcode: 9, name: "Deprecated (9)", source: "RFC 9234", meaning: "Not assigned any more" },
      {
        subcode: 10,
        name: "Deprecated (10)",
        source: "RFC 9234",
        meaning: "Not assigned any more",
      },
      {
        subcode: 11,
        name: "Role Mismatch",
        source: "RFC 9234 §4.2",
        meaning: "The roles of both sides do not fit, or a role was required and is missing",
      },
    ],
  },
  {
    code: 3,
    name: "UPDATE Message Error",
    source: "RFC 4271 §6.3",
    subcodes: [
      {
        subcode: 1,
        name: "Malformed Attribute List",
        source: "RFC 4271 §6.3",
        meaning: "Lengths did not fit, or an attribute stood there twice",
      },
      {
        subcode: 2,
        name: "Unrecognized Well-known Attribute",
        source: "RFC 4271 §6.3",
        meaning: "An attribute that everybody must know was not known; the data is the attribute",
      },
      {
        subcode: 3,
        name: "Missing Well-known Attribute",
        source: "RFC 4271 §6.3",
        meaning: "A mandatory attribute was missing; the data is its type",
      },
      {
        subcode: 4,
        name: "Attribute Flags Error",
        source: "RFC 4271 §6.3",
        meaning: "The flags of an attribute did not fit its type; the data is the attribute",
      },
      {
        subcode: 5,
        name: "Attribute Length Error",
        source: "RFC 4271 §6.3",
        meaning: "An attribute had a wrong length; the data is the attribute",
      },
      {
        subcode: 6,
        name: "Invalid ORIGIN Attribute",
        source: "RFC 4271 §6.3",
        meaning: "ORIGIN had an unknown value; the data is the attribute",
      },
      {
        subcode: 7,
        name: "AS Routing Loop (deprecated)",
        source: "RFC 4271 §6.3",
        meaning: "The path held the receiver's AS",
      },
      {
        subcode: 8,
        name: "Invalid NEXT_HOP Attribute",
        source: "RFC 4271 §6.3",
        meaning: "The next hop was no usable address; the data is the attribute",
      },
      {
        subcode: 9,
        name: "Optional Attribute Error",
        source: "RFC 4271 §6.3",
        meaning: "An optional attribute was malformed; the data is the attribute",
      },
      {
        subcode: 10,
        name: "Invalid Network Field",
        source: "RFC 4271 §6.3",
        meaning: "A prefix could not be parsed",
      },
      {
        subcode: 11,
        name: "Malformed AS_PATH",
        source: "RFC 4271 §6.3",
        meaning: "AS_PATH could not be parsed, or did not begin with the peer's AS",
      },
    ],
  },
  {
    code: 4,
    name: "Hold Timer Expired",
    source: "RFC 4271 §6.5",
    subcodes: [],
  },
  {
    code: 5,
    name: "Finite State Machine Error",
    source: "RFC 6608 §3",
    subcodes: [
      {
        subcode: 1,
        name: "Receive Unexpected Message in OpenSent State",
        source: "RFC 6608 §3",
        meaning: "Something else than OPEN came first; the data is the type of the message",
      },
      {
        subcode: 2,
        name: "Receive Unexpected Message in OpenConfirm State",
        source: "RFC 6608 §3",
        meaning: "Something else than KEEPALIVE followed OPEN; the data is the type of the message",
      },
      {
        subcode: 3,
        name: "Receive Unexpected Message in Established State",
        source: "RFC 6608 §3",
        meaning: "A second OPEN came; the data is the type of the message",
      },
    ],
  },
  {
    code: 6,
    name: "Cease",
    source: "RFC 4486 §3",
    subcodes: [
      {
        subcode: 1,
        name: "Maximum Number of Prefixes Reached",
        source: "RFC 4486 §4",
        meaning: "More prefixes were announced than the limit there allows",
      },
      {
        subcode: 2,
        name: "Administrative Shutdown",
        source: "RFC 9003 §2",
        meaning: "An operator shut the session down; the data may say why",
      },
      {
        subcode: 3,
        name: "Peer De-configured",
        source: "RFC 4486 §4",
        meaning: "The neighbor was removed from the configuration there",
      },
      {
        subcode: 4,
        name: "Administrative Reset",
        source: "RFC 9003 §2",
        meaning: "An operator reset the session; the data may say why",
      },
      {
        subcode: 5,
        name: "Connection Rejected",
        source: "RFC 4486 §4",
        meaning: "The connection is not wanted now: often the session is still held back there",
      },
      {
        subcode: 6,
        name: "Other Configuration Change",
        source: "RFC 4486 §4",
        meaning: "The configuration changed in a way that needs a new session",
      },
      {
        subcode: 7,
        name: "Connection Collision Resolution",
        source: "RFC 4486 §4",
        meaning: "Both sides had dialled, and the other connection was kept",
      },
      {
        subcode: 8,
        name: "Out of Resources",
        source: "RFC 4486 §4",
        meaning: "Memory or another resource ran out, or what is sent was not read",
      },
      {
        subcode: 9,
        name: "Hard Reset",
        source: "RFC 8538 §3",
        meaning: "The session is reset without graceful restart; the data says why",
      },
      {
        subcode: 10,
        name: "BFD Down",
        source: "RFC 9384",
        meaning: "Bidirectional forwarding detection lost the path",
      },
    ],
  },
  {
    code: 7,
    name: "ROUTE-REFRESH Message Error",
    source: "RFC 7313 §5",
    subcodes: [
      {
        subcode: 1,
        name: "Invalid Message Length",
        source: "RFC 7313 §5",
        meaning: "A ROUTE-REFRESH had a wrong length; the data is the message",
      },
    ],
  },
  {
    code: 8,
    name: "Send Hold Timer Expired",
    source: "RFC 9687 §3",
    subcodes: [],
  },
];
