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
  readonly clientFrame?: number;
  /** Frame that ended the first message of the server. */
  readonly serverFrame?: number;
  /** True if a message was only partly there, so that fields may be missing. */
  readonly partial?: boolean;
  /** TLS: server name that was asked for (RFC 6066 §3). */
  readonly sni?: string;
  /** TLS: application protocols offered (RFC 7301 §3.1), at most 8. */
  readonly alpnOffered?: readonly string[];
  /** TLS 1.2: application protocol chosen; TLS 1.3 encrypts it. */
  readonly alpn?: string;
  /** TLS: version agreed, else the highest offered; QUIC, NTP and HTTP: version as sent. */
  readonly version?: string;
  /** TLS: cipher suite chosen. */
  readonly cipher?: string;
  /** HTTP: method of the first request. */
  readonly method?: string;
  /** HTTP: Host header of the first request. */
  readonly host?: string;
  /** HTTP: request target. */
  readonly path?: string;
  /** HTTP: status of the first answer. */
  readonly status?: number;
  /** QUIC: connection ids of the first long header, hexadecimal. */
  readonly destinationId?: string;
  readonly sourceId?: string;
  /** DHCP: type of the client's and of the server's last message, for example `DISCOVER`, `ACK`. */
  readonly clientMessage?: string;
  readonly serverMessage?: string;
  /** DHCP: host name that the client gave (option 12). */
  readonly hostName?: string;
  /** NTP: stratum of the first answer (RFC 5905 §7.3). */
  readonly stratum?: number;
  /** BGP: AS number of the OPEN of the side that connected, and of the other. */
  readonly clientAs?: number;
  readonly serverAs?: number;
  /** BGP: type of the last message read of a flow's first ones, for example `NOTIFICATION 6/2`. */
  readonly lastMessage?: string;
  /** SSH: identification string of the client and of the server (RFC 4253 §4.2). */
  readonly clientBanner?: string;
  readonly serverBanner?: string;
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
