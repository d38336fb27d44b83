/**
 * The fields of one entry of `bgp.peers`.
 *
 * @module
 */
import { checkUnicastAddress } from "./check_bgp_text.ts";
import { checkIdentifier, oneOf } from "./check_text.ts";
import type { FieldRow } from "./row.ts";

/** The largest AS number, 2^32 - 1 (RFC 6793 §3). */
export const MAX_AS_NUMBER = 4_294_967_295;

/** Every field, in the order of `config.yaml`. */
export const bgpPeerFields: readonly FieldRow[] = [
  {
    path: "name",
    type: "text",
    default: null,
    required: true,
    unit: "1 to 40 letters, digits, dots, hyphens and underscores",
    check: checkIdentifier,
    doc: "what it is asked for by; unique without regard to case.",
  },
  {
    path: "address",
    type: "text",
    default: null,
    required: true,
    unit: "unicast address",
    check: checkUnicastAddress,
    doc: "where it is; a connection from any other address is refused.",
  },
  {
    path: "port",
    type: "integer",
    default: 179,
    unit: "TCP port",
    min: 1,
    max: 65_535,
    doc: "what is dialled.",
  },
  {
    path: "remote_as",
    type: "integer",
    default: null,
    required: true,
    unit: "AS number",
    min: 1,
    max: MAX_AS_NUMBER,
    doc: "its AS; an OPEN with another one is refused.",
  },
  {
    path: "local_address",
    type: "text",
    default: null,
    unit: "unicast address of this host",
    check: checkUnicastAddress,
    doc:
      "where connections to it leave from, and the only address of ours at which it may arrive; null: the system chooses.",
  },
  {
    path: "connect",
    type: "enum",
    default: "both",
    values: ["passive", "active", "both"],
    doc:
      "who opens the connection. passive: the peer, which takes bgp.listen; active: we; both: who comes first, and without bgp.listen we.",
  },
  {
    path: "hold_time_sec",
    type: "integer",
    default: 90,
    unit: "seconds, not 1 or 2",
    min: 0,
    max: 65_535,
    doc: "proposed in OPEN, the lower of both counts; 0: no keepalives.",
  },
  {
    path: "connect_retry_sec",
    type: "integer",
    default: 5,
    unit: "seconds",
    min: 1,
    max: 120,
    doc: "first wait between attempts; doubled after each failure up to 120 s.",
  },
  {
    path: "delay_open_sec",
    type: "integer",
    default: 0,
    unit: "seconds",
    min: 0,
    max: 240,
    doc:
      "how long our OPEN waits for that of the peer once there is a connection (RFC 4271, DelayOpen); 0: not at all.",
  },
  {
    path: "families",
    type: "list",
    default: ["ipv4-unicast", "ipv6-unicast"],
    unit: "ipv4-unicast or ipv6-unicast",
    check: oneOf(["ipv4-unicast", "ipv6-unicast"]),
    minEntries: 1,
    doc: "what is exchanged, as far as the peer offers it too.",
  },
  {
    path: "max_prefixes",
    type: "integer",
    default: 1_500_000,
    nullable: true,
    unit: "prefixes, all families together",
    min: 1,
    max: 100_000_000,
    doc: "most that it may announce; null: no limit.",
  },
  {
    path: "max_prefixes_action",
    type: "enum",
    default: "restart",
    values: ["idle", "restart", "warn"],
    doc:
      "what happens beyond. idle: the session ends until it is enabled by hand; restart: it is tried again later; warn: it stays, and the answers say so.",
  },
  {
    path: "max_prefixes_restart_sec",
    type: "integer",
    default: 300,
    unit: "seconds",
    min: 1,
    max: 86_400,
    doc: "how much later.",
  },
  {
    path: "role",
    type: "enum",
    default: null,
    nullable: true,
    values: ["provider", "rs", "rs-client", "customer", "peer"],
    doc: "what WE are to the peer (RFC 9234), for a peer of another AS; null: not said.",
  },
  {
    path: "strict_role",
    type: "boolean",
    default: false,
    doc: "refuse the peer if it says no role; needs role.",
  },
  {
    path: "add_path",
    type: "enum",
    default: "receive",
    values: ["off", "receive"],
    doc: "receive: offer to take several paths of a prefix (RFC 7911).",
  },
  {
    path: "extended_messages",
    type: "boolean",
    default: true,
    doc: "offer messages of up to 65535 octets (RFC 8654).",
  },
  {
    path: "extended_next_hop",
    type: "boolean",
    default: false,
    doc: "offer IPv4 prefixes with an IPv6 next hop (RFC 8950).",
  },
  {
    path: "graceful_restart",
    type: "boolean",
    default: true,
    doc: "keep its routes as stale while it restarts, if it asks for that (RFC 4724).",
  },
  {
    path: "import_policy",
    type: "enum",
    default: null,
    nullable: true,
    values: ["none", "all"],
    doc:
      "all: its routes take part in the choice of the best path; none: they are kept and shown and never best. null: none for a peer of another AS, since nobody has said otherwise (RFC 8212), and all for one of ours.",
  },
  {
    path: "transit",
    type: "list",
    default: [],
    unit: "name of another peer",
    check: checkIdentifier,
    doc:
      "the peers whose best routes are passed on to this one; empty: it hears our own routes only.",
  },
  {
    path: "next_hop.ipv4",
    type: "text",
    default: null,
    unit: "unicast IPv4 address",
    check: checkUnicastAddress,
    doc: "next hop of the IPv4 routes that it hears; null: our address on the session.",
  },
  {
    path: "next_hop.ipv6",
    type: "text",
    default: null,
    unit: "unicast IPv6 address",
    check: checkUnicastAddress,
    doc: "the same of IPv6 routes.",
  },
  {
    path: "enabled",
    type: "boolean",
    default: true,
    isAlwaysWritten: true,
    doc:
      "whether it is dialled and let in; a peer that is not adds nothing to the permission flags.",
  },
];
