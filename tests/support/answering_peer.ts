/**
 * A BGP speaker on loopback that takes one session, says no more than a session needs, and keeps
 * what it hears.
 *
 * @module
 */
import { hexText } from "../../lib/bytes/hex.ts";

const OPEN = 1;
const UPDATE = 2;
const KEEPALIVE = 4;

/** RFC 4271 §4.1. */
function message(type: number, body: readonly number[] = []): Uint8Array<ArrayBuffer> {
  const length = 19 + body.length;
  return Uint8Array.of(...Array(16).fill(255), length >> 8, length & 255, type, ...body);
}

/** Version 4, AS 65000, hold time 90 s, 127.0.0.2, IPv4 unicast and four-octet AS numbers. */
const PEER_OPEN = message(OPEN, [
  ...[4, 0xfd, 0xe8, 0, 90, 127, 0, 0, 2, 14, 2, 12],
  ...[1, 4, 0, 1, 0, 1],
  ...[65, 4, 0, 0, 0xfd, 0xe8],
]);

/** A BGP speaker that answers to what it hears and keeps every message. */
export class AnsweringPeer {
  readonly listener = Deno.listen({ hostname: "127.0.0.2", port: 0 });
  readonly port: number = (this.listener.addr as Deno.NetAddr).port;
  readonly heard: { readonly type: number; readonly body: Uint8Array }[] = [];
  readonly #up = Promise.withResolvers<void>();
  readonly established: Promise<void> = this.#up.promise;
  /** Resolves when the other side has closed the connection. */
  readonly over: Promise<void> = this.#serve();

  async #serve(): Promise<void> {
    using connection = await this.listener.accept();
    let held = new Uint8Array(0);
    const chunk = new Uint8Array(65_536);
    for (;;) {
      const count = await connection.read(chunk);
      if (count === null) return;
      held = Uint8Array.from([...held, ...chunk.subarray(0, count)]);
      for (;;) {
        const length = held.length < 19 ? 0 : (held[16] ?? 0) << 8 | (held[17] ?? 0);
        if (length === 0 || held.length < length) break;
        await this.#take(connection, held[18] ?? 0, held.slice(19, length));
        held = held.slice(length);
      }
    }
  }

  async #take(connection: Deno.Conn, type: number, body: Uint8Array): Promise<void> {
    this.heard.push({ type, body });
    if (type === OPEN) {
      await connection.write(PEER_OPEN);
      await connection.write(message(KEEPALIVE));
    } else if (type === KEEPALIVE) this.#up.resolve();
  }

  /** Resolves once the bodies of the UPDATEs so far, in hexadecimal digits, are what is waited for. */
  async hears(isThere: (updates: readonly string[]) => boolean): Promise<void> {
    while (
      !isThere(this.heard.filter(({ type }) => type === UPDATE).map(({ body }) => hexText(body)))
    ) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
