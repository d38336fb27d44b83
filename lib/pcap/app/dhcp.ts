/**
 * DHCP messages (RFC 2131 §2, options of RFC 2132): type and host name.
 *
 * @module
 */
import { OctetCursor, wireText } from "./octet_cursor.ts";

/** What a message says. */
export interface DhcpFacts {
  readonly isFromClient: boolean;
  /** `DISCOVER`, `OFFER` …, or `BOOTP` for a message without a type. */
  readonly message: string;
  readonly hostName: string | null;
}

/** Octets before the magic cookie (RFC 2131 §2). */
const FIXED_BYTES = 236;
/** RFC 2131 §3. */
const MAGIC_COOKIE = 0x63825363;

/** Option codes (RFC 2132 §3.1, §3.2, §3.14, §9.6). */
const PAD = 0, END = 255, HOST_NAME = 12, MESSAGE_TYPE = 53;

/** Message types 1 to 8 (RFC 2132 §9.6). */
const MESSAGES = ["DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM"];

/** The message that the octets are; null if they are none. */
export function readDhcp(octets: Uint8Array): DhcpFacts | null {
  const cursor = new OctetCursor(octets);
  const op = cursor.uint(1);
  cursor.skip(FIXED_BYTES - 1);
  if (cursor.short || (op !== 1 && op !== 2)) return null;
  let message = "BOOTP";
  let hostName: string | null = null;
  if (cursor.uint(4) === MAGIC_COOKIE) {
    while (cursor.left > 0) {
      const code = cursor.uint(1);
      if (code === PAD) continue;
      if (code === END) break;
      const data = cursor.vector(1);
      if (cursor.short) break;
      if (code === HOST_NAME) hostName = wireText(data.take(data.left));
      else if (code === MESSAGE_TYPE) {
        const type = data.uint(1);
        message = MESSAGES[type - 1] ?? `type ${type}`;
      }
    }
  }
  return { isFromClient: op === 1, message, hostName };
}
