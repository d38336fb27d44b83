/**
 * Captures: whatever the octets of the file, from its first header to the last analyzer of the pass.
 *
 * @module
 */
import { DecodeError } from "../../lib/errors/mod.ts";
import { Filter } from "../../lib/pcap/filter/filter.ts";
import { parseFilter } from "../../lib/pcap/filter/parse_filter.ts";
import type { PassBatch, PassFacts } from "../../lib/pcap/pass.ts";
import { sourceOf } from "../support/capture_bytes.ts";
import { scanSource } from "../support/capture_scan.ts";
import { NASTY_CAPTURES } from "./nasty_captures.ts";
import { type FuzzTarget, must, type Outcome } from "./target.ts";

const MAX_BYTES = 4096;

const { signal } = new AbortController();

/** Rows whose columns point outside their packet are violations; answers what was seen. */
function checkBatch({ packets, dissected }: PassBatch, seen: Set<string>): void {
  const { offset, capturedLength, wireLength, bytes, timeNsec } = packets;
  for (let row = 0; row < packets.count; row++) {
    const start = offset[row] ?? 0;
    const end = start + (capturedLength[row] ?? 0);
    must(start >= 0 && end >= start && end <= bytes.length, "a packet lies outside the window");
    must(
      (wireLength[row] ?? 0) >= end - start,
      "a packet was shorter on the wire than in the file",
    );
    must((timeNsec[row] ?? 0) >= 0 && (timeNsec[row] ?? 0) < 1e9, "a part of a second is none");
    const address = dissected.addressLength[row] ?? 0;
    const payload = dissected.payloadCaptured[row] ?? 0;
    for (
      const [at, length] of [
        [dissected.srcOffset[row] ?? -1, address],
        [dissected.dstOffset[row] ?? -1, address],
        [dissected.l3Offset[row] ?? -1, 1],
        [dissected.l4Offset[row] ?? -1, 0],
        // Where nothing of a payload was captured, its offset may lie behind what was.
        [payload > 0 ? dissected.payloadOffset[row] ?? -1 : -1, payload],
      ] as const
    ) {
      must(at === -1 || (at >= start && at + length <= end), "a header lies outside its packet");
    }
    const path = dissected.paths.nameOf(dissected.path[row] ?? 0);
    seen.add(`${path} ${dissected.malformed[row]}`);
  }
}

/** Ports, flags and protocols, as each of the ways to judge them has to. */
const FILTER = "(tcp.port > 443 xor udp.port != 53) or (tcp.flags.syn == 1 and not ip) or dns";

/** A filter that does not keep the same with compiled code as without is a violation. */
function makeFilterCheck(): (batch: PassBatch) => void {
  const expression = parseFilter(FILTER);
  const compiled = new Filter(expression);
  const plain = new Filter(expression);
  return (batch) => {
    const kept = compiled.select(batch).toString();
    must(kept === plain.select({ ...batch, arena: null }).toString(), "a filter keeps other rows");
  };
}

function checkFacts(facts: PassFacts, file: Uint8Array): void {
  must(facts.complete === (facts.truncatedAt === null), "incomplete, and nothing was given up");
  must(facts.capturedBytes <= facts.wireBytes, "more was captured than sent");
  const isPlain = facts.format.compression === null;
  must(!isPlain || facts.capturedBytes <= file.length, "packets have more octets than the file");
}

async function run(bytes: Uint8Array): Promise<Outcome> {
  const seen = new Set<string>();
  const checkFilter = makeFilterCheck();
  try {
    const { facts } = await scanSource(sourceOf(bytes), signal, (batch) => {
      checkBatch(batch, seen);
      checkFilter(batch);
    });
    checkFacts(facts, bytes);
    return [...facts.warningCounts.keys(), ...seen].sort().join();
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
}

/** Targets of lib/pcap. */
export const captureTargets: readonly FuzzTarget[] = [{
  name: "capture_file",
  seeds: NASTY_CAPTURES.map(({ bytes }) => bytes()).filter(({ length }) => length <= MAX_BYTES),
  maxBytes: MAX_BYTES,
  run,
}];
