/**
 * The captures service as the server holds it: nothing of it is loaded before the first question.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { Unavailable } from "../../errors/mod.ts";
import type { CaptureService } from "./capture_service.ts";
import type { Captures } from "./captures.ts";

/** Makes the service; nothing is loaded, opened or started yet. */
export function createCaptures(pcap: Config["pcap"]): Captures {
  let loading: Promise<CaptureService> | null = null;
  let isStopped = false;
  const load = async (): Promise<CaptureService> => {
    const { startCaptures } = await import("./start_captures.ts");
    return await startCaptures(pcap);
  };
  return {
    ask(question, paths, params, call) {
      if (isStopped) return Promise.reject(stopping());
      loading ??= load();
      return loading.then((service) => service.ask(question, paths, params, call));
    },
    async stop() {
      isStopped = true;
      // A service that could not be loaded has nothing to stop.
      await (await loading?.catch(() => null))?.stop();
    },
  };
}

/** What is said of questions that the end of the server cuts off. */
export function stopping(): Unavailable {
  return new Unavailable("shutdown", "Cannot answer: the server is stopping", {
    retryable: true,
    hint: "Ask again when the server is back.",
  });
}
