/**
 * Reading a child's pipe to its end, keeping no more than a cap, so that a child never blocks on a
 * full pipe and a flood never fills memory.
 *
 * @module
 */

/** How a pipe is read. */
export interface DrainOptions {
  /** Bytes that are kept; the rest is read and dropped. */
  readonly maxBytes: number;
  /** Called with each whole line of what is kept, and with a last line that has no line end. */
  readonly onLine?: (line: string) => void;
  /** Called once if reading or `onLine` fails. */
  readonly onFault: () => void;
}

/** What came out of a pipe. */
export interface Drained {
  readonly text: string;
  readonly truncated: boolean;
  readonly fault: { readonly error: unknown } | null;
}

/** A pipe being read. */
export interface Drain {
  /** Never rejects. */
  readonly done: Promise<Drained>;
  /** Stops reading; `done` resolves with what there is. */
  giveUp(): void;
}

/** Starts reading `stream`. */
export function drain(stream: ReadableStream<Uint8Array>, options: DrainOptions): Drain {
  const reader = stream.getReader();
  return {
    done: readAll(reader, options),
    giveUp: () => void reader.cancel().catch(() => {}),
  };
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { maxBytes, onLine, onFault }: DrainOptions,
): Promise<Drained> {
  const decoder = new TextDecoder();
  let text = "";
  let lineStart = 0;
  let keptBytes = 0;
  let truncated = false;
  let fault: Drained["fault"] = null;
  const keep = (piece: string) => {
    text += piece;
    if (onLine === undefined || fault !== null) return;
    for (let end = text.indexOf("\n", lineStart); end !== -1; end = text.indexOf("\n", lineStart)) {
      const line = text.slice(
        lineStart,
        text[end - 1] === "\r" ? Math.max(end - 1, lineStart) : end,
      );
      lineStart = end + 1;
      onLine(line);
    }
  };
  const guarded = (act: () => void) => {
    try {
      act();
    } catch (error) {
      if (fault === null) onFault();
      fault ??= { error };
    }
  };
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const room = maxBytes - keptBytes;
      if (next.value.length > room) truncated = true;
      if (room <= 0) continue;
      const piece = next.value.subarray(0, room);
      keptBytes += piece.length;
      guarded(() => keep(decoder.decode(piece, { stream: true })));
    }
  } catch (error) {
    guarded(() => {
      throw error;
    });
  }
  guarded(() => keep(decoder.decode()));
  if (onLine !== undefined && fault === null && lineStart < text.length && !truncated) {
    guarded(() => onLine(text.slice(lineStart)));
  }
  return { text, truncated, fault };
}
