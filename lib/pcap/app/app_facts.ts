/**
 * What the first messages of a flow say about the application: names, versions and versions agreed.
 *
 * @module
 */

/** Protocols whose first messages are read. */
export type AppKind = "tls" | "http" | "quic" | "dhcp" | "ntp" | "bgp" | "ssh";

/** Facts of one flow. Texts are as sent, at most 255 characters; a field that was not seen is absent. */
export interface AppFacts {
  readonly kind: AppKind;
  /** Frame that ended the first message of the client (the asking side), from 1. */
  clientFrame?: number;
  /** Frame that ended the first message of the server. */
  serverFrame?: number;
  /** True if a message was only partly there, so that fields may be missing. */
  partial?: boolean;
  /** TLS: server name that was asked for (RFC 6066 §3). */
  sni?: string;
  /** TLS: application protocols offered (RFC 7301 §3.1), at most 8. */
  alpnOffered?: readonly string[];
  /** TLS 1.2: application protocol chosen; TLS 1.3 encrypts it. */
  alpn?: string;
  /** TLS and SSH: version agreed, else the highest offered; QUIC, NTP and HTTP: version as sent. */
  version?: string;
  /** TLS: cipher suite chosen. */
  cipher?: string;
  /** HTTP: method of the first request. */
  method?: string;
  /** HTTP: Host header of the first request. */
  host?: string;
  /** HTTP: request target. */
  path?: string;
  /** HTTP: status of the first answer. */
  status?: number;
  /** QUIC: connection ids of the first long header, hexadecimal. */
  destinationId?: string;
  sourceId?: string;
  /** DHCP: type of the client's and of the server's last message, for example `DISCOVER`, `ACK`. */
  clientMessage?: string;
  serverMessage?: string;
  /** DHCP: host name that the client gave (option 12). */
  hostName?: string;
  /** NTP: stratum of the first answer (RFC 5905 §7.3). */
  stratum?: number;
  /** BGP: AS number of either side's OPEN, client first. */
  asNumbers?: readonly number[];
  /** BGP: type of the last message read of a flow's first ones, for example `NOTIFICATION 6/2`. */
  lastMessage?: string;
  /** SSH: identification string of the client and of the server (RFC 4253 §4.2). */
  clientBanner?: string;
  serverBanner?: string;
}

/** Facts by flow, as the pass leaves them. */
export interface AppScan {
  /** Facts by id of the flow that has the id at the end of the pass. */
  readonly byFlow: ReadonlyMap<number, AppFacts>;
  /** Flows whose facts were not kept because the table was full. */
  readonly notKept: number;
  /** Messages over several segments that were given up for memory. */
  readonly givenUp: number;
}
