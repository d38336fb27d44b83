/**
 * The first message of either side of TLS: ClientHello and ServerHello (RFC 8446 §4.1, RFC 5246
 * §7.4.1), as far as their octets are there.
 *
 * @module
 */
import { OctetCursor, octetsOf, wireText } from "./octet_cursor.ts";

/** What a ClientHello says. */
export interface ClientHello {
  readonly type: "client_hello";
  readonly sni: string | null;
  readonly alpn: readonly string[];
  /** Highest version offered. */
  readonly version: string;
  /** False if octets are missing at its end. */
  readonly whole: boolean;
}

/** What a ServerHello says. */
export interface ServerHello {
  readonly type: "server_hello";
  readonly version: string;
  readonly cipher: string;
  /** Protocol chosen; null in TLS 1.3, which encrypts it. */
  readonly alpn: string | null;
  readonly whole: boolean;
}

/** First octet of a record with handshake messages (RFC 8446 §5.1). */
export const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;

/** Extension types (IANA TLS ExtensionType Values). */
const SERVER_NAME = 0;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;

/** Most protocols of an offer that are kept. */
const PROTOCOLS_KEPT = 8;
/** Longest hello that is read; real ones have a few thousand octets. */
const HELLO_BYTES_MAX = 65_536;

const VERSIONS: Readonly<Record<number, string>> = {
  0x0300: "SSL 3.0",
  0x0301: "TLS 1.0",
  0x0302: "TLS 1.1",
  0x0303: "TLS 1.2",
  0x0304: "TLS 1.3",
};

/** Suites in use (IANA TLS Cipher Suites); others are shown by number. */
const CIPHERS: Readonly<Record<number, string>> = {
  0x002f: "TLS_RSA_WITH_AES_128_CBC_SHA",
  0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
  0x009c: "TLS_RSA_WITH_AES_128_GCM_SHA256",
  0x009d: "TLS_RSA_WITH_AES_256_GCM_SHA384",
  0x1301: "TLS_AES_128_GCM_SHA256",
  0x1302: "TLS_AES_256_GCM_SHA384",
  0x1303: "TLS_CHACHA20_POLY1305_SHA256",
  0x1304: "TLS_AES_128_CCM_SHA256",
  0xc009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
  0xc00a: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
  0xc013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
  0xc014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
  0xc02b: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  0xc02c: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  0xc02f: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  0xc030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  0xcca8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  0xcca9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
};

/** The hello that begins at `octets`, in one TLS record or several; null if none begins there. */
export function readHello(octets: Uint8Array): ClientHello | ServerHello | null {
  if (octets[0] !== HANDSHAKE_RECORD) return null;
  const handshake = handshakeOf(octets);
  if (handshake === null) return null;
  const type = handshake.uint(1);
  const length = handshake.uint(3);
  const whole = !handshake.short && handshake.left >= length && length <= HELLO_BYTES_MAX;
  const body = handshake.part(length);
  if (type === CLIENT_HELLO) return clientHello(body, whole);
  return type === SERVER_HELLO ? serverHello(body, whole) : null;
}

/** Server name of a ClientHello whose record begins at `offset`; null if there is none. */
export function readServerName(view: DataView, offset: number, length: number): string | null {
  const hello = readHello(octetsOf(view, offset, length));
  return hello?.type === "client_hello" ? hello.sni : null;
}

/** The handshake octets of the records at the start, joined where there are several. */
function handshakeOf(octets: Uint8Array): OctetCursor | null {
  const records = new OctetCursor(octets);
  const pieces: Uint8Array[] = [];
  let size = 0;
  while (records.left > 0 && size < HELLO_BYTES_MAX) {
    if (records.uint(1) !== HANDSHAKE_RECORD || records.uint(1) !== 3) break;
    records.skip(1);
    const piece = records.take(records.uint(2));
    if (piece.length === 0) break;
    pieces.push(piece);
    size += piece.length;
    const [first] = pieces;
    // The hello ends within the first record nearly always.
    if (pieces.length === 1 && first !== undefined && handshakeLength(first) <= first.length) break;
  }
  const [first] = pieces;
  if (first === undefined || (first[0] !== CLIENT_HELLO && first[0] !== SERVER_HELLO)) return null;
  if (pieces.length === 1) return new OctetCursor(first);
  const joined = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return new OctetCursor(joined);
}

/** Length of a handshake message with its header; Infinity while the header is not whole. */
function handshakeLength(octets: Uint8Array): number {
  const header = new OctetCursor(octets);
  header.skip(1);
  const length = header.uint(3);
  return header.short ? Infinity : 4 + length;
}

function clientHello(body: OctetCursor, whole: boolean): ClientHello {
  let version = body.uint(2);
  body.skip(32);
  body.vector(1);
  body.vector(2);
  body.vector(1);
  let sni: string | null = null;
  let alpn: string[] = [];
  forEachExtension(body, (type, data) => {
    if (type === SERVER_NAME) sni ??= serverName(data);
    else if (type === ALPN) alpn = protocolNames(data);
    else if (type === SUPPORTED_VERSIONS) version = highestVersion(data.vector(1), version);
  });
  return { type: "client_hello", sni, alpn, version: versionName(version), whole };
}

function serverHello(body: OctetCursor, whole: boolean): ServerHello {
  let version = body.uint(2);
  body.skip(32);
  body.vector(1);
  const cipher = body.uint(2);
  body.skip(1);
  let alpn: string | null = null;
  forEachExtension(body, (type, data) => {
    if (type === ALPN) alpn = protocolNames(data)[0] ?? null;
    else if (type === SUPPORTED_VERSIONS) version = data.uint(2);
  });
  return {
    type: "server_hello",
    version: versionName(version),
    cipher: CIPHERS[cipher] ?? hexOf(cipher),
    alpn,
    whole,
  };
}

function forEachExtension(
  body: OctetCursor,
  visit: (type: number, data: OctetCursor) => void,
): void {
  const extensions = body.vector(2);
  while (extensions.left >= 4) {
    const type = extensions.uint(2);
    const data = extensions.vector(2);
    // A cut extension is no reason to believe in a part of a name.
    if (extensions.short) return;
    visit(type, data);
  }
}

/** RFC 6066 §3: a list of names, of which type 0 is a host name. */
function serverName(data: OctetCursor): string | null {
  const names = data.vector(2);
  while (names.left > 0) {
    const type = names.uint(1);
    const name = names.vector(2);
    if (names.short) return null;
    if (type === 0 && name.left > 0) return wireText(name.take(name.left));
  }
  return null;
}

function protocolNames(data: OctetCursor): string[] {
  const names = data.vector(2);
  const kept: string[] = [];
  while (names.left > 0 && kept.length < PROTOCOLS_KEPT) {
    const name = names.vector(1);
    if (names.short) break;
    kept.push(wireText(name.take(name.left)));
  }
  return kept;
}

/** The highest version offered; values for exercise (RFC 8701) are none. */
function highestVersion(versions: OctetCursor, legacy: number): number {
  let highest = 0;
  while (versions.left >= 2) {
    const version = versions.uint(2);
    const isGrease = (version & 0x0f0f) === 0x0a0a && version >> 8 === (version & 0xff);
    if (!isGrease && version > highest) highest = version;
  }
  return highest === 0 ? legacy : highest;
}

function versionName(version: number): string {
  return VERSIONS[version] ?? hexOf(version);
}

function hexOf(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}
