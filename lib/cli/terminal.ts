/**
 * Writing to the terminal: stdout for what was asked for, stderr for everything else.
 *
 * @module
 */

const encoder = new TextEncoder();

function writeAll(sink: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(sink.writeSync(bytes));
}

/** Writes `text` and a line end to stdout. Never called while MCP is served on stdio. */
export function print(text: string): void {
  writeAll(Deno.stdout, `${text}\n`);
}

/** Writes `text` and a line end to stderr. */
export function complain(text: string): void {
  writeAll(Deno.stderr, `${text}\n`);
}
