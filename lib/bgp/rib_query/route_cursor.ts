/**
 * Where an answer in pages goes on: behind a prefix or a path, so that it holds whatever the table
 * did meanwhile. Ids of the table never leave a call.
 *
 * @module
 */
import { InputError } from "../../errors/mod.ts";
import { parsePrefix, type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { IpSyntaxError } from "../../ip/syntax_error.ts";
import type { PathRef } from "../rib/rib_reader.ts";

/** The last that was shown. */
export interface RouteCursor {
  readonly prefix: Prefix;
  /** The path where a page ended among those of a prefix; null: all of them were shown. */
  readonly path: Pick<PathRef, "peer" | "pathId"> | null;
}

/** Order of the paths of one prefix over the pages; within a page the best is first. */
export function comparePaths(
  a: Pick<PathRef, "peer" | "pathId">,
  b: Pick<PathRef, "peer" | "pathId">,
): number {
  return a.peer - b.peer || a.pathId - b.pathId;
}

/** Writes a cursor: `192.0.2.0/24`, or `192.0.2.0/24 3.7` behind path id 7 of peer 3. */
export function renderCursor({ prefix, path }: RouteCursor): string {
  return renderPrefix(prefix) + (path === null ? "" : ` ${path.peer}.${path.pathId}`);
}

/**
 * Reads what {@link renderCursor} wrote.
 *
 * @throws {InputError} `input.cursor`
 */
export function parseCursor(text: string): RouteCursor {
  const [, prefixText, peer, pathId] =
    /^([0-9a-f.:]{2,45}\/[0-9]{1,3})(?: ([0-9]{1,5})\.([0-9]{1,10}))?$/.exec(text) ?? [];
  try {
    if (prefixText !== undefined) {
      const { prefix, hostBitsSet } = parsePrefix(prefixText);
      const path = peer === undefined ? null : { peer: Number(peer), pathId: Number(pathId) };
      if (!hostBitsSet) return { prefix, path };
    }
  } catch (error) {
    if (!(error instanceof IpSyntaxError)) throw error;
  }
  throw new InputError("cursor", "Cannot continue: cursor is none that an answer gave", {
    hint: "Give page.next_cursor of the last answer with the same other arguments.",
  });
}
