/**
 * Builds the captures service for an isolation.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { loadModule } from "../../io/own_modules.ts";
import { CaptureService } from "./capture_service.ts";
import { ThreadPool } from "./thread_pool.ts";
import { WorkerThread } from "./worker_thread.ts";

/** Workers at once. */
const WORKERS = 2;

/** Makes the service; threads start with the first question. */
export async function startCaptures(pcap: Config["pcap"]): Promise<CaptureService> {
  if (pcap.isolation === "inline") {
    // Loaded here: where a worker parses, nothing of the parsers belongs into this thread.
    const module = new URL("./inline_thread.ts", import.meta.url);
    // The type of the module at that place.
    const { InlineThread } = await loadModule(module) as typeof import("./inline_thread.ts");
    return new CaptureService(pcap, new ThreadPool(1, () => new InlineThread()));
  }
  const module = new URL("./scan_worker.ts", import.meta.url);
  const isolated = pcap.isolation === "strict";
  // On one processor two threads would only get in each other's way.
  const feedModule = navigator.hardwareConcurrency < 2
    ? null
    : new URL("./feed_worker.ts", import.meta.url);
  const launch = (): WorkerThread => new WorkerThread({ module, feedModule, isolated });
  return new CaptureService(pcap, new ThreadPool(WORKERS, launch));
}
