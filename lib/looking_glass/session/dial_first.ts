/**
 * The first of a host's addresses that answers, the two families by turns (RFC 8305).
 *
 * @module
 */
import type { Connection, Net } from "../../io/io.ts";

/** RFC 8305 §5, "Connection Attempt Delay", milliseconds. */
const ATTEMPT_DELAY_MS = 250;

/** Whom to dial. */
export interface DialFirstRequest {
  /** The name as configured, or null for an address. */
  readonly name: string | null;
  /** Judged addresses, canonical, at least one. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly configLine: string;
  /** Deadline and cancellation of the dialing; the connection outlives it. */
  readonly signal: AbortSignal;
}

/**
 * Dials one address after another, the next as soon as one has failed or has been silent for
 * 250 ms, and keeps the first connection.
 *
 * @throws what the attempt that failed first has thrown, if all fail
 */
export async function dialFirst(
  net: Pick<Net, "dial" | "mayConnect">,
  { name, addresses, port, configLine, signal }: DialFirstRequest,
): Promise<Connection> {
  const attempts: AbortController[] = [];
  const abortAll = () => attempts.forEach((attempt) => attempt.abort(signal.reason));
  const winner = Promise.withResolvers<Connection>();
  const failures: unknown[] = [];
  let isOver = false;

  const attempt = async (address: string): Promise<void> => {
    // A controller each, since an abort closes the connection for as long as that lives.
    const stop = new AbortController();
    attempts.push(stop);
    if (signal.aborted) stop.abort(signal.reason);
    try {
      const connection = await net.dial({
        ...(name === null ? {} : { name }),
        address,
        port,
        judged: addresses,
        signal: stop.signal,
        configLine,
      });
      if (isOver) return connection.close();
      isOver = true;
      attempts.splice(attempts.indexOf(stop), 1);
      winner.resolve(connection);
    } catch (error) {
      failures.push(error);
    }
  };

  const dialAll = async (): Promise<void> => {
    const running: Promise<void>[] = [];
    for (const address of await toDial(net, addresses, port)) {
      if (isOver || signal.aborted) break;
      const one = attempt(address);
      running.push(one);
      await orAfter(one, ATTEMPT_DELAY_MS, signal);
    }
    await Promise.all(running);
    if (!isOver) winner.reject(failures[0] ?? signal.reason);
  };

  signal.addEventListener("abort", abortAll, { once: true });
  try {
    dialAll().catch(winner.reject);
    return await winner.promise;
  } finally {
    isOver = true;
    signal.removeEventListener("abort", abortAll);
    abortAll();
  }
}

/** Where the flags name the host and no address of it, one attempt by name tries them all. */
async function toDial(
  net: Pick<Net, "mayConnect">,
  addresses: readonly string[],
  port: number,
): Promise<readonly string[]> {
  const mayDial = await Promise.all(addresses.map((address) => net.mayConnect(address, port)));
  const granted = addresses.filter((_, index) => mayDial[index]);
  return granted.length === 0 ? addresses.slice(0, 1) : byTurns(granted);
}

/** Families by turns, beginning with that of the first address (RFC 8305 §4). */
function byTurns(addresses: readonly string[]): readonly string[] {
  const isV6 = (address: string) => address.includes(":");
  const [first = ""] = addresses;
  const same = addresses.filter((address) => isV6(address) === isV6(first));
  const other = addresses.filter((address) => isV6(address) !== isV6(first));
  return same.flatMap((address, index) => [address, ...other.slice(index, index + 1)])
    .concat(other.slice(same.length));
}

/** Until `work` settles, `ms` have passed or the signal aborts. */
async function orAfter(work: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  const onAbort = () => over.resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([work, over.promise]);
  clearTimeout(timer);
  signal.removeEventListener("abort", onAbort);
}
