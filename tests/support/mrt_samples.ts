/**
 * MRT files in memory: a small table, a log of messages, and what the reader makes of octets.
 *
 * @module
 */
import { DumpText } from "../../lib/bgp/mrt/dump_text.ts";
import {
  encodeMessageRecord,
  encodePeerIndex,
  encodeRibEntries,
  encodeStateChange,
} from "../../lib/bgp/mrt/mrt_writer.ts";
import type { OctetSource } from "../../lib/bgp/mrt/mrt_source.ts";
import { type MrtCoverage, readMrt } from "../../lib/bgp/mrt/read_mrt.ts";
import { parseAddress } from "../../lib/ip/address.ts";
import { parsePrefix } from "../../lib/ip/prefix.ts";
import { hex } from "./capture_bytes.ts";

/** 2026-11-21 00:00:00 UTC. */
export const TIME_SEC = 1_795_219_200;

/** ORIGIN IGP, AS_PATH 64500 64501, NEXT_HOP 192.0.2.1, MED 10, two communities. */
export const ATTRIBUTES = hex(
  "40010100 40020a 0202 0000fbf4 0000fbf5 400304 c0000201 800404 0000000a " +
    "c00808 fbf40001 ffffff01",
);

/** ORIGIN EGP, AS_PATH 64502 {64510,64511}, MP_REACH_NLRI cut to 2001:db8::1, AGGREGATOR, AG. */
const ATTRIBUTES_6 = hex(
  "800e11 10 20010db8000000000000000000000001 40010101 " +
    "400210 0201 0000fbf6 0102 0000fbfe 0000fbff 400600 c00708 0000fbf6 c6336401",
);

/** One file of several parts. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A BGP message around a body. */
export function message(type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = 19 + body.length;
  return joined(
    new Uint8Array(16).fill(255),
    Uint8Array.of(length >>> 8, length & 255, type),
    body,
  );
}

const PEERS = [
  { address: parseAddress("192.0.2.1"), asn: 64_500, routerId: 0x0a000001 },
  { address: parseAddress("2001:db8::2"), asn: 4_200_000_000, routerId: 0x0a000002 },
];

/** A table of two prefixes, three paths, as a collector with two peers writes it. */
export function sampleTable(): Uint8Array<ArrayBuffer> {
  const path = { originatedSec: TIME_SEC - 60, pathId: null };
  return joined(
    encodePeerIndex(TIME_SEC, 0x0a0000fe, "view1", PEERS),
    encodeRibEntries(TIME_SEC, 0, parsePrefix("198.51.100.0/24").prefix, [
      { ...path, peer: 0, attributes: ATTRIBUTES },
      { ...path, peer: 1, attributes: ATTRIBUTES },
    ]),
    encodeRibEntries(TIME_SEC, 1, parsePrefix("2001:db8:5::/48").prefix, [
      { ...path, peer: 1, attributes: ATTRIBUTES_6 },
    ]),
  );
}

export const SESSION = {
  peer: parseAddress("192.0.2.1"),
  peerAs: 64_500,
  local: parseAddress("192.0.2.2"),
  localAs: 64_999,
};

/** A session that comes up, announces, withdraws, and ends its table. */
export function sampleUpdates(): Uint8Array<ArrayBuffer> {
  const at = (microseconds: number) => ({ sec: TIME_SEC, microseconds });
  const announce = joined(
    hex("0000"),
    Uint8Array.of(0, ATTRIBUTES.length),
    ATTRIBUTES,
    hex("18c63364 18cb0071"),
  );
  return joined(
    encodeStateChange(at(1), SESSION, 5, 6),
    encodeMessageRecord(at(2), SESSION, message(4, new Uint8Array(0))),
    encodeMessageRecord(at(3), SESSION, message(2, announce)),
    encodeMessageRecord(at(4), SESSION, message(2, hex("0004 18c63364 0000"))),
    encodeMessageRecord(at(5), SESSION, message(2, hex("0000 0000"))),
    encodeMessageRecord({ sec: TIME_SEC + 1, microseconds: null }, SESSION, message(2, announce), {
      isLocal: true,
    }),
  );
}

/** The octets as a file, handed out in pieces of at most `size`. */
export function octetSource(octets: Uint8Array, size = octets.length): OctetSource {
  let at = 0;
  return {
    readSync(into) {
      if (at >= octets.length) return null;
      const piece = octets.subarray(at, at + Math.min(size, into.length));
      into.set(piece);
      at += piece.length;
      return piece.length;
    },
  };
}

/** The lines of `bgpdump -m`, and what the file turned out to be. */
export async function dumpLines(
  octets: Uint8Array,
  size?: number,
): Promise<{ readonly lines: string[]; readonly coverage: MrtCoverage }> {
  let whole = "";
  const decoder = new TextDecoder();
  const text = new DumpText((part) => void (whole += decoder.decode(part)));
  const coverage = await readMrt(octetSource(octets, size), {
    onRoute: (route) => text.route(route),
    onStateChange: (change) => text.stateChange(change),
  });
  text.flush();
  return { lines: whole.split("\n").slice(0, -1), coverage };
}
