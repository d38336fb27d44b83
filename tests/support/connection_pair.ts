/**
 * Two ends of a connection in memory, with as much room as is asked for and faults on demand.
 *
 * @module
 */
import { RemoteFailure } from "../../lib/errors/mod.ts";
import type { TcpConnection } from "../../lib/io/io.ts";

/** Addresses and room of a pair. */
export interface PairOptions {
  readonly near?: string;
  readonly far?: string;
  /** Octets that one end takes before the other reads. Default: a megabyte. */
  readonly capacityBytes?: number;
}

/** One direction. */
class Pipe {
  readonly #capacityBytes: number;
  #octets: number[] = [];
  #isEnded = false;
  #isReset = false;
  #wake: (() => void)[] = [];

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#octets.length === 0) {
      if (this.#isReset) throw lost("reset");
      if (this.#isEnded) return null;
      await this.#changed();
    }
    const octets = this.#octets.splice(0, into.length);
    into.set(octets);
    this.#change();
    return octets.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.#octets.length >= this.#capacityBytes) {
      if (this.#isEnded || this.#isReset) throw lost("reset");
      await this.#changed();
    }
    if (this.#isEnded || this.#isReset) throw lost("reset");
    const taken = bytes.subarray(0, this.#capacityBytes - this.#octets.length);
    this.#octets.push(...taken);
    this.#change();
    return taken.length;
  }

  end(): void {
    this.#isEnded = true;
    this.#change();
  }

  reset(): void {
    this.#isReset = true;
    this.#octets = [];
    this.#change();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #change(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

function lost(failure: "reset"): RemoteFailure {
  return new RemoteFailure("connection", "Lost the connection: the far side reset the connection", {
    detail: { failure },
  });
}

/** One end, which can also be torn. */
export interface PairEnd extends TcpConnection {
  readonly isClosed: boolean;
  /** As if a RST arrived at the other end. */
  reset(): void;
}

/** The two ends; the first is the one that connected. */
export function connectionPair(options: PairOptions = {}): readonly [PairEnd, PairEnd] {
  const { near = "192.0.2.1", far = "192.0.2.2", capacityBytes = 1 << 20 } = options;
  const there = new Pipe(capacityBytes), back = new Pipe(capacityBytes);
  return [
    endOf(
      { localAddress: near, localPort: 50_000, remoteAddress: far, remotePort: 179 },
      back,
      there,
    ),
    endOf(
      { localAddress: far, localPort: 179, remoteAddress: near, remotePort: 50_000 },
      there,
      back,
    ),
  ];
}

function endOf(
  places: Pick<TcpConnection, "localAddress" | "localPort" | "remoteAddress" | "remotePort">,
  from: Pipe,
  to: Pipe,
): PairEnd {
  let isClosed = false;
  return {
    ...places,
    get isClosed() {
      return isClosed;
    },
    read: (into) => from.read(into),
    write: (bytes) => to.write(bytes),
    endWrite: () => Promise.resolve(to.end()),
    close: () => {
      isClosed = true;
      to.end();
      from.end();
    },
    reset: () => {
      to.reset();
      from.reset();
    },
  };
}
