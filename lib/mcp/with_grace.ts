/**
 * The end of a call that was told to stop.
 *
 * @module
 */
import { Unavailable } from "../errors/mod.ts";
import { StopReason } from "./define_tool.ts";

/** A tool that ignores its signal is left behind after this long, milliseconds. */
const GRACE_MS = 3_000;

/** Awaits `running`; once `signal` fires, for at most {@link GRACE_MS} more. */
export async function withGrace<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  let grace: ReturnType<typeof setTimeout> | undefined;
  const abandoned = new Promise<never>((_resolve, reject) => {
    const arm = (): void => {
      grace = setTimeout(
        () =>
          reject(
            new Unavailable("deadline", "Cannot finish the call: it did not stop in time", {
              retryable: true,
              hint: "Ask for less in one call (fewer targets, a smaller count or timeout).",
            }),
          ),
        GRACE_MS,
      );
    };
    if (signal.aborted) arm();
    else signal.addEventListener("abort", arm, { once: true });
  });
  try {
    return await Promise.race([running, abandoned]);
  } catch (thrown) {
    // A tool that has nothing to show when it is stopped lets the signal's reason through.
    if (thrown instanceof StopReason) {
      throw new Unavailable(thrown.kind, thrown.message, {
        retryable: true,
        hint: thrown.kind === "deadline"
          ? "Ask for less in one call (fewer targets, a smaller count or timeout)."
          : "Call again.",
      });
    }
    throw thrown;
  } finally {
    clearTimeout(grace);
    running.catch(() => {});
  }
}
