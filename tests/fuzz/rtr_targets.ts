/**
 * What RTR caches send: single PDUs, and whole answers in any pieces.
 *
 * @module
 */
import { DecodeError, RemoteFailure } from "../../lib/errors/mod.ts";
import { systemClock } from "../../lib/io/clock.ts";
import type { Connection } from "../../lib/io/io.ts";
import { decodePdu, pduLength } from "../../lib/registry/rtr/pdu.ts";
import { askCache } from "../../lib/registry/rtr/rtr_exchange.ts";
import { cacheResponse, endOfData, prefix4, prefix6, rtrPdu } from "../support/rtr_cache.ts";
import { attempt, choose, type FuzzTarget, must, mustBePrintable, type Outcome } from "./target.ts";

const PDUS = [0, 1].flatMap((version) => [
  rtrPdu(version, 0, 7, "0000002a"),
  cacheResponse(7, version),
  prefix4(2, true, version),
  prefix4(2, false, version),
  prefix6(version),
  endOfData(4, 7, version),
  rtrPdu(version, 8, 0, ""),
  rtrPdu(version, 9, 0, "00".repeat(115)),
  rtrPdu(version, 10, 2, "00000008 0102000000000008 00000004 77616974"),
]);

function joined(...pdus: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pdus.flatMap((pdu) => [...pdu]));
}

/** A connection that gives `bytes` in pieces and swallows what is written. */
function connectionOf(bytes: Uint8Array, size: number): Connection {
  let at = 0;
  return {
    remoteAddress: "127.0.0.1",
    remotePort: 323,
    localAddress: "127.0.0.1",
    read: (into) => {
      if (at === bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(at, Math.min(at + size, at + into.length));
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
    write: (octets) => Promise.resolve(octets.length),
    close: () => {},
  };
}

async function runAnswer(input: Uint8Array): Promise<Outcome> {
  const [choice, bytes] = choose(input);
  const read = async (size: number): Promise<string> => {
    let prefixes = 0;
    try {
      const outcome = await askCache({
        version: choice & 1 ? 1 : 0,
        since: choice & 2 ? { session: 7, serial: 3 } : null,
      }, {
        connection: connectionOf(bytes, size),
        label: "127.0.0.1:323",
        clock: systemClock,
        signal: new AbortController().signal,
        onPrefix: () => {
          prefixes++;
          return null;
        },
      });
      return JSON.stringify([outcome, prefixes]);
    } catch (error) {
      if (!(error instanceof RemoteFailure)) throw error;
      mustBePrintable(error.message, 300, "the message");
      mustBePrintable(String(error.detail.remote_said ?? ""), 200, "the cache's words");
      return `${error.message} ${prefixes}`;
    }
  };
  const whole = await read(bytes.length + 1);
  must(await read(1 + (choice >> 2)) === whole, "a split changed the answer");
  return whole.replaceAll(/\d+/g, "N");
}

function runPdu(bytes: Uint8Array): Outcome {
  if (bytes.length < 8) return;
  const length = attempt([DecodeError], () => pduLength(bytes));
  if ("error" in length || length.value > bytes.length) return "length";
  const decoded = attempt([DecodeError], () => decodePdu(bytes.subarray(0, length.value)));
  if ("error" in decoded) return decoded.error.message.replaceAll(/\d+/g, "N");
  const pdu = decoded.value;
  if (pdu.kind === "prefix") {
    const { prefix, maxLength } = pdu.vrp;
    must(prefix.length <= maxLength && maxLength <= (prefix.family === 4 ? 32 : 128), "lengths");
  }
  if (pdu.kind === "error_report") mustBePrintable(pdu.text, 200, "the text");
  return pdu.kind;
}

/** Everything that reads what a cache sends. */
export const rtrTargets: readonly FuzzTarget[] = [
  { name: "rtr_pdu", seeds: PDUS, run: runPdu },
  {
    name: "rtr_answer",
    seeds: [0, 1].flatMap((version) => {
      const answer = joined(
        cacheResponse(7, version),
        prefix4(1, true, version),
        prefix6(version),
        prefix4(2, false, version),
        endOfData(4, 7, version),
      );
      return [0, 1, 2, 3, 0x13].map((choice) => Uint8Array.of(choice, ...answer));
    }),
    words: PDUS,
    run: runAnswer,
  },
];
