/**
 * Frames with valid checksums, written straight into a pcap file: Ethernet, VLAN, IPv4 and IPv6,
 * TCP, UDP, ICMP, ARP. The payload is one fixed block whose sums are known beforehand.
 */

const MAX_FRAME = 1600;
const BUFFER_BYTES = 1_048_576;
const MAX_PAYLOAD = 1460;

/** Two hosts that talk; numbers become addresses in 10/8 or fd00::/8. */
export interface Pair {
  readonly isV6: boolean;
  readonly vlan: number;
  readonly client: number;
  readonly server: number;
  readonly clientPort: number;
  readonly serverPort: number;
}

/** The fields of one TCP segment. */
export interface Segment {
  readonly fromClient: boolean;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  /** Even, at most 1460. */
  readonly payload: number;
}

/** MSS 1460, SACK permitted, no-op, window scale 7 (RFC 9293, RFC 2018, RFC 7323), padded. */
const SYN_OPTIONS = [2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7, 0, 0];

/** Writes a capture to disk as its frames come. */
export class FrameWriter {
  /** Microseconds since the Unix epoch. */
  clockUs = 1_700_000_000_000_000;
  packets = 0;
  /** Octets on the wire. */
  wireBytes = 0;
  readonly #file: Deno.FsFile;
  readonly #snapLength: number;
  readonly #out = new Uint8Array(BUFFER_BYTES);
  readonly #outView = new DataView(this.#out.buffer);
  readonly #frame = new Uint8Array(MAX_FRAME);
  readonly #view = new DataView(this.#frame.buffer);
  readonly #payload = new Uint8Array(MAX_PAYLOAD);
  /** Sum of the first `n` 16-bit words of the payload. */
  readonly #payloadSum = new Float64Array(MAX_PAYLOAD / 2 + 1);
  #used = 0;
  #identification = 0;
  #nextIdentification: number | null = null;

