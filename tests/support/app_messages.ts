/**
 * First messages of application protocols, written by hand after the documented formats.
 *
 * @module
 */

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
const u16 = (value: number): number[] => [value >> 8 & 255, value & 255];
const u24 = (value: number): number[] => [value >> 16 & 255, ...u16(value)];
const vector8 = (octets: readonly number[]): number[] => [octets.length, ...octets];
const vector16 = (octets: readonly number[]): number[] => [...u16(octets.length), ...octets];

function extension(type: number, data: readonly number[]): number[] {
  return [...u16(type), ...vector16(data)];
}

function handshake(type: number, body: readonly number[]): number[] {
  return [type, ...u24(body.length), ...body];
}

/** A handshake message in TLS records of at most `size` octets. */
export function tlsRecords(message: readonly number[], size = 16_384): Uint8Array {
  const records: number[] = [];
  for (let at = 0; at < message.length; at += size) {
    records.push(22, 3, 1, ...vector16(message.slice(at, at + size)));
  }
  return Uint8Array.from(records);
}

/** A ClientHello (RFC 8446 §4.1.2) with a padding extension of `padding` octets before the name. */
export function clientHello(name: string, padding = 0): number[] {
  const versions = [0x0a, 0x0a, 3, 4, 3, 3];
  return handshake(1, [
    ...[3, 3, ...Array<number>(32).fill(7)],
    ...vector8(Array<number>(32).fill(8)),
    ...vector16([0x13, 0x01, 0x13, 0x02]),
    ...vector8([0]),
    ...vector16([
      ...extension(21, Array<number>(padding).fill(0)),
      ...extension(0, vector16([0, ...vector16(ascii(name))])),
      ...extension(16, vector16([...vector8(ascii("h2")), ...vector8(ascii("http/1.1"))])),
      ...extension(43, vector8(versions)),
    ]),
  ]);
}

/** A ServerHello (RFC 8446 §4.1.3): TLS 1.3, or 1.2 with the protocol that was chosen. */
export function serverHello(alpn: string | null = null): number[] {
  const extensions = alpn === null
    ? extension(43, [3, 4])
    : extension(16, vector16(vector8(ascii(alpn))));
  const cipher = alpn === null ? [0x13, 0x02] : [0xc0, 0x2f];
  return handshake(2, [
    ...[3, 3, ...Array<number>(32).fill(9)],
    ...vector8([]),
    ...cipher,
    0,
    ...vector16(extensions),
  ]);
}

/** A DHCP message (RFC 2131 §2) with a type and a host name. */
export function dhcpMessage(op: 1 | 2, type: number, hostName: string | null): Uint8Array {
  const fixed = [op, 1, 6, 0, ...Array<number>(232).fill(0)];
  const name = hostName === null ? [] : [12, ...vector8(ascii(hostName))];
  return Uint8Array.from([...fixed, 0x63, 0x82, 0x53, 0x63, 53, 1, type, ...name, 255]);
}

/** An NTP packet, version 4 (RFC 5905 §7.3). */
export function ntpPacket(mode: number, stratum: number): Uint8Array {
  const packet = new Uint8Array(48);
  packet.set([4 << 3 | mode, stratum]);
  return packet;
}

function bgpMessage(type: number, body: readonly number[]): number[] {
  return [...Array<number>(16).fill(255), ...u16(19 + body.length), type, ...body];
}

/** A BGP OPEN of a speaker with a four-octet AS number (RFC 4271 §4.2, RFC 6793 §3). */
export function bgpOpen(asNumber: number): Uint8Array {
  const capability = [65, 4, asNumber >>> 24, asNumber >> 16 & 255, ...u16(asNumber & 0xffff)];
  const parameters = [2, ...vector8(capability)];
  const fixed = [4, ...u16(23456), 0, 90, 192, 0, 2, 1];
  return Uint8Array.from(bgpMessage(1, [...fixed, ...vector8(parameters)]));
}

/** A BGP NOTIFICATION (RFC 4271 §4.5). */
export function bgpNotification(code: number, subcode: number): Uint8Array {
  return Uint8Array.from(bgpMessage(3, [code, subcode]));
}

/** A QUIC Initial without a token, its protected part zero (RFC 9000 §17.2.2). */
export function quicInitial(destination: readonly number[], source: readonly number[]): Uint8Array {
  return Uint8Array.from([
    ...[0xc0, 0, 0, 0, 1],
    ...vector8(destination),
    ...vector8(source),
    ...[0, 0x44, 0xb0],
    ...Array<number>(1200).fill(0),
  ]);
}
