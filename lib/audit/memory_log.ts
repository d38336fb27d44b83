/**
 * The record in memory: the same chain, the newest 1,000 links of it.
 *
 * @module
 */
import type { Clock } from "../io/io.ts";
import { Unavailable } from "../errors/mod.ts";
import { canonical, loadSha256, makeRecord, ZERO_HASH } from "./chain.ts";
import { matches } from "./match.ts";
import type { AuditEntry, AuditLog, AuditQuery, AuditRecord, AuditVerdict } from "./record.ts";

const CAPACITY = 1000;

/** Keeps the record in memory. */
export class MemoryLog implements AuditLog {
  readonly path = null;
  readonly #clock: Pick<Clock, "now">;
  /** Oldest first. */
  #records: AuditRecord[] = [];
  #seq = 0;
  #isClosed = false;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  async append(entry: AuditEntry): Promise<void> {
    const timeMs = this.#clock.now();
    const sha256 = await loadSha256();
    if (this.#isClosed) {
      throw new Unavailable("audit", "Cannot record the call: the record is closed");
    }
    const prev = this.#records.at(-1)?.hash ?? ZERO_HASH;
    this.#records.push(makeRecord(entry, { seq: ++this.#seq, timeMs, prev }, sha256));
    // Cut in large steps, so that most appends move nothing.
    if (this.#records.length >= 2 * CAPACITY) this.#records = this.#records.slice(-CAPACITY);
  }

  query(query: AuditQuery): Promise<{ records: AuditRecord[]; total: number; more: boolean }> {
    const found = this.#kept().filter((record) => matches(record, query)).reverse();
    const records = found.slice(0, query.limit);
    return Promise.resolve({ records, total: found.length, more: found.length > records.length });
  }

  async verify(): Promise<AuditVerdict> {
    const sha256 = await loadSha256();
    const records = this.#kept();
    let prev = records[0]?.prev ?? ZERO_HASH;
    for (const record of records) {
      const { hash, ...body } = record;
      const reason = record.prev !== prev
        ? "it does not continue the record before it"
        : sha256(canonical(body)) !== hash
        ? "its hash does not match its contents"
        : null;
      if (reason !== null) {
        return {
          ok: false,
          records: records.length,
          broken_at: record.seq,
          reason: `Record ${record.seq}: ${reason}`,
          torn_lines: 0,
        };
      }
      prev = hash;
    }
    return { ok: true, records: records.length, broken_at: null, reason: null, torn_lines: 0 };
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #kept(): AuditRecord[] {
    return this.#records.slice(-CAPACITY);
  }
}
