/**
 * Builds the captures service for an isolation.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { CaptureService } from "./capture_service.ts";
import { InlineThread } from "./inline_thread.ts";
import { ThreadPool } from "./thread_pool.ts";

/** Makes the service; threads start with the first question. */
export function startCaptures(pcap: Config["pcap"]): CaptureService {
  return new CaptureService(pcap, new ThreadPool(1, () => new InlineThread()));
}
