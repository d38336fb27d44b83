/**
 * An RTR cache on loopback that answers as a test tells it to, and the PDUs that it can send: written
 * from RFC 8210 §5, apart from the code under test.
 *
 * @module
 */

/** What one connection is answered with, by the octets of the query; then it is closed. */
export type RtrScript = (query: Uint8Array, number: number) => readonly Uint8Array[] | "hold";

/** The cache; `stop` ends it. */
export interface ScriptedCache {
  readonly port: number;
  /** Queries as hexadecimal, and what came behind them before the end, in order. */
  readonly heard: readonly string[];
  stop(): Promise<void>;
}

/** Starts a cache on an ephemeral port of 127.0.0.1. */
export function startRtrCache(script: RtrScript): ScriptedCache {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heard: string[] = [];
  const open = new Set<Promise<void>>();
  const serve = async (connection: Deno.Conn, number: number): Promise<void> => {
    const buffer = new Uint8Array(4096);
    try {
      const query = buffer.slice(0, await connection.read(buffer) ?? 0);
      heard.push(query.toHex());
      const answer = script(query, number);
      for (const bytes of answer === "hold" ? [] : answer) {
        for (let sent = 0; sent < bytes.length;) {
          sent += await connection.write(bytes.subarray(sent));
        }
      }
      if (answer !== "hold") await connection.closeWrite();
      for (let read; (read = await connection.read(buffer)) !== null;) {
        heard.push(buffer.subarray(0, read).toHex());
      }
    } catch (error) {
      // A client that leaves in the middle is what some tests are about.
      if (
        !(error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe)
      ) throw error;
    } finally {
      connection.close();
    }
  };
  const serving = (async () => {
    let number = 0;
    for await (const connection of listener) {
      const one = serve(connection, ++number);
      open.add(one);
    }
  })();
  return {
    port: listener.addr.port,
    heard,
    stop: async () => {
      listener.close();
      await serving;
      await Promise.all(open);
    },
  };
}

/** A PDU: version, type, the two octets behind them, and what follows the length. */
export function rtrPdu(version: number, type: number, field: number, body: string): Uint8Array {
  const rest = Uint8Array.fromHex(body.replaceAll(" ", ""));
  const bytes = new Uint8Array(8 + rest.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  view.setUint8(1, type);
  view.setUint16(2, field);
  view.setUint32(4, bytes.length);
  bytes.set(rest, 8);
  return bytes;
}

const hex32 = (number: number): string => number.toString(16).padStart(8, "0");

/** The beginning of an answer. */
export const cacheResponse = (session = 7, version = 1) => rtrPdu(version, 3, session, "");

/** The end of an answer; in version 1 with intervals of 3600, 600 and 7200 seconds. */
export const endOfData = (serial: number, session = 7, version = 1) =>
  rtrPdu(
    version,
    7,
    session,
    hex32(serial) + (version === 0 ? "" : hex32(3600) + hex32(600) + hex32(7200)),
  );

/** 192.0.<third>.0/24 of AS 64496. */
export const prefix4 = (third: number, announced = true, version = 1) =>
  rtrPdu(
    version,
    4,
    0,
    `${announced ? "01" : "00"} 18 18 00 c000${third.toString(16).padStart(2, "0")}00 ${
      hex32(64496)
    }`,
  );

/** 2001:db8::/32 to /48 of AS 4200000000. */
export const prefix6 = (version = 1) =>
  rtrPdu(version, 6, 0, `01 20 30 00 20010db8 000000000000000000000000 ${hex32(4_200_000_000)}`);
