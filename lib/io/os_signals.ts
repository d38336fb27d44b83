/**
 * The signals that ask the process to end.
 *
 * @module
 */

/** SIGTERM and SIGINT; on Windows SIGINT (Ctrl-C) and SIGBREAK (Ctrl-Break, console closed). */
const TERMINATION: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGTERM", "SIGINT"];

/** Calls `handler` on each request to end; the returned function stops listening. */
export function onTermination(handler: (signal: Deno.Signal) => void): () => void {
  const listeners = TERMINATION.map((signal) => ({ signal, listener: () => handler(signal) }));
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  };
}
