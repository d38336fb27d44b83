/**
 * Telnet servers on loopback that follow a script, one run of it for each connection.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { withoutCommands } from "./telnet_lines.ts";
import type { Replay } from "./transcript.ts";
import { type Splitter, unsplit } from "./virtual_wire.ts";

/** The server's end of a connection. Its methods reject once the connection or the server is over. */
export class TelnetPeer {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #over: AbortSignal;
  readonly #octets: Uint8Array[];
  #unread = "";
  #wasCarriageReturn = false;

  constructor(socket: Socket, over: AbortSignal, octets: Uint8Array[]) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
    this.#over = over;
    this.#octets = octets;
  }

  /** Sends text as UTF-8, or octets. */
  async send(what: string | Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      this.#socket.write(what, (error) => error ? reject(error) : resolve())
    );
  }

  /** Sends octet by octet. */
  async drip(what: string, everyMs: number): Promise<void> {
    for (const octet of new TextEncoder().encode(what)) {
      await this.send(Uint8Array.of(octet));
      await this.sleep(everyMs);
    }
  }

  /** What the client sends next, telnet commands removed, maybe nothing. */
  async receive(): Promise<Uint8Array> {
    const chunk = await this.#chunks.next();
    if (chunk.done) throw new Error("The client has closed");
    this.#octets.push(chunk.value);
    return withoutCommands(chunk.value);
  }

  /** The next line that the client sends, ended by CR LF, CR NUL, CR or LF. */
  async readLine(): Promise<string> {
    for (let line = "";; line += await this.#character()) {
      if (line.endsWith("\r") || line.endsWith("\n")) {
        this.#wasCarriageReturn = line.endsWith("\r");
        return line.slice(0, -1);
      }
    }
  }

  /** The next key that the client sends. */
  async readKey(): Promise<string> {
    return await this.#character();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(this.#over.reason);
      };
      const timer = setTimeout(() => {
        this.#over.removeEventListener("abort", stop);
        resolve();
      }, ms);
      this.#over.addEventListener("abort", stop, { once: true });
      if (this.#over.aborted) stop();
    });
  }

  /** Does nothing until the server is over. */
  async forever(): Promise<never> {
    for (;;) await this.sleep(60_000);
  }

  /** Ends the connection with RST, once the client is likely to wait for octets. */
  async reset(): Promise<void> {
    await this.sleep(RESET_AFTER_MS);
    this.#socket.resetAndDestroy();
  }

  /** Ends the connection with FIN behind what was sent. */
  close(): void {
    if (this.#over.aborted) this.#socket.destroy();
    else this.#socket.end(() => this.#socket.destroy());
  }

  async #character(): Promise<string> {
    for (;;) {
      while (this.#unread === "") {
        this.#unread = new TextDecoder("latin1").decode(await this.receive());
      }
      const character = this.#unread.slice(0, 1);
      this.#unread = this.#unread.slice(1);
      const isSecondOfPair = this.#wasCarriageReturn && (character === "\n" || character === "\0");
      this.#wasCarriageReturn = false;
      if (!isSecondOfPair) return character;
    }
  }
}

/** Milliseconds. */
const RESET_AFTER_MS = 60;

/** What a server does with a connection; the connection is closed when it returns. */
export type TelnetScript = (peer: TelnetPeer) => Promise<void>;

/** A server that runs. */
export interface TelnetServer extends AsyncDisposable {
  readonly port: number;
  /** How many connections there were. */
  readonly accepted: number;
  /** How many are open. */
  readonly open: number;
  /** Everything that the scripts have read, telnet commands too, piece by piece. */
  readonly octets: readonly Uint8Array[];
}

/** Serves `script` on a port of 127.0.0.1 until it is disposed of. */
export async function serveTelnet(script: TelnetScript): Promise<TelnetServer> {
  const over = new AbortController();
  const runs = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  const octets: Uint8Array[] = [];
  let accepted = 0;
  const serve = async (socket: Socket) => {
    const peer = new TelnetPeer(socket, over.signal, octets);
    try {
      await script(peer);
    } catch (error) {
      // A script ends where its client or its server does.
      if (!socket.destroyed && !socket.readableEnded && !over.signal.aborted) throw error;
    } finally {
      peer.close();
    }
  };
  const server = createServer({ noDelay: true }, (socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    const run: Promise<void> = serve(socket).finally(() => runs.delete(run));
    runs.add(run);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    get open() {
      return sockets.size;
    },
    octets,
    async [Symbol.asyncDispose]() {
      over.abort(new Error("The server is over"));
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
      await Promise.all(runs);
    },
  };
}

/** A server that plays a recorded conversation, cut into pieces as `split` says. */
export function replayServer(
  replay: () => Replay,
  split: Splitter = unsplit,
): Promise<TelnetServer> {
  return serveTelnet(async (peer) => {
    const played = replay();
    let said = played.start();
    for (let offset = 0;; said = played.receive(await peer.receive())) {
      for (const { bytes, afterMs } of split(said.bytes, offset)) {
        if (afterMs > 0) await peer.sleep(afterMs);
        await peer.send(bytes);
      }
      offset += said.bytes.length;
      if (said.closes) return;
    }
  });
}
