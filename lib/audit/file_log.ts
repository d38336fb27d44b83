/**
 * The record on disk, as its one writer keeps it: entries queue up in order, one loop links and
 * writes them. A call that only observes does not wait for the disk; a call that changes something
 * waits until the disk has it. What could not be written is kept and said at the next call.
 *
 * @module
 */
import { type NetglassError, Unavailable } from "../errors/mod.ts";
import type { AppendFile } from "../io/append_file.ts";
import type { Files } from "../io/files.ts";
import type { Clock } from "../io/io.ts";
import { canonical, loadSha256, makeRecord, type Sha256 } from "./chain.ts";
import { headOf, listSegments, newestHead, queryDirectory, verifyDirectory } from "./directory.ts";
import type { AuditEntry, AuditLog, AuditQuery, AuditRecord, AuditVerdict } from "./record.ts";
import { type Head, makeHeader, segmentName } from "./segment.ts";

/** A file ends with its UTC day or past this size, whichever comes first. */
const MAX_SEGMENT_BYTES = 16 * 1_048_576;
/** Entries that wait for a slow disk; past it, calls wait too. */
const MAX_WAITING = 1000;
const DAY_MS = 86_400_000;

/** What the writer needs. */
export interface FileLogOptions {
  readonly directory: string;
  readonly files: Pick<Files, "openAppend" | "list" | "readBytes">;
  readonly clock: Pick<Clock, "now">;
  /** Says on stderr that the record cannot be written. */
  readonly complain: (message: string) => void;
  /** For tests. Default 16 MiB. */
  readonly maxSegmentBytes?: number;
}

interface Waiting {
  readonly entry: AuditEntry;
  readonly timeMs: number;
  /** Set if the caller waits for the disk. */
  readonly done: PromiseWithResolvers<void> | null;
}

interface Segment {
  readonly name: string;
  readonly day: number;
  readonly file: AppendFile;
  /** Goes before the first records; written with them. */
  readonly header: string;
  sizeBytes: number;
  hash: string;
  nextSeq: number;
}

/** Keeps the record in a directory. */
export class FileLog implements AuditLog {
  readonly path: string;
  readonly #options: FileLogOptions;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #segment: Segment | null = null;
  /** Our file before this one, where its end must be read back from disk. */
  #left: string | null = null;
  #failure: NetglassError | null = null;
  #isClosed = false;

  constructor(options: FileLogOptions) {
    this.path = options.directory;
    this.#options = options;
  }

  async append(entry: AuditEntry): Promise<void> {
    if (this.#isClosed) {
      throw new Unavailable("audit", "Cannot record the call: the record is closed");
    }
    const mustWait = entry.change || this.#failure !== null || this.#waiting.length >= MAX_WAITING;
    const done = mustWait ? Promise.withResolvers<void>() : null;
    this.#waiting.push({ entry, timeMs: this.#options.clock.now(), done });
    void this.#write();
    await done?.promise;
  }

  async query(
    query: AuditQuery,
  ): Promise<{ records: AuditRecord[]; total: number; more: boolean }> {
    await this.#write();
    return await queryDirectory(this.#options.files, this.path, query);
  }

  async verify(): Promise<AuditVerdict> {
    await this.#write();
    return await verifyDirectory(this.#options.files, this.path);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#write();
    this.#segment?.file.close();
    this.#segment = null;
    if (this.#waiting.length > 0 && this.#failure !== null) throw this.#failure;
  }

  /** Writes what waits; resolves when nothing does or the disk has refused. Never rejects. */
  #write(): Promise<void> {
    return this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    // One turn later, so that entries of one moment share a write and a flush.
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        try {
          await this.#writeBatch(batch);
          this.#failure = null;
        } catch (error) {
          this.#refuse(batch, error);
          return;
        }
      }
    } finally {
      this.#writing = null;
    }
  }

  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    const sha256 = await loadSha256();
    const segment = await this.#segmentFor(batch[0]?.timeMs ?? 0, sha256);
    let { hash, nextSeq } = segment;
    let text = segment.sizeBytes === 0 ? segment.header : "";
    for (const { entry, timeMs } of batch) {
      const record = makeRecord(entry, { seq: nextSeq, timeMs, prev: hash }, sha256);
      text += `${canonical(record)}\n`;
      hash = record.hash;
      nextSeq++;
    }
    const bytes = new TextEncoder().encode(text);
    try {
      await segment.file.write(bytes);
      if (batch.some(({ entry }) => entry.change)) await segment.file.sync();
    } catch (error) {
      await this.#takeBack(segment);
      throw error;
    }
    Object.assign(segment, { hash, nextSeq, sizeBytes: segment.sizeBytes + bytes.length });
    for (const { done } of batch) done?.resolve();
  }

  /** Cuts off what a failed write left; where that fails too, the file is left as it is. */
  async #takeBack(segment: Segment): Promise<void> {
    try {
      await segment.file.truncate(segment.sizeBytes);
    } catch {
      this.#left = segment.name;
      this.#segment = null;
      segment.file.close();
    }
  }

  /** Callers that wait are told and their entries dropped; entries of the others are kept. */
  #refuse(batch: readonly Waiting[], error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const failure = new Unavailable("audit", `Cannot write the audit record: ${why}`, {
      hint: `Calls are refused until "${this.path}" can be written: check its space and its owner.`,
      retryable: true,
      cause: error,
    });
    if (this.#failure === null) this.#options.complain(`netglass: ${failure.message}`);
    this.#failure = failure;
    this.#waiting = [...batch.filter(({ done }) => done === null), ...this.#waiting];
    for (const { done } of batch) done?.reject(failure);
    const late = this.#waiting.filter(({ done }) => done !== null);
    this.#waiting = this.#waiting.filter(({ done }) => done === null);
    for (const { done } of late) done?.reject(failure);
  }

  async #segmentFor(timeMs: number, sha256: Sha256): Promise<Segment> {
    const current = this.#segment;
    const day = Math.floor(timeMs / DAY_MS);
    const maxBytes = this.#options.maxSegmentBytes ?? MAX_SEGMENT_BYTES;
    if (current !== null && current.day === day && current.sizeBytes < maxBytes) return current;
    // A file without its header has nothing to continue; it takes the entries of any day.
    if (current !== null && current.sizeBytes === 0) return current;
    const next = await this.#openNext(await this.#head(), timeMs, sha256);
    current?.file.close();
    this.#left = null;
    this.#segment = next;
    return next;
  }

  async #head(): Promise<Head> {
    const { files } = this.#options;
    if (this.#segment !== null) {
      const { name, hash, nextSeq } = this.#segment;
      return { file: name, hash, nextSeq, torn: new Uint8Array(0) };
    }
    const own = this.#left === null ? null : await headOf(files, this.path, this.#left);
    return own ?? await newestHead(files, this.path);
  }

  /** Takes the next free number by creating its file. */
  async #openNext(head: Head, timeMs: number, sha256: Sha256): Promise<Segment> {
    const { files } = this.#options;
    let number = ((await listSegments(files, this.path)).at(-1) ?? 0) + 1;
    for (;; number++) {
      const name = segmentName(number);
      try {
        const file = await files.openAppend(`${this.path}/${name}`, { exclusive: true });
        const header = makeHeader(name, head, timeMs, sha256);
        return {
          name,
          day: Math.floor(timeMs / DAY_MS),
          file,
          header: `${canonical(header)}\n`,
          sizeBytes: 0,
          hash: header.hash,
          nextSeq: head.nextSeq,
        };
      } catch (error) {
        if (!(error instanceof Unavailable && error.code === "env.file_exists")) throw error;
      }
    }
  }
}
