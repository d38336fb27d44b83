/**
 * Validated ROA payloads as words in shared memory: half a million objects would be copied one by one
 * from thread to thread.
 *
 * @module
 */
import type { Vrp, VrpTable } from "../../route/vrp_table.ts";

/** Words of a payload: family, lengths and AS, then the address, 32 bits each. */
const WORDS = 6;
/** Payloads between two pauses: some milliseconds. */
const PAYLOADS_PER_TURN = 4_096;

/** Packs a table; `pause` lets others have their turn. The table must not change meanwhile. */
export async function packPayloads(
  table: VrpTable,
  pause: () => Promise<void>,
): Promise<Uint32Array> {
  const bytes = table.size * WORDS * Uint32Array.BYTES_PER_ELEMENT;
  const words = new Uint32Array(new SharedArrayBuffer(bytes));
  let at = 0, untilPause = PAYLOADS_PER_TURN;
  for (const { prefix: { family, length, value }, maxLength, asn } of table) {
    words[at] = family | length << 8 | maxLength << 16;
    words[at + 1] = asn;
    for (let word = 0; word < 4; word++) {
      words[at + 2 + word] = Number(value >> BigInt(96 - word * 32) & 0xffff_ffffn);
    }
    at += WORDS;
    if (--untilPause > 0) continue;
    untilPause = PAYLOADS_PER_TURN;
    await pause();
  }
  return words;
}

/** The payloads again. */
export function unpackPayloads(words: Uint32Array): Vrp[] {
  const payloads: Vrp[] = [];
  for (let at = 0; at < words.length; at += WORDS) {
    const meta = words[at] ?? 0;
    let value = 0n;
    for (let word = 0; word < 4; word++) value = value << 32n | BigInt(words[at + 2 + word] ?? 0);
    const prefix = {
      family: (meta & 0xff) === 4 ? 4 as const : 6 as const,
      length: meta >>> 8 & 0xff,
      value,
    };
    payloads.push({ prefix, maxLength: meta >>> 16 & 0xff, asn: words[at + 1] ?? 0 });
  }
  return payloads;
}
