/**
 * The operators' daily limits: what was used of each host, kept over restarts, and a refusal before
 * a limit is passed.
 *
 * @module
 */
import { PolicyDenied } from "../../errors/mod.ts";
import type { Clock } from "../../io/io.ts";
import type { ServerEntry } from "../server.ts";
import { Usage, type Used, type UseRecord } from "./usage.ts";
import { UseFile, type UseFiles } from "./use_file.ts";

/** What the ledger needs. */
export interface LedgerOptions {
  /** The directory of the audit record, or null: in memory only. */
  readonly directory: string | null;
  readonly files: UseFiles;
  readonly clock: Pick<Clock, "now" | "monotonicMs">;
}

/** What was used of a host over 24 hours, and what is left (null: no limit is known). */
export interface Quota {
  readonly connectionsUsed: number;
  readonly bytesUsed: number;
  readonly connectionsLeft: number | null;
  readonly bytesLeft: number | null;
}

/** What other processes have used is looked up again after this long, milliseconds. */
const REREAD_MS = 5_000;

/** What each limit is called, in the configuration and in a sentence. */
const LIMITS = {
  connections: { key: "daily_connections", words: "connections" },
  bytes: { key: "daily_bytes", words: "octets received" },
} as const;

/** Counts by host, not by server: two entries of one host share what its operator allows. */
export class Ledger {
  readonly #file: UseFile | null;
  readonly #clock: LedgerOptions["clock"];
  #usage = new Usage();
  /** By host, what is not on disk yet, or could not be written: no reading brings it back. */
  readonly #unwritten = new Map<string, UseRecord>();
  #readMs = -Infinity;
  /** Reading and writing, one after the other. */
  #work: Promise<void> = Promise.resolve();

  /** Reads nothing yet. */
  constructor({ directory, files, clock }: LedgerOptions) {
    this.#file = directory === null ? null : new UseFile(directory, files);
    this.#clock = clock;
  }

  /** What is used and left of a server's host. */
  async quota(server: ServerEntry): Promise<Quota> {
    await this.#refresh();
    const used = this.#usage.of(hostOf(server), this.#clock.now());
    return {
      connectionsUsed: used.connections,
      bytesUsed: used.bytes,
      connectionsLeft: leftOf(server.daily_connections, used.connections),
      bytesLeft: leftOf(server.daily_bytes, used.bytes),
    };
  }

  /** @throws {PolicyDenied} `policy.quota` if one more connection would pass a limit */
  async admitConnection(server: ServerEntry): Promise<void> {
    const { connectionsLeft } = await this.quota(server);
    if (connectionsLeft === 0) throw this.#denied(server, "connections", server.daily_connections);
    await this.admitBytes(server);
  }

  /**
   * Octets that may still be received, Infinity if there is no limit.
   * @throws {PolicyDenied} `policy.quota` if there are none
   */
  async admitBytes(server: ServerEntry): Promise<number> {
    const { bytesLeft } = await this.quota(server);
    if (bytesLeft === 0) throw this.#denied(server, "bytes", server.daily_bytes);
    return bytesLeft ?? Infinity;
  }

  /** Counts a use at once; the disk follows. */
  record(server: ServerEntry, use: { readonly connections: number; readonly bytes: number }): void {
    if (use.connections === 0 && use.bytes === 0) return;
    const record = { timeMs: this.#clock.now(), host: hostOf(server), ...use };
    this.#usage.add(record);
    const file = this.#file;
    if (file === null) return;
    this.#keepUnwritten(record);
    this.#enqueue(() => this.#write(file));
  }

  /** Resolves once all is written that can be. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #refresh(): Promise<void> {
    const file = this.#file;
    if (file !== null && this.#clock.monotonicMs() - this.#readMs >= REREAD_MS) {
      this.#readMs = this.#clock.monotonicMs();
      this.#enqueue(async () => {
        const usage = new Usage();
        for (const record of await file.read(this.#clock.now())) usage.add(record);
        for (const record of this.#unwritten.values()) usage.add(record);
        this.#usage = usage;
      });
    }
    await this.#work;
  }

  async #write(file: UseFile): Promise<void> {
    for (const [host, record] of [...this.#unwritten]) {
      this.#unwritten.delete(host);
      try {
        await file.append(record);
      } catch (error) {
        this.#keepUnwritten(record);
        throw error;
      }
    }
  }

  #keepUnwritten(record: UseRecord): void {
    const before = this.#unwritten.get(record.host);
    this.#unwritten.set(record.host, {
      ...record,
      connections: record.connections + (before?.connections ?? 0),
      bytes: record.bytes + (before?.bytes ?? 0),
    });
  }

  /** A disk that fails is no reason not to answer: memory still counts. */
  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(() => {});
  }

  #denied(server: ServerEntry, used: Used, limit: number | null): PolicyDenied {
    const { key, words } = LIMITS[used];
    const nowMs = this.#clock.now();
    const roomAtMs = this.#usage.roomAtMs(hostOf(server), used, limit ?? Infinity, nowMs);
    const roomAt = new Date(roomAtMs).toISOString();
    return new PolicyDenied(
      "quota",
      `Cannot ask "${server.name}": its operator allows ${limit} ${words} in 24 hours, and they are used up`,
      {
        hint:
          `There is room again at ${roomAt}; ask another server until then. The limit is ${key} of this server in looking_glass.servers.`,
        retryable: true,
        detail: {
          rule: `looking_glass.servers.${key}`,
          config_key: `looking_glass.servers.${key}`,
          host: server.host,
          limit,
          room_at: roomAt,
          retry_after_sec: Math.ceil((roomAtMs - nowMs) / 1_000),
        },
      },
    );
  }
}

function hostOf(server: ServerEntry): string {
  return server.host.toLowerCase();
}

function leftOf(limit: number | null, used: number): number | null {
  return limit === null ? null : Math.max(0, limit - used);
}
