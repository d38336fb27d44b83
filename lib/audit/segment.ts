/**
 * The files of a record on disk. Each process writes files of its own, `audit-000001.jsonl` and so
 * on: the number is taken by creating the file exclusively, so two processes never share one. A file
 * starts with a header that names itself and the link that it continues; so a missing, renamed or
 * doubled file shows, and the chain of files is a tree where processes ran side by side.
 *
 * Only the last line of a file can be cut short, by a crash or a full disk. It is left as it is; the
 * header that continues the file states its length and hash.
 *
 * What cannot be seen without an anchor outside: that the newest links of a file that nothing
 * continues yet were taken away.
 *
 * @module
 */
import { isSeq, type Link, seal, type Sha256, ZERO_HASH } from "./chain.ts";

/** First line of a file. */
export interface SegmentHeader extends Link {
  readonly kind: "file";
  /** Name of this file. */
  readonly file: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  /** Sequence number of the first record. */
  readonly first_seq: number;
  /** File whose link `prev` is, or null if there was none. */
  readonly prev_file: string | null;
  /** Bytes that a crash left after that link, without a line feed. */
  readonly torn_bytes: number;
  readonly torn_sha256: string | null;
}

/** Where the next file continues. */
export interface Head {
  /** Null: nothing was written yet. */
  readonly file: string | null;
  readonly hash: string;
  readonly nextSeq: number;
  readonly torn: Uint8Array;
}

/** The head of an empty directory. */
export const NO_HEAD: Head = {
  file: null,
  hash: ZERO_HASH,
  nextSeq: 1,
  torn: new Uint8Array(0),
};

const LINE_FEED = 0x0a;
const NAME = /^audit-([0-9]{6,12})\.jsonl$/;

/** `audit-000001.jsonl`. */
export function segmentName(number: number): string {
  return `audit-${String(number).padStart(6, "0")}.jsonl`;
}

/** The number in a file name of ours, or null. */
export function segmentNumber(name: string): number | null {
  const digits = NAME.exec(name)?.[1];
  if (digits === undefined) return null;
  const number = Number(digits);
  return segmentName(number) === name ? number : null;
}

/** Numbers of the files among `names`, rising. */
export function segmentNumbers(names: readonly string[]): number[] {
  return names.flatMap((name) => segmentNumber(name) ?? []).sort((a, b) => a - b);
}

/** The header of a file that continues `head`. */
export function makeHeader(
  file: string,
  head: Head,
  timeMs: number,
  sha256: Sha256,
): SegmentHeader {
  return seal({
    v: 1 as const,
    kind: "file" as const,
    file,
    time: new Date(timeMs).toISOString(),
    first_seq: head.nextSeq,
    prev: head.hash,
    prev_file: head.file,
    torn_bytes: head.torn.length,
    torn_sha256: head.torn.length === 0 ? null : sha256(head.torn),
  }, sha256);
}

/** True if a link is the header of a file. */
export function isHeader(link: Link & Record<string, unknown>): link is
  & SegmentHeader
  & Record<string, unknown> {
  return link.kind === "file" && typeof link.file === "string" &&
    isSeq(link.first_seq) && isSeq(link.torn_bytes) &&
    (link.prev_file === null || typeof link.prev_file === "string") &&
    (link.torn_sha256 === null || typeof link.torn_sha256 === "string");
}

/** A file cut into lines. */
export interface SegmentLines {
  /** Whole lines, without their line feeds. */
  readonly lines: readonly Uint8Array[];
  /** What stands after the last line feed. */
  readonly torn: Uint8Array;
}

/** Cuts the bytes of a file into lines. */
export function splitLines(bytes: Uint8Array): SegmentLines {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return { lines, torn: bytes.subarray(start) };
}
