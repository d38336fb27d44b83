/**
 * The question `hierarchy`: which protocols, one inside the other.
 *
 * @module
 */
import type { Capture, QuestionContext } from "../engine/question.ts";
import type { HierarchyNode } from "../dissect/hierarchy.ts";
import { type Coverage, coverageOf } from "./coverage.ts";

/** Answer of {@link askHierarchy}. */
export interface HierarchyAnswer extends Coverage {
  readonly total_packets: number;
  /** Octets on the wire. */
  readonly total_bytes: number;
  readonly tree: HierarchyNode;
}

/** The protocol tree of a capture. */
export async function askHierarchy(
  _params: Record<never, never>,
  [capture]: readonly Capture[],
  _cx: QuestionContext,
): Promise<HierarchyAnswer> {
  if (capture === undefined) throw new TypeError("A question needs a capture");
  const { facts, hierarchy } = await capture.scan();
  return {
    ...coverageOf(facts),
    total_packets: facts.packets,
    total_bytes: facts.wireBytes,
    tree: hierarchy,
  };
}
