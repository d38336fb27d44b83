/**
 * The door that peers come in by: a connection goes to the peer whose address it is from, every
 * other one is closed without an answer.
 *
 * @module
 */
import { asNetglassError } from "../../errors/mod.ts";
import type { Clock, Listener, ListenRequest, TcpConnection } from "../../io/io.ts";
import type { ListenerStatus } from "../bgp_service.ts";
import type { PeerSettings, SpeakerSettings } from "../settings.ts";

/** Strangers that are remembered. */
const RECENT_MAX = 32;

/** A door that could not be opened is tried again after this long, milliseconds. */
const RETRY_MS = 30_000;

/** Reports of strangers are this far apart, milliseconds: a scan must not fill the other thread. */
const REPORT_EVERY_MS = 200;

/** What the door stands on. */
export interface DoorParts {
  readonly settings: SpeakerSettings;
  readonly clock: Clock;
  /** @throws {PermissionMissing} @throws {Unavailable} */
  readonly listen: (request: ListenRequest) => Listener;
  readonly welcome: (peer: PeerSettings, connection: TcpConnection) => void;
  readonly report: (status: ListenerStatus) => void;
}

/** The door. */
export class Door {
  readonly #parts: DoorParts;
  readonly #end = new AbortController();
  #listener: Listener | null = null;
  #problem: string | null = null;
  #strangers = 0;
  #recent: { readonly atMs: number; readonly address: string }[] = [];
  #isReportDue = false;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** Opens it where the settings have one; what stops that is reported, and tried again. */
  async open(): Promise<void> {
    const { settings: { listen }, clock } = this.#parts;
    if (listen === null) return this.#report();
    while (!this.#end.signal.aborted) {
      try {
        const configLine = `bgp.listen: "${listen.address}:${listen.port}"`;
        this.#listener = this.#parts.listen({ ...listen, configLine });
        break;
      } catch (error) {
        this.#problem = asNetglassError(error).message;
        this.#report();
        await clock.sleep(RETRY_MS, this.#end.signal).catch(() => {});
      }
    }
    this.#problem = null;
    this.#report();
    while (true) {
      const connection = await this.#listener?.accept() ?? null;
      if (connection === null) return;
      this.#meet(connection);
    }
  }

  close(): void {
    this.#end.abort();
    this.#listener?.close();
  }

  #meet(connection: TcpConnection): void {
    const { remoteAddress, localAddress } = connection;
    const peer = this.#parts.settings.peers.find((one) =>
      one.address === remoteAddress && one.connect !== "active" &&
      (one.localAddress === null || one.localAddress === localAddress)
    );
    if (peer !== undefined) return this.#parts.welcome(peer, connection);
    connection.close();
    this.#strangers++;
    this.#recent = [
      ...this.#recent.slice(1 - RECENT_MAX),
      { atMs: this.#parts.clock.now(), address: remoteAddress },
    ];
    this.#reportSoon();
  }

  async #reportSoon(): Promise<void> {
    if (this.#isReportDue) return;
    this.#isReportDue = true;
    await this.#parts.clock.sleep(REPORT_EVERY_MS, this.#end.signal).catch(() => {});
    this.#isReportDue = false;
    this.#report();
  }

  #report(): void {
    this.#parts.report({
      address: this.#listener?.address ?? this.#parts.settings.listen?.address ?? null,
      port: this.#listener?.port ?? this.#parts.settings.listen?.port ?? null,
      problem: this.#problem,
      strangers: this.#strangers,
      recent: this.#recent,
    });
  }
}
