/**
 * The audit record: its shape on disk and the two faces of it, one to write and one to read.
 *
 * @module
 */

/** One entry as a caller gives it; the writer adds `v`, `seq`, `time`, `prev` and `hash`. */
export interface AuditEntry {
  /**
   * `intent` before a call runs, `outcome` after it; `plan` is for tools that change something;
   * `event`: what happened by itself, such as a session that went down or a route that expired.
   */
  readonly event: "intent" | "plan" | "outcome" | "event";
  /** Ties intent and outcome together. */
  readonly call_id: string;
  readonly tool: string | null;
  /** Redacted and capped arguments. */
  readonly args: Readonly<Record<string, unknown>> | null;
  /** What policy said, one item per guard. */
  readonly decisions: readonly { target: string; effect: "allow" | "deny"; rule: string }[];
  /** `ok`, `partial`, or an error code; null on an intent. */
  readonly outcome: string | null;
  readonly duration_ms: number | null;
  /** True if the tool changes something: the record is then fsynced. */
  readonly change: boolean;
  /**
   * Of an event, what happened. Of a change: `plan_id` (or `plan_ids`), and what was planned, sent and seen; plain JSON,
   * snake_case. Absent elsewhere.
   */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** One line of the record. `hash` is SHA-256 over the canonical JSON (RFC 8785) of the rest. */
export interface AuditRecord extends AuditEntry {
  readonly v: 1;
  readonly seq: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  /** `hash` of the line before, or 64 zeros for the first. */
  readonly prev: string;
  readonly hash: string;
}

/** What verifying a chain found. */
export interface AuditVerdict {
  readonly ok: boolean;
  readonly records: number;
  /** Where the chain breaks first, or null. */
  readonly broken_at: number | null;
  readonly reason: string | null;
  /** Lines cut by a crash and healed by a continuation record. */
  readonly torn_lines: number;
}

/** Questions that can be asked of the record. */
export interface AuditQuery {
  readonly tool?: string;
  readonly call_id?: string;
  /** Records whose evidence names this plan. */
  readonly plan_id?: string;
  /** Outcome to match exactly, or a prefix ending in `.`, for example `policy.`. */
  readonly outcome?: string;
  /** RFC 3339; records at or after. */
  readonly since?: string;
  /** Newest first. */
  readonly limit: number;
  /** Only records with a smaller sequence number (for paging). */
  readonly before_seq?: number;
}

/** Reading the record. */
export interface AuditReader {
  /** Where it is kept: a directory, or null for memory only. */
  readonly path: string | null;
  query(query: AuditQuery): Promise<{ records: AuditRecord[]; total: number; more: boolean }>;
  verify(): Promise<AuditVerdict>;
}

/** Writing the record; a writer is also a reader. */
export interface AuditLog extends AuditReader {
  /**
   * Appends one entry. For a change it resolves when the disk has it (fdatasync); for an observation
   * when it is queued, in order. After a failed write every append waits for the disk.
   * @throws {Unavailable} `env.audit` if the record cannot be written or is closed
   */
  append(entry: AuditEntry): Promise<void>;
  /** Writes everything out and closes the file. Further appends are refused. */
  close(): Promise<void>;
}
