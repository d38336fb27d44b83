/**
 * Captures that questions can be asked of without the engine around them.
 *
 * @module
 */
import type { Capture } from "../../lib/pcap/engine/question.ts";
import { walkPackets } from "../../lib/pcap/engine/walk.ts";
import { IndexShelf } from "../../lib/pcap/index/index_shelf.ts";
import type { CaptureScan } from "../../lib/pcap/scan.ts";
import { sourceOf } from "./capture_bytes.ts";
import { scanSource } from "./capture_scan.ts";

/** What a question is given when nobody stops it. */
export const UNHURRIED = { signal: new AbortController().signal };

/** Octets of an index that is as large as any test needs. */
const INDEX_BYTES = 2 ** 26;

/** The capture in `bytes`, whose index may take `indexBytes` octets. */
export function captureOf(bytes: Uint8Array, indexBytes: number = INDEX_BYTES): Capture {
  let scan: Promise<CaptureScan> | undefined;
  const walk: Capture["walk"] = (needs, visit) =>
    walkPackets(sourceOf(bytes), { needs, maxPackets: 0, signal: UNHURRIED.signal }, visit);
  return {
    path: "/captures/test.pcap",
    fileBytes: bytes.length,
    index: new IndexShelf().place("test", indexBytes),
    scan: () => scan ??= scanSource(sourceOf(bytes), UNHURRIED.signal),
    walk,
    walkAll: (needs, visit) => walk(needs, (batch) => visit(batch)),
  };
}

/** The capture in the file at `path`. */
export async function captureAt(path: string): Promise<Capture> {
  return captureOf(await Deno.readFile(path));
}
