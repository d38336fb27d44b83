/**
 * Reading a record on disk: questions, and whether the chain holds.
 *
 * @module
 */
import type { Files } from "../io/files.ts";
import {
  isRecord,
  isSeq,
  type Link,
  loadSha256,
  readLink,
  type Sha256,
  ZERO_HASH,
} from "./chain.ts";
import { matches, newestFirst } from "./match.ts";
import { readRecord } from "./read_record.ts";
import type { AuditQuery, AuditRecord, AuditVerdict } from "./record.ts";
import {
  type Head,
  isHeader,
  NO_HEAD,
  type SegmentHeader,
  segmentName,
  segmentNumber,
  segmentNumbers,
  splitLines,
} from "./segment.ts";

/** A file is closed past 16 MiB; the last write may go past that. */
const MAX_READ_BYTES = 64 * 1_048_576;

/** What reading needs of the file door. */
export type AuditFiles = Pick<Files, "list" | "readBytes">;

/** Numbers of the files in a directory, rising. */
export async function listSegments(files: AuditFiles, directory: string): Promise<number[]> {
  return segmentNumbers(await files.list(directory));
}

/** Bytes of one file. */
function readSegment(files: AuditFiles, directory: string, name: string): Promise<Uint8Array> {
  return files.readBytes(`${directory}/${name}`, MAX_READ_BYTES);
}

/** The last whole link of a file and what stands after it; null if the file has none that holds. */
export async function headOf(
  files: AuditFiles,
  directory: string,
  name: string,
): Promise<Head | null> {
  const { lines, torn } = splitLines(await readSegment(files, directory, name));
  const last = lines.at(-1);
  if (last === undefined) return null;
  const read = readLink(last, await loadSha256());
  if ("fault" in read) return null;
  const { link } = read;
  const nextSeq = isHeader(link)
    ? link.first_seq
    : isRecord(link) && isSeq(link.seq)
    ? link.seq + 1
    : null;
  return nextSeq === null ? null : { file: name, hash: link.hash, nextSeq, torn };
}

/** The head of the newest file that has one. */
export async function newestHead(files: AuditFiles, directory: string): Promise<Head> {
  for (const number of (await listSegments(files, directory)).reverse()) {
    const head = await headOf(files, directory, segmentName(number));
    if (head !== null) return head;
  }
  return NO_HEAD;
}

/** Answers a question from all files; lines that do not hold are passed over (verifying names them). */
export async function queryDirectory(
  files: AuditFiles,
  directory: string,
  query: AuditQuery,
): Promise<{ records: AuditRecord[]; total: number; more: boolean }> {
  const utf8 = new TextDecoder();
  let kept: AuditRecord[] = [];
  let total = 0;
  for (const number of await listSegments(files, directory)) {
    const bytes = await readSegment(files, directory, segmentName(number));
    const found = splitLines(bytes).lines.flatMap((line) => parseRecord(utf8.decode(line)) ?? [])
      .filter((record) => matches(record, query));
    total += found.length;
    kept = [...kept, ...found].sort(newestFirst).slice(0, query.limit);
  }
  return { records: kept, total, more: total > kept.length };
}

function parseRecord(line: string): AuditRecord | null {
  try {
    return readRecord(JSON.parse(line));
  } catch {
    return null;
  }
}

interface Break {
  readonly file: number;
  readonly line: number;
  /** Sequence number of the record that breaks the chain, or of the one that is expected there. */
  readonly seq: number;
  readonly reason: string;
}

/** What a later file says about an earlier one: this link is in it, and these bytes followed. */
type Claim = Pick<SegmentHeader, "file" | "prev" | "torn_bytes" | "torn_sha256">;

/**
 * Checks every link of every file, newest file first, because a file is what later files claim of
 * it. A cut last line is counted and accepted.
 */
