/**
 * A client of one RTR cache (RFC 8210): it holds what it has learned and asks for changes only.
 * Between questions no connection is kept.
 *
 * @module
 */
import { RemoteFailure } from "../../errors/mod.ts";
import type { Clock, Connection, Net } from "../../io/io.ts";
import type { JudgedTarget } from "../../policy/decision.ts";
import { type Vrp, VrpTable } from "../../route/vrp_table.ts";
import { RTR_ERROR, type RtrIntervals, type RtrVersion } from "./pdu.ts";
import { askCache, type RtrAnswer, type RtrPosition, type RtrQuestion } from "./rtr_exchange.ts";

/** Version, serial, session: at most these many questions until a cache has answered. */
const QUESTIONS_MAX = 4;

/** Judges a service that the configuration names (`Policy.judgeService`). */
export type JudgeService = (host: string, signal: AbortSignal) => Promise<JudgedTarget>;

/** Where a cache is. */
export interface RtrPlace {
  readonly host: string;
  readonly port: number;
  /** As the configuration has it. */
  readonly label: string;
}

/** What the client stands on. */
export interface RtrAccess {
  readonly net: Pick<Net, "dial">;
  readonly clock: Pick<Clock, "monotonicMs" | "sleep">;
  readonly judge: JudgeService;
}

/** What a cache has said, all of it. */
export interface RtrData extends RtrPosition {
  readonly version: RtrVersion;
  readonly table: VrpTable;
  /** Null in version 0. */
  readonly intervals: RtrIntervals | null;
  /** When it said so, on the monotonic clock. */
  readonly atMs: number;
  /** Whether the last answer was everything or the changes since the one before. */
  readonly asked: "everything" | "changes";
}

/** The client; `sync` calls must not overlap. */
export class RtrClient {
  #data: RtrData | null = null;
  #version: RtrVersion = 1;

  /** Touches nothing until it is asked. */
  constructor(
    readonly place: RtrPlace,
    readonly access: RtrAccess,
  ) {}

  /** What was learned last, however old; null: nothing. */
  get data(): RtrData | null {
    return this.#data;
  }

  /**
   * Asks the cache for what is new. On failure {@link data} stays as it is, unless the cache has
   * contradicted itself: then it is forgotten.
   *
   * @throws {RemoteFailure} `remote.rtr`, `remote.connect`, `remote.connection`, `remote.dns_*`
   * @throws {PolicyDenied} @throws {PermissionMissing} `permission.net`
   */
  async sync(signal: AbortSignal): Promise<RtrData> {
    for (let asked = 0; asked < QUESTIONS_MAX; asked++) {
      const connection = await this.#dial(signal);
      let settled: RtrData | null;
      try {
        settled = await this.#ask(connection, signal);
      } finally {
        connection.close();
      }
      if (settled !== null) return this.#data = settled;
    }
    throw new RemoteFailure(
      "rtr",
      `Cannot use the RTR cache "${this.place.label}": it answers no question to its end`,
      { detail: { stage: "rtr", host: this.place.label } },
    );
  }

  async #dial(signal: AbortSignal): Promise<Connection> {
    const { net, judge } = this.access;
    const { host, port } = this.place;
    const { name, addresses } = await judge(host, signal);
    let failure: unknown = null;
    for (const address of addresses) {
      try {
        return await net.dial({
          ...(name === null ? {} : { name }),
          address,
          port,
          judged: addresses,
          signal,
          configLine: `intel.rpki.rtr: "${this.place.label}"`,
        });
      } catch (error) {
        if (!(error instanceof RemoteFailure) || signal.aborted) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** One question; null: another one has to be asked. */
  async #ask(connection: Connection, signal: AbortSignal): Promise<RtrData | null> {
    const { clock } = this.access;
    const had = this.#data;
    const question: RtrQuestion = { version: this.#version, since: had };
    const fresh = new VrpTable();
    const changes: { readonly announced: boolean; readonly vrp: Vrp }[] = [];
    const outcome = await askCache(question, {
      connection,
      label: this.place.label,
      clock,
      signal,
      onPrefix: (announced, vrp) => {
        if (had !== null) return changes.push({ announced, vrp }), null;
        if (!announced) return RTR_ERROR.unknownWithdrawal;
        return fresh.add(vrp) ? null : RTR_ERROR.duplicateAnnouncement;
      },
    });
    if (outcome.kind === "version") {
      // Version 0 has been refused as well, by a cache that speaks neither.
      if (this.#version === 0) return null;
      this.#version = 0;
      return null;
    }
    if (outcome.kind === "reset") {
      this.#data = null;
      return null;
    }
    const { answer } = outcome;
    this.#version = answer.version;
    if (had === null) return this.#made(answer, fresh, "everything");
    // Nothing has waited since the last change came, so nobody sees half of them.
    const isDone = changes.every(({ announced, vrp }) =>
      announced ? had.table.add(vrp) : had.table.delete(vrp)
    );
    if (isDone) return this.#made(answer, had.table, "changes");
    // The changes are not to what we have (RFC 8210 §12, codes 6 and 7): begin anew.
    this.#data = null;
    return null;
  }

  #made(answer: RtrAnswer, table: VrpTable, asked: RtrData["asked"]): RtrData {
    return { ...answer, table, asked, atMs: this.access.clock.monotonicMs() };
  }
}
