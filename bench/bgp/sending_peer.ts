/**
 * A BGP peer that only sends: opens a session, keeps it up, and pushes files of messages into it as
 * fast as the other side takes them. It shares no code with what it measures.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Proposed unless told otherwise, seconds. */
const HOLD_TIME_SEC = 180;
/** Octets of a message without a body (RFC 4271 §4.1). */
const HEADER = 19;
/** Most octets handed to the socket at once. */
const PIECE = 1 << 18;
/** Between two looks at what is not acknowledged yet, milliseconds. */
const LOOK_MS = 50;
const OPEN = 1, UPDATE = 2, NOTIFICATION = 3, KEEPALIVE = 4;

/** A session to open. */
export interface PeerWish {
  /** Where to dial. */
  readonly address: string;
  readonly port: number;
  /** Address that the connection leaves from. */
  readonly localAddress: string;
  readonly asn: number;
  /** Four octets. */
  readonly routerId: readonly [number, number, number, number];
  /** Proposed, seconds (RFC 4271 §4.2); a KEEPALIVE is sent three times as often. */
  readonly holdTimeSec?: number;
}

/** How sending went, milliseconds since it began. */
export interface SendTimes {
  /** The kernel had taken the last octet. */
  readonly writtenMs: number;
  /** The other side's kernel had acknowledged it. */
  readonly acknowledgedMs: number;
}

/** A session that is Established. */
export class SendingPeer {
  /** What ended it, or null while it is up. */
  ended: string | null = null;
  readonly #socket: Socket;
  readonly #keepalives: ReturnType<typeof setInterval>;
  readonly #closed: Promise<void>;
  #onUpdate = () => {};
  #lastHeardAt = performance.now();
  #longestSilenceMs = 0;

