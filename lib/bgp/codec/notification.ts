/**
 * NOTIFICATION (RFC 4271 §4.5): read, written and said in words, with shutdown texts (RFC 9003) and
 * hard resets (RFC 8538).
 *
 * @module
 */
import { encodeMessage, HEADER_BYTES, MESSAGE, MESSAGE_BYTES_MAX } from "./message_header.ts";
import { CEASE, NOTIFICATION, NOTIFICATION_CODES } from "./notification_codes.ts";

/** A NOTIFICATION. */
export interface NotificationMessage {
  /** Error code (RFC 4271 §4.5). */
  readonly code: number;
  /** Error subcode; 0: none in particular. */
  readonly subcode: number;
  /** A copy. */
  readonly data: Uint8Array;
}

/** A NOTIFICATION in words of ours, and the peer's text, which is data. */
export interface NotificationMeaning {
  /** `Cease / Administrative Shutdown`. */
  readonly name: string;
  /** What it tells, a sentence without its period; null: the registry says no more than the name. */
  readonly meaning: string | null;
  /** Remote words (RFC 9003), or null: it carries none. */
  readonly shutdownText: string | null;
  /** What a hard reset is sent instead of (RFC 8538 §3), or null. */
  readonly inner: NotificationMessage | null;
  /** The document that defines it. */
  readonly source: string;
}

/** Longest data: code and subcode take two octets of a message without RFC 8654. */
const DATA_BYTES_MAX = MESSAGE_BYTES_MAX - HEADER_BYTES - 2;
/** Longest shutdown text, octets (RFC 9003 §2). */
const TEXT_BYTES_MAX = 255;

/** Reads the body (behind the header) of a NOTIFICATION: two octets at least. */
export function decodeNotification(
  octets: Uint8Array,
  start: number,
  end: number,
): NotificationMessage {
  return {
    code: octets[start] ?? 0,
    subcode: octets[start + 1] ?? 0,
    data: octets.slice(start + 2, end),
  };
}

/** Writes a NOTIFICATION; data that does not fit 4,096 octets is cut. */
export function encodeNotification(
  code: number,
  subcode: number,
  data: Uint8Array = new Uint8Array(0),
): Uint8Array<ArrayBuffer> {
  const body = Uint8Array.of(code, subcode, ...data.subarray(0, DATA_BYTES_MAX));
  return encodeMessage(MESSAGE.notification, body);
}

/** The data of Cease/2 and Cease/4: a length and UTF-8 (RFC 9003 §2), cut between characters. */
export function encodeShutdownText(text: string): Uint8Array<ArrayBuffer> {
  const room = new Uint8Array(1 + TEXT_BYTES_MAX);
  const { written } = new TextEncoder().encodeInto(text, room.subarray(1));
  room[0] = written;
  return room.slice(0, 1 + written);
}

/**
 * The text in the data of Cease/2 or Cease/4; null: there is none, or the length does not fit.
 * Octets that are no UTF-8 read as U+FFFD.
 */
export function decodeShutdownText(data: Uint8Array): string | null {
  const length = data[0] ?? 0;
  if (length === 0 || 1 + length > data.length) return null;
  return new TextDecoder().decode(data.subarray(1, 1 + length));
}

/** The data of Cease/9: the NOTIFICATION that it stands for (RFC 8538 §3). */
export function encodeHardReset(inner: NotificationMessage): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(inner.code, inner.subcode, ...inner.data);
}

/** Says what a NOTIFICATION means. */
export function explainNotification(notification: NotificationMessage): NotificationMeaning {
  const { code, subcode, data } = notification;
  const known = NOTIFICATION_CODES.find((row) => row.code === code);
  const row = known?.subcodes.find((one) => one.subcode === subcode);
  const subname = row?.name ?? (subcode === 0 ? null : `subcode ${subcode}`);
  const codeName = known?.name ?? `code ${code}`;
  const isCease = code === NOTIFICATION.cease;
  const hasText = isCease &&
    (subcode === CEASE.administrativeShutdown || subcode === CEASE.administrativeReset);
  const isHard = isCease && subcode === CEASE.hardReset && data.length >= 2;
  const inner = isHard ? decodeNotification(data, 0, data.length) : null;
  return {
    name: subname === null ? codeName : `${codeName} / ${subname}`,
    meaning: row?.meaning ?? CODE_MEANINGS.get(code) ?? null,
    shutdownText: hasText ? decodeShutdownText(data) : innerText(inner),
    inner,
    source: row?.source ?? known?.source ?? "not assigned",
  };
}

/** The text within a hard reset, one level deep. */
function innerText(inner: NotificationMessage | null): string | null {
  if (inner === null || inner.code !== NOTIFICATION.cease) return null;
  const { subcode, data } = inner;
  const hasText = subcode === CEASE.administrativeShutdown ||
    subcode === CEASE.administrativeReset;
  return hasText ? decodeShutdownText(data) : null;
}

/** Of codes that have no subcodes. */
const CODE_MEANINGS: ReadonlyMap<number, string> = new Map([
  [4, "Nothing came for the hold time that was agreed on: a lost path, a lost or a busy peer"],
  [8, "What was sent to the peer was not read for too long"],
]);
