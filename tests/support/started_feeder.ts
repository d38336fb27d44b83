/**
 * A feeder in a worker of its own, for tests that take what it feeds in this thread.
 *
 * @module
 */
import { Feeder } from "../../lib/pcap/engine/feeder.ts";
import { startWorker, type WorkerPort } from "../../lib/io/worker.ts";

const MODULE = new URL("../../lib/pcap/engine/feed_worker.ts", import.meta.url);

/** A feeder and its worker, ended together. */
export class StartedFeeder implements Disposable {
  readonly feeder: Feeder;
  readonly #worker: WorkerPort;

  /** Starts it. */
  constructor() {
    this.#worker = startWorker(MODULE, { isolated: false }, {
      onMessage: () => {},
      onDeath: () => {
        throw new Error("The feeder has died");
      },
    });
    const { port1, port2 } = new MessageChannel();
    this.#worker.post(port1, [port1]);
    this.feeder = new Feeder(port2);
  }

  [Symbol.dispose](): void {
    this.feeder.close();
    this.#worker.end();
  }
}