  private constructor(socket: Socket, holdTimeSec: number) {
    this.#socket = socket;
    this.#keepalives = setInterval(
      () => socket.write(message(KEEPALIVE)),
      holdTimeSec * 1_000 / 3,
    );
    socket.on("data", (octets) => this.#take(octets as Uint8Array));
    this.#closed = new Promise((resolve) => socket.on("close", () => resolve()));
    this.#closed.then(() => this.#end("closed"));
    socket.on("error", (error) => this.#end(error.message));
  }

  /** Dials, again and again for `patienceMs`, and shakes hands. */
  static async open(wish: PeerWish, patienceMs = 20_000): Promise<SendingPeer> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        return new SendingPeer(await establish(wish), wish.holdTimeSec ?? HOLD_TIME_SEC);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  /** Sends whole messages. */
  async send(octets: Uint8Array): Promise<SendTimes> {
    const started = performance.now();
    for (const piece of pieces(octets)) {
      if (this.ended !== null) break;
      const taken = new Promise<void>((resolve) => this.#socket.write(piece, () => resolve()));
      await Promise.race([taken, this.#closed]);
    }
    const writtenMs = performance.now() - started;
    while (this.ended === null && await this.#unacknowledged() > 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    if (this.ended !== null) throw new Error(`The session ended while sending: ${this.ended}`);
    return { writtenMs, acknowledgedMs: performance.now() - started };
  }

  /** Sends octets without waiting for anything. */
  write(octets: Uint8Array): void {
    this.#socket.write(octets);
  }

  /** Resolves when an UPDATE comes. */
  heard(): Promise<void> {
    return new Promise((resolve) => this.#onUpdate = resolve);
  }

  /** Longest time in which nothing came, milliseconds, up to now; it is counted anew then. */
  takeLongestSilenceMs(): number {
    const longest = Math.max(this.#longestSilenceMs, performance.now() - this.#lastHeardAt);
    this.#longestSilenceMs = 0;
    return longest;
  }

  /** Closes the connection without a word: the receiver sees a lost feed. */
  close(): void {
    this.#end("closed here");
    this.#socket.destroy();
  }

  #end(reason: string): void {
    clearInterval(this.#keepalives);
    this.ended ??= reason;
  }

  #take(octets: Uint8Array): void {
    const now = performance.now();
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, now - this.#lastHeardAt);
    this.#lastHeardAt = now;
    if (messageTypes(octets).includes(UPDATE)) this.#onUpdate();
    // A NOTIFICATION is the last thing that comes, nearly always in a piece of its own.
    const [type, code, subcode] = octets.subarray(18, 21);
    if (octets[0] === 255 && type === NOTIFICATION) this.#end(`NOTIFICATION ${code}/${subcode}`);
  }

  /** Octets between our end and the other kernel, as Linux shows them. */
  async #unacknowledged(): Promise<number> {
    const local = `:${this.#socket.localPort!.toString(16).padStart(4, "0").toUpperCase()} `;
    const remote = `:${this.#socket.remotePort!.toString(16).padStart(4, "0").toUpperCase()} `;
    const table = await Deno.readTextFile("/proc/net/tcp");
    const row = table.split("\n").find((line) => {
      const from = line.indexOf(local);
      return from > 0 && line.indexOf(remote, from) > from;
    });
    const queue = row === undefined ? "0" : /^ *\d+: \S+ \S+ \S+ ([0-9A-F]{8}):/.exec(row)?.[1];
    return parseInt(queue ?? "0", 16) + this.#socket.writableLength;
  }
}

/** Waits for the peer's OPEN and first KEEPALIVE (RFC 4271 §8.2.2). */
async function establish(wish: PeerWish): Promise<Socket> {
  const socket = connect({
    host: wish.address,
    port: wish.port,
    localAddress: wish.localAddress,
    noDelay: true,
  });
  try {
    await once(socket, "connect");
    socket.write(openMessage(wish));
    let seen = new Uint8Array(0);
    while (true) {
      const [octets] = await Promise.race([
        once(socket, "data"),
        once(socket, "close").then(() => {
          throw new Error("closed before it was Established");
        }),
      ]) as [Uint8Array];
      seen = Uint8Array.from([...seen, ...octets]);
      const types = messageTypes(seen);
      if (types.includes(NOTIFICATION)) throw new Error("NOTIFICATION instead of OPEN");
      if (types[0] === OPEN && types.includes(KEEPALIVE)) break;
    }
    socket.write(message(KEEPALIVE));
    socket.removeAllListeners("data");
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Cut behind whole messages, as a KEEPALIVE may come between two pieces. */
export function* pieces(octets: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  for (let at = 0; at < octets.length;) {
    const end = at + (octets[at + 16]! << 8 | octets[at + 17]!);
    if (end - start > PIECE) {
      yield octets.subarray(start, at);
      start = at;
    }
    at = end;
  }
  yield octets.subarray(start);
}

function messageTypes(octets: Uint8Array): number[] {
  const types: number[] = [];
  for (
    let at = 0;
    at + HEADER <= octets.length;
    at += Math.max(HEADER, octets[at + 16]! << 8 | octets[at + 17]!)
  ) {
    types.push(octets[at + 18]!);
  }
  return types;
}

/** Four-octet AS numbers, IPv4 and IPv6 unicast. */
function openMessage(
  { asn, routerId, holdTimeSec = HOLD_TIME_SEC }: PeerWish,
): Uint8Array {
  const capabilities = [
    [1, 4, 0, 1, 0, 1],
    [1, 4, 0, 2, 0, 1],
    [65, 4, asn >>> 24, asn >>> 16 & 255, asn >>> 8 & 255, asn & 255],
  ].flatMap((capability) => [2, capability.length, ...capability]);
  const shortAs = asn > 0xffff ? 23456 : asn;
  return message(OPEN, [
    4,
    shortAs >>> 8,
    shortAs & 255,
    holdTimeSec >>> 8,
    holdTimeSec & 255,
    ...routerId,
    capabilities.length,
    ...capabilities,
  ]);
}

function message(type: number, body: readonly number[] = []): Uint8Array {
  const length = HEADER + body.length;
  return Uint8Array.from([
    ...Array<number>(16).fill(255),
    length >>> 8,
    length & 255,
    type,
    ...body,
  ]);
}
