/**
 * A logged-in conversation with a router over telnet.
 *
 * @module
 */
import type { RouterCommand } from "../router_command.ts";

/**
 * Why an output is not whole. `stalled`: the router drips, or pages without text;
 * `desynchronised`: what came is the answer to something else.
 */
export type CutReason =
  | "deadline"
  | "cancelled"
  | "size"
  | "stalled"
  | "reset"
  | "closed"
  | "desynchronised";

/** What came back for a command, however it ended. */
export interface CommandOutput {
  /** Echo, pager marks and prompt removed; lines ended by `\n`; escape sequences gone. */
  readonly text: string;
  /** True only if the learned prompt came back behind the output. */
  readonly complete: boolean;
  /** Why not, or null. */
  readonly reason: CutReason | null;
  /** Octets that the router sent for it. */
  readonly bytesReceived: number;
  readonly elapsedMs: number;
}

/** Limits of one command. */
export interface CommandLimits {
  /** Deadline and cancellation. */
  readonly signal: AbortSignal;
  /** Most octets of output. */
  readonly maxBytes: number;
  /**
   * How long a prompt must stand alone right behind the echo before the answer is believed to be
   * empty, milliseconds; default: no longer than behind output. `birdc` shows its prompt there for a
   * moment, wipes it, and then answers.
   */
  readonly emptyMs?: number;
}

/** A conversation. Not for two commands at once. */
export interface Dialogue {
  /** What the router said before the first prompt, cleaned, at most 4,096 characters (remote words). */
  readonly greeting: string;
  /** The learned prompt. */
  readonly prompt: string;
  /** Octets over the life of the connection. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** False once it cannot be used any more (cut, reset, desynchronised, closed). */
  readonly isUsable: boolean;
  /** Sends a command and reads to the prompt. Rejects only if nothing could be sent. */
  run(command: RouterCommand, limits: CommandLimits): Promise<CommandOutput>;
  /** Says `exit` if that can be done at once, and closes the socket. Never throws. */
  close(): void;
}
