/**
 * NLRI as objects and texts, for people: tables go through octets with the cursors of `nlri.ts`.
 *
 * @module
 */
import { type Prefix, renderPrefix } from "../../ip/prefix.ts";
import { Ipv4NlriCursor, Ipv6NlriCursor } from "./nlri.ts";
import type { CodecTraits } from "./traits.ts";
import type { UpdateParts } from "./update_parts.ts";

/** One prefix. */
export interface NlriPrefix {
  readonly prefix: Prefix;
  /** Canonical. */
  readonly text: string;
  /** Path identifier, or null: the NLRI have none. */
  readonly pathId: number | null;
}

/** The prefixes that an UPDATE announces or withdraws: of the body first, then of the MP attribute. */
export function* prefixesOf(
  parts: UpdateParts,
  what: "announced" | "withdrawn",
  traits: Pick<CodecTraits, "addPathReceive">,
): Generator<NlriPrefix> {
  const { octets } = parts;
  const [idsV4, idsV6] = traits.addPathReceive;
  const [start, end, family, mpStart, mpEnd] = what === "announced"
    ? [parts.nlriStart, parts.nlriEnd, parts.reachFamily, parts.reachStart, parts.reachEnd]
    : [
      parts.withdrawnStart,
      parts.withdrawnEnd,
      parts.unreachFamily,
      parts.unreachStart,
      parts.unreachEnd,
    ];
  yield* prefixes4(octets, start, end, idsV4);
  if (family === 0) yield* prefixes4(octets, mpStart, mpEnd, idsV4);
  if (family === 1) yield* prefixes6(octets, mpStart, mpEnd, idsV6);
}

function* prefixes4(
  octets: Uint8Array,
  start: number,
  end: number,
  hasPathId: boolean,
): Generator<NlriPrefix> {
  const cursor = new Ipv4NlriCursor().open(octets, start, end, hasPathId);
  while (cursor.next()) {
    const prefix: Prefix = { family: 4, value: BigInt(cursor.address), length: cursor.length };
    yield { prefix, text: renderPrefix(prefix), pathId: hasPathId ? cursor.pathId : null };
  }
}

function* prefixes6(
  octets: Uint8Array,
  start: number,
  end: number,
  hasPathId: boolean,
): Generator<NlriPrefix> {
  const cursor = new Ipv6NlriCursor().open(octets, start, end, hasPathId);
  while (cursor.next()) {
    const { word0, word1, word2, word3, length } = cursor;
    const value = BigInt(word0) << 96n | BigInt(word1) << 64n | BigInt(word2) << 32n |
      BigInt(word3);
    const prefix: Prefix = { family: 6, value, length };
    yield { prefix, text: renderPrefix(prefix), pathId: hasPathId ? cursor.pathId : null };
  }
}
