/**
 * Which facts the payload of a packet gives, by the protocol that dissection recognized in it.
 *
 * @module
 */
import { Protocol } from "../dissect/protocol.ts";
import type { AppFacts, AppKind } from "./app_facts.ts";
import { readBgp } from "./bgp.ts";
import { readDhcp } from "./dhcp.ts";
import { readHttpHead } from "./http.ts";
import { readNtp } from "./ntp.ts";
import { readQuicLongHeader } from "./quic.ts";
import { readSshBanner } from "./ssh.ts";
import type { ClientHello, ServerHello } from "./tls.ts";

/** What one message says. */
export interface MessageFacts {
  readonly kind: AppKind;
  readonly isFromClient: boolean;
  /** Fields to set, over those known before. */
  readonly fields: Partial<AppFacts>;
  /** True if this side will say nothing more that is asked of it. */
  readonly isLast: boolean;
}

/** Facts of a payload; `isFromA` if the side sent it that began the flow. */
export function readFirstMessage(
  app: number,
  octets: Uint8Array,
  isFromA: boolean,
): MessageFacts | null {
  switch (app) {
    case Protocol.http:
      return httpFacts(octets);
    case Protocol.quic: {
      const header = readQuicLongHeader(octets);
      // Each side calls the other by an id of its own; kept are those of the first packet.
      const fields = isFromA ? header ?? {} : {};
      return header && { kind: "quic", isFromClient: isFromA, fields, isLast: true };
    }
    case Protocol.dhcp:
      return dhcpFacts(octets);
    case Protocol.ntp: {
      const packet = readNtp(octets);
      if (packet === null) return null;
      const { version, isFromClient, stratum } = packet;
      const fields = isFromClient ? { version } : { version, stratum };
      return { kind: "ntp", isFromClient, fields, isLast: true };
    }
    case Protocol.bgp: {
      const messages = readBgp(octets);
      if (messages === null) return null;
      const { asNumber, lastMessage } = messages;
      const side = isFromA ? "clientAs" : "serverAs";
      const fields = { lastMessage, ...(asNumber === null ? {} : { [side]: asNumber }) };
      return { kind: "bgp", isFromClient: isFromA, fields, isLast: false };
    }
    case Protocol.ssh: {
      const banner = readSshBanner(octets);
      const fields = { [isFromA ? "clientBanner" : "serverBanner"]: banner };
      return banner === null ? null : { kind: "ssh", isFromClient: isFromA, fields, isLast: true };
    }
    default:
      return null;
  }
}

/** Facts of a hello; `known` is what the flow is known for already. */
export function helloFacts(hello: ClientHello | ServerHello, known?: AppFacts): MessageFacts {
  const isLast = hello.whole;
  const partial = hello.whole ? {} : { partial: true };
  if (hello.type === "server_hello") {
    const { version, cipher, alpn } = hello;
    const fields = { version, cipher, ...(alpn === null ? {} : { alpn }), ...partial };
    return { kind: "tls", isFromClient: false, fields, isLast };
  }
  const { sni, alpn, version } = hello;
  const fields = {
    alpnOffered: alpn,
    ...(sni === null ? {} : { sni }),
    // What the server chose stands above what was offered.
    ...(known?.cipher === undefined ? { version } : {}),
    ...partial,
  };
  return { kind: "tls", isFromClient: true, fields, isLast };
}

function httpFacts(octets: Uint8Array): MessageFacts | null {
  const head = readHttpHead(octets);
  if (head === null) return null;
  if (head.type === "response") {
    const { version, status } = head;
    return { kind: "http", isFromClient: false, fields: { version, status }, isLast: true };
  }
  const { version, method, path, host, whole } = head;
  const fields = {
    version,
    method,
    path,
    ...(host === null ? {} : { host }),
    ...(whole ? {} : { partial: true }),
  };
  return { kind: "http", isFromClient: true, fields, isLast: true };
}

function dhcpFacts(octets: Uint8Array): MessageFacts | null {
  const facts = readDhcp(octets);
  if (facts === null) return null;
  const { isFromClient, message, hostName } = facts;
  const fields = isFromClient
    ? { clientMessage: message, ...(hostName === null ? {} : { hostName }) }
    : { serverMessage: message };
  return { kind: "dhcp", isFromClient, fields, isLast: false };
}
