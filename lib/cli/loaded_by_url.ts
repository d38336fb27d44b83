/**
 * Modules that are named by a URL at run time, so that nothing imports them: a compiled program must
 * be told to hold them.
 *
 * @module
 */

/** Paths beneath `lib/`. */
export const LOADED_BY_URL: readonly string[] = [
  "bgp/guard/create_route_guard.ts",
  "bgp/mrt/mrt_question.ts",
  "bgp/mrt/mrt_worker.ts",
  "bgp/speaker/serve_speaker.ts",
  "bgp/speaker/speaker_worker.ts",
  "bgp/speaker/start_speaker.ts",
  "host/tunnels/tunnel.ts",
  "pcap/engine/feed_worker.ts",
  "pcap/engine/inline_thread.ts",
  "pcap/engine/scan_worker.ts",
];
