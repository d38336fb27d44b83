/**
 * The validated ROA payloads of the source that the configuration names, kept between questions and
 * renewed when they are old.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { NetglassError, Unavailable } from "../../errors/mod.ts";
import type { Files } from "../../io/files.ts";
import type { Io } from "../../io/io.ts";
import { parseHostPort } from "../../ip/service_place.ts";
import { RTR_PORT } from "../../policy/services.ts";
import type { VrpTable } from "../../route/vrp_table.ts";
import { type JudgeService, RtrClient } from "../rtr/rtr_client.ts";
import { DOCUMENT_BYTES_MAX, readVrpDocument, type VrpDocument } from "./vrp_document.ts";

/** An RTR cache is asked for changes again after this long, milliseconds: it answers with a few octets. */
const RTR_RENEW_MS = 30_000;
/** A document over HTTP is fetched again after this long, milliseconds: its makers renew it hourly. */
const URL_RENEW_MS = 600_000;
/** What cannot be renewed is used for this long, milliseconds (RFC 8210 §6, default of Expire). */
const EXPIRE_MS = 7_200_000;
/** Age of the data from which an answer warns, seconds: a relying party runs at least daily. */
const OLD_SEC = 86_400;

/** The payloads and where they are from. */
export interface RoaSnapshot {
  readonly table: VrpTable;
  readonly kind: "file" | "rtr" | "url";
  /** The file, the cache or the URL, as the configuration names it. */
  readonly name: string;
  /** When the data was made, Unix seconds; null: its source does not say. */
  readonly madeAtSec: number | null;
  /** Of an RTR cache. */
  readonly rtr:
    | { readonly version: number; readonly session: number; readonly serial: number }
    | null;
  /** What is missing or old, each in one line. */
  readonly problems: readonly string[];
}

/** The payloads, on demand. */
export interface RoaPayloads {
  /**
   * What is known now.
   *
   * @throws {Unavailable} `env.rpki_source` if the configuration names no source; `env.file_*`
   * @throws {RemoteFailure} `remote.rtr`, `remote.http`, `remote.answer`, `remote.connect`
   * @throws {PermissionMissing} @throws {PolicyDenied}
   */
  read(signal: AbortSignal): Promise<RoaSnapshot>;
}

/** What the payloads stand on. */
export interface RoaParts {
  readonly config: Pick<Config, "intel">;
  readonly io: Pick<Io, "net" | "clock">;
  readonly files: Pick<Files, "readBytes" | "stamp">;
  readonly judge: JudgeService;
}

/** What was loaded last. */
interface Loaded {
  readonly snapshot: RoaSnapshot;
  readonly atMs: number;
  /** Of a file. */
  readonly stamp: string | null;
}

/** Makes the payloads; nothing is read or asked yet. */
export function createRoaPayloads(parts: RoaParts): RoaPayloads {
  const source = new RoaSource(parts);
  let turn: Promise<unknown> = Promise.resolve();
  return {
    // One after the other: who comes second finds what the first has loaded.
    read: (signal) => {
      const mine = turn.then(() => {
        signal.throwIfAborted();
        return source.current(signal);
      });
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

class RoaSource {
  readonly #parts: RoaParts;
  readonly #rtr: RtrClient | null;
  #loaded: Loaded | null = null;

  constructor(parts: RoaParts) {
    this.#parts = parts;
    const { rtr } = parts.config.intel.rpki;
    const place = rtr === null ? null : parseHostPort(rtr);
    this.#rtr = rtr === null || place === null ? null : new RtrClient(
      { host: place.host, port: place.port ?? RTR_PORT, label: rtr },
      { net: parts.io.net, clock: parts.io.clock, judge: parts.judge },
    );
  }

  async current(signal: AbortSignal): Promise<RoaSnapshot> {
    const { config: { intel: { rpki } }, io: { clock } } = this.#parts;
    const had = this.#loaded;
    const ageMs = had === null ? Infinity : clock.monotonicMs() - had.atMs;
    if (rpki.file !== null) return await this.#fromFile(rpki.file, signal);
    const renewMs = rpki.rtr === null ? URL_RENEW_MS : RTR_RENEW_MS;
    if (had !== null && ageMs < renewMs) return had.snapshot;
    try {
      if (this.#rtr !== null && rpki.rtr !== null) {
        return await this.#fromCache(this.#rtr, rpki.rtr, signal);
      }
      if (rpki.url !== null) return await this.#fromUrl(rpki.url, signal);
    } catch (error) {
      const expireMs = 1000 * (this.#rtr?.data?.intervals?.expireSec ?? EXPIRE_MS / 1000);
      const isLost = this.#rtr !== null && this.#rtr.data === null;
      if (!(error instanceof NetglassError) || had === null || isLost || ageMs > expireMs) {
        throw error;
      }
      const old = `not renewed for ${Math.round(ageMs / 1000)} s: ${error.message}`;
      return { ...had.snapshot, problems: [...had.snapshot.problems, old] };
    }
    throw new Unavailable(
      "rpki_source",
      "Cannot validate: no source of ROA payloads is configured",
      {
        hint:
          "Set intel.rpki.file (JSON of rpki-client or Routinator), intel.rpki.rtr (host:port of an RTR cache) or intel.rpki.url (for example https://console.rpki-client.org/vrps.json).",
      },
    );
  }

  async #fromFile(path: string, signal: AbortSignal): Promise<RoaSnapshot> {
    const { files, io: { clock } } = this.#parts;
    const stamp = await files.stamp(path);
    if (this.#loaded?.stamp === stamp) return this.#loaded.snapshot;
    const bytes = await files.readBytes(path, DOCUMENT_BYTES_MAX);
    return this.#keep("file", path, await readVrpDocument(path, bytes, clock, signal), stamp);
  }

  async #fromUrl(url: string, signal: AbortSignal): Promise<RoaSnapshot> {
    const { io: { net, clock } } = this.#parts;
    const { body } = await net.getHttp({
      url,
      plain: true,
      accept: ["application/json", "text/json"],
      maxBytes: DOCUMENT_BYTES_MAX,
      signal,
      configLine: `intel.rpki.url: "${url}"`,
    });
    return this.#keep("url", url, await readVrpDocument(url, body, clock, signal), null);
  }

  async #fromCache(client: RtrClient, name: string, signal: AbortSignal): Promise<RoaSnapshot> {
    const { table, version, session, serial } = await client.sync(signal);
    const document: VrpDocument = { table, madeAtSec: null, problems: [] };
    return this.#keep("rtr", name, document, null, { version, session, serial });
  }

  #keep(
    kind: RoaSnapshot["kind"],
    name: string,
    { table, madeAtSec, problems }: VrpDocument,
    stamp: string | null,
    rtr: RoaSnapshot["rtr"] = null,
  ): RoaSnapshot {
    const { clock } = this.#parts.io;
    const ageSec = madeAtSec === null ? 0 : clock.now() / 1000 - madeAtSec;
    const old = ageSec > OLD_SEC ? [`the data is ${Math.round(ageSec / 3600)} hours old`] : [];
    const empty = table.size === 0 ? ["the source has no payloads at all"] : [];
    const snapshot = {
      table,
      kind,
      name,
      madeAtSec,
      rtr,
      problems: [...problems, ...old, ...empty],
    };
    this.#loaded = { snapshot, atMs: clock.monotonicMs(), stamp };
    return snapshot;
  }
}