export async function verifyDirectory(files: AuditFiles, directory: string): Promise<AuditVerdict> {
  const sha256 = await loadSha256();
  const numbers = await listSegments(files, directory);
  const claims = new Map<string, Claim[]>();
  const breaks: Break[] = [];
  let records = 0;
  let tornLines = 0;
  for (const [at, number] of [...numbers.entries()].reverse()) {
    const name = segmentName(number);
    const bytes = await readSegment(files, directory, name);
    const checked = checkSegment(name, bytes, claims.get(name) ?? [], sha256);
    const { header, broken } = checked;
    records += checked.records;
    tornLines += checked.isTorn ? 1 : 0;
    if (broken !== null) breaks.push({ file: number, ...broken });
    const before = numbers[at - 1] ?? 0;
    if (before + 1 !== number) {
      breaks.push({ file: before + 1, line: 0, seq: 0, reason: "it is missing" });
    }
    if (header === null) continue;
    const reason = linkFault(header, number);
    if (reason !== null) breaks.push({ file: number, line: 1, seq: header.first_seq, reason });
    if (header.prev_file !== null) {
      claims.set(header.prev_file, [...claims.get(header.prev_file) ?? [], header]);
    }
  }
  const [first] = breaks.sort((a, b) => a.file - b.file || a.line - b.line);
  return {
    ok: first === undefined,
    records,
    broken_at: first?.seq ?? null,
    reason: first === undefined ? null : renderBreak(first),
    torn_lines: tornLines,
  };
}

function renderBreak({ file, line, reason }: Break): string {
  return `File ${segmentName(file)}${line === 0 ? "" : `, line ${line}`}: ${reason}`;
}

/** What is wrong with where a file says that it continues, or null. */
function linkFault(header: SegmentHeader, number: number): string | null {
  if (header.prev_file === null) {
    return header.prev === ZERO_HASH ? null : "it names no file that it continues";
  }
  const earlier = segmentNumber(header.prev_file);
  return earlier !== null && earlier < number ? null : "it does not continue an earlier file";
}

function checkSegment(
  name: string,
  bytes: Uint8Array,
  claims: readonly Claim[],
  sha256: Sha256,
): {
  header: SegmentHeader | null;
  records: number;
  isTorn: boolean;
  broken: Omit<Break, "file"> | null;
} {
  const { lines, torn } = splitLines(bytes);
  let header: SegmentHeader | null = null;
  let prev: string | null = null;
  let seq = 0;
  let records = 0;
  let offset = 0;
  let broken: Omit<Break, "file"> | null = null;
  const open = new Set(claims);
  for (const [index, line] of lines.entries()) {
    offset += line.length + 1;
    const read = readLink(line, sha256);
    const fault = "fault" in read
      ? read.fault
      : prev === null
      ? headerFault(read.link, name)
      : recordFault(read.link, prev, seq);
    if (fault !== null) broken ??= { line: index + 1, seq, reason: fault };
    if ("fault" in read) continue;
    const { link } = read;
    if (isHeader(link)) {
      header ??= link;
      seq = link.first_seq;
    } else {
      records++;
      seq = (isSeq(link.seq) ? link.seq : seq) + 1;
    }
    prev = link.hash;
    for (const claim of open) {
      if (claim.prev !== link.hash) continue;
      open.delete(claim);
      const followed = bytes.subarray(offset, offset + claim.torn_bytes);
      const isThere = claim.torn_bytes === 0
        ? claim.torn_sha256 === null
        : followed.length === claim.torn_bytes && sha256(followed) === claim.torn_sha256;
      if (!isThere) {
        broken ??= {
          line: index + 2,
          seq,
          reason: `the cut line that ${sayFile(claim.file)} found here has changed`,
        };
      }
    }
  }
  for (const claim of open) {
    broken ??= {
      line: lines.length + 1,
      seq,
      reason: `the link that ${sayFile(claim.file)} continues is not there`,
    };
  }
  return { header, records, isTorn: torn.length > 0, broken };
}

function headerFault(link: Link & Record<string, unknown>, name: string): string | null {
  if (!isHeader(link)) return "it is not the header of a file";
  return link.file === name ? null : `it is the header of ${sayFile(link.file)}`;
}

/** A header may name anything as its file; a reason repeats names of ours only. */
function sayFile(name: string): string {
  return segmentNumber(name) === null ? "another file" : name;
}

function recordFault(
  link: Link & Record<string, unknown>,
  prev: string,
  seq: number,
): string | null {
  if (!isRecord(link)) return "it is not a record";
  if (link.prev !== prev) return "it does not continue the line before it";
  return link.seq === seq ? null : `it has number ${link.seq}, not ${seq}`;
}
