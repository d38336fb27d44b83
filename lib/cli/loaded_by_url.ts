/**
 * Modules that are named by a URL at run time, so that nothing imports them: a compiled program must
 * be told to hold them.
 *
 * @module
 */

/** Paths beneath the directory of `main.ts`. */
export const LOADED_BY_URL: readonly string[] = [
  "lib/bgp/guard/create_route_guard.ts",
  "lib/bgp/mrt/mrt_question.ts",
  "lib/bgp/mrt/mrt_worker.ts",
  "lib/bgp/speaker/serve_speaker.ts",
  "lib/bgp/speaker/speaker_worker.ts",
  "lib/bgp/speaker/start_speaker.ts",
  "lib/host/tunnels/tunnel.ts",
  "lib/looking_glass/create_looking_glass.ts",
  "lib/looking_glass/http_sources/create_route_sources.ts",
  "lib/pcap/engine/feed_worker.ts",
  "lib/pcap/engine/inline_thread.ts",
  "lib/pcap/engine/scan_worker.ts",
  // Leads to every tool that a card names.
  "tools/mod.ts",
];
