/**
 * The network as it is, with a record of every octet that went through.
 *
 * @module
 */
import { dial } from "../../lib/io/dial.ts";
import type { Connection } from "../../lib/io/io.ts";
import type { LookingGlassOptions } from "../../lib/looking_glass/create_looking_glass.ts";

/** What looking glasses dial with, and what came of it. */
export class TappedNet {
  /** Connections made. */
  dialled = 0;
  readonly #heard: Uint8Array[] = [];
  readonly #said: Uint8Array[] = [];

  /** For the options of a looking glass. */
  readonly net: LookingGlassOptions["net"] = {
    mayConnect: () => Promise.resolve(true),
    dial: async (request) => {
      this.dialled++;
      return this.#tap(await dial(request));
    },
  };

  /** All octets received. */
  get heard(): Uint8Array {
    return joined(this.#heard);
  }

  /** All octets sent. */
  get said(): Uint8Array {
    return joined(this.#said);
  }

  #tap(connection: Connection): Connection {
    return {
      remoteAddress: connection.remoteAddress,
      remotePort: connection.remotePort,
      localAddress: connection.localAddress,
      read: async (into) => {
        const count = await connection.read(into);
        this.#heard.push(into.slice(0, count ?? 0));
        return count;
      },
      write: async (bytes) => {
        const count = await connection.write(bytes);
        this.#said.push(bytes.slice(0, count));
        return count;
      },
      close: () => connection.close(),
    };
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
