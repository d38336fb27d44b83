/**
 * What vantage points cannot tell about an announcement.
 *
 * @module
 */
import { sayCount } from "../words/amount.ts";
import type { Sight } from "./sight.ts";

/** Sentences for whoever takes a verdict for more than it is. */
export function announcementLimits(sights: readonly Sight[]): string[] {
  const count = (isIn: (sight: Sight) => boolean) => sights.filter(isIn).length;
  const unsure = count(({ state, view }) => state === "unsure" || !view.complete);
  const archived = count(({ view }) => view.source !== "telnet");
  const showing = count(({ moreSpecific }) => moreSpecific.length > 0);
  const seen = count(({ paths }) => paths.length > 0);
  const validated = count(({ paths }) =>
    paths.some(({ rpki }) => rpki !== null && rpki !== "unverified")
  );
  return [
    ...(unsure === 0
      ? []
      : [`${sayCount(unsure, "answer")} failed or came in part: what is missing there may exist.`]),
    ...(showing > 0 ? [] : [
      "No view shows longer prefixes: whether somebody announces a part of it takes a search with longer:.",
    ]),
    ...(validated === seen
      ? []
      : [`An RPKI state shows at ${validated} of the ${seen} that see the prefix.`]),
    ...(archived === 0 ? [] : [
      `${
        sayCount(archived, "view")
      } came from archives, which do not name those that lack a prefix.`,
    ]),
    "Each vantage point shows the paths that reached it: filters and upstreams elsewhere do not show.",
  ];
}
