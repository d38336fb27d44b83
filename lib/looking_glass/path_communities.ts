/**
 * The communities that paths carry, of all three kinds, and what those say whose meaning is public.
 *
 * @module
 */
import { communityMeaning } from "../route/community.ts";
import type { RoutePath } from "../route/route.ts";
import { compareText } from "./sight.ts";

/** Most meanings that are told. */
const MEANINGS_MAX = 12;

/** Canonical texts, standard ones first. */
export function communitiesOf(path: RoutePath): string[] {
  return [...path.communities, ...path.extendedCommunities, ...path.largeCommunities];
}

/** Meanings by community, of those that mean the same everywhere; the first 12 in order of text. */
export function communityMeanings(paths: readonly RoutePath[]): Record<string, string> {
  const told = [...new Set(paths.flatMap(communitiesOf))].sort(compareText).flatMap((text) => {
    const meaning = communityMeaning(text);
    return meaning === null ? [] : [[text, meaning] as const];
  });
  return Object.fromEntries(told.slice(0, MEANINGS_MAX));
}