  constructor(path: string, snapLength: number) {
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
    this.#snapLength = snapLength;
    for (let index = 0; index < MAX_PAYLOAD; index++) this.#payload[index] = index * 37 + 11;
    for (let word = 0; word < MAX_PAYLOAD / 2; word++) {
      const value = (this.#payload[2 * word] ?? 0) << 8 | (this.#payload[2 * word + 1] ?? 0);
      this.#payloadSum[word + 1] = (this.#payloadSum[word] ?? 0) + value;
    }
    [0xa1b2c3d4, 0x00040002, 0, 0, snapLength, 1].forEach((word) => {
      this.#outView.setUint32(this.#used, word, true);
      this.#used += 4;
    });
  }

  /** The IP identification of a packet that is sent now, and captured later or never. */
  takeIdentification(): number {
    return this.#identification++;
  }

  /** Gives the next IPv4 packet an identification that was taken before. */
  giveIdentification(identification: number): void {
    this.#nextIdentification = identification;
  }

  tcp(pair: Pair, segment: Segment): void {
    const { fromClient, seq, ack, flags, window, payload } = segment;
    const options = (flags & 2) === 0 ? 0 : SYN_OPTIONS.length;
    const length = 20 + options + payload;
    const at = this.#network(pair, fromClient, 6, length);
    const view = this.#view;
    view.setUint16(at, fromClient ? pair.clientPort : pair.serverPort);
    view.setUint16(at + 2, fromClient ? pair.serverPort : pair.clientPort);
    view.setUint32(at + 4, seq >>> 0);
    view.setUint32(at + 8, ack >>> 0);
    view.setUint8(at + 12, (20 + options) << 2);
    view.setUint8(at + 13, flags);
    view.setUint16(at + 14, window);
    view.setUint32(at + 16, 0);
    if (options > 0) this.#frame.set(SYN_OPTIONS, at + 20);
    const header = at + 20 + options;
    this.#frame.set(this.#payload.subarray(0, payload), header);
    const sum = this.#pseudoSum(pair, 6, length) + this.#sum(at, header) +
      (this.#payloadSum[payload / 2] ?? 0);
    view.setUint16(at + 16, fold(sum));
    this.#record(header + payload);
  }

  udp(pair: Pair, fromClient: boolean, data: Uint8Array): void {
    const at = this.#network(pair, fromClient, 17, 8 + data.length);
    const view = this.#view;
    view.setUint16(at, fromClient ? pair.clientPort : pair.serverPort);
    view.setUint16(at + 2, fromClient ? pair.serverPort : pair.clientPort);
    view.setUint16(at + 4, 8 + data.length);
    view.setUint16(at + 6, 0);
    this.#frame.set(data, at + 8);
    const end = at + 8 + data.length;
    // Zero would mean "no checksum" (RFC 768).
    const sum = fold(this.#pseudoSum(pair, 17, 8 + data.length) + this.#sum(at, end));
    view.setUint16(at + 6, sum === 0 ? 0xffff : sum);
    this.#record(end);
  }

  /** Echo request and reply, ICMP or ICMPv6, 56 octets of data. */
  echo(pair: Pair, isRequest: boolean, sequence: number): void {
    const at = this.#network(pair, isRequest, pair.isV6 ? 58 : 1, 64);
    const view = this.#view;
    view.setUint16(at, (pair.isV6 ? (isRequest ? 128 : 129) : (isRequest ? 8 : 0)) << 8);
    view.setUint16(at + 2, 0);
    view.setUint16(at + 4, pair.clientPort);
    view.setUint16(at + 6, sequence & 0xffff);
    this.#frame.set(this.#payload.subarray(0, 56), at + 8);
    const pseudo = pair.isV6 ? this.#pseudoSum(pair, 58, 64) : 0;
    view.setUint16(at + 2, fold(pseudo + this.#sum(at, at + 64)));
    this.#record(at + 64);
  }

  arp(pair: Pair, isRequest: boolean): void {
    const at = this.#ethernet(pair, isRequest, 0x0806);
    const view = this.#view;
    [1, 0x0800, 0x0604, isRequest ? 1 : 2].forEach((word, index) =>
      view.setUint16(at + 2 * index, word)
    );
    const [from, to] = isRequest ? [pair.client, pair.server] : [pair.server, pair.client];
    this.#mac(at + 8, from);
    view.setUint32(at + 14, ipv4Of(from));
    if (isRequest) {
      this.#frame.fill(0xff, 0, 6);
      this.#frame.fill(0, at + 18, at + 24);
    } else this.#mac(at + 18, to);
    view.setUint32(at + 24, ipv4Of(to));
    // 60 octets is the least that Ethernet carries without FCS.
    this.#frame.fill(0, at + 28, 60);
    this.#record(Math.max(60, at + 28));
  }

  close(): void {
    this.#flush();
    this.#file.close();
  }

  #ethernet(pair: Pair, fromClient: boolean, type: number): number {
    this.#mac(0, fromClient ? pair.server : pair.client);
    this.#mac(6, fromClient ? pair.client : pair.server);
    if (pair.vlan === 0) {
      this.#view.setUint16(12, type);
      return 14;
    }
    this.#view.setUint32(12, 0x8100_0000 + pair.vlan);
    this.#view.setUint16(16, type);
    return 18;
  }

  #network(pair: Pair, fromClient: boolean, protocol: number, length: number): number {
    const view = this.#view;
    const from = fromClient ? pair.client : pair.server;
    const to = fromClient ? pair.server : pair.client;
    if (pair.isV6) {
      const at = this.#ethernet(pair, fromClient, 0x86dd);
      this.#nextIdentification = null;
      view.setUint32(at, 0x6000_0000);
      view.setUint16(at + 4, length);
      view.setUint16(at + 6, protocol << 8 | 64);
      [from, to].forEach((host, index) => {
        const address = at + 8 + 16 * index;
        view.setUint32(address, 0xfd00_0000);
        view.setUint32(address + 4, 0);
        view.setUint32(address + 8, 0);
        view.setUint32(address + 12, host);
      });
      return at + 40;
    }
    const at = this.#ethernet(pair, fromClient, 0x0800);
    view.setUint16(at, 0x4500);
    view.setUint16(at + 2, 20 + length);
    view.setUint16(at + 4, (this.#nextIdentification ?? this.#identification++) & 0xffff);
    this.#nextIdentification = null;
    view.setUint16(at + 6, 0x4000);
    view.setUint16(at + 8, 64 << 8 | protocol);
    view.setUint16(at + 10, 0);
    view.setUint32(at + 12, ipv4Of(from));
    view.setUint32(at + 16, ipv4Of(to));
    view.setUint16(at + 10, fold(this.#sum(at, at + 20)));
    return at + 20;
  }

  #mac(at: number, host: number): void {
    this.#view.setUint16(at, 0x0200);
    this.#view.setUint32(at + 2, host);
  }

  /** Addresses, protocol and length: the same sum in both directions. */
  #pseudoSum(pair: Pair, protocol: number, length: number): number {
    const fixed = pair.isV6 ? 2 * 0xfd00 : 0;
    return [pair.client, pair.server].reduce((sum, host) => {
      const word = pair.isV6 ? host : ipv4Of(host);
      return sum + (word >>> 16) + (word & 0xffff);
    }, fixed + protocol + length);
  }

  #sum(from: number, to: number): number {
    let sum = 0;
    for (let at = from; at + 1 < to; at += 2) sum += this.#view.getUint16(at);
    return (to - from) % 2 === 0 ? sum : sum + ((this.#frame[to - 1] ?? 0) << 8);
  }

  #record(length: number): void {
    if (this.#used + 16 + length > BUFFER_BYTES) this.#flush();
    const captured = Math.min(length, this.#snapLength);
    const view = this.#outView;
    const at = this.#used;
    const sec = Math.floor(this.clockUs / 1e6);
    view.setUint32(at, sec, true);
    view.setUint32(at + 4, this.clockUs - sec * 1e6, true);
    view.setUint32(at + 8, captured, true);
    view.setUint32(at + 12, length, true);
    this.#out.set(this.#frame.subarray(0, captured), at + 16);
    this.#used += 16 + captured;
    this.packets++;
    this.wireBytes += length;
  }

  #flush(): void {
    for (let at = 0; at < this.#used;) {
      at += this.#file.writeSync(this.#out.subarray(at, this.#used));
    }
    this.#used = 0;
  }
}

function ipv4Of(host: number): number {
  return (0x0a00_0000 + host) >>> 0;
}

/** One's complement of the folded sum (RFC 1071). */
function fold(sum: number): number {
  let left = sum;
  while (left > 0xffff) left = (left & 0xffff) + Math.floor(left / 65_536);
  return ~left & 0xffff;
}
