/**
 * Captures that questions can be asked of without the engine around them.
 *
 * @module
 */
import type { Capture } from "../../lib/pcap/engine/question.ts";
import { walkPackets } from "../../lib/pcap/engine/walk.ts";
import type { CaptureScan } from "../../lib/pcap/scan.ts";
import { sourceOf } from "./capture_bytes.ts";
import { scanSource } from "./capture_scan.ts";

/** What a question is given when nobody stops it. */
export const UNHURRIED = { signal: new AbortController().signal };

/** The capture in `bytes`. */
export function captureOf(bytes: Uint8Array): Capture {
  let scan: Promise<CaptureScan> | undefined;
  return {
    path: "/captures/test.pcap",
    fileBytes: bytes.length,
    scan: () => scan ??= scanSource(sourceOf(bytes), UNHURRIED.signal),
    walk: (needs, visit) =>
      walkPackets(sourceOf(bytes), { needs, maxPackets: 0, signal: UNHURRIED.signal }, visit),
  };
}

/** The capture in the file at `path`. */
export async function captureAt(path: string): Promise<Capture> {
  return captureOf(await Deno.readFile(path));
}
