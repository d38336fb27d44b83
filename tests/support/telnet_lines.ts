/**
 * What a telnet client typed, read from its octets.
 *
 * @module
 */

/** The octets without telnet commands of three octets and subnegotiations. */
export function withoutCommands(bytes: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0, next = bytes[at + 1];
    if (octet !== 255) kept.push(octet);
    else if (next === 255) kept.push(bytes[++at] ?? 0);
    else if (next === 250) at = bytes.indexOf(240, at);
    else at += 2;
  }
  return Uint8Array.from(kept);
}

/** What a recorded client typed: each ends a turn of its. */
export function linesOf(bytes: Uint8Array): string[] {
  const text = new TextDecoder("latin1").decode(withoutCommands(bytes));
  return text === ""
    ? []
    : text.split(/\r\n|\r\0|\r|\n/).slice(0, /[\r\n\0]$/.test(text) ? -1 : undefined);
}
