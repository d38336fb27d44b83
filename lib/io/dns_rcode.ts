/**
 * Asking a name server how it takes a name: the response code and nothing else (RFC 1035 §4.1).
 *
 * @module
 */
import { dial } from "./dial.ts";
import { exchangeUdp, mayBindUdp } from "./datagram.ts";
import type { Connection } from "./io.ts";
import { writeAll } from "./write_all.ts";

/** RFC 1035 §4.1.1. */
export const NOERROR = 0;
/** RFC 1035 §4.1.1. */
export const NXDOMAIN = 3;

const HEADER_BYTES = 12;
const QR = 0x80;
const RD = 0x01;
const TYPE_A = 1;
const CLASS_IN = 1;

/**
 * The response code for the A records of `name`, by UDP where the flags permit a local socket, else
 * by TCP (RFC 7766: the permission of the name server covers both). Null if it cannot be learned.
 */
export async function askRcode(
  name: string,
  server: { readonly ipAddr: string; readonly port: number },
  signal: AbortSignal,
): Promise<number | null> {
  const query = encodeQuestion(name, crypto.getRandomValues(new Uint16Array(1))[0] ?? 0);
  if (query === null) return null;
  const answers = (reply: Uint8Array) => isReplyTo(query, reply);
  try {
    const reply = await mayBindUdp(server.ipAddr)
      ? await exchangeUdp({
        address: server.ipAddr,
        port: server.port,
        payload: query,
        accept: answers,
        signal,
      })
      : await askByTcp(query, server, signal);
    return reply !== null && answers(reply) ? (reply[3] ?? 0) & 0x0f : null;
  } catch {
    return null;
  }
}

async function askByTcp(
  query: Uint8Array,
  server: { readonly ipAddr: string; readonly port: number },
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const connection = await dial({
    address: server.ipAddr,
    port: server.port,
    judged: [server.ipAddr],
    signal,
  });
  try {
    const framed = new Uint8Array(2 + query.length);
    new DataView(framed.buffer).setUint16(0, query.length);
    framed.set(query, 2);
    await writeAll(connection, framed);
    return await readFramed(connection);
  } finally {
    connection.close();
  }
}

/** One message with its two-byte length (RFC 1035 §4.2.2), or null if the stream ends early. */
async function readFramed(connection: Connection): Promise<Uint8Array | null> {
  const length = await readExactly(connection, 2);
  if (length === null) return null;
  return await readExactly(connection, new DataView(length.buffer).getUint16(0));
}

async function readExactly(connection: Connection, size: number): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(size);
  for (let got = 0; got < size;) {
    const read = await connection.read(bytes.subarray(got));
    if (read === null) return null;
    got += read;
  }
  return bytes;
}

/** A query for the A records of `name`; null if a label is empty, too long or not ASCII. */
function encodeQuestion(name: string, id: number): Uint8Array | null {
  const labels = name.replace(/\.$/, "").split(".");
  const bytes: number[] = [id >> 8, id & 0xff, RD, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  for (const label of labels) {
    if (!/^[\x21-\x7e]{1,63}$/.test(label)) return null;
    bytes.push(label.length, ...new TextEncoder().encode(label));
  }
  bytes.push(0, 0, TYPE_A, 0, CLASS_IN);
  return bytes.length - HEADER_BYTES - 4 > 255 ? null : Uint8Array.from(bytes);
}

/** Same id, marked as a response, same question (RFC 5452 §9.1). Letter case may differ. */
function isReplyTo(query: Uint8Array, reply: Uint8Array): boolean {
  if (reply.length < HEADER_BYTES || reply[0] !== query[0] || reply[1] !== query[1]) return false;
  if (((reply[2] ?? 0) & QR) === 0) return false;
  const hasQuestion = reply[4] === 0 && reply[5] === 1;
  if (!hasQuestion) return reply[4] === 0 && reply[5] === 0;
  return query.subarray(HEADER_BYTES).every((byte, at) =>
    lowerCase(byte) === lowerCase(reply[HEADER_BYTES + at] ?? -1)
  );
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
