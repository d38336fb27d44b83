/**
 * What whoever confirms a route should know beside what it touches, a sentence each.
 *
 * @module
 */
import type { ExportPreview } from "../bgp_service.ts";
import type { OriginOpinion } from "./origin_judge.ts";

/** Of its origin. */
export function originWarnings({ state, detail }: OriginOpinion): readonly string[] {
  if (state === "valid") return [];
  return state === "not_found"
    ? ["No ROA covers it: others cannot tell whether it is rightly announced."]
    : [`RPKI was not asked: ${detail ?? "there is no source"}.`];
}

/** Of the peers that could have it. */
export function previewWarnings(previews: readonly ExportPreview[]): readonly string[] {
  if (previews.some(({ verdict }) => verdict === "send")) return [];
  return ["No peer can have it now: it would wait until a session is Established."];
}
