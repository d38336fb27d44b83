/**
 * Recorded conversations with routers (tests/fixtures/looking_glass/transcripts), read, and played
 * again: a {@link Replay} says what the router said to the same words.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { withoutCommands } from "./telnet_lines.ts";
import type { Said } from "./virtual_wire.ts";

/** More than the longest prompt of a recording. */
const TAIL_OCTETS = 200;

const FOLDER = new URL("../fixtures/looking_glass/transcripts/", import.meta.url);

/** An event on the client's socket. */
export interface TranscriptEvent {
  /** Who sent; `end`: the server ended the connection. */
  readonly from: "client" | "server" | "end";
  readonly bytes: Uint8Array;
}

/** Names of all transcripts, without their ending. */
export function transcriptNames(): string[] {
  return [...Deno.readDirSync(FOLDER)]
    .flatMap(({ name }) => /^(.+)\.transcript\.txt(?:\.gz)?$/.exec(name)?.[1] ?? [])
    .sort();
}

/** The events of a transcript; the recorder's notes are left out. */
export function readTranscript(name: string): TranscriptEvent[] {
  return readFixture(`${name}.transcript.txt`).split("\n").flatMap((line): TranscriptEvent[] => {
    const parts = /^ *[\d.]+ (C>|S<) +\d+ b(['"])(.*)\2$/.exec(line);
    if (parts === null) return [];
    if (parts[3] === "<EOF>") return [{ from: "end", bytes: new Uint8Array(0) }];
    return [{ from: parts[1] === "C>" ? "client" : "server", bytes: bytesOf(parts[3] ?? "") }];
  });
}

function readFixture(name: string): string {
  try {
    return Deno.readTextFileSync(new URL(name, FOLDER));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return gunzipSync(Deno.readFileSync(new URL(`${name}.gz`, FOLDER))).toString();
  }
}

/** The octets of the inside of a Python bytes literal. */
function bytesOf(literal: string): Uint8Array {
  const octets: number[] = [];
  for (const [found] of literal.matchAll(/\\x[0-9a-f]{2}|\\.|./g)) {
    octets.push(
      found.startsWith("\\x")
        ? parseInt(found.slice(2), 16)
        : found.startsWith("\\")
        ? { n: 10, r: 13, t: 9 }[found.slice(1)] ?? found.charCodeAt(1)
        : found.charCodeAt(0),
    );
  }
  return Uint8Array.from(octets);
}

/**
 * The router's side of a transcript. An empty line at the prompt is answered as FRR does, with the
 * prompt; to anything else comes what came to the client's next words in the recording, whatever
 * these were, so that another password is answered as the recorded one was. The connection ends
 * where the recording does.
 */
export class Replay {
  readonly #events: readonly TranscriptEvent[];
  #at = 0;
  /** The last of what was said. */
  #tail = "";

  constructor(events: readonly TranscriptEvent[]) {
    this.#events = events;
  }

  /** What comes before the client's first word. */
  start(): Said {
    return this.#speak();
  }

  /** What comes to the client's octets. */
  receive(bytes: Uint8Array): Said {
    const typed = new TextDecoder("latin1").decode(withoutCommands(bytes));
    if (typed === "") return { bytes: new Uint8Array(0), closes: false };
    const prompt = /[\w.-]+> $/.exec(this.#tail)?.[0];
    if (/^(?:\r\n)+$/.test(typed) && prompt !== undefined) {
      return { bytes: new TextEncoder().encode(`\r\n${prompt}`), closes: false };
    }
    return this.#speak();
  }

  #speak(): Said {
    const parts: Uint8Array[] = [];
    let event = this.#events[this.#at];
    for (; event?.from === "client"; event = this.#events[++this.#at]);
    for (; event !== undefined && event.from !== "end"; event = this.#events[++this.#at]) {
      if (event.from === "server") parts.push(event.bytes);
      else if (withoutCommands(event.bytes).length > 0) break;
    }
    const bytes = new Uint8Array(Buffer.concat(parts));
    const tail = new TextDecoder("latin1").decode(withoutCommands(bytes.subarray(-TAIL_OCTETS)));
    this.#tail = (this.#tail + tail).slice(-TAIL_OCTETS);
    return { bytes, closes: event === undefined || event.from === "end" };
  }
}
